"""Who is calling: verified identities of machines and people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Identity:
    """What a verified token says. email is verified and lower case; kind tells machines from people."""

    email: str
    kind: Literal["service", "person"]
    subject: str


class Tokens(Protocol):
    """Verifies bearer tokens."""

    def verify(self, token: str, *, audiences: Sequence[str]) -> Identity:
        """The identity behind a token: signature, expiry (10 s skew), issuer, audience and verified e-mail hold.

        Raises Unauthenticated with what is wrong, Retryable when the issuer's keys cannot be had.
        """
        ...


class TokenSource(Protocol):
    """Mints tokens of the platform's own service accounts for calls to its own functions."""

    def token_for(self, audience: str) -> str: ...
