"""Works out once what follows from a framework alone: its skills as numbers, their rules, and where scores go.

Entries of one *shape* (the same words in the same contexts) count for the same skills. Most entries of everybody have
one of few shapes.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any, Final

from shared.frameworks.domain.framework import Framework, Rule, Scenario
from shared.kernel.context import (
    GENERAL,
    Context,
    ObservedContext,
    counts_for,
    decode_context,
    decode_skill,
    encode_skill,
    observed,
    skills_seen,
)

Skill = tuple[str, str]
"""A competency and an encoded context."""

MOST_FRAMEWORKS: Final = 16
"""Versions of frameworks that are in use at the same time, and some."""
MOST_SHAPES: Final = 5_000
"""Shapes that are kept per framework; each takes about two kilobytes."""
MOST_SKILLS: Final = 100_000
"""Skills and contexts that are kept per framework: a caller may ask for any."""
NO_EXTRA: Final[Mapping[str, tuple[Context, ...]]] = {}


class Shape:
    """Holds what all entries with the same scores in the same contexts have in common, whatever the scores are.

    columns: one after the other the skills that they count for (by number), which of an entry's scores each is about (a
             skill may be there more than once), and whether the skill is there for the first time
    size:    how many columns
    """

    __slots__ = ("columns", "size")

    def __init__(self, skills: Sequence[int], positions: Sequence[int]) -> None:
        earliest = {number: place for place, number in reversed(list(enumerate(skills)))}
        first = [earliest[number] == place for place, number in enumerate(skills)]
        self.columns = array("q", [*skills, *positions, *first])
        self.size = len(skills)


class FrameworkIndex:
    """A framework's skills and shapes, in the order in which they were first met.

    names:  by number the skill
    ruled:  by number the rule that decides about it, with its encoded context; None without one
    always: the skills that everybody's profile has
    shapes: by what tells them apart
    """

    def __init__(self, framework: Framework) -> None:
        self.framework = framework
        self.numbers: dict[Skill, int] = {}
        self.names: dict[int, Skill] = {}
        self.ruled: dict[int, tuple[Rule, str] | None] = {}
        self.shapes: dict[tuple[Any, ...], Shape] = {}
        self._unseen = count()
        self._scenarios: dict[tuple[str, Context, str | None], Scenario | None] = {}
        self._mapped: dict[ObservedContext, ObservedContext] = {}
        self._skills_in: dict[tuple[str, tuple[Context, ...]], tuple[str, ...]] = {}
        self.always = self.named(framework.by_competency)

    @property
    def full(self) -> bool:
        """Tells whether it is time for a new one."""
        sizes = (len(self.numbers), len(self._mapped), len(self._skills_in), len(self._scenarios))
        return len(self.shapes) >= MOST_SHAPES or max(sizes) >= MOST_SKILLS

    def number(self, competency: str, skill: str) -> int:
        """Returns a skill's number."""
        known = self.numbers.get((competency, skill))
        if known is None:
            # Shards that are rated at the same time share this: of several numbers for a skill one is ever seen.
            unseen = next(self._unseen)
            rule = self.framework.rule_for(competency, decode_skill(skill))
            self.names[unseen] = (competency, skill)
            self.ruled[unseen] = None if rule is None else (rule, encode_skill(rule.context))
            known = self.numbers.setdefault((competency, skill), unseen)
        return known

    def named(
        self, competencies: Iterable[str], extra: Mapping[str, tuple[Context, ...]] = NO_EXTRA
    ) -> dict[int, None]:
        """Returns the general skill of each competency, and those that its rules, or who asks, name."""
        return {
            self.number(competency, encode_skill(context)): None
            for competency in competencies
            for context in (GENERAL, *self._contexts(competency, extra))
        }

    def shape(
        self,
        contexts: Sequence[str],
        words: Sequence[str],
        places: Sequence[int],
        extra: Mapping[str, tuple[Context, ...]] = NO_EXTRA,
    ) -> Shape:
        """Works out where the scores go of entries with these contexts, words, and contexts by score."""
        skills: list[int] = []
        positions: list[int] = []
        for position, (word, place) in enumerate(zip(words, places, strict=True)):
            competency = self.framework.competency_named(word)
            if competency is not None:
                for skill in self.skills_in(contexts[place], competency, extra):
                    skills.append(self.number(competency, skill))
                    positions.append(position)
        return Shape(skills, positions)

    def skills_in(
        self, context: str, competency: str, extra: Mapping[str, tuple[Context, ...]] = NO_EXTRA
    ) -> tuple[str, ...]:
        """Returns the encoded contexts of a competency's skills that an observation in `context` counts for.

        The state keeps an integration's own words; a framework's dimensions map them here, so that a new mapping
        applies to what came before it.
        """
        key = (context, self._contexts(competency, extra))
        known = self._skills_in.get(key)
        if known is None:
            seen = self.mapped(decode_context(context))
            found = dict.fromkeys(skills_seen(seen))
            found.update(dict.fromkeys(skill for skill in key[1] if counts_for(seen, skill)))
            known = self._skills_in[key] = tuple(map(encode_skill, found))
        return known

    def mapped(self, context: ObservedContext) -> ObservedContext:
        """Returns an observed context in the framework's own values; words that it does not know stay as they came."""
        known = self._mapped.get(context)
        if known is None:
            mapping = self.framework.by_dimension
            known = self._mapped[context] = observed(
                {
                    dimension: [mapping[dimension].map(value)[0] for value in values]
                    if dimension in mapping
                    else values
                    for dimension, values in context
                }
            )
        return known

    def skills_about(self, context: ObservedContext) -> list[Context]:
        """Returns what an observation is about in the first place: its full contexts, then the general skill."""
        seen = skills_seen(self.mapped(context))
        fullest = max(map(len, seen))
        return [skill for skill in seen if len(skill) == fullest and skill] + [GENERAL]

    def scenario_for(self, competency: str, context: Context, activity_type: str | None) -> Scenario | None:
        """Returns the scenario nearest to a skill (see `gaps.scenario_for`)."""
        key = (competency, context, activity_type)
        if key not in self._scenarios:
            matches = [
                (rank, scenario)
                for scenario in self.framework.scenarios
                if competency in scenario.competencies
                and (not activity_type or scenario.activity_type == activity_type)
                and (rank := _distance(scenario, dict(context))) is not None
            ]
            self._scenarios[key] = min(matches, key=lambda match: match[0])[1] if matches else None
        return self._scenarios[key]

    def _contexts(self, competency: str, extra: Mapping[str, tuple[Context, ...]]) -> tuple[Context, ...]:
        return self.framework.rule_contexts.get(competency, ()) + extra.get(competency, ())


def _distance(scenario: Scenario, wanted: Mapping[str, str]) -> tuple[int, int, int, int, str] | None:
    """Returns how far a scenario is from a context; None for one that sets another value of a dimension."""
    agreeing = beyond = 0
    for dimension, value in scenario.context:
        if dimension not in wanted:
            beyond += 1
        elif wanted[dimension] == value:
            agreeing += 1
        else:
            return None
    return -agreeing, beyond, len(scenario.competencies), scenario.minutes, scenario.scenario_id


_indexes: dict[int, FrameworkIndex] = {}
"""By the identity of the framework, which its index keeps alive."""


def index_of(framework: Framework) -> FrameworkIndex:
    """Returns the framework's index, the same as long as it is among those used lately."""
    known = _indexes.get(id(framework))
    if known is None or known.framework is not framework or known.full:
        known = FrameworkIndex(framework)
        if len(_indexes) >= MOST_FRAMEWORKS:
            _indexes.clear()
        _indexes[id(framework)] = known
    return known
