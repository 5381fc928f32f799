"""Three hundred labelled deals: whether the platform understands them, and finds those that are high risk.

tests/deals/labelled/about.yaml says how the deals were written and labelled. Each goes the way of a CRM's record: read
by an organisation's mapping of fields, put into the framework's words, its person rated from what was seen of them. The
tuned half may be looked at when the matcher is improved, and its misses are printed; of the untouched half only counts.
The second author's hundred (tests/deals/second_author/about.yaml) are the test of words, since whoever wrote the two
hundred wrote the matcher's phrases as well: nothing is tuned on them, and only counts are printed.

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
from tests.deals.labelled_deals import SECOND_AUTHOR, Expected, LabelledDeal, halves, labelled_deals

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


def report(tuned: Sequence[Verdict], untouched: Sequence[Verdict], second: Sequence[Verdict]) -> str:
    rows = [
        f"| {half.name} | {half} | {other} | {theirs} | {f'{ASKED[half.name]:.0%}' if half.name in ASKED else ''} |"
        for half, other, theirs in zip(shares(tuned), shares(untouched), shares(second), strict=True)
    ]
    head = "| | tuned half | untouched half | second author | asked |"
    return "\n".join([head, "|---|---|---|---|---:|", *rows])


def wrong_fields(verdicts: Sequence[Verdict]) -> str:
    """Returns a table of how a field is wrong: nothing is known of it, or it is taken for something that it is not."""
    rows = []
    for name in DIMENSIONS:
        wrong = [one for one in verdicts if not one.right(name)]
        known = [(one.found.context.get(name, frozenset()), labelled(one.deal.expected, name)) for one in wrong]
        less = sum(found < expected for found, expected in known)
        rows.append(f"| {name} | {len(wrong)} | {less} | {len(wrong) - less} |")
    stages = [one for one in verdicts if not one.right_stage]
    unknown = sum(one.found.stage is None for one in stages)
    rows.append(f"| stage | {len(stages)} | {unknown} | {len(stages) - unknown} |")
    return "\n".join(["| | wrong | less is known | something else is said |", "|---|---:|---:|---:|", *rows])


def against_asked(verdicts: Sequence[Verdict]) -> str:
    """Returns whether the second author's deals reach what is asked for, and at what price in false alarms."""
    of = {share.name: share for share in shares(verdicts)}
    said = [
        f"The second author's {name} {'reaches' if of[name].right >= asked * of[name].of else 'is BELOW'} the "
        f"{asked:.0%} asked: {of[name]}."
        for name, asked in ASKED.items()
    ]
    understood = {
        share.name: share for share in shares([one for one in verdicts if one.right_context and one.right_stage])
    }
    said.append(
        f"With that recall come false alarms at {of['false alarms']}; "
        f"where context and stage are right, at {understood['false alarms']}."
    )
    return "\n".join(said)


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
    second = measure(labelled_deals(SECOND_AUTHOR))
    print(report(tuned, untouched, second))
    print("\nOne author wrote both halves and then the phrases: of words the untouched half is no independent test.")
    print("The second author had read no phrase; a third of those deals is not in English; nothing was tuned on them.")
    print(f"{against_asked(second)}\n\nWhat is wrong in the second author's hundred:\n\n{wrong_fields(second)}")
    wrong = misses(tuned)
    print(f"\nIn the tuned half {len(wrong)} deals are not as labelled:\n")
    print("\n".join(f"- {line}" for line in wrong))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
