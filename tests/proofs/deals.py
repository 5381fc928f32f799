"""Two hundred labelled deals: whether the platform understands them, and finds those that are high risk.

tests/deals/labelled/about.yaml says how the deals were written and labelled. Each goes the way of a CRM's record: read
by an organisation's mapping of fields, put into the framework's words, its person rated from what was seen of them. The
tuned half may be looked at when the matcher is improved, and its misses are printed; of the untouched half only counts.

    context        the deal is right in every dimension at once
    industry …     in this one
    stage          where in the process it is, in the specification's words
    recall         of the deals that a leader calls high risk, how many the platform does
    false alarms   of the others, how many it calls high risk too

Intervals: Wilson, 95 %.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from shared.kernel.statistics import Z_NINETY_FIVE, wilson
from tests.deals.judged_deals import Judged, judged
from tests.deals.labelled_deals import Expected, LabelledDeal, halves

DIMENSIONS: Final = ("industry", "deal_size", "buyer_persona", "product_line")
STAGES: Final = {
    "qualification": "discovery",
    "technical_discovery": "discovery",
    "proof_of_concept": "technical_validation",
    "security_review": "technical_validation",
    "negotiation": "proposal",
    "closing": "proposal",
}
"""The framework's finer stages in the specification's words."""
ASKED: Final = {"context": 0.85, "recall": 0.90}
"""What the specification asks for."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A deal, and what the platform makes of it."""

    deal: LabelledDeal
    found: Judged

    def right(self, dimension: str) -> bool:
        return self.found.context.get(dimension, frozenset()) == labelled(self.deal.expected, dimension)

    @property
    def right_context(self) -> bool:
        return all(self.right(dimension) for dimension in DIMENSIONS)

    @property
    def right_stage(self) -> bool:
        stage = self.found.stage or ""
        return STAGES.get(stage, stage) == self.deal.expected.stage

    @property
    def high(self) -> bool:
        return self.found.risk == "high"


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    name: str
    right: int
    of: int

    def __str__(self) -> str:
        low, high = wilson(self.right, self.of, Z_NINETY_FIVE)
        return f"{self.right} of {self.of}: {self.right / max(1, self.of):.0%} [{low:.0%}, {high:.0%}]"


def labelled(expected: Expected, dimension: str) -> frozenset[str]:
    """Returns what the label says of a dimension."""
    said = getattr(expected, dimension)
    return said if isinstance(said, frozenset) else frozenset([said] if said else ())


def measure(deals: Sequence[LabelledDeal]) -> list[Verdict]:
    return [Verdict(deal, judged(deal)) for deal in deals]


def shares(verdicts: Sequence[Verdict]) -> list[Share]:
    """Returns the figures of one half, in the table's order."""

    def of(name: str, test: Callable[[Verdict], bool], among: Sequence[Verdict] = verdicts) -> Share:
        return Share(name, sum(map(test, among)), len(among))

    high = [one for one in verdicts if one.deal.expected.high_risk]
    rest = [one for one in verdicts if not one.deal.expected.high_risk]
    return [
        of("context", lambda one: one.right_context),
        *(of(name, lambda one, name=name: one.right(name)) for name in DIMENSIONS),  # type: ignore[misc]
        of("stage", lambda one: one.right_stage),
        of("recall", lambda one: one.high, high),
        of("false alarms", lambda one: one.high, rest),
    ]


def report(tuned: Sequence[Verdict], untouched: Sequence[Verdict]) -> str:
    rows = [
        f"| {mine.name} | {mine} | {theirs} | {f'{ASKED[mine.name]:.0%}' if mine.name in ASKED else ''} |"
        for mine, theirs in zip(shares(tuned), shares(untouched), strict=True)
    ]
    return "\n".join(["| | tuned half | untouched half | asked |", "|---|---|---|---:|", *rows])


def misses(verdicts: Sequence[Verdict]) -> list[str]:
    """Returns a line for everything that is wrong in a half that may be looked at."""
    found = []
    for one in verdicts:
        expected = one.deal.expected
        wrong = [
            f"{name} {_words(one.found.context.get(name, ()))} for {_words(labelled(expected, name))}"
            for name in DIMENSIONS
            if not one.right(name)
        ]
        if not one.right_stage:
            wrong.append(f"stage {one.found.stage} for {expected.stage} ({one.deal.opportunity.stage})")
        if one.high != expected.high_risk:
            score = f" at {one.found.preparation.readiness.score / 100:.0f}" if one.found.preparation else ""
            wrong.append(f"risk {one.found.risk}{score} for {'high' if expected.high_risk else 'not high'}")
        if wrong:
            found.append(f"{one.deal.id} {one.deal.account.name}: {'; '.join(wrong)}")
    return found


def _words(values: Sequence[str] | frozenset[str]) -> str:
    return "+".join(sorted(values)) or "nothing"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args(arguments)
    tuned, untouched = map(measure, halves())
    print(report(tuned, untouched))
    print("\nOne author wrote both halves and then the phrases: of words the untouched half is no independent test.")
    wrong = misses(tuned)
    print(f"\nIn the tuned half {len(wrong)} deals are not as labelled:\n")
    print("\n".join(f"- {line}" for line in wrong))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
