"""Parameters: measured numbers behind intervals, probabilities and trends, and which scorers may not score alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt
from typing import Literal

Verdict = Literal["counts", "recovering", "stops_counting", "too_few", "undecided"]
"""What a scorer's agreement with people says about one competency; certificates keep it."""


@dataclass(frozen=True, slots=True)
class Untrusted:
    """A scorer that may not score a competency alone.

    scorer: as analyses name it. number: the scorer's own, which its analyses' versions hold (`analysis_version`)
    """

    scorer: str
    number: int
    competency: str


@dataclass(frozen=True, slots=True)
class Noise:
    """How one competency's scores lie around people's levels; in points, and points per square root of a day.

    sigma:        standard deviation of one conversation's score around the person's level in the field
    likeness:     correlation of neighbouring conversations' scores around the level, from 0 to below 1
    drift:        how far a level wanders in a day
    mean, spread: of the population's levels
    practice:     standard deviation of one session's score around the person's level in practice
    transfer:     standard deviation between people of what practice adds to the level in the field
    observations: how many scores these were learnt from; 0 for the defaults
    mean_error:   standard error of the mean, which everybody's level shares as far as it rests on it
    """

    sigma: float = 12.0
    likeness: float = 0.0
    drift: float = 0.35
    mean: float = 75.0
    spread: float = 8.0
    practice: float = 12.0
    transfer: float = 10.0
    observations: int = 0
    mean_error: float = 0.0

    @property
    def inflation(self) -> float:
        """Returns by what factor alike neighbours widen the error of a mean of many: sqrt((1 + rho) / (1 - rho))."""
        return sqrt((1 + self.likeness) / (1 - self.likeness))


@dataclass(frozen=True, slots=True)
class Lean:
    """By how many points a scorer's scores are too high, that figure's standard error, and the blind pairs behind it.

    Without a pair nothing is learnt: the bias is 0 and the error the default one.
    """

    bias: float = 0.0
    error: float = 4.0
    pairs: int = 0


@dataclass(frozen=True, slots=True)
class Factor:
    """How alike the skills of one person are: the correlation between levels in two competencies.

    people:      of how many it was learnt; 0 for the default
    uncertainty: its standard error; of the default, how far organisations lie apart
    """

    likeness: float = 0.3
    people: int = 0
    uncertainty: float = 0.2


@dataclass(frozen=True, slots=True)
class Parameters:
    """Versioned numbers behind intervals, probabilities and trends; learnt from data where enough of it exists.

    competencies: what was learnt, by competency; `default` stands for the others
    scorers:      how far each one leans, by the source that entries name
    untrusted:    scorers whose agreement with people fell under the line, per competency: what they have scored
                  and no person has reviewed does not count (see `Untrusted`)
    factor:       what the skills of one person have in common
    """

    version: int = 1
    competencies: dict[str, Noise] = field(default_factory=dict)
    default: Noise = Noise()
    scorers: dict[str, Lean] = field(default_factory=dict)
    untrusted: tuple[Untrusted, ...] = ()
    factor: Factor = Factor()

    def noise_of(self, competency: str) -> Noise:
        """Returns how a competency's scores lie around people's levels."""
        return self.competencies.get(competency, self.default)
