"""Knows WhatsApp by what it signs: a digest of the very bytes, keyed with the app's secret."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.kernel.errors import Forbidden, Unauthenticated

HEADER: Final = "X-Hub-Signature-256"
_SIGNATURE: Final = re.compile(r"sha256=([0-9a-fA-F]{64})")
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9._-]{1,200}")


@dataclass(frozen=True, slots=True)
class WebhookSender:
    """Says whose webhooks are taken.

    app_secrets:   any of them signs; two while one takes the other's place
    verify_tokens: what the address is confirmed with when it is entered at WhatsApp
    """

    app_secrets: Sequence[str]
    verify_tokens: Sequence[str]

    def check(self, header: str | None, raw: bytes) -> None:
        """Returns when the signature is of these bytes. Raises Unauthenticated."""
        if not self.app_secrets:
            raise Unauthenticated("no app of WhatsApp's is set up here", field=HEADER)
        found = _SIGNATURE.fullmatch((header or "")[:100].strip())
        if found is None:
            raise Unauthenticated("the request has no signature sha256=… of 64 hexadecimal digits", field=HEADER)
        given = found[1].lower().encode()
        made = [hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest().encode() for secret in self.app_secrets]
        same = [hmac.compare_digest(given, one) for one in made]
        if True not in same:
            raise Unauthenticated("the signature is not of this body", field=HEADER)

    def challenge(self, mode: str, token: str, challenge: str) -> str:
        """Returns what the address is confirmed with. Raises Forbidden."""
        given = token[:200].encode()
        known = [hmac.compare_digest(given, one.encode()) for one in self.verify_tokens]
        if mode != "subscribe" or True not in known:
            raise Forbidden("hub.mode must be subscribe, and hub.verify_token the one that is kept here")
        if not _CHALLENGE.fullmatch(challenge):
            raise Forbidden("hub.challenge must be 1-200 letters, digits, dots, dashes and underscores")
        return challenge
