"""Shows what is said of people beside what is true, in worlds whose truth is known.

The product's interval, with parameters that the product has learnt from the same scores, stands beside that of the
formula it had before, which is too sure of itself wherever scores hang together, a scorer leans, or noise is not what
it takes it for, and beside a reference with a fuller model and the same parameters (`level.py`: neighbours' likeness is
part of its state).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import product

import numpy as np

from tests.proofs.numbers.headline import BEGINNINGS, Headline, headline
from tests.proofs.numbers.interval_coverage import WORLDS, Coverage, coverage, pooled
from tests.proofs.numbers.losing import BOUNDS, CALLS, share_losing
from tests.proofs.numbers.moving import falsely_apart, trends
from tests.proofs.numbers.told import CALLS as TOLD_CALLS
from tests.proofs.numbers.told import Told, told


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calibrations", type=int, default=50, help="per world, of 40 people and 180 days each")
    parser.add_argument("--headlines", type=int, default=40, help="worlds per beginning")
    parser.add_argument("--told", type=int, default=400, help="worlds of 40 people per number of calls")
    parser.add_argument("--people", type=int, default=1_000, help="per true level, of those who may lose a validation")
    parser.add_argument("--seed", type=int, default=20_261_129)
    chosen = parser.parse_args(arguments)
    chance = np.random.default_rng(chosen.seed)
    _intervals(chosen.calibrations, chance)
    _headlines(chosen.headlines, chance)
    _told(chosen.told, chance)
    _losing(chosen.people, chance)
    _trends(3 * chosen.people, chance)
    _apart(3 * chosen.people, chance)


def _intervals(calibrations: int, chance: np.random.Generator) -> None:
    print("| world | intervals | the former 80 % interval holds | the product's | the reference's |")
    print("|---|---:|---:|---:|---:|")
    every: list[Coverage] = []
    for world in WORLDS:
        every.append(coverage(world, calibrations, chance))
        print(_line(every[-1]), flush=True)
    print(_line(pooled(every)))


def _line(found: Coverage) -> str:
    shares = f"{found.share_before:.0%} | {found.product_share:.0%} | {found.share:.0%}"
    return f"| {found.world} | {found.intervals} | {shares} |"


def _headlines(worlds: int, chance: np.random.Generator) -> None:
    print("\n| levels began at, scorer leans by | truly ready of 40 | likely ready | its interval holds | validated |")
    print("|---|---:|---:|---:|---:|")
    every: list[Headline] = []
    for (mean, spread), lean in product(BEGINNINGS, (0.0, 4.0)):
        some = [headline((mean, spread), lean, chance) for _ in range(worlds)]
        every += some
        print(_headline(f"N({mean:g}, {spread:g}), sd {lean:g}", some), flush=True)
    print(_headline("pooled", every))
    for correlation in (0.1, 0.6):
        some = [
            headline(begin, lean, chance, correlation=correlation)
            for begin, lean in product(BEGINNINGS, (0.0, 4.0))
            for _ in range(max(1, worlds // 4))
        ]
        print(_headline(f"pooled, one's skills correlate by {correlation:g}", some), flush=True)
    print(_headline("all at 82 throughout", [headline((82.0, 0.0), 0.0, chance, drift=0.0) for _ in range(worlds)]))


def _headline(name: str, some: Sequence[Headline]) -> str:
    true, said = np.mean([one.true for one in some]), np.mean([one.likely for one in some])
    holds, validated = np.mean([one.holds for one in some]), np.mean([one.validated for one in some])
    return f"| {name} | {true:.1f} | {said:.1f} | {holds:.0%} | {validated:.1f} |"


def _told(worlds: int, chance: np.random.Generator) -> None:
    print("\n| calls in 90 days | told 0.85 to 0.95 | on average | above the bar | in the top tenth, too | above |")
    print("|---:|---:|---:|---:|---:|---:|")
    for calls in TOLD_CALLS:
        every, listed = told(calls, worlds, chance)
        print(f"| {calls} | {every.people} | {_share(every, every.told)} | {_share(every, every.above)} | "
              f"{listed.people} | {_share(listed, listed.above)} |", flush=True)  # fmt: skip


def _share(of: Told, share: float) -> str:
    return f"{share:.0%}" if of.people else ""


def _losing(people: int, chance: np.random.Generator) -> None:
    print("\n| true level | people | lose a validation in a year of 32 calls | allowed |\n|---|---:|---:|---:|")
    for level, (least, greatest) in BOUNDS.items():
        share = share_losing(level, people, chance, calls=8 if level == 60 else CALLS)
        within = " within 8 calls" if level == 60 else ""
        print(f"| {level:g} | {people} | {share:.0%}{within} | {least:.0%} to {greatest:.0%} |", flush=True)


def _trends(people: int, chance: np.random.Generator) -> None:
    print("\n| sigma, rho | falsely improving | falsely declining | 24 points in 90 days found | by the best test |")
    print("|---|---:|---:|---:|---:|")
    for sigma, likeness in product((8.0, 12.0, 18.0), (0.0, 0.3, 0.5)):
        found = trends(sigma, likeness, people, chance)
        shares = f"{found.improving:.0%} | {found.declining:.0%} | {found.found:.0%} | {found.best:.0%}"
        print(f"| {sigma:g}, {likeness:g} | {shares} |", flush=True)


def _apart(people: int, chance: np.random.Generator) -> None:
    print("\n| sigma, rho | falsely apart, of 3 and 3 | 6 and 6 | 12 and 12 |\n|---|---:|---:|---:|")
    for sigma, likeness in product((8.0, 12.0, 18.0), (0.0, 0.3, 0.5)):
        shares = (f"{falsely_apart(sigma, likeness, people, chance, each):.1%}" for each in (3, 6, 12))
        print(f"| {sigma:g}, {likeness:g} | {' | '.join(shares)} |", flush=True)


if __name__ == "__main__":
    main()
