"""Verifies who is calling: machines and people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Identity:
    """Holds what a verified token says. email is verified and lower case; kind tells machines from people."""

    email: str
    kind: Literal["service", "person"]
    subject: str


class Tokens(Protocol):
    """Verifies bearer tokens."""

    def verify(self, token: str, *, audiences: Sequence[str]) -> Identity:
        """Verifies a token: signature, expiry (10 s skew), issuer, audience and verified e-mail hold.

        Raises Unauthenticated with what is wrong, Retryable when the issuer's keys cannot be had.
        """
        ...


class TokenSource(Protocol):
    """Mints tokens of the platform's own service accounts for calls to its own functions."""

    def token_for(self, audience: str) -> str: ...


class WebhookSignatures(Protocol):
    """Verifies that a vendor sent a webhook, and sent it to us."""

    def verify(self, headers: Mapping[str, str], raw: bytes, url: str) -> None:
        """Returns when the signature holds for these very bytes and this address.

        headers: names compared without case
        url:     of the webhook as the vendor was told it, from our configuration, never from the request

        Raises Unauthenticated with what does not hold.
        """
        ...
