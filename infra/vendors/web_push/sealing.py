"""Seals a message so that one browser alone can read it: RFC 8291 on the content coding aes128gcm of RFC 8188.

With cryptography's own primitives: of the libraries for it http-ece comes as source alone and has had no release for
two years, pywebpush brings two clients of HTTP of its own, neither of which can be kept from private networks.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

RECORD: Final = 4096
MOST: Final = RECORD - 16 - 4 - 1 - 65 - 16 - 1
"""Bytes of a message: every push service takes a body of 4,096 (RFC 8030, 7.2), less head, tag and delimiter."""


def sealed(
    message: bytes, p256dh: str, auth: str, salt: bytes | None = None, key: EllipticCurvePrivateKey | None = None
) -> bytes:
    """Returns the body for a browser. Raises ValueError for keys that are none, or a message that is too long.

    p256dh, auth: of the subscription, base64url; salt, key: made for this message alone unless given
    """
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if len(message) > MOST:
        raise ValueError(f"a message has at most {MOST} bytes")
    salt = os.urandom(16) if salt is None else salt
    key = ec.generate_private_key(ec.SECP256R1()) if key is None else key
    theirs = decoded(p256dh)
    browser = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
    ours = point_of(key)
    shared = key.exchange(ec.ECDH(), browser)
    secret = _derived(decoded(auth), shared, b"WebPush: info\0" + theirs + ours, 32)
    content_key = _derived(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(salt, secret, b"Content-Encoding: nonce\0", 12)
    # 2 ends the last record, and there is one.
    text = AESGCM(content_key).encrypt(nonce, message + b"\x02", None)
    return salt + RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours + text


def point_of(key: EllipticCurvePrivateKey) -> bytes:
    """Returns the public key of a private one, uncompressed."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def decoded(text: str) -> bytes:
    """Returns the bytes of a base64url text, with or without its padding. Raises ValueError."""
    return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))


def _derived(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), length, salt, info).derive(secret)
