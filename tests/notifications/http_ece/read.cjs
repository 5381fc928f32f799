// Reads a push message as a browser would: node read.cjs <private key> <auth> <body>, each in base64url.
"use strict";
const { createECDH } = require("node:crypto");
const ece = require("http_ece");

const [privateKey, authSecret, body] = process.argv.slice(2).map((text) => Buffer.from(text, "base64url"));
const browser = createECDH("prime256v1");
browser.setPrivateKey(privateKey);
process.stdout.write(ece.decrypt(body, { version: "aes128gcm", privateKey: browser, authSecret }));
