"""Works out what an activity would do to a rating: the rating's own function, with one more entry.

So the answer is what the profile will say once that has happened, and nothing of its own that could disagree.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from shared.frameworks.domain.framework import Scenario
from shared.kernel.context import Context, encode_skill
from shared.kernel.days import SECONDS_PER_DAY
from shared.observations.domain.entry import COUNTED, FIELD, PRACTICE, Entry
from shared.ratings.domain.gaps import Gap
from shared.ratings.domain.projection import Projection
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.domain.weights import READY

SOURCE: Final = "what-if"
"""Of the entry that is thought of; nothing keeps it."""


class WouldBe(NamedTuple):
    """Holds a skill before and after. score: what the activity is passed with, in hundredths: the rule's bar

    observed: it is a conversation with customers, else practice
    """

    score: int
    observed: bool
    before: SkillRating
    after: SkillRating

    @property
    def moves(self) -> bool:
        """Tells whether anything of the rating changes."""
        return (self.before.rating, self.before.preliminary) != (self.after.rating, self.after.preliminary)


def would_be(projection: Projection, gap: Gap) -> WouldBe:
    """Returns what closing a gap by its activity, today and just at the bar, would make of the skill."""
    return passed(projection, gap.competency, gap.context, gap.scenario)


def passed(projection: Projection, competency: str, context: Context, scenario: Scenario | None) -> WouldBe:
    """Returns what a scenario, passed today and just at the bar, would make of a skill. scenario: None for a
    conversation with customers"""
    rule, observed = projection.framework.rule_for(competency, context), scenario is None
    bar = 0 if rule is None else rule.minimums[1 if observed else 3]
    where: Context = tuple(sorted({**dict(scenario.context if scenario else ()), **dict(context)}.items()))
    entry = Entry(
        at=projection.as_of * SECONDS_PER_DAY,
        kind=FIELD if observed else PRACTICE,
        source=SOURCE,
        source_id=SOURCE,
        human=1,
        analysis=0,
        activity=scenario.activity_type if scenario else SOURCE,
        status=COUNTED,
        contexts=[encode_skill(where)],
        scores=[competency, bar or READY, 0],
    )
    skill = encode_skill(context)
    before = projection.row(competency, skill)
    after = projection.with_one_more(entry, competency).row(competency, skill)
    return WouldBe(bar or READY, observed, before, after)
