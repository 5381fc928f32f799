"""Decides by WhatsApp's error code what comes of a message that it does not take; the HTTP status says nothing."""

from __future__ import annotations

from typing import Final, Literal

Verdict = Literal["later", "window", "never", "stopped", "account"]
"""later: the same may be taken soon; window: a template instead; never: this person is not reached; stopped: they do
not want it; account: an administrator mends it."""

LATER: Final = frozenset({1, 2, 4, 80007, 130429, 131000, 131016, 131048, 131056, 131057, 133004, 135000})
"""Limits of rate and pace, and outages of theirs."""
WINDOW: Final = frozenset({131047})
STOPPED: Final = frozenset({131050})
ACCOUNT: Final = frozenset({0, 3, 10, 190, 131005, 131031, 131042, 131045, 132001, 132015, 132016, 133010, 368})
"""The key, the account, or a template that is not there or not usable."""


def verdict(code: int | None) -> Verdict:
    """Returns what a code means; one that nobody knows is not tried again, and an answer without one is."""
    if code is None or code in LATER:
        return "later"
    if code in WINDOW:
        return "window"
    if code in STOPPED:
        return "stopped"
    return "account" if code in ACCOUNT or 200 <= code <= 299 else "never"
