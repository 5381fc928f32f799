"""Counts what a phone loses that goes offline and online again and again: two tabs of a real browser run the app.

In each cycle the phone goes off, keeps one to six answers and now and then a photo, suffers what phones do (a reload, a
tab closed or killed, a clock set elsewhere, an ended session, another learner's sign-in), and comes back to a network
that drops requests before the platform has them, or the answer after. In the end everything that was said to be kept
must be with the platform, once, as its own learner's.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from tests.learn.offline_storm import FAULTS, Counted, storm

TOLD_EVERY = 50
"""Cycles: a whole run is ten minutes of a quiet machine, and an hour of a busy one."""


def measure(cycles: int, seed: int, seconds: float = inf) -> tuple[Counted, int]:
    """Returns what came of so many cycles, or of those that there was time for, and how many they were."""
    began, done = monotonic(), 0
    from playwright.sync_api import sync_playwright

    from tests.harness.chromium import ARGUMENTS, found

    with (
        TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=found(), args=ARGUMENTS) as browser,
        storm(browser, Path(folder) / "data", seed) as phone,
    ):
        while done < cycles and monotonic() - began < seconds:
            phone.cycle()
            done += 1
            if done % TOLD_EVERY == 0:
                print(f"{done:,} of {cycles:,} cycles, {monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        return phone.finish(), done


def report(counted: Counted, cycles: int, seconds: float) -> str:
    """Returns the tables: what was kept and what came of it, and how often what happened."""
    names = "cycles, answers kept, photos kept, lost, taken twice, taken as another's, left waiting, s"
    values = (
        cycles,
        counted.number("answers"),
        counted.number("photos"),
        counted.lost,
        counted.twice,
        counted.foreign,
        counted.waiting,
        round(seconds),
    )
    lines = [f"| {' | '.join(names.split(', '))} |", "|" + "---:|" * len(values)]
    lines += ["| " + " | ".join(f"{value:,}" for value in values) + " |", "", "| what happened | times |", "|---|---:|"]
    order = sorted(counted.happened, key=lambda one: (one in FAULTS, one))
    return "\n".join([*lines, *(f"| {one} | {counted.happened[one]:,} |" for one in order)])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./scripts/prove offline", description=__doc__)
    parser.add_argument("--cycles", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=inf, help="after which what was done by then is counted")
    asked = parser.parse_args(arguments)
    began = monotonic()
    counted, cycles = measure(asked.cycles, asked.seed, asked.seconds)
    print(report(counted, cycles, monotonic() - began))
    return 0 if counted.is_good else 1


if __name__ == "__main__":
    raise SystemExit(main())
