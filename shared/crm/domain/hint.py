"""Describes that something may have changed in a CRM."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

Source = Literal["outbound_message", "callout", "change_event"]
SOURCES: Final[tuple[Source, ...]] = ("outbound_message", "callout", "change_event")
"""By which ways a CRM tells of changes."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Says that a record may have changed; the record itself says how it is now.

    hint_id:   the message's, by its sender: a repetition has the same; None: nobody can tell a repetition
    record_id: of 18 characters; None: any record of the kind may have changed
    since:     of any record of a kind: from when on; None: nobody knows
    """

    hint_id: str | None
    kind: str
    record_id: str | None
    since: datetime | None = None

    @property
    def name(self) -> str:
        """Returns what tells it from others."""
        return self.hint_id or f"{self.kind}\n{self.record_id}"
