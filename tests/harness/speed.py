"""How much of what is exhaustive a run tries: a seeded part, less of it for every commit, everything in a proof.

AUGMENT_TESTS is `fast` for `./scripts/test --fast`, `whole` for `./scripts/prove`; anything else is the full suite.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

T = TypeVar("T")

SPEED: Final = os.environ.get("AUGMENT_TESTS", "full")
BETWEEN: Final = 2
"""Moments of a matrix that are tried beside the first and the last."""
SHARE_OF_EXAMPLES: Final = {"fast": 0.25, "whole": 10.0}


def examples(usual: int) -> int:
    """Returns how many examples of a property this run tries. usual: in the full suite"""
    return max(10, round(usual * SHARE_OF_EXAMPLES.get(SPEED, 1.0)))


class Moments:
    """Chooses which moments of a matrix a test tries.

    seed:     the test's name, so that it tries the same ones every time
    left_out: told how many moments there are, and how many of them are not tried
    """

    def __init__(self, seed: str, left_out: Callable[[int, int], None], *, whole: bool = SPEED == "whole") -> None:
        self._chance = random.Random(seed)
        self._left_out = left_out
        self._whole = whole

    def of(self, moments: Sequence[T], *, between: int = BETWEEN) -> list[T]:
        """Returns the first, the last and seeded ones between; all of them in a proof."""
        if self._whole or len(moments) <= between + 2:
            self._left_out(len(moments), 0)
            return list(moments)
        inner = sorted(self._chance.sample(range(1, len(moments) - 1), between))
        self._left_out(len(moments), len(moments) - between - 2)
        return [moments[0], *(moments[number] for number in inner), moments[-1]]
