"""What the product makes of an invented world: parameters that it has learnt from it, and the rows that it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from shared.frameworks.domain.framework import Rule
from shared.frameworks.domain.parameters import Parameters
from shared.ratings.domain.calibration import calibrated
from shared.ratings.domain.calibration_scores import CompetencyScores
from shared.ratings.domain.skill_rating import SkillRating
from tests.proofs.numbers.worlds import DAYS, Fractions, Lives
from tests.ratings.builders import TODAY, History, rated_together

SCORER = "gong"
BLIND_CALLS = 40
REVIEWER = 6.0
"""How far a reviewer's own score of a call is from the truth about it, in points."""


def blind_pairs(
    lean: float, chance: np.random.Generator, calls: int = BLIND_CALLS, reviewer: float = REVIEWER
) -> Fractions:
    """How much higher the scorer scored some calls than a person who did not see its score."""
    found: Fractions = lean + chance.normal(0, reviewer, calls)
    return found


def learnt(competencies: Sequence[Lives], differences: Fractions) -> Parameters:
    """What the product learns from everybody's calls, and from blind pairs; of one competency as its default."""
    scores = {f"{number:02}": _scores(lives) for number, lives in enumerate(competencies)}
    found = calibrated(scores, {SCORER: differences.tolist()}, Parameters())
    if len(competencies) > 1:
        return found
    return replace(found, default=found.noise_of("00"), competencies={})


def _scores(lives: Lives) -> CompetencyScores:
    person = np.concatenate([np.full(len(days), number) for number, days in enumerate(lives.days)])
    day, score = np.concatenate(lives.days), np.concatenate(lives.scores).astype(float)
    nothing = np.zeros(len(day), np.int64)
    return CompetencyScores(person, day, score, nothing > 0, nothing, (SCORER,))


def shown(
    lives: Lives, parameters: Parameters, rule: Rule | None = None, practice: Sequence[Lives] = ()
) -> list[SkillRating]:
    """Everybody's discovery on the last day."""
    kinds = [of_days(one) for one in (lives, *practice)]
    people: list[History] = [
        (kinds[0][number], kinds[1][number] if practice else [], []) for number in range(len(lives.days))
    ]
    return rated_together(people, rule, parameters=parameters, scorer=1 if parameters.scorers else 0)


def of_days(lives: Lives) -> list[list[tuple[int, int]]]:
    return [
        [(TODAY - DAYS + int(day), round(100 * score)) for day, score in zip(days, scores.tolist(), strict=True)]
        for days, scores in zip(lives.days, lives.scores, strict=True)
    ]
