"""Applies every regular expression of the code base to every text on which one may go back, each at 100 KB."""

from __future__ import annotations

from tests.attacks.patterns import every_pattern
from tests.attacks.proportion import slower_than_its_length
from tests.attacks.seeds import seeds


def main() -> int:
    patterns = every_pattern()
    slow = [found for one in patterns if (found := slower_than_its_length(one, whole=True))]
    texts = sum(len(seeds(one.pattern)) for one in patterns)
    print("| patterns | texts of 100 KB | too slow for one |")
    print("|---:|---:|---|")
    print(f"| {len(patterns):,} | {texts:,} | {'; '.join(slow) or 'none'} |")
    return 1 if slow else 0


if __name__ == "__main__":
    raise SystemExit(main())
