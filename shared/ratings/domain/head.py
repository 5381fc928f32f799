"""Describes the head of a profile: what lists and aggregates need of it, a tenth of its rows and less.

The general skills stand in it as they are; of each single dimension what a heat map shows; and how likely the person is
ready, which takes longer to work out than to read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from shared.kernel.context import decode_skill
from shared.ratings.domain.skill_rating import SkillRating


class RatedCell(NamedTuple):
    """One skill in one value of a dimension that has a current rating. In hundredths of a point, as in SkillRating"""

    competency: str
    value: str
    rating: int
    level: int | None
    deviation: int | None
    shared: int | None


@dataclass(frozen=True, slots=True)
class Head:
    """Holds what is shown of a person among others.

    general: the rows of the general skills
    cells:   by dimension, as cells_to_text writes them: a page shows one
    chances: of being ready, at each node of the scorers' error (see likely_ready); None where it is not worked out
    """

    general: Sequence[SkillRating] = ()
    cells: Mapping[str, str] = field(default_factory=dict)
    chances: Sequence[int] | None = None

    def in_dimension(self, dimension: str) -> list[RatedCell]:
        """Returns the current ratings in the values of a dimension."""
        text = self.cells.get(dimension)
        return [] if text is None else [RatedCell(*cell) for cell in json.loads(text)]


def head_of(rows: Iterable[SkillRating], chances: Sequence[int] | None = None) -> Head:
    """Returns the head of a profile. rows: all of it"""
    general: list[SkillRating] = []
    cells: dict[str, list[RatedCell]] = {}
    for row in rows:
        if row.context == "":
            general.append(row)
        elif row.rating is not None and not row.stale and "&" not in row.context:
            ((dimension, value),) = decode_skill(row.context)
            cell = RatedCell(row.competency, value, row.rating, row.level, row.deviation, row.shared)
            cells.setdefault(dimension, []).append(cell)
    return Head(general, {dimension: cells_to_text(found) for dimension, found in cells.items()}, chances)


def cells_to_text(cells: Iterable[RatedCell]) -> str:
    """Returns cells as JSON: one array each, in the order of RatedCell's fields."""
    return json.dumps(list(cells), ensure_ascii=False, separators=(",", ":"))
