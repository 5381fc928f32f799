"""Refuses to start by a clock that what is stored speaks against.

A machine without a battery begins in 1970, a wrong server of time in 2036; what is written then is wrong for as long as
it is kept: ages of scores, expiries, when a deletion is due.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

BEHIND: Final = timedelta(days=1)
"""The clock may be behind the newest stored moment: clocks are set back, and machines differ."""
AHEAD: Final = timedelta(days=400)
"""The clock may be ahead of it: a platform that was put away for a year is one."""


class ClockInDoubt(RuntimeError):
    """The clock is not where what is stored says that it may be. Nothing was changed."""


def check_clock(newest: float | None, now: float) -> None:
    """Raises ClockInDoubt. newest: the newest stored moment, None where nothing is stored; both in Unix seconds"""
    if newest is None or -BEHIND.total_seconds() <= now - newest <= AHEAD.total_seconds():
        return
    clock, stored = (f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC" for at in (now, newest))
    where = "behind" if now < newest else "ahead of"
    raise ClockInDoubt(
        f"the clock says {clock}, {abs(now - newest) / 86_400:.0f} days {where} the newest stored moment, {stored}: "
        "set the clock; or, where it is right, start with --accept-clock, which voids what lies in its future"
    )
