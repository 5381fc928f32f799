"""Decides what those are told next who see a person alike: everybody, or the employee and the others apart.

While a call is closed to others, what they are told is the difference between two profiles without it: so neither a
value, nor which rows are named, nor that something is told at all can depend on what is closed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.frameworks.domain.framework_index import Skill
from shared.ratings.domain import discrepancy
from shared.ratings.domain.changes import changed, vanished
from shared.ratings.domain.discrepancy import Discrepancy
from shared.ratings.domain.projection import Projection
from shared.ratings.domain.skill_rating import SkillRating, to_text
from shared.ratings.messages import Sight
from shared.ratings.records import Facts, PublishedRatings
from shared.ratings.told_records import Told
from shared.ratings.usecases import discrepancies
from shared.ratings.usecases.ground import Ground
from shared.ratings.usecases.skill_facts import skill_changed


@dataclass(frozen=True, slots=True)
class Profile:
    """A person's rows as somebody sees them. text: the rows as skill_rating.to_text writes them"""

    projection: Projection
    rows: list[SkillRating]
    text: str

    @classmethod
    def of(cls, projection: Projection) -> Profile:
        """Returns a whole projection's."""
        rows = projection.rows()
        return cls(projection, rows, to_text(rows))


@dataclass(frozen=True, slots=True)
class Before:
    """Says what has been told to those who see a person alike.

    ratings: those of before, None where there are none; rows: none where they are of another framework
    known:   they are of this framework
    same:    of the same observations, framework and parameters, too, so that only time has passed
    """

    ratings: PublishedRatings | None
    revision: int
    rows: Sequence[SkillRating]
    discrepancies: Mapping[Skill, Discrepancy]
    known: bool
    same: bool

    @classmethod
    def of(cls, ratings: PublishedRatings | None, told: Told, *, known: bool, same: bool) -> Before:
        """Returns what was told, by skill."""
        by_skill = {one.key: one for one in told.discrepancies}
        return cls(ratings, told.revision, told.rows if known else (), by_skill, known, same)


@dataclass(frozen=True, slots=True)
class NextTold:
    """Says what has been told then, and what is to be published for it.

    different: rows differ; apart: practice and field do, or do no more
    """

    profile: Profile
    told: Told
    facts: Facts
    different: bool
    apart: bool


def next_told(ground: Ground, sight: Sight, before: Before, profile: Profile, *, passing_of_time: bool) -> NextTold:
    """Returns what those are told who were told something before. passing_of_time: see UpdateRatings.update_from"""
    projection, rows = profile.projection, profile.rows
    different = changed(
        before.rows,
        [*rows, *vanished(before.rows, rows, projection)],
        passing_of_time=passing_of_time and before.same,
    )
    current = discrepancy.discrepancies(
        projection,
        rows,
        before.discrepancies if before.known else {},
        known_on=min(before.ratings.as_of, ground.today) if before.ratings is not None and before.same else None,
        collected=ground.state.collected,
    )
    apart = discrepancies.changes(before.ratings, before.discrepancies, ground.framework, current, projection)
    revision = before.revision + bool(different or apart)
    of_skills, of_discrepancies = ("R", "D") if sight == "others" else ("r", "d")
    facts = {}
    if different:
        facts[f"{of_skills}{revision}"] = skill_changed(ground, revision, rows, different, sight)
    for change in apart:
        fact = discrepancies.fact(change, ground, revision, sight)
        facts[f"{of_discrepancies}{revision}-{fact.discrepancy_id}"] = fact.model_dump(mode="json")
    told = Told(revision, rows, current)
    return NextTold(profile, told, facts, bool(different), bool(apart))
