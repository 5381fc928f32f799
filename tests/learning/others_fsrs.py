"""Our fold of reviews beside ts-fsrs: the same weights, no fuzz, no learning steps, reviews a day apart or more."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Final

from shared.learning.domain.recall import answered

FOLDER: Final = Path(__file__).with_name("ts_fsrs")
VERSION: Final[str] = json.loads((FOLDER / "package.json").read_text("utf-8"))["dependencies"]["ts-fsrs"]
BEGUN: Final = date(2026, 1, 1)

History = list[tuple[int, bool]]
"""Reviews of one question: days since the one before (of the first: 0), and whether the answer was right."""


@dataclass(frozen=True, slots=True)
class After:
    """What is known after a review. expected: recall before it, of the first 0; due_in: days"""

    stability: float
    difficulty: float
    expected: float
    due_in: int


@dataclass(frozen=True, slots=True)
class Compared:
    """How far the two are apart. apart: at most, relative to what is more than one

    other_days: how often the day due differs, but where an interval lies on a half, which they round to either side
    """

    histories: int
    reviews: int
    apart: float
    other_days: int


def installed() -> Path | None:
    """Where ts-fsrs is: TS_FSRS, else where npm or ./scripts/test puts it; None without it or without Node.js."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "augment-skills" / FOLDER.name
    named = [Path(os.environ["TS_FSRS"])] if "TS_FSRS" in os.environ else []
    places = [*named, FOLDER / "node_modules", cache / "node_modules"]
    return next((one for one in places if shutil.which("node") and (one / "ts-fsrs").is_dir()), None)


def histories(number: int, seed: int, most: int = 40) -> list[History]:
    """Histories of one to so many reviews, from all right to mostly wrong, a day to a year apart."""
    chance = Random(seed)
    found = []
    for _ in range(number):
        right, longest = chance.choice([1.0, 0.9, 0.7, 0.4]), chance.choice([1, 7, 60, 365])
        length = chance.randint(1, most)
        found.append([(chance.randint(1, longest) if n else 0, chance.random() < right) for n in range(length)])
    return found


def ours(history: History) -> list[After]:
    """Our own fold."""
    found, card, day = [], None, BEGUN
    for days, right in history:
        day += timedelta(days=days)
        expected = 0.0 if card is None else card.recall_on(day)
        card = answered(card, right, day)
        found.append(After(card.stability, card.difficulty, expected, (card.due_day - day).days))
    return found


def theirs(found: Sequence[History], node_modules: Path) -> list[list[After]]:
    """What ts-fsrs makes of the same."""
    done = subprocess.run(
        ["node", str(FOLDER / "fold.cjs")],
        input="".join(f"{json.dumps(one)}\n" for one in found),
        env={**os.environ, "NODE_PATH": str(node_modules)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return [[After(*one) for one in json.loads(line)] for line in done.stdout.splitlines()]


def compared(found: Sequence[History], node_modules: Path) -> Compared:
    """Holds both folds of each history beside each other, review by review."""
    pairs = [
        (mine, other)
        for history, others in zip(found, theirs(found, node_modules), strict=True)
        for mine, other in zip(ours(history), others, strict=True)
    ]
    return Compared(
        histories=len(found),
        reviews=len(pairs),
        apart=max(
            abs(one - other) / max(1.0, abs(other))
            for mine, theirs in pairs
            for one, other in (
                (mine.stability, theirs.stability),
                (mine.difficulty, theirs.difficulty),
                (mine.expected, theirs.expected),
            )
        ),
        other_days=sum(mine.due_in != other.due_in and not _on_a_half(other.stability) for mine, other in pairs),
    )


def _on_a_half(days: float) -> bool:
    return abs(days % 1 - 0.5) < 1e-6 * max(1.0, days)
