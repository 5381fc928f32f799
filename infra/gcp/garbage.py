"""Python's search for garbage in cycles: not during a function's start, then less often than Python does by itself.

A start makes about 130,000 objects (modules, classes, the clients' messages), and nearly all of them stay. Unless told
otherwise Python looks through what is new after every 700, which takes a tenth of the start and finds nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping
from typing import Final

A_START: Final = 200_000
"""Objects that are made, less those that are gone again, before the first search."""
AFTERWARDS: Final = 20_000
"""The same from one search to the next: a few MB of garbage at most."""


def spare_the_start() -> None:
    """Has the first search wait until the start is over, and the others come `AFTERWARDS`."""
    gc.set_threshold(A_START)
    if _settle not in gc.callbacks:
        gc.callbacks.append(_settle)


def _settle(phase: str, _: Mapping[str, int]) -> None:
    if phase == "stop":
        gc.callbacks.remove(_settle)
        gc.set_threshold(AFTERWARDS)
