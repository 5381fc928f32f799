"""Where practice and field disagree about a skill: in which direction, and since when.

A skill's discrepancy is part of its row (see projection). Its `since` is the first day of the unbroken run of days, up
to the projection's own, on which the skill had a discrepancy in the same direction: by what is known now and by the
rules in force now, each day with the weights of that day. So it is, like a rating, a pure function of the set of
observations: they may come in any order, and a late one moves it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from shared.frameworks.domain.framework import Rule
from shared.ratings.domain.grouping import Group
from shared.ratings.domain.projection import APART_COUNT, APART_POINTS, Projection, SkillRating
from shared.ratings.domain.rating import half_up, window_of
from shared.ratings.domain.rules import contradicted

Direction = Literal["practice_ahead", "field_ahead"]
"""practice_ahead: practice promises more than the field shows, by its rating or by a rule's bar that it meets."""


class Discrepancy(NamedTuple):
    """A skill (competency and encoded context) whose practice and field disagree, since a day (from 1970-01-01 UTC)."""

    competency: str
    context: str
    direction: Direction
    since: int

    @property
    def key(self) -> tuple[str, str]:
        return self.competency, self.context


NOTHING_KNOWN: Mapping[tuple[str, str], Discrepancy] = MappingProxyType({})


def direction_of(row: SkillRating) -> Direction | None:
    """The direction of a row's discrepancy; None without one."""
    if not row.discrepancy:
        return None
    return _direction(row.practice_rating, row.field_rating) or "practice_ahead"


def are_apart(row: SkillRating) -> bool:
    """Whether the row's two ratings say so; a discrepancy may as well be a rule's (the field contradicts it)."""
    return _direction(row.practice_rating, row.field_rating) is not None


def since(
    projection: Projection, row: SkillRating, known: Discrepancy | None = None, known_on: int | None = None
) -> int | None:
    """The first day of a row's discrepancy; None without one.

    known, known_on: the same skill's discrepancy as of an earlier day, by the same state, framework and parameters:
                     further back than that day nothing has to be looked at
    """
    direction = direction_of(row)
    if direction is None:
        return None
    group, rule = projection.group(*row.key), projection.rule(*row.key)
    day = projection.as_of
    while _direction_on(group, rule, day - 1) == direction:
        day -= 1
        if known is not None and known.direction == direction and day == known_on:
            return known.since
    return day


def discrepancies(
    projection: Projection,
    rows: Iterable[SkillRating],
    known: Mapping[tuple[str, str], Discrepancy] = NOTHING_KNOWN,
    *,
    known_on: int | None = None,
    collected: bool = False,
) -> list[Discrepancy]:
    """The discrepancies among a projection's rows, in their order.

    known:     what was known before, by skill
    known_on:  as of which day, if by the same state, framework and parameters (see since)
    collected: the state has lost its oldest observations: one that was known and still stands began no later than that
    """
    found = []
    for row in rows:
        before = known.get(row.key)
        direction, day = direction_of(row), since(projection, row, before, known_on)
        if direction is None or day is None:
            continue
        if collected and before is not None and before.direction == direction:
            day = min(day, before.since)
        found.append(Discrepancy(row.competency, row.context, direction, day))
    return found


def to_text(found: Iterable[Discrepancy]) -> str:
    """Discrepancies as canonical JSON: one array each, in the order of Discrepancy's fields."""
    return json.dumps(list(found), ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> list[Discrepancy]:
    """The reverse of to_text."""
    return [Discrepancy(*one) for one in json.loads(text)]


def _direction(practice: int | None, field: int | None) -> Direction | None:
    """The direction of two ratings that are apart, in hundredths; None when they are not."""
    if practice is None or field is None or abs(practice - field) < APART_POINTS:
        return None
    return "practice_ahead" if practice > field else "field_ahead"


def _direction_on(group: Group, rule: Rule | None, day: int) -> Direction | None:
    """What the projection of that day would say of the skill."""
    (field_days, practice_days, _), (field_scores, practice_scores, _) = group.days, group.scores
    field, practice = window_of(field_days, day), window_of(practice_days, day)
    if field and practice and min(field.past - field.first, practice.past - practice.first) >= APART_COUNT:
        direction = _direction(
            half_up(practice.weighted(practice_scores), practice.weight),
            half_up(field.weighted(field_scores), field.weight),
        )
        if direction is not None:
            return direction
    if rule is not None and contradicted(rule, day, field_days, field_scores, practice_days, practice_scores):
        return "practice_ahead"
    return None
