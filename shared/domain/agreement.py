"""How far a scorer's scores agree with people's: the scorer's certificate, per competency.

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

**Intervals** are of 95 %: a percentile bootstrap over the pairs for kappa (Efron, Annals of Statistics 7, 1979),
Wilson's for shares. The bootstrap takes the pairs for independent; several calls of one person are not quite, so it is
a little too narrow. Chance is drawn from a generator of our own with a given seed, in the order of the sorted pairs:
the same pairs, in whatever order, give the same interval on every machine.

**What was reviewed is a selection.** A certificate drawn from doubtful cases only says little about the sure ones. The
part `sample`, drawn at random from the scores that counted, is the one without that bias.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor, isfinite
from typing import Literal

from shared.domain.readiness import wilson

Interval = tuple[float, float]
Verdict = Literal["counts", "stops_counting", "too_few", "undecided"]

LEVELS = (40, 60, 75, 90)
"""Where the rubric's second to fifth level begin, in points."""

TOLERANCE = 10.0
"""Points. Two readers of one rubric land within about eight points of each other; ten is less than a level's width in
all but the highest, so that whoever differs by more sees something else in the call."""

RESAMPLES = 1000
FEWEST_PAIRS = 30
LEAST_KAPPA = 0.4
"""The lower end of what is called moderate agreement (Landis and Koch, Biometrics 33, 1977, name it from 0.41)."""

SHARE_DEFINED = 0.9
"""A bootstrap in which more than a tenth of the resamples has no kappa tells nothing: no interval then."""

SAMPLE = "sample"
"""The reason of a review that chance has chosen."""


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

    kappa: −1 to 1, None where it is undefined. kappa_interval: None without pairs, or where too few resamples have one.
    within, within_interval: share of pairs that differ by no more than the tolerance, 0-1; None without pairs.
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
        """too_few below 30 pairs; undecided without an interval (nearly all in one level); stops_counting when the
        interval's lower end is under 0.4; else counts. Only stops_counting makes scores wait for a person."""
        if self.n < FEWEST_PAIRS:
            return "too_few"
        if self.kappa_interval is None:
            return "undecided"
        return "stops_counting" if self.kappa_interval[0] < LEAST_KAPPA else "counts"

    @property
    def stops_counting(self) -> bool:
        return self.verdict == "stops_counting"


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
    """What is known about one scorer in one competency. by_reason: only the reasons that occur, sorted by name."""

    scorer_id: str
    competency: str
    overall: Agreement
    by_reason: Mapping[str, Agreement]
    stability: Stability

    @property
    def stops_counting(self) -> bool:
        """Whether this scorer's scores of this competency wait for a person from now on."""
        return self.overall.stops_counting

    @property
    def sample(self) -> Agreement | None:
        """The part that chance has chosen; None while there is none."""
        return self.by_reason.get(SAMPLE)


def certificate(
    scorer_id: str,
    competency: str,
    pairs: Iterable[Pair],
    reruns: Iterable[tuple[float, float]] = (),
    *,
    seed: int,
    resamples: int = RESAMPLES,
    tolerance: float = TOLERANCE,
    levels: Sequence[int] = LEVELS,
) -> Certificate:
    """The certificate of a scorer in a competency.

    pairs: one per reviewed score. reruns: the scores of two analyses of one call, in points.
    seed: of the bootstrap, any integer. Raises ValueError for a score outside 0-100.
    """
    reviewed = list(pairs)

    def figures(some: Iterable[Pair]) -> Agreement:
        return agreement(some, seed=seed, resamples=resamples, tolerance=tolerance, levels=levels)

    reasons = sorted({pair.reason for pair in reviewed})
    return Certificate(
        scorer_id=scorer_id,
        competency=competency,
        overall=figures(reviewed),
        by_reason={reason: figures(pair for pair in reviewed if pair.reason == reason) for reason in reasons},
        stability=stability(reruns, tolerance=tolerance),
    )


