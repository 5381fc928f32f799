"""Gong's signature on a webhook: a JSON Web Token in `Authorization`, without the word `Bearer`.

The token is signed with RS256 and claims `exp`, `webhook_url` (the address as it was entered in Gong) and
`body_sha256`: SHA-256 of the raw body, in hexadecimal of either case and in no other encoding. The public key is what
Gong's page shows to copy, which is the key without PEM's first and last line; with them it is taken, too.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from infra.web.identity import SKEW_SECONDS
from shared.kernel.errors import Unauthenticated
from shared.kernel.json_values import JsonObject
from shared.ports.ambient import Clock

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

ALGORITHM: Final = "RS256"
LEAST_KEY_BITS: Final = 2048
LONGEST_TOKEN: Final = 8_192

_ARMOUR: Final = re.compile(r"-----(BEGIN|END) [A-Z ]*PUBLIC KEY-----")


class GongSignatures:
    """The `WebhookSignatures` port. public_key: as copied from Gong; ValueError at the first use when it is none."""

    def __init__(self, public_key: str, clock: Clock):
        self._text = public_key
        self._clock = clock
        self._key: RSAPublicKey | None = None

    def verify(self, headers: Mapping[str, str], raw: bytes, url: str) -> None:
        claims = self._signed_claims(_token(headers))
        expires = claims.get("exp")
        if isinstance(expires, bool) or not isinstance(expires, int | float):
            raise _refused("the token says not when it expires (exp)")
        if not expires > self._clock.now().timestamp() - SKEW_SECONDS:
            raise _refused("the token has expired (exp)")
        if not _same(claims.get("webhook_url"), url):
            raise _refused("the token is for another address (webhook_url)")
        digest = claims.get("body_sha256")
        if not _same(digest.lower() if isinstance(digest, str) else None, hashlib.sha256(raw).hexdigest()):
            raise _refused("the token is for another body (body_sha256, hexadecimal)")

    def _signed_claims(self, token: str) -> JsonObject:
        # Costs a tenth of a second, so it waits for the first webhook.
        import jwt

        if self._key is None:
            self._key = public_key(self._text)
        try:
            # One algorithm, whatever the token's header says: never `none`, nor a key taken for a shared secret.
            claims: JsonObject = jwt.decode(
                token,
                self._key,
                algorithms=[ALGORITHM],
                # The expiry is checked against the injected clock; who the token is for, by the address.
                options={"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False},
            )
        except jwt.InvalidAlgorithmError as error:
            raise _refused(f"the token must be signed with {ALGORITHM}") from error
        except jwt.InvalidSignatureError as error:
            raise _refused("the signature is not Gong's, or the public key here is an old one") from error
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise _refused("the token cannot be read; a JSON Web Token alone is accepted, without Bearer") from error
        return claims


def public_key(text: str) -> RSAPublicKey:
    """Reads a key as copied from Gong, with or without PEM's armour. Raises ValueError if it is none, or too short."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(base64.b64decode("".join(_ARMOUR.sub("", text).split()), validate=True))
    except (ValueError, binascii.Error) as error:
        raise ValueError("Gong's public key is base64, as Gong's page shows it") from error
    if not isinstance(key, RSAPublicKey) or key.key_size < LEAST_KEY_BITS:
        raise ValueError(f"Gong's public key is an RSA key of {LEAST_KEY_BITS} bits or more")
    return key


def _token(headers: Mapping[str, str]) -> str:
    found = next((value for name, value in headers.items() if name.lower() == "authorization"), "").strip()
    if not found:
        raise _refused("the header is missing; Gong signs a webhook when its rule says “Signed JWT header”")
    if len(found) > LONGEST_TOKEN:
        raise _refused("the token is too long")
    return found


def _same(claimed: object, expected: str) -> bool:
    return isinstance(claimed, str) and hmac.compare_digest(
        claimed.encode("utf-8", "surrogatepass"), expected.encode("utf-8", "surrogatepass")
    )


def _refused(detail: str) -> Unauthenticated:
    return Unauthenticated(detail, field="Authorization")
