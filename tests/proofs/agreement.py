"""How often the interval of a certificate's kappa holds the truth, and how often a scorer at the line comes and goes.

    ./scripts/prove agreement [--samples N] [--seed N]

A scorer and a person read the same calls, each with an error of their own; the truth is kappa of a very large sample.
Samples, levels and kappa are made here, apart from the product's. Beside the interval in force stand three others on
the same samples: BCa (Efron, JASA 82, 1987), the studentised bootstrap with each resample's jackknife error (Efron and
Tibshirani, 1993, ch. 12), and Student's t with the jackknife's error; the last two on Fisher's scale.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import atanh, tanh
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from shared.analysts.domain.agreement import FEWEST_PAIRS, LEAST_KAPPA, RETURN_KAPPA, kappa_interval

Whole = npt.NDArray[np.int64]
Real = npt.NDArray[np.float64]
Interval = tuple[float, float] | None
LARGE = 400_000
RESAMPLES = 500
BOUNDS = (40, 60, 75, 90)
NIGHTLY, NIGHTS = 2, 120
MARGINS = (0.0, 0.03, 0.05, 0.10)
NORMAL = NormalDist()
STUDENT = {29: 2.0452, 59: 2.0010, 119: 1.9801}
"""t at 0.975 by degrees of freedom, from a table."""


@dataclass(frozen=True, slots=True)
class Readers:
    """Calls of a quality N(mean, spread) in points; both see it with an error of N(0, error), the scorer also with a
    bias."""

    mean: float
    spread: float
    error: float
    bias: float = 0

    def sample(self, chance: np.random.Generator, n: int) -> Whole:
        """Draws n pairs of levels, a row each."""
        calls = chance.normal(self.mean, self.spread, n)
        seen = np.stack([chance.normal(calls + self.bias, self.error), chance.normal(calls, self.error)], axis=1)
        return np.searchsorted(BOUNDS, np.clip(seen, 0, 100), side="right")


READERS = (
    Readers(65, 18, 5),
    Readers(65, 18, 10),
    Readers(65, 18, 15),
    Readers(65, 18, 16, bias=8),
    Readers(80, 10, 8),
    Readers(65, 18, 30),
)
AT_THE_LINE = Readers(65, 18, 16)


def sums(pairs: Whole) -> Whole:
    """Returns 1, x, y, x², y², (x − y)² of each pair: what kappa is made of, once they are added up."""
    x, y = pairs[..., 0], pairs[..., 1]
    return np.stack([np.ones_like(x), x, y, x * x, y * y, (x - y) ** 2], axis=-1)


def kappa(total: Whole) -> Real:
    """Returns quadratic kappa from the sums; nan where it is undefined."""
    n, x, y, xx, yy, apart = np.moveaxis(total.astype(float), -1, 0)
    expected = n * (xx + yy) - 2 * x * y
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(expected > 0, 1 - n * apart / expected, np.nan)


def resampled(pairs: Whole, chance: np.random.Generator) -> Whole:
    """Draws resamples: the pairs of each in a row."""
    return pairs[chance.integers(0, len(pairs), (RESAMPLES, len(pairs)))]


def bca(pairs: Whole, chance: np.random.Generator) -> Interval:
    known = kappa(sums(resampled(pairs, chance)).sum(axis=1))
    known = np.sort(known[np.isfinite(known)])
    found, without = float(kappa(sums(pairs).sum(axis=0))), _left_out(pairs)
    below = float(np.clip(np.mean(known < found), 0.5 / RESAMPLES, 1 - 0.5 / RESAMPLES))
    away = np.nanmean(without) - without
    spread = float(np.nansum(away**2)) ** 1.5
    shift = NORMAL.inv_cdf(below)
    acceleration = float(np.nansum(away**3)) / (6 * spread) if spread else 0.0
    ends = []
    for quantile in (0.025, 0.975):
        z = shift + NORMAL.inv_cdf(quantile)
        at = NORMAL.cdf(shift + z / (1 - acceleration * z))
        ends.append(float(known[round(at * (len(known) - 1))]))
    return ends[0], ends[1]


def studentised(pairs: Whole, chance: np.random.Generator) -> Interval:
    drawn = resampled(pairs, chance)
    found, error = float(kappa(sums(pairs).sum(axis=0))), float(_jackknife_error(pairs))
    kappas = kappa(sums(drawn).sum(axis=1))
    errors = _jackknife_error(drawn)
    with np.errstate(invalid="ignore", divide="ignore"):
        t = (np.arctanh(np.clip(kappas, -0.999, 0.999)) - atanh(min(found, 0.999))) / errors
    t = np.sort(t[np.isfinite(t)])
    if not len(t):
        return None
    low, high = t[round(0.025 * (len(t) - 1))], t[round(0.975 * (len(t) - 1))]
    z = atanh(min(found, 0.999))
    return tanh(z - float(high) * error), tanh(z - float(low) * error)


def jackknife(pairs: Whole, chance: np.random.Generator) -> Interval:
    z, error = atanh(min(float(kappa(sums(pairs).sum(axis=0))), 0.999)), float(_jackknife_error(pairs))
    half = STUDENT[len(pairs) - 1] * error
    return tanh(z - half), tanh(z + half)


def in_force(pairs: Whole, chance: np.random.Generator) -> Interval:
    return kappa_interval([(int(x), int(y)) for x, y in pairs])


def _left_out(pairs: Whole) -> Real:
    """Returns kappa without each of the pairs in turn."""
    each = sums(pairs)
    return kappa(each.sum(axis=-2, keepdims=True) - each)


def _jackknife_error(pairs: Whole) -> Real:
    """Returns the jackknife's standard error of Fisher's z."""
    z = np.arctanh(np.clip(_left_out(pairs), -0.999, 0.999))
    n = pairs.shape[-2]
    error: Real = np.sqrt((n - 1) / n * ((z - z.mean(axis=-1, keepdims=True)) ** 2).sum(axis=-1))
    return error


METHODS: dict[str, Callable[[Whole, np.random.Generator], Interval]] = {
    "in force": in_force,
    "BCa": bca,
    "studentised": studentised,
    "jackknife": jackknife,
}


@dataclass(frozen=True, slots=True)
class Covered:
    """Shares of the samples: with the truth inside the interval, below it, above it."""

    inside: float
    below: float
    above: float

    def __str__(self) -> str:
        return f"{self.inside:.1%} ({self.below:.1%}, {self.above:.1%})"


def coverage(
    readers: Readers, n: int, samples: int, seed: int, methods: Sequence[str] = ("in force",)
) -> list[Covered]:
    """How often each method's interval of n pairs holds the truth. Samples for which the product gives none are left
    out for all."""
    chance, other = np.random.default_rng(seed), np.random.default_rng(seed + 2)
    truth = float(kappa(sums(readers.sample(np.random.default_rng(seed + 1), LARGE)).sum(axis=0)))
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in methods}
    for _ in range(samples):
        pairs = readers.sample(chance, n)
        told_now = in_force(pairs, other)
        if told_now is None:
            continue
        for name in methods:
            interval = told_now if name == "in force" else METHODS[name](pairs, other)
            if interval is not None:
                found[name].append(interval)
    told = []
    for intervals in found.values():
        below = sum(truth < low for low, _ in intervals) / len(intervals)
        above = sum(truth > high for _, high in intervals) / len(intervals)
        told.append(Covered(1 - below - above, below, above))
    return told


@dataclass(frozen=True, slots=True)
class Nights:
    """changes: how often a scorer stops or comes back in the nights, on average; waiting: share of the nights on which
    it does not count"""

    margin: float
    changes: float
    waiting: float


def nights(readers: Readers, margins: Sequence[float], scorers: int, seed: int, number: int = NIGHTS) -> list[Nights]:
    """Scorers with the fewest pairs, and some more each night; one that has stopped comes back a margin above the
    line. The jackknife stands in for the bootstrap, which would take an hour."""
    chance = np.random.default_rng(seed)
    lows = []
    for _ in range(scorers):
        pairs = readers.sample(chance, FEWEST_PAIRS + NIGHTLY * number)
        ends = [FEWEST_PAIRS + NIGHTLY * night for night in range(number)]
        lows.append([_low(pairs[:end]) for end in ends])
    found = []
    for margin in margins:
        changes = waiting = 0
        for of_scorer in lows:
            stopped = False
            for night, low in enumerate(of_scorer):
                before, stopped = stopped, low < LEAST_KAPPA + (margin if stopped else 0)
                changes += night > 0 and stopped != before
                waiting += stopped
        found.append(Nights(margin, changes / scorers, waiting / scorers / number))
    return found


def _low(pairs: Whole) -> float:
    z = atanh(min(float(kappa(sums(pairs).sum(axis=0))), 0.999))
    return tanh(z - 1.99 * float(_jackknife_error(pairs)))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20_261_125)
    chosen = parser.parse_args(arguments)
    print(f"| mean, spread, error, bias | kappa | pairs | {' | '.join(METHODS)} |")
    print(f"|---|---|---|{'---|' * len(METHODS)}")
    for row, readers in enumerate(READERS):
        truth = float(kappa(sums(readers.sample(np.random.default_rng(chosen.seed + 1), LARGE)).sum(axis=0)))
        for n in (30, 60, 120):
            found = coverage(readers, n, chosen.samples, chosen.seed + 1000 * row + n, tuple(METHODS))
            named = f"{readers.mean:g}, {readers.spread:g}, {readers.error:g}, {readers.bias:g}"
            print(f"| {named} | {truth:.2f} | {n} | {' | '.join(map(str, found))} |", flush=True)
    print(f"\n| margin | changes in {NIGHTS} nights | share of nights on which it waits |\n|---|---|---|")
    for one in nights(AT_THE_LINE, MARGINS, 40, chosen.seed):
        in_use = " (in force)" if one.margin == round(RETURN_KAPPA - LEAST_KAPPA, 2) else ""
        print(f"| {one.margin:.2f}{in_use} | {one.changes:.2f} | {one.waiting:.0%} |")


if __name__ == "__main__":
    main()
