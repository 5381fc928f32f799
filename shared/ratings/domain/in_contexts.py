"""Compares a person's conversations by context: what was scored in each value of each dimension."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from shared.frameworks.domain.parameters import Noise
from shared.kernel.days import SECONDS_PER_DAY
from shared.kernel.statistics import mean_interval
from shared.observations.domain.entry import NO_SCORE
from shared.observations.domain.observation import Observation
from shared.ratings.domain.weights import RATING_WINDOW_DAYS, Z_EIGHTY


class InContext(NamedTuple):
    """Holds what counts of the rating window in one value of a dimension: mean points of all scores, conversations."""

    value: str
    mean: float
    conversations: int

    @property
    def interval(self) -> tuple[float, float]:
        """Returns the mean's 80 % interval, by the noise that a conversation has by default."""
        return mean_interval(self.mean, self.conversations, Noise().sigma, Z_EIGHTY)


def in_contexts(
    effective: Iterable[Observation], dimensions: Sequence[str], today: int
) -> tuple[tuple[str, tuple[InContext, ...]], ...]:
    """Returns counted field observations of the rating window by each dimension's values, the most seen first.

    today: days since 1970-01-01 UTC. A dimension that no conversation has is left out.
    """
    window = range(today - RATING_WINDOW_DAYS, today + 1)
    found: dict[str, dict[str, list[list[int]]]] = {dimension: {} for dimension in dimensions}
    for observation in effective:
        counts = observation.kind == "field" and observation.standing == "counted"
        if counts and observation.at // SECONDS_PER_DAY in window:
            for (dimension, value), scores in _by_value(observation).items():
                found.setdefault(dimension, {}).setdefault(value, []).append(scores)
    return tuple(
        (
            dimension,
            tuple(
                InContext(value, sum(map(sum, calls)) / sum(map(len, calls)) / 100, len(calls))
                for value, calls in sorted(found[dimension].items(), key=lambda one: (-len(one[1]), one[0]))
            ),
        )
        for dimension in dimensions
        if found[dimension]
    )


def _by_value(observation: Observation) -> dict[tuple[str, str], list[int]]:
    """Returns an observation's scores, in hundredths, by dimension and value."""
    found: dict[tuple[str, str], list[int]] = {}
    for score in observation.scores:
        for dimension, values in score.context:
            for value in values:
                if score.hundredths != NO_SCORE:
                    found.setdefault((dimension, value), []).append(score.hundredths)
    return found
