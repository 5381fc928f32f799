"""From the observations that stand to the skills that they count for: when each skill was observed, and how it scored.

A person's observations are a table, a row per event and a column per thing that it scores. Events of one *shape* (the
same words in the same contexts) count for the same skills; where they go is worked out once per shape and framework.
Skills that the same events count for share their *occasions*, and each takes a whole column: nothing is done once per
score. What follows from the occasions alone (windows, weights, noise) is in turn worked out once for all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from shared.frameworks.domain.framework import Dimension, Framework
from shared.kernel.context import GENERAL, Context, ObservedContext, counts_for, observed, skills_seen
from shared.kernel.days import SECONDS_PER_DAY
from shared.observations.domain.observation import (
    CERTIFICATION_EXAM,
    NO_SCORE,
    decode_context,
    encode_context,
)
from shared.ratings.domain.rating import half_up, scaled_variance

HELD = 1
"""An entry's standing, as a state keeps it: it waits for a person."""

MOST_REMEMBERED = 100_000
"""Contexts, and skills with their rules, that are remembered per framework."""

MOST_SHAPES = 5_000
"""Shapes of events that are remembered per framework; each takes about two kilobytes."""


class Occasions:
    """When some skills were observed, of one class, in order of time: they share it if the same events count for them.

    days:   days since 1970-01-01 UTC, ascending
    errors: per observation the variance of its scorer's error (in rating.ERROR_UNIT); empty when none is measured
    """

    __slots__ = ("days", "errors")

    def __init__(self, days: Sequence[int] = (), errors: Sequence[int] = ()) -> None:
        self.days = days
        self.errors = errors


NEVER = Occasions()


class Group:
    """All standing observations of one skill, by class (0 field, 1 validation, 2 learning).

    occasions, scores: when, and with which score (hundredths) each; several skills may share an Occasions
    last:  when it was last observed (seconds), with a score or without
    exams: the days of certification exams, ascending
    held:  how many wait for a person's review
    """

    __slots__ = ("exams", "held", "last", "occasions", "scores")

    def __init__(self) -> None:
        self.occasions = [NEVER, NEVER, NEVER]
        self.scores: list[Sequence[int]] = [(), (), ()]
        self.last: list[int | None] = [None, None, None]
        self.exams: Sequence[int] = ()
        self.held = 0

    @property
    def days(self) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
        """Per class the days of its observations."""
        field, validation, learning = self.occasions
        return field.days, validation.days, learning.days

    def seen_at(self, kind: int, at: int) -> None:
        last = self.last[kind]
        if last is None or last < at:
            self.last[kind] = at


_Destination = tuple[str, str, tuple[int, ...]]
"""A competency, an encoded context, and which of an event's scores are about that skill."""


class _Shape:
    """The events of one shape, in order of time: their numbers, and the groups that they count for.

    positions: group → which of an event's scores are about it; () where all that there is has no number
    last:      when the last of them was (seconds)
    """

    __slots__ = ("error", "exam", "kind", "last", "numbers", "positions")

    def __init__(self, kind: int, positions: dict[Group, tuple[int, ...]], error: int, exam: bool) -> None:
        self.kind = kind
        self.positions = positions
        self.error = error
        self.exam = exam
        self.numbers: list[int] = []
        self.last = 0


