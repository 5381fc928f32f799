"""Conversations by context: means of the scores that count."""

from __future__ import annotations

from dataclasses import replace

from shared.frameworks.domain.parameters import Noise, Parameters
from shared.kernel.days import SECONDS_PER_DAY
from shared.observations.domain.observation import Observation, Score
from shared.ratings.domain.in_contexts import InContext, in_contexts

TODAY = 20_000


def observed(source_id: str, *scores: tuple[int, str], days_ago: int = 1, standing: str = "counted") -> Observation:
    return Observation(
        "field",
        (TODAY - days_ago) * SECONDS_PER_DAY,
        "gong",
        source_id,
        "gong",
        tuple(Score("discovery", points * 100, (("industry", (value,)),)) for points, value in scores),
        standing=standing,  # type: ignore[arg-type]
    )


def test_contexts_have_the_mean_of_the_scores_that_count_and_the_number_of_conversations() -> None:
    standing = [
        observed("a", (80, "healthcare"), (60, "healthcare")),
        observed("b", (100, "healthcare")),
        observed("c", (50, "fintech")),
        observed("d", (0, "fintech"), days_ago=91),
        observed("e", (0, "fintech"), standing="held"),
        replace(observed("f", (0, "fintech")), kind="validation"),
    ]

    found = in_contexts(
        standing, ("deal_size", "industry"), TODAY, Parameters(competencies={"discovery": Noise(sigma=9.0)})
    )

    assert found == (("industry", (InContext("healthcare", 80.0, 2, 9.0), InContext("fintech", 50.0, 1, 9.0))),)