def agreement(
    pairs: Iterable[Pair],
    *,
    seed: int,
    resamples: int = RESAMPLES,
    tolerance: float = TOLERANCE,
    levels: Sequence[int] = LEVELS,
) -> Agreement:
    """The figures of some pairs, whatever order they come in. Takes n × resamples steps."""
    reviewed = sorted(pairs, key=lambda pair: (pair.scorer, pair.person))
    differences = [pair.scorer - pair.person for pair in reviewed]
    levelled = [(level(pair.scorer, levels), level(pair.person, levels)) for pair in reviewed]
    within, within_interval = _share_within(differences, tolerance)
    return Agreement(
        n=len(reviewed),
        kappa=quadratic_kappa(levelled),
        kappa_interval=_bootstrap(levelled, seed, resamples),
        within=within,
        within_interval=within_interval,
        bias=_mean(differences),
        mean_difference=_mean([abs(one) for one in differences]),
    )


def stability(reruns: Iterable[tuple[float, float]], *, tolerance: float = TOLERANCE) -> Stability:
    """How far a scorer agrees with itself. Raises ValueError for a score outside 0-100."""
    differences = sorted(_points(first) - _points(second) for first, second in reruns)
    within, within_interval = _share_within(differences, tolerance)
    return Stability(
        n=len(differences),
        mean_difference=_mean(sorted(abs(one) for one in differences)),
        within=within,
        within_interval=within_interval,
    )


def level(points: float, levels: Sequence[int] = LEVELS) -> int:
    """The level's number, from 0; a bound belongs to the higher level."""
    return bisect_right(levels, points)


def quadratic_kappa(pairs: Iterable[tuple[int, int]]) -> float | None:
    """Cohen's kappa with quadratic weights over pairs of category numbers; None where chance alone leaves no
    disagreement (no pair, or both in one and the same category throughout)."""
    n = x = y = xx = yy = apart = 0
    for first, second in pairs:
        n += 1
        x += first
        y += second
        xx += first * first
        yy += second * second
        apart += (first - second) ** 2
    expected = n * xx + n * yy - 2 * x * y
    return 1 - n * apart / expected if expected else None


def _bootstrap(levelled: Sequence[tuple[int, int]], seed: int, resamples: int) -> Interval | None:
    """The 2.5 and 97.5 % quantiles (linear between order statistics) of kappa in resamples of the pairs.

    Resamples without a kappa are left out; None when more than a tenth of them is.
    """
    n = len(levelled)
    chance = SplitMix64(seed)
    found = []
    for _ in range(resamples if n else 0):
        kappa = quadratic_kappa([levelled[chance.below(n)] for _ in range(n)])
        if kappa is not None:
            found.append(kappa)
    if not found or len(found) < SHARE_DEFINED * resamples:
        return None
    found.sort()
    return _quantile(found, 0.025), _quantile(found, 0.975)


def _quantile(ordered: Sequence[float], share: float) -> float:
    at = share * (len(ordered) - 1)
    low = floor(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (at - low) * (ordered[high] - ordered[low])


class SplitMix64:
    """Steele, Lea and Flood's generator (OOPSLA 2014, doi:10.1145/2660193.2660195), 64 bits at a time."""

    _MASK = (1 << 64) - 1

    def __init__(self, seed: int) -> None:
        self._state = seed & self._MASK

    def next(self) -> int:
        self._state = (self._state + 0x9E3779B97F4A7C15) & self._MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & self._MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & self._MASK
        return mixed ^ (mixed >> 31)

    def below(self, bound: int) -> int:
        """0 to bound − 1; the bias of bound / 2⁶⁴ is far below anything that shows."""
        return (self.next() * bound) >> 64


def _share_within(differences: Sequence[float], tolerance: float) -> tuple[float | None, Interval | None]:
    if not differences:
        return None, None
    near = sum(abs(one) <= tolerance for one in differences)
    return near / len(differences), wilson(near, len(differences))


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _points(score: float) -> float:
    if not isfinite(score) or not 0 <= score <= 100:
        raise ValueError(f"{score} is no score; 0 to 100 points are accepted")
    return score