class Grouping:
    """Sorts observations into the groups of the skills that they count for.

    groups: competency → encoded context → its observations
    only:   limit to these competencies; wanted: only these (competency, encoded context)
    extra:  further contexts to group, per competency
    """

    __slots__ = ("_create", "_extra", "_framework", "_variance", "groups")

    def __init__(
        self,
        framework: Framework,
        only: Collection[str] | None = None,
        extra: Mapping[str, tuple[Context, ...]] | None = None,
        wanted: Collection[tuple[str, str]] | None = None,
        scorer_variance: Mapping[str, float] | None = None,
    ) -> None:
        self._framework = framework
        self._variance = {source: scaled_variance(value) for source, value in (scorer_variance or {}).items()}
        self._create = wanted is None
        self._extra = extra or {}
        self.groups: dict[str, dict[str, Group]]
        if wanted is not None:
            self.groups = {}
            for competency, skill in wanted:
                self.groups.setdefault(competency, {})[skill] = Group()
            return
        self.groups = {c: {"": Group()} for c in framework.by_competency if only is None or c in only}
        for competency, of_competency in self.groups.items():
            for context in self._named(competency):
                of_competency.setdefault(encode_skill(context), Group())

    def add_all(self, standing: Iterable[tuple[int, str, Sequence[Any]]], as_of: int | None = None) -> None:
        """Entries that stand, as (at, text, array) in order of time, into groups that have nothing yet.

        as_of: nothing that happened on a later day
        """
        shapes: dict[tuple[Any, ...], _Shape] = {}
        days: list[int] = []
        rows: list[Sequence[int]] = []
        shape_of: list[_Shape] = []
        variance = self._variance
        for at, _, array in standing:
            day = at // SECONDS_PER_DAY
            if as_of is not None and day > as_of:
                break
            _, kind, source, _, _, _, activity, state, contexts, flat = array
            if state == HELD:
                self.add(at, array)
                continue
            scores = flat[1::3]
            # With a single context all places are the same.
            key = (kind, *contexts, *flat[::3]) if len(contexts) == 1 else (kind, *contexts, *flat[::3], *flat[2::3])
            if variance or activity == CERTIFICATION_EXAM or NO_SCORE in scores:
                key = (*key, source, activity, *[score == NO_SCORE for score in scores])
            shape = shapes.get(key)
            if shape is None:
                shape = shapes[key] = self._shape(array)
            shape.numbers.append(len(rows))
            shape.last = at
            shape_of.append(shape)
            days.append(day)
            rows.append(scores)
        for kind in range(3):
            self._lay_out(kind, [shape for shape in shapes.values() if shape.kind == kind], days, rows, shape_of)

    def add(self, at: int, array: Sequence[Any]) -> None:
        """One entry that stands, none of those of its kind before being later."""
        shape = self._shape(array)
        if array[7] == HELD:
            for group in shape.positions:
                group.held += 1
            return
        kind, day, scores = shape.kind, at // SECONDS_PER_DAY, array[9][1::3]
        longer: dict[Occasions, Occasions] = {}
        for group, positions in shape.positions.items():
            group.seen_at(kind, at)
            if not positions:
                continue
            before = group.occasions[kind]
            if before not in longer:
                errors = [*before.errors, shape.error] if self._variance else ()
                longer[before] = Occasions([*before.days, day], errors)
            group.occasions[kind] = longer[before]
            group.scores[kind] = [*group.scores[kind], _score(scores, positions)]
            if shape.exam:
                group.exams = [*group.exams, day]

    def _lay_out(
        self,
        kind: int,
        shapes: Sequence[_Shape],
        days: Sequence[int],
        rows: Sequence[Sequence[int]],
        shape_of: Sequence[_Shape],
    ) -> None:
        """Gives each group the occasions and the scores of one class, from the events' table."""
        # Per group: its shapes as a set of bits, and its position in all of them, None where it has no single one.
        sources: dict[Group, tuple[int, int | None]] = {}
        for number, shape in enumerate(shapes):
            for group, positions in shape.positions.items():
                if not positions:
                    group.seen_at(kind, shape.last)
                    continue
                position = positions[0] if len(positions) == 1 else None
                known = sources.get(group)
                if known is None:
                    sources[group] = (1 << number, position)
                else:
                    sources[group] = (known[0] | 1 << number, position if position == known[1] else None)
        together: dict[int, list[tuple[Group, int | None]]] = {}
        for group, (bits, position) in sources.items():
            if bits in together:
                together[bits].append((group, position))
            else:
                together[bits] = [(group, position)]
        for bits, members in together.items():
            own = [shape for number, shape in enumerate(shapes) if bits >> number & 1]
            numbers = own[0].numbers
            if len(own) > 1:
                numbers = sorted([number for shape in own for number in shape.numbers])
            of_events = [shape_of[number] for number in numbers]
            occasions = Occasions(
                [days[number] for number in numbers], [shape.error for shape in of_events] if self._variance else ()
            )
            exams = [days[number] for number, shape in zip(numbers, of_events, strict=True) if shape.exam]
            last = max([shape.last for shape in own])
            table = [rows[number] for number in numbers]
            columns = list(zip(*table, strict=False)) if len(members) > 2 else []
            for group, position in members:
                group.occasions[kind] = occasions
                group.seen_at(kind, last)
                if position is None:
                    group.scores[kind] = [
                        _score(row, shape.positions[group]) for row, shape in zip(table, of_events, strict=True)
                    ]
                elif position < len(columns):
                    group.scores[kind] = columns[position]
                else:
                    group.scores[kind] = [row[position] for row in table]
                if exams:
                    group.exams = sorted([*group.exams, *exams])

    def _shape(self, array: Sequence[Any]) -> _Shape:
        """The shape of an entry, with the groups that it counts for."""
        _, kind, source, _, _, _, activity, _, contexts, flat = array
        scores = flat[1::3]
        empty = NO_SCORE in scores
        found: dict[Group, tuple[int, ...]] = {}
        for competency, skill, positions in self._destinations(contexts, flat):
            of_competency = self.groups.get(competency)
            if of_competency is None:
                continue
            group = of_competency.get(skill)
            if group is None:
                if not self._create:
                    continue
                group = of_competency[skill] = Group()
            found[group] = tuple(p for p in positions if scores[p] != NO_SCORE) if empty else positions
        error = self._variance.get(source, 0)
        return _Shape(kind, found, error, activity == CERTIFICATION_EXAM)

    def _destinations(self, contexts: Sequence[str], flat: Sequence[Any]) -> Sequence[_Destination]:
        """Where an event's scores go, given its (word for a competency, score, index into contexts, …)."""
        words, places = flat[::3], flat[2::3]
        if self._extra:
            return self._worked_out(words, places, contexts)
        memo: dict[tuple[Any, ...], Sequence[_Destination]] = self._framework.__dict__.setdefault("_shapes_memo", {})
        key = (*contexts, *words, *places)
        known = memo.get(key)
        if known is None:
            if len(memo) >= MOST_SHAPES:
                memo.clear()
            known = memo[key] = self._worked_out(words, places, contexts)
        return known

    def _worked_out(self, words: Sequence[str], places: Sequence[int], contexts: Sequence[str]) -> list[_Destination]:
        found: dict[tuple[str, str], tuple[int, ...]] = {}
        for position, (word, place) in enumerate(zip(words, places, strict=True)):
            competency = self._framework.competency_named(word)
            if competency is not None:
                for skill in skills_of(contexts[place], self._named(competency), self._framework):
                    found[competency, skill] = (*found.get((competency, skill), ()), position)
        return [(competency, skill, positions) for (competency, skill), positions in found.items()]

    def _named(self, competency: str) -> tuple[Context, ...]:
        """The contexts that rules, or who asks, name."""
        return self._framework.rule_contexts.get(competency, ()) + self._extra.get(competency, ())


