"""Makes and reads the links that end what a mail is one of.

A link names the delivery it came with and nobody's address: what is in an address ends up in logs. Whoever has the mail
may end what it is one of, and nothing else can be done with the link.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

PATH: Final = "/notifications/unsubscribe/"


@dataclass(frozen=True, slots=True)
class OneClick:
    """Signs links. key: of this use alone; portal: the portal's address, without a slash at its end"""

    key: str
    portal: str

    def link(self, delivery_id: str) -> str:
        """Returns the address that ends what a delivery is one of."""
        return f"{self.portal}{PATH}{delivery_id}.{self._signature(delivery_id)}"

    def read(self, token: str) -> str | None:
        """Returns the delivery of a token; None for one that was not made here."""
        name, _, signature = token.partition(".")
        return name if hmac.compare_digest(signature.encode(), self._signature(name).encode()) else None

    def _signature(self, delivery_id: str) -> str:
        return hmac.new(self.key.encode(), f"unsubscribe {delivery_id}".encode(), hashlib.sha256).hexdigest()[:40]
