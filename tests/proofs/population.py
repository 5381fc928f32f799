"""A population to measure on: people with latent skills, and the events that show them, as integrations send them.

Every event scores all ten competencies in one of three industries, so that 60 events per person are 600 scores, which
count for the general skill and for that industry's. The same numbers give the same events on every platform.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import exp
from random import Random
from typing import Any, NamedTuple

from shared.frameworks.domain.framework import Competency, Dimension, Framework, Rule

COMPETENCIES = (
    "discovery",
    "objection_handling",
    "value_articulation",
    "active_listening",
    "closing",
    "product_knowledge",
    "technical_architecture",
    "demo_delivery",
    "competitive_positioning",
    "stakeholder_management",
)
INDUSTRIES = ("healthcare", "fintech", "manufacturing")
EVENTS = 60
DAYS = 90
FIELD_SHARE = 0.4


class Posted(NamedTuple):
    """One event as an integration posts it. path: below /api/v1; about: the industry; scores: points, in the order of
    COMPETENCIES."""

    path: str
    body: dict[str, Any]
    at: datetime
    about: str
    scores: tuple[int, ...]


def framework() -> Framework:
    """Ten competencies, each with a general rule and one per industry, of the kinds that the product ships."""
    rules = []
    for number, competency in enumerate(COMPETENCIES):
        general: dict[str, Any] = {
            "min_validation_attempts": 3,
            "min_validation_score": 76,
            "min_field_observations": 3,
            "min_field_score": 75,
            "observation_window_days": (90, 60)[number % 2],
            "expires_after_days": (None, 180)[number // 2 % 2],
            "field_overrides_validation": number % 5 != 4,
        }
        rules.append(Rule(competency, **general))
        rules += [Rule(competency, (("industry", industry),), **general) for industry in INDUSTRIES]
    return Framework(
        framework_id="benchmark",
        name="Benchmark",
        version=1,
        competencies=tuple(Competency(name, name, name, core=number < 5) for number, name in enumerate(COMPETENCIES)),
        dimensions=(Dimension("industry", INDUSTRIES),),
        rules=tuple(rules),
    )


def employee_id(number: int) -> str:
    return f"engineer-{number:05}@example.com"


def events(number: int, until: datetime, count: int = EVENTS) -> list[Posted]:
    """The events of one person over the 90 days before `until`, in order of time.

    Each person has a level, each competency and industry its own around it; practice and a touch of learning raise
    it, one observation scatters around it with a deviation of about 9 points. About half of the rules are met.
    """
    random = Random(f"population:{number}")
    person = _around(random, 76, 6)
    skill = {competency: _around(random, person, 5) for competency in COMPETENCIES}
    industry = {name: _around(random, 0, 3) for name in INDUSTRIES}
    moments = sorted(until - timedelta(seconds=int(random.random() * DAYS * 86_400)) for _ in range(count))
    return [_event(random, number, index, at, skill, industry) for index, at in enumerate(moments)]


def _event(
    random: Random, number: int, index: int, at: datetime, skill: dict[str, float], industry: dict[str, float]
) -> Posted:
    about = INDUSTRIES[int(random.random() * len(INDUSTRIES))]
    learnt = 4 * (1 - exp(-index / 30))
    scores = tuple(
        max(0, min(100, round(_around(random, skill[competency] + industry[about] + learnt - 2, 9))))
        for competency in COMPETENCIES
    )
    in_the_field = random.random() < FIELD_SHARE
    make = field_observation if in_the_field else validation_event
    return Posted(
        "field-observations" if in_the_field else "validation-events",
        make(employee_id(number), f"{number:05}-{index:03}", at.isoformat(), about, scores),
        at,
        about,
        scores,
    )


def validation_event(employee: str, name: str, at: str, about: str, scores: tuple[int, ...]) -> dict[str, Any]:
    overall = round(sum(scores) / len(scores))
    return {
        "event_id": f"evt_{name}",
        "employee_id": employee,
        "event_type": "role_play",
        "event_source": "voice-roleplay",
        "timestamp": at,
        "overall_score": overall,
        "passed": overall >= 70,
        "competency_scores": [
            {"competency": competency, "score": score, "context": {"industry": about}}
            for competency, score in zip(COMPETENCIES, scores, strict=True)
        ],
        "details_url": f"gs://roleplay-results/session-{name}.json",
        "session_metadata": {
            "duration_seconds": 420,
            "scenario_id": f"{about}-discovery",
            "attempt_number": 1,
            "certification_eligible": False,
        },
    }


def field_observation(employee: str, name: str, at: str, about: str, scores: tuple[int, ...]) -> dict[str, Any]:
    return {
        "observation_id": f"obs_{name}",
        "employee_id": employee,
        "observation_source": "gong",
        "source_id": f"call-{name}",
        "timestamp": at,
        "competency_scores": [
            {
                "competency": competency,
                "score": score,
                "evidence": "Asked seven of ten key questions and summed up what the customer said about the pain",
            }
            for competency, score in zip(COMPETENCIES, scores, strict=True)
        ],
        "context": {"account_name": "Acme", "industry": about, "deal_stage": "discovery"},
        "source_url": f"https://app.gong.io/call/{name}",
        "analysis_metadata": {"model_used": "claude-sonnet-4-5", "confidence_score": 0.89, "human_reviewed": False},
    }


def _around(random: Random, mean: float, deviation: float) -> float:
    """Nearly normal, and the same on every platform (gauss is not)."""
    return mean + deviation * (sum(random.random() for _ in range(12)) - 6)
