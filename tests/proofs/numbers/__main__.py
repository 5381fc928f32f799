"""Shows what is said of people beside what is true, in worlds whose truth is known.

The product's interval, with parameters that the product has learnt from the same scores, stands beside that of the
formula it had before, which is too sure of itself wherever scores hang together, a scorer leans, or noise is not what
it takes it for, and beside a reference with a fuller model and the same parameters (`level.py`: neighbours' likeness is
part of its state).

Every figure that is bounded is judged: what lies outside is named at the end, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from itertools import product

import numpy as np

from shared.kernel.statistics import wilson
from tests.proofs.numbers.headline import BEGINNINGS, Headline, headline
from tests.proofs.numbers.interval_coverage import WORLDS, Coverage, coverage, pooled
from tests.proofs.numbers.losing import BOUNDS, CALLS, share_losing
from tests.proofs.numbers.moving import falsely_apart, trends
from tests.proofs.numbers.told import CALLS as TOLD_CALLS
from tests.proofs.numbers.told import Told, told

LEAST_TOLD = 300
"""People in a cell, for its share to say something."""
NOISE = 3.0
"""Standard errors: fewer than one table in ten holds such a share by chance alone."""


class Judged:
    """Keeps what lies outside of its bounds."""

    def __init__(self) -> None:
        self.outside: list[str] = []

    def __call__(self, name: str, found: float, least: float = 0.0, greatest: float = float("inf")) -> None:
        """Judges a figure; bounds belong to what is allowed."""
        if not least <= found <= greatest:
            self.outside.append(f"{name}: {found:.4g}, allowed {least:g} to {greatest:g}")

    def share(self, name: str, found: float, of: int, least: float, greatest: float) -> None:
        """Judges a share of so many drawn people, whose true one may be within its bounds while this one is not: what
        lies outside by less than NOISE standard errors is not told from what is allowed."""
        low, high = wilson(round(found * of), of, NOISE)
        if high < least or low > greatest:
            self.outside.append(f"{name}: {found:.4g} of {of}, allowed {least:g} to {greatest:g}")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calibrations", type=int, default=50, help="per world, of 40 people and 180 days each")
    parser.add_argument("--headlines", type=int, default=120, help="worlds per beginning")
    parser.add_argument("--told", type=int, default=300, help="calibrations per number of calls")
    parser.add_argument(
        "--people",
        type=int,
        default=1_000,
        help="of whom moves are looked for, in six times as many, and four times as many who may lose a validation",
    )
    parser.add_argument("--seed", type=int, default=20_261_129)
    chosen = parser.parse_args(arguments)
    chance, judged = np.random.default_rng(chosen.seed), Judged()
    _intervals(chosen.calibrations, chance, judged)
    _headlines(chosen.headlines, chance, judged)
    _told(chosen.told, chance, judged)
    _losing(4 * chosen.people, chance, judged)
    _trends(6 * chosen.people, chance, judged)
    _apart(6 * chosen.people, chance, judged)
    print("\nOutside of what is allowed:", "; ".join(judged.outside) or "nothing")
    sys.exit(1 if judged.outside else 0)


def _intervals(calibrations: int, chance: np.random.Generator, judged: Judged) -> None:
    print("| world | intervals | the former 80 % interval holds | the product's | the reference's |")
    print("|---|---:|---:|---:|---:|")
    every: list[Coverage] = []
    for world in WORLDS:
        every.append(coverage(world, calibrations, chance))
        print(_line(every[-1]), flush=True)
        judged(f"intervals in {world.name}", every[-1].intervals, 2_000)
        judged(f"coverage in {world.name}", every[-1].product_share, 0.68, 0.90)
    print(_line(pooled(every)))
    judged("coverage", pooled(every).product_share, 0.76, 0.86)
    judged("coverage of the former formula, which must fail", 0.0 if _former_holds(every) else 1.0, 1.0)


def _former_holds(every: Sequence[Coverage]) -> bool:
    return all(0.68 <= one.share_before <= 0.90 for one in every)


def _line(found: Coverage) -> str:
    shares = f"{found.share_before:.1%} | {found.product_share:.1%} | {found.share:.1%}"
    return f"| {found.world} | {found.intervals} | {shares} |"


def _headlines(worlds: int, chance: np.random.Generator, judged: Judged) -> None:
    print("\n| levels began at, scorer leans by | truly ready of 40 | likely ready | its interval holds | validated |")
    print("|---|---:|---:|---:|---:|")
    every: list[Headline] = []
    for (mean, spread), lean in product(BEGINNINGS, (0.0, 4.0)):
        some = [headline((mean, spread), lean, chance) for _ in range(worlds)]
        every += some
        name = f"N({mean:g}, {spread:g}), sd {lean:g}"
        print(_headline(name, some), flush=True)
        judged(f"headlines that hold, {name}", float(np.mean([one.holds for one in some])), 0.70, 0.95)
    print(_headline("pooled", every))
    judged("headlines that hold", float(np.mean([one.holds for one in every])), 0.77, 0.90)
    for correlation in (0.1, 0.6):
        some = [
            headline(begin, lean, chance, correlation=correlation)
            for begin, lean in product(BEGINNINGS, (0.0, 4.0))
            for _ in range(max(1, worlds // 4))
        ]
        print(_headline(f"pooled, one's skills correlate by {correlation:g}", some), flush=True)
    some = [headline((82.0, 0.0), 0.0, chance, drift=0.0) for _ in range(worlds)]
    print(_headline("all at 82 throughout", some))
    judged("said of 40 at 82 throughout", float(np.mean([one.likely for one in some])), 37)


def _headline(name: str, some: Sequence[Headline]) -> str:
    true, said = np.mean([one.true for one in some]), np.mean([one.likely for one in some])
    holds, validated = np.mean([one.holds for one in some]), np.mean([one.validated for one in some])
    return f"| {name} | {true:.1f} | {said:.1f} | {holds:.1%} | {validated:.1f} |"


def _told(calibrations: int, chance: np.random.Generator, judged: Judged) -> None:
    print("\n| calls in 90 days | told 0.85 to 0.95 | on average | above the bar | in the top tenth, too | above |")
    print("|---:|---:|---:|---:|---:|---:|")
    for calls in TOLD_CALLS:
        every, listed = told(calls, calibrations, chance)
        for name, of in (("everybody", every), ("the top tenth", listed)):
            if of.people:
                judged(f"people of {name} at {calls} calls", of.people, LEAST_TOLD)
                judged(f"above the bar of {name} at {calls} calls", of.above, 0.80, 0.97)
        print(f"| {calls} | {every.people} | {_share(every, every.told)} | {_share(every, every.above)} | "
              f"{listed.people} | {_share(listed, listed.above)} |", flush=True)  # fmt: skip


def _share(of: Told, share: float) -> str:
    return f"{share:.1%}" if of.people else ""


def _losing(people: int, chance: np.random.Generator, judged: Judged) -> None:
    print("\n| true level | people | lose a validation in a year of 32 calls | allowed |\n|---|---:|---:|---:|")
    for level, (least, greatest) in BOUNDS.items():
        share = share_losing(level, people, chance, calls=8 if level == 60 else CALLS)
        within = " within 8 calls" if level == 60 else ""
        print(f"| {level:g} | {people} | {share:.1%}{within} | {least:.0%} to {greatest:.0%} |", flush=True)
        judged.share(f"losing a validation at {level:g}", share, people, least, greatest)


def _trends(people: int, chance: np.random.Generator, judged: Judged) -> None:
    print("\n| sigma, rho | falsely improving | falsely declining | 24 points in 90 days found | by the best test |")
    print("|---|---:|---:|---:|---:|")
    for sigma, likeness in product((8.0, 12.0, 18.0), (0.0, 0.3, 0.5)):
        found = trends(sigma, likeness, people, chance)
        shares = f"{found.improving:.1%} | {found.declining:.1%} | {found.found:.1%} | {found.best:.1%}"
        print(f"| {sigma:g}, {likeness:g} | {shares} |", flush=True)
        where = f"at sigma {sigma:g}, rho {likeness:g}"
        judged.share(f"false alarms {where}", max(found.improving, found.declining), people, 0.0, 0.12)
        sure = sigma <= 12 and likeness <= 0.3
        judged(f"moves that are found {where}", found.found, 0.60 if sure else 0.8 * found.best)


def _apart(people: int, chance: np.random.Generator, judged: Judged) -> None:
    print("\n| sigma, rho | falsely apart, of 3 and 3 | 6 and 6 | 12 and 12 |\n|---|---:|---:|---:|")
    for sigma, likeness in product((8.0, 12.0, 18.0), (0.0, 0.3, 0.5)):
        found = {each: falsely_apart(sigma, likeness, people, chance, each) for each in (3, 6, 12)}
        print(f"| {sigma:g}, {likeness:g} | {' | '.join(f'{one:.1%}' for one in found.values())} |", flush=True)
        for each, share in found.items():
            name = f"falsely apart of {each} and {each} at sigma {sigma:g}, rho {likeness:g}"
            judged.share(name, share, people, 0.0, 0.05)


if __name__ == "__main__":
    main()
