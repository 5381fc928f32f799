"""Says how far a scorer's scores agree with people's: the scorer's certificate, per competency.

    Certificate
    ├── overall    everything that a person has reviewed: the verdict stands on this
    ├── by_reason  the same figures apart, by why a person looked (sample, low_confidence, lexical, contested …)
    └── stability  the scorer against itself, on calls that it analysed twice

**Kappa** is Cohen's weighted kappa with quadratic weights (Psychological Bulletin 70, 1968) over the five levels of
the rubric, 0-39, 40-59, 60-74, 75-89 and 90-100: the levels are what a reader of the rubric tells apart and what
readiness is decided by, so that a difference within a level is no disagreement, and one over two levels weighs four
times one over one. With quadratic weights

    kappa = 1 − n·Σ(x − y)² / (n·Σx² + n·Σy² − 2·Σx·Σy)         x, y: level numbers of scorer and person

in exact integers until the one division. When both stay in one and the same level, chance alone explains everything
and kappa is undefined: None, never 1. Where nearly everything is in one level kappa is low although the agreement is
high (its known paradox): that is why the share within ten points is shown beside it.

**Intervals** are of 95 %: Wilson's for shares; for kappa a bootstrap (Efron, Annals of Statistics 7, 1979) with
Student's t, on Fisher's scale z = artanh(kappa), where kappa's distribution is nearly symmetric:

    s = standard deviation of kappa over resamples of the n pairs, times √(n / (n − 1))
    z ± t(0.975, n − 1) · s / (1 − kappa²)

The root is because resamples spread as samples of a population whose variance is that of the n pairs around their own
mean, which is (n − 1)/n of the truth. It holds the truth more often than the resamples' own quantiles, BCa and the
studentised bootstrap do, which are too narrow for few pairs, and as often as the jackknife on the same scale
(`./scripts/prove agreement`). Chance is drawn from a generator of our own with a given seed, in the order
of the sorted pairs: the same pairs, in whatever order, give the same interval on every machine. It takes the pairs for
independent; several calls of one person are not quite, so it is a little too narrow.

**What was reviewed is a selection.** A certificate drawn from doubtful cases only says little about the sure ones. The
part `sample`, drawn at random from the scores that counted, is the one without that bias.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atanh, fsum, isfinite, sqrt, tanh
from typing import Final, NamedTuple

from shared.analysts.domain.sample import SAMPLE
from shared.frameworks.domain.parameters import Verdict
from shared.kernel.statistics import Z_NINETY_FIVE, wilson

Interval = tuple[float, float]

LEVELS = (40, 60, 75, 90)
"""Where the rubric's second to fifth level begin, in points."""

