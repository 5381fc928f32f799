"""Says which of a person's skills a profile is to have, what of each, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.kernel.context import decode_skill
from shared.kernel.errors import Rejected
from shared.ratings.contract import SkillView
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.usecases.project_person import ProjectedPerson

ALWAYS = ("competency", "context")
"""Fields that say which skill a row is about."""
USUAL = (
    *ALWAYS,
    "current_rating",
    "preliminary_rating",
    "interval",
    "confidence",
    "stale",
    "trend",
    "status",
    "observations_count",
    "discrepancy",
    "last_updated",
)
"""Fields of a row whose reader has named none: all that the specification prints, and what one would misread it
without. The sentences of a row are half of it."""
USUAL_LIMIT = 40
"""Rows on a page of who has asked for no number: with the gaps, in the demonstration, less than 20 kB."""
USUAL_GAPS = 20
"""Gaps that such a profile names, the most pressing: more than anybody works on in a week; the rest is counted."""

Place = tuple[str, str, str]
"""Where a page of rows ended: the row's rank, competency and context."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A profile as it is asked for.

    competency: only this one's skills; context: one more to rate; as_of: another day than today; known_at: by what was
                known then; as they are written in an address
    every:      also each full context seen; else the general skills, what rules and deals name, what is asked for, and
                each single dimension seen, in this order
    fields:     of a row; None: all. limit: rows on a page; None: all. after: where the page before ended
    gaps:       how many to name; None: all
    """

    competency: str | None = None
    context: str | None = None
    as_of: str | None = None
    known_at: str | None = None
    every: bool = False
    fields: tuple[str, ...] | None = None
    limit: int | None = None
    after: Place | None = None
    gaps: int | None = None


EVERYTHING = Wanted(every=True)


def fields_from_text(words: str) -> tuple[str, ...]:
    """Reads which fields a row is to have, apart by commas; raises Rejected for one that no row has."""
    named = {word.strip() for word in words.split(",")}
    for word in sorted(named):
        if word not in SkillView.model_fields:
            accepted = ", ".join(SkillView.model_fields)
            raise Rejected(f"fields: {word[:60]!r} is none of {accepted}", field="fields")
    return tuple(name for name in SkillView.model_fields if name in named or name in ALWAYS)


def page_of_rows(
    rows: Sequence[SkillRating], person: ProjectedPerson, wanted: Wanted
) -> tuple[list[SkillRating], Place | None]:
    """Returns the rows that a page has, in order, and where the next page continues; None on the last."""
    placed = [(0 if wanted.every else _rank(row, person), row) for row in rows]
    ordered = sorted(((str(rank), row.competency, row.context), row) for rank, row in placed if rank is not None)
    left = [one for one in ordered if wanted.after is None or one[0] > wanted.after]
    shown = left[: wanted.limit]
    return [row for _, row in shown], shown[-1][0] if len(shown) < len(left) else None


def of_fields(view: SkillView, fields: tuple[str, ...] | None) -> SkillView:
    """Returns a row that is written with some fields alone; what is left out can still be read here."""
    return view if fields is None else SkillView.model_construct(set(fields), **dict(view))


def _rank(row: SkillRating, person: ProjectedPerson) -> int | None:
    """Returns how early a row comes; None for one that comes when every row is asked for."""
    if not row.context:
        return 0
    context = decode_skill(row.context)
    of_a_deal = row.competency in person.projection.framework.core and context in person.expected.deals
    if of_a_deal or context == person.asked or row.rule_context == row.context:
        return 1
    return 2 if len(context) == 1 else None
