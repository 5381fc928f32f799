"""Verifies ID tokens: the one `Tokens` port of the cloud and the embedded default, which differ in the issuer's keys.

A token stands when its signature (RS256 or ES256, by a key of its issuer), expiry and issue time (10 s of skew), issuer
and audience hold and its e-mail is verified. A token that stood is remembered until it expires, in a bounded cache,
since the same machine sends the same token for up to an hour.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, TypeGuard

from shared.kernel.errors import Unauthenticated
from shared.kernel.json_values import JsonObject
from shared.kernel.unicode_form import folded
from shared.ports.ambient import Clock
from shared.ports.identity import Identity

if TYPE_CHECKING:
    from jwt.types import Options

GOOGLE_ISSUERS: Final = ("https://accounts.google.com", "accounts.google.com")
"""Google names itself in both ways."""
ALGORITHMS: Final = ("RS256", "ES256")
SKEW_SECONDS: Final = 10
SERVICE_ACCOUNT_SUFFIX: Final = ".iam.gserviceaccount.com"
LONGEST_ADDRESS: Final = 320
"""64 characters, an @, and a domain of 255."""
MOST_BYTES: Final = 8192
"""Of a token; Google's have about a thousand."""


_CHECKED: Final[Options] = {
    "require": ["exp", "iat", "iss", "aud", "sub"],
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_aud": False,
}
"""What the library checks: times are checked against the injected clock, the audience at each use."""


class Keys(Protocol):
    """An issuer's public keys."""

    def key(self, key_id: str, *, refresh: bool = False) -> JsonObject | None:
        """Finds the JWK of that id, or None; `refresh` asks the issuer anew first, within reason. Raises Retryable."""
        ...


@dataclass(frozen=True, slots=True)
class _Verified:
    """Holds what a token says that stood. email: where it is verified"""

    expires: float
    audiences: frozenset[str]
    email: str | None
    subject: str


class VerifiedTokens:
    """The `Tokens` port over injected keys.

    issuers     each accepted `iss` with the keys that sign for it
    remembered  how many verified tokens are kept
    """

    def __init__(self, issuers: Mapping[str, Keys], clock: Clock, *, remembered: int = 2048):
        self._issuers = dict(issuers)
        self._clock = clock
        self._most_remembered = remembered
        self._remembered: dict[bytes, _Verified] = {}
        self._lock = threading.Lock()

    def verify(self, token: str, *, audiences: Sequence[str]) -> Identity:
        if not audiences:
            raise ValueError("an empty list of audiences would accept tokens for anybody")
        if len(token) > MOST_BYTES:
            raise Unauthenticated("the token is too long to be one", field="Authorization")
        now = self._clock.now().timestamp()
        fingerprint = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        known = self._remembered.get(fingerprint)
        if known is None or known.expires <= now:
            known = _read(self._verified_claims(token), now)
            self._remember(fingerprint, known, now)
        return _identity(known, audiences)

    def _verified_claims(self, token: str) -> JsonObject:
        # Costs a tenth of a second; what the platform itself calls has had its callers' tokens verified.
        import jwt

        try:
            header = jwt.get_unverified_header(token)
            unverified = jwt.decode(token, options={"verify_signature": False})
        except (jwt.InvalidTokenError, ValueError) as error:
            raise Unauthenticated("the token cannot be read; send an ID token (JWT)", field="Authorization") from error
        algorithm, key_id, issuer = header.get("alg"), header.get("kid"), unverified.get("iss")
        if algorithm not in ALGORITHMS:
            raise Unauthenticated(f"the token must be signed with {' or '.join(ALGORITHMS)}", field="Authorization")
        keys = self._issuers.get(issuer) if isinstance(issuer, str) else None
        if keys is None:
            raise Unauthenticated(f"the token's issuer must be {' or '.join(self._issuers)}", field="Authorization")
        if not isinstance(key_id, str):
            raise Unauthenticated("the token names no key (kid)", field="Authorization")
        found = keys.key(key_id) or keys.key(key_id, refresh=True)
        if found is None:
            raise Unauthenticated("the token is signed with a key that its issuer does not have", field="Authorization")
        try:
            key = jwt.PyJWK.from_dict(dict(found), algorithm=algorithm)
            claims: JsonObject = jwt.decode(token, key, algorithms=[algorithm], issuer=issuer, options=_CHECKED)
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise Unauthenticated(
                "the token's signature or its required claims (exp, iat, iss, aud, sub) do not hold",
                field="Authorization",
            ) from error
        return claims

    def _remember(self, fingerprint: bytes, verified: _Verified, now: float) -> None:
        with self._lock:
            if len(self._remembered) >= self._most_remembered:
                alive = {kept: known for kept, known in self._remembered.items() if known.expires > now}
                # Still full of living ones: the older half goes.
                if len(alive) >= self._most_remembered:
                    alive = dict(list(alive.items())[len(alive) // 2 :])
                self._remembered = alive
            self._remembered[fingerprint] = verified


def _read(claims: JsonObject, now: float) -> _Verified:
    """Reads claims whose signature stands. Raises Unauthenticated where their times do not."""
    times = {}
    for name in ("exp", "iat", "nbf"):
        value = claims.get(name)
        if value is not None:
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise Unauthenticated(f"the token's {name} is not a number", field="Authorization")
            times[name] = value
    if not times["exp"] > now - SKEW_SECONDS:
        raise Unauthenticated("the token has expired", field="Authorization")
    if not max(times["iat"], times.get("nbf", times["iat"])) <= now + SKEW_SECONDS:
        raise Unauthenticated("the token is from the future; check the caller's clock", field="Authorization")
    claimed, email = claims["aud"], claims.get("email")
    return _Verified(
        expires=times["exp"],
        audiences=frozenset(
            one for one in (claimed if isinstance(claimed, list) else [claimed]) if isinstance(one, str)
        ),
        email=folded(email) if _is_address(email) and claims.get("email_verified") is True else None,
        subject=str(claims["sub"]),
    )


def _is_address(email: object) -> TypeGuard[str]:
    """Tells whether a claim may be an address: an issuer that was asked for half a character would sign it, too."""
    return isinstance(email, str) and len(email) <= LONGEST_ADDRESS and email.isprintable() and " " not in email


def _identity(verified: _Verified, audiences: Sequence[str]) -> Identity:
    if not verified.audiences.intersection(audiences):
        raise Unauthenticated(f"the token's audience must be {' or '.join(audiences)}", field="Authorization")
    email = verified.email
    if not email:
        raise Unauthenticated("the token has no verified e-mail address", field="Authorization")
    return Identity(
        email=email,
        kind="service" if email.endswith(SERVICE_ACCOUNT_SUFFIX) else "person",
        subject=verified.subject,
    )


class CachedTokenSource:
    """The `TokenSource` port over any way to mint: a token is used again until five minutes before it expires."""

    def __init__(self, mint: Callable[[str], tuple[str, float]], clock: Clock):
        """Takes `mint`, from an audience to a token and its expiry in Unix seconds."""
        self._mint = mint
        self._clock = clock
        self._minted: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def token_for(self, audience: str) -> str:
        kept = self._minted.get(audience)
        if kept is None or kept[1] - self._clock.now().timestamp() < 300:
            with self._lock:
                kept = self._mint(audience)
                self._minted[audience] = kept
        return kept[0]
