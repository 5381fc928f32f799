"""Tells whether a message is from the organisation's own CRM."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from shared.deals.wire.salesforce_ids import fifteen
from shared.kernel.errors import Unauthenticated


@dataclass(frozen=True, slots=True)
class Sender:
    """The CRM whose messages are taken.

    organization: its id, of 15 or 18 characters, which is no secret
    tokens:       any of them in the address lets in: two while one takes the other's place; none: nobody is let in
    """

    organization: str
    tokens: tuple[str, ...]

    def check_token(self, said: str | None) -> None:
        """Raises Unauthenticated unless the address has the token."""
        if not self.tokens or fifteen(self.organization) is None:
            raise Unauthenticated("no CRM is set up to send here", field="token")
        if not _is_one_of(said or "", self.tokens):
            raise Unauthenticated("the address has not the token that was set up", field="token")

    def check_organization(self, said: str) -> None:
        """Raises Unauthenticated unless it is the organisation's id, with 15 or 18 characters."""
        if not _is_one_of(fifteen(said) or "", [fifteen(self.organization) or "-"]):
            raise Unauthenticated("the message is another organisation's", field="OrganizationId")


def _is_one_of(said: str, known: Iterable[str]) -> bool:
    """Compares in the same time, however much of a text is right."""
    given = said.encode("utf-8", "surrogatepass")
    return sum(hmac.compare_digest(given, one.encode()) for one in known) > 0
