"""How often the interval of a certificate's kappa holds the truth, and how often a scorer at the line comes and goes.

    ./scripts/prove agreement_interval [--samples N] [--seed N]

A scorer and a person read the same calls, each with an error of their own; the truth is kappa of a very large sample.
The resamples' own quantiles stand beside what the certificates make of them (shared/analysts/domain/agreement.py).
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shared.analysts.domain.agreement import (
    FEWEST_PAIRS,
    LEAST_KAPPA,
    RESAMPLES,
    kappa_interval,
    level,
    quadratic_kappa,
    resampled,
)

Levels = tuple[int, int]
Sample = Sequence[Levels]
LARGE = 200_000
NIGHTLY, NIGHTS = 2, 120
MARGINS = (0.0, 0.03, 0.05, 0.10)


@dataclass(frozen=True, slots=True)
class Readers:
    """Calls of a quality N(mean, spread) in points; both see it with an error of N(0, error), the scorer also with a
    bias."""

    mean: float
    spread: float
    error: float
    bias: float = 0

    def sample(self, chance: random.Random, n: int) -> list[Levels]:
        found = []
        for _ in range(n):
            call = chance.gauss(self.mean, self.spread)
            found.append((self._seen(chance, call + self.bias), self._seen(chance, call)))
        return found

    def _seen(self, chance: random.Random, call: float) -> int:
        return level(min(100.0, max(0.0, chance.gauss(call, self.error))))


READERS = (
    Readers(65, 18, 5),
    Readers(65, 18, 10),
    Readers(65, 18, 15),
    Readers(65, 18, 16, bias=8),
    Readers(80, 10, 8),
    Readers(65, 18, 30),
)
AT_THE_LINE = Readers(65, 18, 16)


@dataclass(frozen=True, slots=True)
class Covered:
    """Shares of the samples: with the truth inside the interval, below it, above it."""

    inside: float
    below: float
    above: float


@dataclass(frozen=True, slots=True)
class Nights:
    """changes: how often a scorer stops or comes back in the nights, on average; waiting: share of the nights on which
    it does not count"""

    margin: float
    changes: float
    waiting: float


def quantiles(sample: Sample) -> tuple[float, float] | None:
    """The percentile bootstrap, for comparison."""
    known = sorted(kappa for kappa in resampled(sorted(sample), RESAMPLES) if kappa is not None)
    if len(known) < 0.9 * RESAMPLES:
        return None
    return known[round(0.025 * (len(known) - 1))], known[round(0.975 * (len(known) - 1))]


def coverage(
    readers: Readers,
    n: int,
    samples: int,
    seed: int,
    interval: Callable[[Sample], tuple[float, float] | None],
    large: int = LARGE,
) -> Covered:
    """How often the interval of n pairs holds the truth; samples without an interval are left out."""
    chance = random.Random(seed)
    truth = quadratic_kappa(readers.sample(random.Random(seed + 1), large))
    if truth is None:
        raise ValueError("these readers have no kappa")
    found = [one for _ in range(samples) if (one := interval(readers.sample(chance, n))) is not None]
    below = sum(truth < low for low, _ in found) / len(found)
    above = sum(truth > high for _, high in found) / len(found)
    return Covered(1 - below - above, below, above)


def nights(readers: Readers, margin: float, scorers: int, seed: int, number: int = NIGHTS) -> Nights:
    """Scorers with the fewest pairs, and some more each night; one that has stopped comes back `margin` above the
    line."""
    chance = random.Random(seed)
    changes = waiting = 0
    for _ in range(scorers):
        sample, stopped = readers.sample(chance, FEWEST_PAIRS), False
        for night in range(number):
            found = kappa_interval(sample)
            before = stopped
            if found is not None:
                stopped = found[0] < LEAST_KAPPA + (margin if stopped else 0)
            changes += night > 0 and stopped != before
            waiting += stopped
            sample += readers.sample(chance, NIGHTLY)
    return Nights(margin, changes / scorers, waiting / scorers / number)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=500)
    parser.add_argument("--seed", type=int, default=20_261_125)
    chosen = parser.parse_args(arguments)
    print(
        "| mean, spread, error, bias | kappa | pairs | in force | truth below, above | quantiles | truth below, above |"
    )
    print("|---|---|---|---|---|---|---|")
    for readers in READERS:
        truth = quadratic_kappa(readers.sample(random.Random(chosen.seed + 1), LARGE))
        for n in (30, 60, 120):
            ours = coverage(readers, n, chosen.samples, chosen.seed, kappa_interval)
            other = coverage(readers, n, chosen.samples, chosen.seed, quantiles)
            print(
                f"| {readers.mean:g}, {readers.spread:g}, {readers.error:g}, {readers.bias:g} | {truth:.2f} | {n} "
                f"| {_share(ours)} | {_share(other)} |"
            )
    print(f"\n| margin | changes in {NIGHTS} nights | share of nights on which it waits |\n|---|---|---|")
    for margin in MARGINS:
        found = nights(AT_THE_LINE, margin, max(1, chosen.samples // 25), chosen.seed)
        print(f"| {margin:.2f} | {found.changes:.2f} | {found.waiting:.0%} |")


def _share(found: Covered) -> str:
    return f"{found.inside:.1%} | {found.below:.1%}, {found.above:.1%}"


if __name__ == "__main__":
    main()
