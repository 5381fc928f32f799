"""Finds where practice and field disagree about a skill: in which direction, and since when.

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

from shared.ratings.domain.projection import Projection
from shared.ratings.domain.skill_rating import Direction as Direction
from shared.ratings.domain.skill_rating import SkillRating

Reason = Literal["ratings_apart", "field_below_bar", "validation_ended"]

DAYS_AT_ONCE, MOST_DAYS_AT_ONCE = 8, 64
"""Days that are looked at together, at first and later: most discrepancies are weeks old."""


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
    """Returns the direction of a row's discrepancy; None without one."""
    if not row.discrepancy:
        return None
    behind = row.apart and (row.field_rating or 0) > (row.practice_rating or 0)
    return "field_ahead" if behind else "practice_ahead"


def reasons(row: SkillRating) -> list[Reason]:
    """Returns why a row has a discrepancy; nothing without one."""
    found: dict[Reason, bool] = {
        "ratings_apart": row.apart,
        "field_below_bar": row.field_misses,
        "validation_ended": row.contradicted,
    }
    return [reason for reason, applies in found.items() if applies and row.discrepancy]


def since(
    projection: Projection, row: SkillRating, known: Discrepancy | None = None, known_on: int | None = None
) -> int | None:
    """Returns the first day of a row's discrepancy; None without one.

    known, known_on: the same skill's discrepancy as of an earlier day, by the same state, framework and parameters:
                     further back than that day nothing has to be looked at
    """
    known_before = {row.key: known} if known is not None else {}
    return _first_days(projection, [row], known_before, known_on).get(row.key)


def discrepancies(
    projection: Projection,
    rows: Iterable[SkillRating],
    known: Mapping[tuple[str, str], Discrepancy] = NOTHING_KNOWN,
    *,
    known_on: int | None = None,
    collected: bool = False,
) -> list[Discrepancy]:
    """Returns the discrepancies among a projection's rows, in their order.

    known:     what was known before, by skill
    known_on:  as of which day, if by the same state, framework and parameters (see since)
    collected: the state has lost its oldest observations: one that was known and still stands began no later than that
    """
    rows = [row for row in rows if row.discrepancy]
    first_days = _first_days(projection, rows, known, known_on)
    found = []
    for row in rows:
        before, direction = known.get(row.key), direction_of(row)
        if direction is None:
            continue
        day = first_days[row.key]
        if collected and before is not None and before.direction == direction:
            day = min(day, before.since)
        found.append(Discrepancy(row.competency, row.context, direction, day))
    return found


def to_text(found: Iterable[Discrepancy]) -> str:
    """Writes discrepancies as canonical JSON: one array each, in the order of Discrepancy's fields."""
    return json.dumps(list(found), ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> list[Discrepancy]:
    """Reads what to_text has written."""
    return [Discrepancy(*one) for one in json.loads(text)]


def _first_days(
    projection: Projection,
    rows: Iterable[SkillRating],
    known: Mapping[tuple[str, str], Discrepancy],
    known_on: int | None,
) -> dict[tuple[str, str], int]:
    """Returns the first day of each row's discrepancy, of those that have one."""
    open_rows = {row.key: direction for row in rows if (direction := direction_of(row)) is not None}
    first = dict.fromkeys(open_rows, projection.as_of)
    day, step = projection.as_of, DAYS_AT_ONCE
    if known_on is not None and known_on < day:
        step = min(day - known_on, MOST_DAYS_AT_ONCE)
    while open_rows:
        days = range(day - 1, day - 1 - step, -1)
        for earlier, found in zip(days, projection.directions_on(list(open_rows), days), strict=True):
            for key, direction in list(open_rows.items()):
                before = known.get(key)
                if found[key] != direction:
                    del open_rows[key]
                elif before is not None and before.direction == direction and earlier == known_on:
                    first[key] = before.since
                    del open_rows[key]
                else:
                    first[key] = earlier
        day, step = day - step, min(2 * step, MOST_DAYS_AT_ONCE)
    return first
