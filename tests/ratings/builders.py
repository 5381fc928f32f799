"""What the domain's tests are made of: observations, states and frameworks with sensible defaults.

Days are whole UTC days since 1970-01-01; scores are points. TODAY is an arbitrary Thursday.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np

from shared.frameworks.domain.framework import Competency, Dimension, Framework, Rule, Scenario
from shared.frameworks.domain.framework_index import index_of
from shared.frameworks.domain.parameters import Parameters
from shared.kernel.context import GENERAL, Context, context_of, encode_skill, observed
from shared.kernel.days import SECONDS_PER_DAY
from shared.observations.domain.entry import NO_SCORE
from shared.observations.domain.observation import Kind, Observation, Score, Standing
from shared.ratings.domain.batch_rating import rate_series
from shared.ratings.domain.projection import Projection, project
from shared.ratings.domain.score_table import ScoreTable
from shared.ratings.domain.series import series_of
from shared.ratings.domain.skill_rating import SkillRating

TODAY = 20_489
NOON = SECONDS_PER_DAY // 2
PARAMETERS = Parameters()

_numbers = count()

INDUSTRY = Dimension("industry", ("healthcare", "fintech", "retail"), (("hospital", "healthcare"),))
DEAL_SIZE = Dimension("deal_size", ("enterprise", "mid-market", "smb"))
PERSONA = Dimension("buyer_persona", ("technical", "executive"), (("ciso", "technical"), ("cto", "technical")))

GENERAL_DISCOVERY = Rule(
    "discovery",
    min_validation_attempts=3,
    min_validation_score=80,
    min_field_observations=3,
    min_field_score=75,
    observation_window_days=90,
)
"""The specification's discovery: three role-plays averaging 80, or 75 in three real calls."""

PLATFORM = context_of({"product_line": "platform-v2"})
PLATFORM_KNOWLEDGE = Rule(
    "product_knowledge",
    PLATFORM,
    min_validation_attempts=1,
    min_validation_score=85,
    min_field_observations=2,
    min_field_score=80,
    observation_window_days=60,
    expires_after_days=180,
    requires_recertification=True,
    field_overrides_validation=False,
)
"""The specification's perishable skill: an exam and two customer calls, valid for 180 days."""


def framework(
    *rules: Rule,
    competencies: tuple[str, ...] = ("discovery", "product_knowledge"),
    core: tuple[str, ...] | None = None,
    scenarios: tuple[Scenario, ...] = (),
    aliases: dict[str, tuple[str, ...]] | None = None,
) -> Framework:
    """A framework of the given rules; every competency is core unless told."""
    return Framework(
        framework_id="sales",
        name="Sales",
        version=1,
        competencies=tuple(
            Competency(
                name,
                skill_id=name.replace("_", "-"),
                name=name.replace("_", " ").capitalize(),
                core=core is None or name in core,
                aliases=(aliases or {}).get(name, ()),
            )
            for name in competencies
        ),
        dimensions=(INDUSTRY, DEAL_SIZE, PERSONA),
        rules=rules,
        scenarios=scenarios,
    )


def seen(
    kind: Kind,
    score: float | None,
    day: int = TODAY,
    *,
    competency: str = "discovery",
    source: str | None = None,
    source_id: str | None = None,
    activity: str | None = None,
    scores: tuple[Score, ...] | None = None,
    second: int = NOON,
    human: int = 0,
    analysis: int = 0,
    standing: Any = "counted",
    passed: bool = True,
    received: int = 0,
    **context: str | list[str],
) -> Observation:
    """One event with one score (None: evidence without a number) unless `scores` are given."""
    hundredths = NO_SCORE if score is None else round(score * 100)
    return Observation(
        kind=kind,
        at=day * SECONDS_PER_DAY + second,
        source=source or {"field": "gong", "validation": "voice-roleplay", "learning": "learning"}[kind],
        source_id=source_id or f"event-{next(_numbers)}",
        activity=activity or {"field": "gong", "validation": "role_play", "learning": "course"}[kind],
        scores=(Score(competency, hundredths, observed(context)),) if scores is None else scores,
        human=human,
        analysis=analysis,
        standing=standing,
        passed=passed,
        received=received,
    )


