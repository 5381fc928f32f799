"""Opens what verifies ID tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment

if TYPE_CHECKING:
    from infra.wiring.google_environment import GoogleEnvironment
    from shared.ports.identity import Tokens


def tokens(on: Environment) -> Tokens:
    """Opens what verifies ID tokens."""
    return on.port("tokens", _google)


def _google(on: GoogleEnvironment) -> Tokens:
    from infra.gcp.keys import GOOGLE_KEYS, PublishedKeys
    from infra.web.identity import GOOGLE_ISSUERS, VerifiedTokens

    return VerifiedTokens(dict.fromkeys(GOOGLE_ISSUERS, PublishedKeys(GOOGLE_KEYS)), on.clock)
