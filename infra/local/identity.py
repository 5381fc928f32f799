"""The embedded issuer: signs ID tokens as Google does, with a key of its own, for the one verifier in infra/identity.

The private key lies in the data directory, readable by its owner only, and is made at the first start. Whoever can read
that directory can be anybody here, which is as much as the directory's documents already give away.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from infra.web.identity import SERVICE_ACCOUNT_SUFFIX, CachedTokenSource
from shared.kernel.json_values import JsonObject
from shared.ports.ambient import Clock

ISSUER: Final = "https://issuer.augment-skills.local"
LIFETIME_SECONDS: Final = 3600
PROJECT: Final = "local"


def audience_of(function: str) -> str:
    """Returns the audience of tokens that call a function here, in the place of its URL."""
    return f"https://{function.replace('_', '-')}.augment-skills.local"


def service_account(name: str) -> str:
    """Returns the e-mail of a service account here: of a function of the platform, or of an integration."""
    return f"{name.replace('_', '-')}@{PROJECT}{SERVICE_ACCOUNT_SUFFIX}"


class LocalIssuer:
    """Signs ID tokens (RS256) and publishes its key. directory: where the key lies or will lie."""

    def __init__(self, directory: Path, clock: Clock):
        self._clock = clock
        self._key = load_or_create_key(directory / "issuer-key.pem")
        public = self._key.public_key()
        jwk: JsonObject = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(public))
        # RFC 7638: the id of a key is the hash of its required members.
        members = json.dumps({name: jwk[name] for name in ("e", "kty", "n")}, separators=(",", ":"))
        self._key_id = base64.urlsafe_b64encode(hashlib.sha256(members.encode()).digest()).rstrip(b"=").decode()
        self._jwk = {**jwk, "kid": self._key_id, "alg": "RS256", "use": "sig"}

    def key(self, key_id: str, *, refresh: bool = False) -> JsonObject | None:
        """Answers as the verifier's `Keys`."""
        return self._jwk if key_id == self._key_id else None

    def token(
        self, email: str, audience: str, *, lifetime_seconds: int = LIFETIME_SECONDS, **claims: Any
    ) -> tuple[str, float]:
        """Mints an ID token for a person or a service account, and when it expires (Unix seconds)."""
        now = int(self._clock.now().timestamp())
        expires = now + lifetime_seconds
        payload = {
            "iss": ISSUER,
            "aud": audience,
            "azp": email,
            "sub": str(int.from_bytes(hashlib.sha256(email.lower().encode()).digest()[:8], "big")),
            "email": email,
            "email_verified": True,
            "iat": now,
            "exp": expires,
            **claims,
        }
        return jwt.encode(payload, self._key, algorithm="RS256", headers={"kid": self._key_id}), float(expires)

    def source(self, email: str) -> CachedTokenSource:
        """Returns the `TokenSource` of one service account."""
        return CachedTokenSource(lambda audience: self.token(email, audience), self._clock)


def load_or_create_key(path: Path) -> rsa.RSAPrivateKey:
    """Loads the key in the file, which is made at the first use and readable by its owner only."""
    try:
        loaded = _loaded(path.read_bytes())
    except FileNotFoundError:
        return _create(path)
    if not isinstance(loaded, rsa.RSAPrivateKey):
        raise ValueError(f"{path.name} holds another kind of key than RSA")
    return loaded


@lru_cache(maxsize=4)
def _loaded(content: bytes) -> PrivateKeyTypes:
    """Loads a key, whose numbers take long to check, once."""
    return serialization.load_pem_private_key(content, password=None)


def _create(path: Path) -> rsa.RSAPrivateKey:
    path.parent.mkdir(parents=True, exist_ok=True)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    content = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    # Written beside and linked into place: two processes that start at once agree on one key, and neither reads half.
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(beside, path)
    except FileExistsError:
        return load_or_create_key(path)
    finally:
        beside.unlink()
    return key