def field(score: float, day: int = TODAY, **rest: Any) -> Observation:
    """A real call."""
    return seen("field", score, day, **rest)


def practice(score: float, day: int = TODAY, **rest: Any) -> Observation:
    """A role-play."""
    return seen("validation", score, day, **rest)


def exam(score: float, day: int = TODAY, **rest: Any) -> Observation:
    """A certification exam."""
    return seen("validation", score, day, activity="certification_exam", **rest)


def lesson(score: float | None = None, day: int = TODAY, **rest: Any) -> Observation:
    """A completed course, with a quiz when it has a score."""
    return seen("learning", score, day, **rest)


def state(*observations: Observation) -> dict[str, str]:
    """The employee's state that these events make."""
    return dict(observation.entry() for observation in observations)


def rated(
    *observations: Observation,
    competency: str = "discovery",
    as_of: int = TODAY,
    of: Framework | None = None,
    parameters: Parameters = PARAMETERS,
    context: Context = (),
) -> SkillRating:
    """One skill of the profile that these events make."""
    extra = {competency: (context,)} if context else None
    projection = Projection(state(*observations), of or framework(), parameters, as_of, extra=extra)
    return projection.row(competency, encode_skill(context))


def rows(*observations: Observation, as_of: int = TODAY, of: Framework | None = None) -> list[SkillRating]:
    """The whole profile that these events make."""
    return project(state(*observations), of or framework(), PARAMETERS, as_of)


History = tuple[list[tuple[int, int]], list[tuple[int, int]], list[tuple[int, int]]]
"""(day, hundredths) of one skill in the field, in practice and in learning, each in order of time."""


def rated_together(
    people: Sequence[History],
    rule: Rule | None = None,
    *,
    as_of: int | Sequence[int] = TODAY,
    parameters: Parameters = PARAMETERS,
    exams: Collection[int] = (),
    failed: Collection[int] = (),
    scorer: int = 0,
) -> list[SkillRating]:
    """The discovery of people of whom nothing but these numbers is known.

    as_of: everybody's day, or each one's; exams, failed: days whose practice is one; scorer: who scored the field, by
    its place among those that the parameters know, from 1 on
    """

    def outcome(day: int) -> int:
        return -1 if day in failed else int(day in exams)

    index = index_of(framework(*([rule] if rule else [])))
    seen = [
        (person, day * SECONDS_PER_DAY, day, kind, 0, outcome(day) if kind == 1 else 0, 0 if kind else scorer, score)
        for person, kinds in enumerate(people)
        for kind, scores in enumerate(kinds)
        for day, score in scores
    ]
    columns = np.array(seen, np.int64).reshape(-1, 8).T
    number = np.arange(len(seen))
    skill = index.number("discovery", "")
    once = np.ones(len(seen), np.int64)
    uses = np.stack([np.full(len(seen), skill), number, number, once, once])
    table = ScoreTable(columns[:7], np.stack([columns[7], number]), uses)
    series = series_of(table, index, np.full(len(people), as_of, np.int64), [skill])
    return [SkillRating(*values) for values in rate_series(series, parameters).values(slice(None))]


def rating_for(rows: Iterable[SkillRating], competency: str, context: Context = GENERAL) -> SkillRating | None:
    """Returns one skill's row."""
    wanted = (competency, encode_skill(context))
    return next((row for row in rows if row.key == wanted), None)


def decided(
    observation: Observation, standing: Standing, human: int, scores: tuple[Score, ...] | None = None
) -> Observation:
    """Returns the same observation after a person's decision of the given rank (higher than any before)."""
    return replace(observation, standing=standing, human=human, scores=scores or observation.scores)
