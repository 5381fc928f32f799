"""The weighting kernel: how much an observation of a given age counts.

    w(a) = 600 + round(400 * 2 ** (-a / 30))        a = age in whole UTC days

0.6 of the weight belongs to the observation as such, 0.4 to its recency with a half-life of 30 days (the 60/40 of the
product's specification). The table ships as integers, because a = 150 is an exact tie (412.5 - 400 = 12.5) that
platforms round differently, and because a rating must be the same bytes wherever it is computed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

KERNEL_VERSION = "recency-30-v1"

RATING_WINDOW_DAYS = 90
"""Ratings look back this far; rules use windows of their own."""

WEIGHTS: tuple[int, ...] = (
    1000,
    991,
    982,
    973,
    965,
    956,
    948,
    940,
    932,
    925,
    917,
    910,
    903,
    896,
    889,
    883,
    876,
    870,
    864,
    858,
    852,
    846,
    841,
    835,
    830,
    824,
    819,
    814,
    809,
    805,
    800,
    795,
    791,
    787,
    782,
    778,
    774,
    770,
    766,
    762,
    759,
    755,
    752,
    748,
    745,
    741,
    738,
    735,
    732,
    729,
    726,
    723,
    720,
    718,
    715,
    712,
    710,
    707,
    705,
    702,
    700,
    698,
    695,
    693,
    691,
    689,
    687,
    685,
    683,
    681,
    679,
    678,
    676,
    674,
    672,
    671,
    669,
    668,
    666,
    664,
    663,
    662,
    660,
    659,
    657,
    656,
    655,
    654,
    652,
    651,
    650,
)
"""w(a) for a = 0 … 90 days, in thousandths."""


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
