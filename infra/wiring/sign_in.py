"""Says how people sign in to the portal in this environment: Google, Identity-Aware Proxy, or the demonstration.

Settings: AUGMENT_PORTAL_URL (the portal's https address), AUGMENT_PORTAL_IAP_AUDIENCE (only behind Identity-Aware
Proxy); secrets session-key, oauth-client-id, oauth-client-secret. The demonstration's people, and links that let in
once, are of the embedded runtime only, and only while no OAuth client is set: a pilot with real people sets one.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.kernel.errors import NotFound

if TYPE_CHECKING:
    from infra.vendors.google_sign_in import GoogleCodeExchange, IapAssertions
    from infra.wiring.environment import Environment
    from shared.ports.ambient import Secrets
    from shared.ports.identity import Tokens


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """The portal's client at Google, what exchanges its codes, and what verifies its ID tokens."""

    client_id: str
    exchange: GoogleCodeExchange
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class SignIn:
    """public_url: the portal's address, https in the cloud; None on localhost, where the host that was asked counts.

    session_key:   signs cookies and form tokens
    google, iap:   the ways of signing in that are configured
    demonstration: ids of invented people, whom one may choose without any proof; nobody else
    by_link:       tells whom the key of a link lets in, once
    """

    session_key: str
    public_url: str | None = None
    google: OAuthClient | None = None
    iap: IapAssertions | None = None
    demonstration: Container[str] = frozenset()
    by_link: Callable[[str], str | None] | None = None

    @property
    def secure(self) -> bool:
        return self.public_url is not None and self.public_url.startswith("https://")


def sign_in(on: Environment, environment: Mapping[str, str]) -> SignIn:
    """Reads the ways that are configured. Raises NotFound when a secret that must be there is not, Retryable."""
    google = _google(on)
    public_url = environment.get("AUGMENT_PORTAL_URL") or None
    return SignIn(
        session_key=on.secrets.get("session-key"),
        public_url=None if public_url is None else public_url.rstrip("/"),
        google=google,
        iap=_iap(on, environment.get("AUGMENT_PORTAL_IAP_AUDIENCE")),
        demonstration=on.demonstration if google is None else frozenset(),
        by_link=on.by_link if google is None else None,
    )


def _google(on: Environment) -> OAuthClient | None:
    client_id = _optional(on.secrets, "oauth-client-id")
    client_secret = _optional(on.secrets, "oauth-client-secret")
    if client_id is None or client_secret is None:
        return None
    from infra.gcp.keys import GOOGLE_KEYS, PublishedKeys
    from infra.vendors.google_sign_in import GoogleCodeExchange
    from infra.web.identity import GOOGLE_ISSUERS, VerifiedTokens

    tokens = VerifiedTokens(dict.fromkeys(GOOGLE_ISSUERS, PublishedKeys(GOOGLE_KEYS)), on.clock)
    return OAuthClient(client_id, GoogleCodeExchange(client_id, client_secret), tokens)


def _iap(on: Environment, audience: str | None) -> IapAssertions | None:
    if not audience:
        return None
    from infra.gcp.keys import IAP_KEYS, PublishedKeys
    from infra.vendors.google_sign_in import IapAssertions

    return IapAssertions(PublishedKeys(IAP_KEYS), audience, on.clock)


def _optional(secrets: Secrets, name: str) -> str | None:
    try:
        return secrets.get(name) or None
    except NotFound:
        return None
