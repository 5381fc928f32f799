"""Lays out what the warehouse has of scores for a calibration, by competency of the frameworks in force."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from shared.conversations.domain.analysis_version import scorer_number
from shared.frameworks.domain.framework import Framework
from shared.frameworks.domain.parameters import Untrusted
from shared.kernel.columns import integers
from shared.ratings.domain.calibration_scores import CompetencyScores


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One conversation's or session's score that counts.

    person: an opaque word. day: since 1970. analysis: version of the analysis; 0 once a person has decided
    source: empty then, for what a person decides is not the scorer's
    """

    competency: str
    person: str
    day: int
    score: float
    practice: bool
    source: str
    analysis: int


def scores_by_competency(
    rows: Iterable[ScoreRow], frameworks: Sequence[Framework], untrusted: Collection[Untrusted]
) -> dict[str, CompetencyScores]:
    """Returns the scores of each competency that a framework in force has, under the name that it has there.

    What a rating leaves out (`scorer_exclusion`) is left out; what no framework names any more, too.
    """
    refused = {(one.number, one.competency) for one in untrusted if one.number > 0}
    names: dict[str, str | None] = {}
    found: dict[str, list[ScoreRow]] = {}
    for row in rows:
        if row.competency not in names:
            names[row.competency] = _named(row.competency, frameworks)
        competency = names[row.competency]
        excluded = not row.practice and (scorer_number(row.analysis), competency) in refused
        if competency is not None and not excluded:
            found.setdefault(competency, []).append(row)
    people = {
        person: number for number, person in enumerate(sorted({row.person for of in found.values() for row in of}))
    }
    return {competency: _columns(found[competency], people) for competency in sorted(found)}


def field_scorers(scores: Mapping[str, CompetencyScores]) -> tuple[str, ...]:
    """Returns the scorers of conversations, by name."""
    found = {one.scorers[number] for one in scores.values() for number in np.unique(one.scorer[~one.practice]).tolist()}
    return tuple(sorted(found - {""}))


def _named(word: str, frameworks: Sequence[Framework]) -> str | None:
    return next((name for one in frameworks if (name := one.competency_named(word)) is not None), None)


def _columns(rows: Sequence[ScoreRow], people: Mapping[str, int]) -> CompetencyScores:
    scorers = tuple(sorted({row.source for row in rows}))
    numbers = {scorer: number for number, scorer in enumerate(scorers)}
    return CompetencyScores(
        person=integers([people[row.person] for row in rows]),
        day=integers([row.day for row in rows]),
        score=np.array([row.score for row in rows], np.float64),
        practice=np.array([row.practice for row in rows], np.bool_),
        scorer=integers([numbers[row.source] for row in rows]),
        scorers=scorers,
    )
