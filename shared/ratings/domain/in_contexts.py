"""Compares a person's conversations by context: what was scored in each value of each dimension."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import sqrt
from statistics import fmean
from typing import NamedTuple

from shared.frameworks.domain.parameters import Parameters
from shared.kernel.days import SECONDS_PER_DAY
from shared.kernel.statistics import mean_interval
from shared.observations.domain.entry import NO_SCORE
from shared.observations.domain.observation import Observation, Score
from shared.ratings.domain.weights import RATING_WINDOW_DAYS, Z_EIGHTY


class InContext(NamedTuple):
    """Holds what counts of the rating window in one value of a dimension: mean points of all scores, conversations.

    sigma: how far one of the scores lies from the person's level, in points: the root mean square of what is known of
    their competencies
    """

    value: str
    mean: float
    conversations: int
    sigma: float

    @property
    def interval(self) -> tuple[float, float]:
        """Returns the mean's 80 % interval: what is scored in one conversation goes together."""
        return mean_interval(self.mean, self.conversations, self.sigma, Z_EIGHTY)


def in_contexts(
    effective: Iterable[Observation], dimensions: Sequence[str], today: int, parameters: Parameters
) -> tuple[tuple[str, tuple[InContext, ...]], ...]:
    """Returns counted field observations of the rating window by each dimension's values, the most seen first.

    today: days since 1970-01-01 UTC. A dimension that no conversation has is left out.
    """
    window = range(today - RATING_WINDOW_DAYS, today + 1)
    found: dict[str, dict[str, list[list[Score]]]] = {dimension: {} for dimension in dimensions}
    for observation in effective:
        counts = observation.kind == "field" and observation.standing == "counted"
        if counts and observation.at // SECONDS_PER_DAY in window:
            for (dimension, value), scores in _by_value(observation).items():
                found.setdefault(dimension, {}).setdefault(value, []).append(scores)
    return tuple(
        (
            dimension,
            tuple(
                _in_context(value, calls, parameters)
                for value, calls in sorted(found[dimension].items(), key=lambda one: (-len(one[1]), one[0]))
            ),
        )
        for dimension in dimensions
        if found[dimension]
    )


def _in_context(value: str, conversations: Sequence[Sequence[Score]], parameters: Parameters) -> InContext:
    scores = [score for conversation in conversations for score in conversation]
    mean = fmean(score.hundredths for score in scores) / 100
    variance = fmean(parameters.noise_of(score.competency).sigma ** 2 for score in scores)
    return InContext(value, mean, len(conversations), sqrt(variance))


def _by_value(observation: Observation) -> dict[tuple[str, str], list[Score]]:
    """Returns an observation's scores by dimension and value."""
    found: dict[tuple[str, str], list[Score]] = {}
    for score in observation.scores:
        for dimension, values in score.context:
            for value in values:
                if score.hundredths != NO_SCORE:
                    found.setdefault((dimension, value), []).append(score)
    return found
