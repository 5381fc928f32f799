"""Shows what is said of people beside what is true, in worlds whose truth is known.

The product's interval, with parameters learnt from the same scores (`calibration.py`), stands beside that of the
formula it had before, which is too sure of itself wherever scores hang together, a scorer leans, or noise is not what
it takes it for, and beside a reference with a fuller model (`level.py`: neighbours' likeness is part of its state).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np

from tests.proofs.numbers.headline import BEGINNINGS, headline
from tests.proofs.numbers.interval_coverage import WORLDS, Coverage, coverage, pooled
from tests.proofs.numbers.losing import BOUNDS, CALLS, share_losing


def _line(found: Coverage) -> str:
    shares = f"{found.share_before:.0%} | {found.product_share:.0%} | {found.share:.0%}"
    return f"| {found.world} | {found.intervals} | {shares} |"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calibrations", type=int, default=50, help="per world, of 40 people and 180 days each")
    parser.add_argument("--headlines", type=int, default=40, help="worlds per beginning")
    parser.add_argument("--people", type=int, default=1_000, help="per true level, of those who may lose a validation")
    parser.add_argument("--seed", type=int, default=20_261_129)
    chosen = parser.parse_args(arguments)
    chance = np.random.default_rng(chosen.seed)
    print("| world | intervals | the former 80 % interval holds | the product's | the reference's |")
    print("|---|---:|---:|---:|---:|")
    every: list[Coverage] = []
    for world in WORLDS:
        found = coverage(world, chosen.calibrations, chance)
        every.append(found)
        print(_line(found), flush=True)
    print(_line(pooled(every)))
    print("\n| levels began at, scorer leans by | truly ready of 40 | the filter says | its interval holds |")
    print("|---|---:|---:|---:|")
    for mean, spread in BEGINNINGS:
        for lean in (0.0, 4.0):
            worlds = [headline((mean, spread), lean, chance) for _ in range(chosen.headlines)]
            true, said = np.mean([one.true for one in worlds]), np.mean([one.likely for one in worlds])
            holds = np.mean([one.holds for one in worlds])
            print(f"| N({mean:g}, {spread:g}), sd {lean:g} | {true:.1f} | {said:.1f} | {holds:.0%} |", flush=True)
    print("\n| true level | people | lose a validation in a year of 32 calls | allowed |\n|---|---:|---:|---:|")
    for level, (least, greatest) in BOUNDS.items():
        share = share_losing(level, chosen.people, chance, calls=8 if level == 60 else CALLS)
        within = " within 8 calls" if level == 60 else ""
        print(f"| {level:g} | {chosen.people} | {share:.0%}{within} | {least:.0%} to {greatest:.0%} |", flush=True)


if __name__ == "__main__":
    main()
