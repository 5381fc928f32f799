// Asks a server as jsforce does, and prints what it understood as JSON.
// node check.cjs <address>   (the private key of the connected app comes on standard input; NODE_PATH leads to jsforce)
const crypto = require("node:crypto");
const fs = require("node:fs");
const jsforce = require("jsforce");

const [address] = process.argv.slice(2);
const base64url = (value) => Buffer.from(value).toString("base64url");

function assertion(key) {
  const claims = {
    iss: "demonstration-consumer-key",
    sub: "integration@demonstration.example",
    aud: "https://login.salesforce.com",
    exp: Math.floor(Date.now() / 1000) + 120,
  };
  const signed = `${base64url(JSON.stringify({ alg: "RS256", typ: "JWT" }))}.${base64url(JSON.stringify(claims))}`;
  return `${signed}.${crypto.sign("RSA-SHA256", Buffer.from(signed), key).toString("base64url")}`;
}

async function refusal(work) {
  try {
    await work();
    return null;
  } catch (error) {
    return error.errorCode || error.name;
  }
}

async function main() {
  const key = fs.readFileSync(0, "utf8");
  const connection = new jsforce.Connection({ loginUrl: address, instanceUrl: address, version: "62.0", maxRequest: 1 });
  const wrong = await refusal(() =>
    connection.authorize({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion: "a.b.c" }),
  );
  const user = await connection.authorize({
    grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
    assertion: assertion(key),
  });

  const first = await connection.query("SELECT Id, Name, Account.Industry FROM Opportunity ORDER BY Name");
  const records = [...first.records];
  let page = first;
  while (!page.done) {
    page = await connection.queryMore(page.nextRecordsUrl);
    records.push(...page.records);
  }
  const all = await connection.query("SELECT Id FROM Opportunity WHERE IsDeleted = true", { scanAll: true });
  const deals = connection.sobject("Opportunity");
  const found = await deals.find({ Name: "O'Hara & Sons" }, ["Id", "Name"]).execute();
  const written = await deals.update({ Id: records[0].Id, Readiness__c: 63 });
  const one = await deals.retrieve(records[0].Id);
  return {
    organization: user.organizationId,
    user: user.id,
    wrong,
    total: first.totalSize,
    names: records.map((record) => record.Name),
    industries: records.map((record) => record.Account && record.Account.Industry),
    deleted: all.records.map((record) => record.Id),
    found: found.map((record) => record.Name),
    written: written.success,
    readiness: one.Readiness__c,
    modified: one.SystemModstamp,
    usage: connection.limitInfo.apiUsage,
    field: await refusal(() => connection.query("SELECT Nothing__c FROM Opportunity")),
    kind: await refusal(() => connection.query("SELECT Id FROM Nothing__c")),
    query: await refusal(() => connection.query("SELECT FROM")),
    absent: await refusal(() => deals.retrieve("006000000zzzzzzAAA")),
    gone: await refusal(() => deals.update({ Id: all.records[0].Id, Readiness__c: 1 })),
  };
}

main().then(
  (told) => process.stdout.write(JSON.stringify(told)),
  (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
