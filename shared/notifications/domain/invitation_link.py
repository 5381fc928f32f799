"""Makes and reads the links by which somebody who is invited comes in, once.

A link holds the id of an invitation, which the store has, and a signature, which no store has: neither a backup nor a
notice opens anything. Whoever has the mail may come in, until it is opened or too old.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

PATH: Final = "/learn/join/"
LONGEST: Final = 200
"""Characters of a token that are looked at."""


@dataclass(frozen=True, slots=True)
class InvitationLinks:
    """Signs links. key: of this use alone; portal: the portal's address, without a slash at its end"""

    key: str
    portal: str

    def link(self, invitation_id: str) -> str:
        """Returns the address that lets in whom an invitation is for."""
        return f"{self.portal}{PATH}{self.token(invitation_id)}"

    def token(self, invitation_id: str) -> str:
        """Returns the last part of the address."""
        return f"{invitation_id}.{self._signature(invitation_id)}"

    def read(self, token: str) -> str | None:
        """Returns the invitation of a token; None for one that was not made here."""
        invitation_id, _, signature = token[:LONGEST].rpartition(".")
        same = hmac.compare_digest(signature.encode(), self._signature(invitation_id).encode())
        return invitation_id if same else None

    def _signature(self, invitation_id: str) -> str:
        return hmac.new(self.key.encode(), f"invitation {invitation_id}".encode(), hashlib.sha256).hexdigest()
