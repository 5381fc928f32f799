"""Keeps what those have been told of a person who see them alike (see records.PublishedRatings)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from shared.kernel.records import Record
from shared.ratings.domain.discrepancy import Discrepancy
from shared.ratings.domain.discrepancy import from_text as discrepancies_from_text
from shared.ratings.domain.discrepancy import to_text as discrepancies_to_text
from shared.ratings.domain.skill_rating import SkillRating, from_text, to_text


class Told(NamedTuple):
    """Holds what those have been told who see a person alike."""

    revision: int
    rows: Sequence[SkillRating] = ()
    discrepancies: Sequence[Discrepancy] = ()


class ToldOthers(Record, frozen=True, kw_only=True):
    """Holds what others than the employee have been told while calls are closed to them: few rows differ.

    until:     when the last of these calls opens
    revision:  of what others are told; those of the employee's sight would say that something closed changed
    differing: the rows that are otherwise without these calls, as skill_rating.to_text writes them
    missing:   the skills that are not shown without them, as JSON: [competency, context] of each
    """

    until: datetime
    revision: int
    differing: str
    missing: str
    discrepancies: str

    @classmethod
    def of(cls, told: Told, rows: Iterable[SkillRating], until: datetime) -> ToldOthers:
        """Returns how it is stored what was told. rows: those with every call"""
        with_all = {row.key: row for row in rows}
        missing = json.dumps(sorted(with_all.keys() - {row.key for row in told.rows}))
        differing = to_text(row for row in told.rows if with_all.get(row.key) != row)
        discrepancies = discrepancies_to_text(told.discrepancies)
        return cls(
            until=until, revision=told.revision, differing=differing, missing=missing, discrepancies=discrepancies
        )

    def told(self, rows: Iterable[SkillRating]) -> Told:
        """Returns what was told. rows: those with every call"""
        found = {row.key: row for row in rows} | {row.key: row for row in from_text(self.differing)}
        kept = [found[key] for key in sorted(found.keys() - set(map(tuple, json.loads(self.missing))))]
        return Told(self.revision, kept, discrepancies_from_text(self.discrepancies))
