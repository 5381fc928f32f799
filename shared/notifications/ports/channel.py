"""Sends a letter over one channel, and tells what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from shared.notifications.domain.letter import Letter

Verdict = Literal["arrived", "later", "configuration", "refused", "address", "uncertain"]
"""arrived: the other side has taken it
later: it has not, and may take it later
configuration: it has not, and will not until an administrator mends something; tried again meanwhile
refused: it has not, and never will take this letter
address: it never will take anything for this person there
uncertain: the connection ended after everything was sent and before there was an answer"""


@dataclass(frozen=True, slots=True)
class Sent:
    """Tells what became of an attempt. fault: a word for what went wrong, never the other side's own text"""

    verdict: Verdict
    fault: str | None = None
    after_seconds: float | None = None


class Sending(Protocol):
    """One channel. repeats: how often a letter may be sent again though it may have arrived

    None: any number of times, since the other side knows it again by its key
    """

    @property
    def repeats(self) -> int | None: ...

    def send(self, letter: Letter) -> Sent:
        """Sends a letter, within a minute; never raises for what the other side does."""
        ...
