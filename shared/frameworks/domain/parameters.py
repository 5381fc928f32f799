"""Parameters: measured numbers behind intervals and trends, and which scorers may not score alone."""

from __future__ import annotations

from dataclasses import dataclass, field
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
class Parameters:
    """Versioned numbers behind intervals and trends; measured from data where enough of it exists.

    sigma:           spread of one observation around the skill, in points, per competency (12 until 30 exist)
    drift:           q, how far a skill wanders, in points per square root of a day
    scorer_variance: variance that a scorer's measured error adds, in points squared, per source
    untrusted:       scorers whose agreement with people fell under the line, per competency: what they have scored
                     and no person has reviewed does not count (see `Untrusted`)
    """

    version: int = 1
    sigma: dict[str, float] = field(default_factory=dict)
    default_sigma: float = 12.0
    drift: float = 0.35
    scorer_variance: dict[str, float] = field(default_factory=dict)
    untrusted: tuple[Untrusted, ...] = ()

    def sigma_of(self, competency: str) -> float:
        return self.sigma.get(competency, self.default_sigma)
