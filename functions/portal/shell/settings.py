"""Says how people sign in here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from infra.wiring.environment import Environment
from infra.wiring.sign_in import sign_in

if TYPE_CHECKING:
    from shared.ports.identity import Identity, Tokens


class CodeExchange(Protocol):
    """The identity provider's exchange of an authorisation code for an ID token."""

    def id_token(self, code: str, verifier: str, redirect_uri: str) -> str:
        """Returns the ID token, not yet verified. Raises Unauthenticated, Retryable."""
        ...


class Assertions(Protocol):
    """Identity-Aware Proxy's assertions."""

    def verify(self, assertion: str) -> Identity:
        """Returns the person behind an assertion. Raises Unauthenticated, Retryable."""
        ...


@dataclass(frozen=True)
class Google:
    """Sign-in with Google: the OAuth client, the exchange of its codes, and what verifies the tokens."""

    client_id: str
    exchange: CodeExchange
    tokens: Tokens


@dataclass(frozen=True)
class Settings:
    """public_url: the portal's address, https in the cloud; None on localhost, where the host that was asked counts.

    session_key:   signs cookies and form tokens
    google, iap:   the ways of signing in that are configured
    demonstration: sign in by choosing an invented person; never beside real data
    """

    session_key: str
    public_url: str | None = None
    google: Google | None = None
    iap: Assertions | None = None
    demonstration: bool = False

    @property
    def secure(self) -> bool:
        return self.public_url is not None and self.public_url.startswith("https://")


def settings_of(on: Environment) -> Settings:
    """Reads how people sign in here."""
    ways = sign_in(on, os.environ)
    google = None
    if ways.google is not None:
        google = Google(ways.google.client_id, ways.google.exchange, ways.google.tokens)
    return Settings(ways.session_key, ways.public_url, google, ways.iap, ways.demonstration)
