"""Keeps the gate before a language model that refuses the account or the settings, for all processes.

While it is shut, one request is let through now and then, ever more rarely up to once an hour, for whoever comes first.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Final, get_args

from shared.analysts.ports.language_model import AccountRefused, Fault
from shared.analysts.records import Outage, Outages
from shared.ports.ambient import Clock

FIRST_PROBE, LAST_PROBE = timedelta(minutes=5), timedelta(hours=1)
"""After how long one request is let through; then after twice as long each time, up to the last."""
TOLD_FOR = timedelta(hours=24)
"""The same fault that comes and goes is an alert once a day."""

MEND: Final[Mapping[str, str]] = {
    "credit": "its account has no credit: add some at the vendor",
    "limit": "its account has reached a limit: raise it at the vendor",
    "key": "check the secret anthropic-key",
    "permission": "the vendor does not allow this account or key to do so: ask whoever holds the account",
    "model": "check AUGMENT_MODEL",
    "schema": "the vendor does not take the answer's form, which the framework makes: shorten the framework",
    "settings": "it refuses what every request has: another model in AUGMENT_MODEL, or a newer release, may mend it",
}
"""What a person can do, by what is refused."""


REFUSES: Final = "refuses all calls"
"""How the words about an outage begin."""


class ModelGate:
    """Every method may raise Retryable."""

    def __init__(self, outages: Outages, clock: Clock) -> None:
        self._outages = outages
        self._clock = clock

    def present(self) -> Outage | None:
        """Returns what is refused now; None while the model serves us."""
        found = self._outages.get()
        return None if found is None or found.over else found

    def pass_by(self) -> bool:
        """Returns whether a request is the one that is let through; False while the model serves us.

        Raises AccountRefused where it has to wait.
        """
        if self.present() is None:
            return False

        def claim(known: Outage | None) -> tuple[bool, Outage | None]:
            now = self._clock.now()
            if known is None or known.over:
                return False, None
            if now < known.next_at:
                seconds = max(1, math.ceil((known.next_at - now).total_seconds()))
                raise AccountRefused(_fault(known), known.said, after_seconds=seconds)
            pause = min(FIRST_PROBE * 2 ** min(known.probes + 1, 10), LAST_PROBE)
            return True, known.changed(probes=known.probes + 1, next_at=now + pause)

        return self._outages.change(claim)

    def stop(self, refused: AccountRefused) -> bool:
        """Notes a refusal; True where somebody has to be told: of a new fault, or a day after."""

        def note(known: Outage | None) -> tuple[bool, Outage | None]:
            now, fault, said = self._clock.now(), refused.fault, refused.said
            tell = known is None or known.fault != fault or now - known.told_at >= TOLD_FOR
            told_at = now if known is None or tell else known.told_at
            if known is None or known.over:
                return tell, Outage(fault=fault, said=said, since=now, told_at=told_at, next_at=now + FIRST_PROBE)
            return tell, known.changed(fault=fault, said=said, told_at=told_at)

        return self._outages.change(note)

    def open(self) -> bool:
        """Notes that the model serves us; False where that was known."""

        def mended(known: Outage | None) -> tuple[bool, Outage | None]:
            return (False, None) if known is None or known.over else (True, known.changed(over=True))

        return self.present() is not None and self._outages.change(mended)

    def seconds_left(self) -> int:
        """Returns after how many seconds the next request is let through; 0 while the model serves us."""
        found = self.present()
        return 0 if found is None else max(0, math.ceil((found.next_at - self._clock.now()).total_seconds()))


def worded(outage: Outage) -> str:
    """Returns what is refused since when, in the service's own words, and who can mend it."""
    mend = MEND.get(outage.fault, "see what it says")
    return f"{REFUSES} since {outage.since:%-d %b %Y, %H:%M} UTC: {outage.said} Calls are kept; {mend}"


def _fault(outage: Outage) -> Fault:
    return next((one for one in get_args(Fault) if one == outage.fault), "settings")