MIDDLES = tuple((low + high) // 2 for low, high in pairwise((0, *LEVELS, 100)))
"""Points in the middle of each level."""

TOLERANCE = 10.0
"""Points: less than a level's width, but for the highest level's ten, so that whoever differs by more sees something
else in the call. A convention: how far two readers lie apart has not been measured."""

FEWEST_PAIRS = 30
LEAST_KAPPA = 0.4
"""The lower end of what is called moderate agreement (Landis and Koch, Biometrics 33, 1977, name it from 0.41)."""

RETURN_KAPPA = 0.45
"""A scorer that has stopped counting counts again from here on, so that one at the line does not come and go with every
other review: see docs/decisions, "When a scorer may score alone"."""

RESAMPLES = 500
SEED = 20_261_125
"""Of the resamples: the same pairs give the same interval, each night and on every machine."""

MOST_UNDEFINED = 0.1
"""Where so many samples like this one would have no kappa, since all their pairs are in one level, a few odd pairs are
all that kappa rests on: no interval then."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One score of the scorer and what a person made of it, in points, 0-100.

    reason: why a person looked; SAMPLE for a random one
    """

    scorer: float
    person: float
    reason: str = SAMPLE

    def __post_init__(self) -> None:
        _points(self.scorer)
        _points(self.person)


@dataclass(frozen=True, slots=True)
class Agreement:
    """A scorer beside people.

    kappa: −1 to 1, None where it is undefined.
    kappa_interval: None under FEWEST_PAIRS, or where nearly all are in one level.
    within: share of pairs that differ by no more than the tolerance, 0-1; None without pairs.
    within_interval: None under FEWEST_PAIRS.
    bias: mean of scorer − person in points, positive for a generous scorer. None without pairs.
    mean_difference: mean of |scorer − person| in points. None without pairs.
    """

    n: int
    kappa: float | None
    kappa_interval: Interval | None
    within: float | None
    within_interval: Interval | None
    bias: float | None
    mean_difference: float | None

    @property
    def verdict(self) -> Verdict:
        """Judges a scorer that has not stopped counting: see `verdict`."""
        return verdict(self.n, self.kappa_interval)

    @property
    def stops_counting(self) -> bool:
        return self.verdict == "stops_counting"


def verdict(n: int, kappa_interval: Sequence[float] | None, *, stopped: bool = False) -> Verdict:
    """Returns what follows from the figures. stopped: the scorer has stopped counting and has not come back since

    too_few below 30 pairs; undecided without an interval (nearly all in one level); stops_counting when the interval's
    lower end is under 0.4; recovering when it has stopped and is not above 0.45 yet, or has too few pairs to tell; else
    counts. Its scores wait for a person from stops_counting until counts.
    """
    if n < FEWEST_PAIRS:
        return "recovering" if stopped else "too_few"
    if kappa_interval is None:
        return "recovering" if stopped else "undecided"
    if kappa_interval[0] < LEAST_KAPPA:
        return "stops_counting"
    return "recovering" if stopped and kappa_interval[0] < RETURN_KAPPA else "counts"


@dataclass(frozen=True, slots=True)
class Stability:
    """The same calls analysed twice by the same scorer; the figures are None without a pair.

    mean_difference: points. within: share of pairs within the tolerance, 0-1.
    """

    n: int
    mean_difference: float | None
    within: float | None
    within_interval: Interval | None


@dataclass(frozen=True, slots=True)
class Certificate:
    """Says what is known about one scorer in one competency. by_reason: only the reasons that occur, sorted by name."""

    scorer_id: str
    competency: str
    overall: Agreement
    by_reason: Mapping[str, Agreement]
    stability: Stability

    @property
    def stops_counting(self) -> bool:
        """Tells whether this scorer's scores of this competency wait for a person from now on."""
        return self.overall.stops_counting

    @property
    def sample(self) -> Agreement | None:
        """Returns the part that chance has chosen; None while there is none."""
        return self.by_reason.get(SAMPLE)


def certificate(
    scorer_id: str,
    competency: str,
    pairs: Iterable[Pair],
    reruns: Iterable[tuple[float, float]] = (),
) -> Certificate:
    """Returns the certificate of a scorer in a competency.

    pairs: one per reviewed score. reruns: the scores of two analyses of one call, in points.
    Raises ValueError for a score outside 0-100.
    """
    reviewed = list(pairs)
    reasons = sorted({pair.reason for pair in reviewed})
    return Certificate(
        scorer_id=scorer_id,
        competency=competency,
        overall=agreement(reviewed),
        by_reason={reason: agreement(pair for pair in reviewed if pair.reason == reason) for reason in reasons},
        stability=stability(reruns),
    )


def agreement(pairs: Iterable[Pair]) -> Agreement:
    """Returns the figures of some pairs, whatever order they come in."""
    reviewed = sorted(pairs, key=lambda pair: (pair.scorer, pair.person))
    differences = [pair.scorer - pair.person for pair in reviewed]
    levelled = [(level(pair.scorer), level(pair.person)) for pair in reviewed]
    within, within_interval = _share_within(differences)
    enough = len(reviewed) >= FEWEST_PAIRS
    return Agreement(
        n=len(reviewed),
        kappa=quadratic_kappa(levelled),
        kappa_interval=kappa_interval(levelled) if enough else None,
        within=within,
        within_interval=within_interval if enough else None,
        bias=_mean(differences),
        mean_difference=_mean([abs(one) for one in differences]),
    )


def stability(reruns: Iterable[tuple[float, float]]) -> Stability:
    """Tells how far a scorer agrees with itself. Raises ValueError for a score outside 0-100."""
    differences = sorted(_points(first) - _points(second) for first, second in reruns)
    within, within_interval = _share_within(differences)
    return Stability(
        n=len(differences),
        mean_difference=_mean(sorted(abs(one) for one in differences)),
        within=within,
        within_interval=within_interval,
    )


def level(points: float) -> int:
    """Returns the level's number, from 0; a bound belongs to the higher level."""
    return bisect_right(LEVELS, points)


def quadratic_kappa(pairs: Iterable[tuple[int, int]]) -> float | None:
    """Returns Cohen's kappa with quadratic weights over pairs of category numbers; None where chance alone leaves
    no disagreement (no pair, or both in one and the same category throughout)."""
    total = _Sums()
    for first, second in pairs:
        total = total.plus(first, second, 1)
    return total.kappa


class _Sums(NamedTuple):
    """Says what kappa is made of: n, Σx, Σy, Σx², Σy², Σ(x − y)²."""

    n: int = 0
    x: int = 0
    y: int = 0
    xx: int = 0
    yy: int = 0
    apart: int = 0

    def plus(self, first: int, second: int, times: int) -> _Sums:
        """Returns the sums with a pair so many times more; -1 takes it out."""
        return _Sums(
            self.n + times,
            self.x + times * first,
            self.y + times * second,
            self.xx + times * first * first,
            self.yy + times * second * second,
            self.apart + times * (first - second) ** 2,
        )

    @property
    def kappa(self) -> float | None:
        expected = self.n * self.xx + self.n * self.yy - 2 * self.x * self.y
        return 1 - self.n * self.apart / expected if expected else None


def kappa_interval(pairs: Iterable[tuple[int, int]]) -> Interval | None:
    """Returns the 95 % interval of quadratic kappa over pairs of category numbers, in −1 to 1: a bootstrap on Fisher's
    scale.

    None under two pairs, and where a tenth or more of such samples would have no kappa. Takes n × RESAMPLES steps.
    """
    ordered = sorted(pairs)
    n, kappa = len(ordered), quadratic_kappa(ordered)
    cells = Counter(ordered)
    undefined = sum((times / n) ** n for (first, second), times in cells.items() if first == second)
    if kappa is None or n < 2 or undefined > MOST_UNDEFINED:
        return None
    if kappa <= -1:
        return -1.0, 1.0  # the opposite throughout, which the scale cannot hold: nothing is known
    deviation = _deviation([one for one in resampled(ordered, RESAMPLES) if one is not None]) * sqrt(n / (n - 1))
    if deviation == 0:
        # All agree, so that resamples spread nowhere: what one pair more, a level apart, would let one say.
        highest = ordered[-1][0]
        found = kappa_interval([*ordered, (highest, highest - 1)])
        return None if found is None else (found[0], kappa)
    half = _student(n - 1) * deviation / (1 - kappa * kappa)
    return tanh(atanh(kappa) - half), tanh(atanh(kappa) + half)


def resampled(ordered: Sequence[tuple[int, int]], times: int) -> list[float | None]:
    """Returns kappa of so many resamples of the pairs, each of as many pairs, drawn with replacement."""
    n, chance = len(ordered), _Chance(SEED)
    found = []
    for _ in range(times):
        total = _Sums()
        for (first, second), drawn in Counter([ordered[chance.below(n)] for _ in range(n)]).items():
            total = total.plus(first, second, drawn)
        found.append(total.kappa)
    return found


def _deviation(values: Sequence[float]) -> float:
    mean = fsum(values) / len(values)
    return sqrt(fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


class _Chance:
    """SplitMix64 by Steele, Lea and Flood (OOPSLA 2014, doi:10.1145/2660193.2660195): 64 bits at a time."""

    _MASK: Final = (1 << 64) - 1

    def __init__(self, seed: int) -> None:
        self._state = seed

    def below(self, bound: int) -> int:
        """Draws 0 to bound − 1; the bias of bound / 2⁶⁴ is far below anything that shows."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & self._MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & self._MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & self._MASK
        return ((mixed ^ (mixed >> 31)) * bound) >> 64


def _student(freedom: int) -> float:
    """Returns Student's t at 0.975 (Abramowitz, Stegun 26.7.5): to 0.0001 from 12 degrees of freedom, 0.03 from 3."""
    z = 1.959963984540054
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )


def _share_within(differences: Sequence[float]) -> tuple[float | None, Interval | None]:
    if not differences:
        return None, None
    near = sum(abs(one) <= TOLERANCE for one in differences)
    return near / len(differences), wilson(near, len(differences), Z_NINETY_FIVE)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _points(score: float) -> float:
    if not isfinite(score) or not 0 <= score <= 100:
        raise ValueError(f"{score} is no score; 0 to 100 points are accepted")
    return score