def _score(scores: Sequence[int], positions: Sequence[int]) -> int:
    """One call or one session is one observation of a skill, however many of its scores are about it: their mean."""
    if len(positions) == 1:
        return scores[positions[0]]
    return half_up(sum([scores[position] for position in positions]), len(positions))


def skills_of(context: str, named: tuple[Context, ...], framework: Framework) -> tuple[str, ...]:
    """The encoded skills that an observation in `context` counts for, given the contexts that rules name.

    The state keeps an integration's own words; a framework's dimensions map them here, so that a new mapping applies
    to what came before it.
    """
    memo: dict[tuple[str, tuple[Context, ...]], tuple[str, ...]] = framework.__dict__.setdefault("_skills_memo", {})
    key = (context, named)
    known = memo.get(key)
    if known is None:
        if len(memo) >= MOST_REMEMBERED:
            memo.clear()
        seen = mapped(decode_context(context), framework.dimensions)
        found = dict.fromkeys(skills_seen(seen))
        found.update(dict.fromkeys(skill for skill in named if counts_for(seen, skill)))
        known = memo[key] = tuple(encode_skill(skill) for skill in found)
    return known


@lru_cache(maxsize=50_000)
def mapped(context: ObservedContext, dimensions: tuple[Dimension, ...]) -> ObservedContext:
    """An observed context in a framework's own values; words that it does not know stay as they came."""
    mapping = {item.dimension: item for item in dimensions}
    return observed(
        {
            dimension: [mapping[dimension].map(value)[0] for value in values] if dimension in mapping else values
            for dimension, values in context
        }
    )


def in_values_of(framework: Framework, context: ObservedContext) -> ObservedContext:
    """`mapped`, remembered with the framework: to find its dimensions in a memo costs more than all else."""
    memo: dict[ObservedContext, ObservedContext] = framework.__dict__.setdefault("_mapped_memo", {})
    known = memo.get(context)
    if known is None:
        if len(memo) >= MOST_REMEMBERED:
            memo.clear()
        known = memo[context] = mapped(context, framework.dimensions)
    return known


def skills_named(context: ObservedContext, framework: Framework) -> list[Context]:
    """The skills that an observation is about in the first place: its full contexts, then the general skill."""
    seen = skills_seen(in_values_of(framework, context))
    fullest = max(map(len, seen))
    return [skill for skill in seen if len(skill) == fullest and skill] + [GENERAL]


@lru_cache(maxsize=100_000)
def encode_skill(skill: Context) -> str:
    """A skill's context as form-encoded text, "" for the general skill."""
    return encode_context(tuple((dimension, (value,)) for dimension, value in skill))


@lru_cache(maxsize=100_000)
def decode_skill(text: str) -> Context:
    """The reverse of encode_skill."""
    return tuple((dimension, values[0]) for dimension, values in decode_context(text))
