"""Ratings: a pure function of (set of observations, framework, parameters, day).

For one employee, competency and context, over the observations of the last 90 days:

    field >= 3                    field only                     high from 10, else medium
    field 1-2, validation >= 1    0.7 field + 0.3 validation     medium
    field 1-2                     field                          low
    validation >= 2               validation                     medium from 5, else low
    validation 1, or a quiz       no rating, a preliminary one   unknown
    nothing now, something before the last rating, stale         unknown

Each class is rated as R = sum(w * s) / sum(w) in exact integers, rounded half up to hundredths, with the weights of
`kernel`. Confidence drops one step when the newest observation is over 60 days old. Learning never moves a rating
that field or validation has set.

`cohort` does the same in columns for many people at once; a test holds it to what stands here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import erf, sqrt
from operator import mul
from typing import Literal, NamedTuple

from shared.ratings.domain.kernel import RATING_WINDOW_DAYS, WEIGHTS

Basis = Literal["field", "blend", "field_few", "validation", "preliminary", "none"]
Confidence = Literal["high", "medium", "low", "unknown"]

FIELD_ALONE = 3
FIELD_HIGH = 10
VALIDATION_ALONE = 2
VALIDATION_MEDIUM = 5
OLD_DAYS = 60
UNKNOWN_COUNTS = 4000
"""What an unknown rating counts in a mean, in hundredths: 40 points."""

ERROR_UNIT = 1_000_000
"""A scorer's error is counted in millionths of a point squared, so that its sums are exact in any order."""

Z_EIGHTY = 1.28
DRIFT_FACTOR = 0.67

_LOWER: dict[Confidence, Confidence] = {
    "high": "medium",
    "medium": "low",
    "low": "unknown",
    "unknown": "unknown",
}


class ClassRating(NamedTuple):
    """One class (field, validation or learning) in the window: exact sums.

    observations: how many; weighted: sum(w * s) in hundredths; weight: sum(w); squares: sum(w * w);
    aged: sum(w * age in days); newest: age of the newest one in days
    error: weighted mean of the variance that the scorers' measured errors add, in points squared. It does not shrink
        with more observations: a scorer errs the same way each time.
    """

    observations: int
    weighted: int
    weight: int
    squares: int
    aged: int
    newest: int
    error: float = 0.0

    def hundredths(self) -> int:
        return half_up(self.weighted, self.weight)

    def noise(self, sigma: float) -> float:
        """sigma^2 / n_eff and the scorers' error, in points squared; n_eff = (sum w)^2 / sum w^2."""
        return sigma * sigma * self.squares / (self.weight * self.weight) + self.error

    def age(self) -> float:
        """The weighted mean age in days."""
        return self.aged / self.weight


class Rated(NamedTuple):
    """The numbers of one skill on one day, in hundredths of a point.

    rating:      None when there is too little
    preliminary: the baseline that a single validation or a quiz gives, when there is no rating
    deviation:   square root of V, in hundredths; None without a rating
    low, high:   80 % interval, clipped to 0 … 10000
    """

    rating: int | None
    preliminary: int | None
    confidence: Confidence
    basis: Basis
    deviation: int | None
    low: int | None
    high: int | None


def half_up(numerator: int, denominator: int) -> int:
    """numerator / denominator, rounded half up, exactly."""
    return (2 * numerator + denominator) // (2 * denominator)


def scaled_variance(variance: float) -> int:
    """A variance in points squared, in ERROR_UNIT."""
    return round(variance * ERROR_UNIT)


def in_window(days: Sequence[int], as_of: int, window: int = RATING_WINDOW_DAYS) -> tuple[int, int]:
    """(first, past the last) position of the observations that count on `as_of`; `days` ascending."""
    return bisect_left(days, as_of - window), bisect_right(days, as_of)


class Window(NamedTuple):
    """The observations of one class that count on a day, but for their scores: what skills observed together share.

    first, past: their positions; weights: w of each; weight: sum(w); squares: sum(w * w); aged: sum(w * age in days);
    newest: age of the newest one in days
    """

    first: int
    past: int
    weights: list[int]
    weight: int
    squares: int
    aged: int
    newest: int

    def weighted(self, scores: Sequence[int]) -> int:
        """sum(w * s) of one skill's scores (hundredths), given those of all days, in the window or not."""
        return sum(map(mul, self.weights, scores[self.first : self.past]))

    def rate(self, scores: Sequence[int], errors: Sequence[int] = ()) -> ClassRating:
        """The sums of one skill. scores (hundredths) and errors (see rate_class): of all days, in the window or not."""
        first, past, weights, weight, squares, aged, newest = self
        return ClassRating(
            past - first,
            self.weighted(scores),
            weight,
            squares,
            aged,
            newest,
            sum(map(mul, weights, errors[first:past])) / (weight * ERROR_UNIT) if errors else 0.0,
        )


def window_of(days: Sequence[int], as_of: int) -> Window | None:
    """The rating window over `days` (ascending) on `as_of`; None when it is empty."""
    first, past = in_window(days, as_of)
    if first == past:
        return None
    ages = [as_of - day for day in days[first:past]]
    weights = [WEIGHTS[age] for age in ages]
    squares, aged = sum(map(mul, weights, weights)), sum(map(mul, weights, ages))
    return Window(first, past, weights, sum(weights), squares, aged, ages[-1])


def rate_class(
    days: Sequence[int], scores: Sequence[int], as_of: int, errors: Sequence[int] = ()
) -> ClassRating | None:
    """The sums of one class over the rating window; None when it is empty. `days` ascending, scores in hundredths.

    errors: per observation the variance of its scorer's error, in ERROR_UNIT; empty when none is measured
    """
    window = window_of(days, as_of)
    return window.rate(scores, errors) if window else None


class Ground(NamedTuple):
    """What is known of a rating before its scores: skills that were observed together share it.

    deviation: square root of V, in points; weights: the sum of w per class, 0 for a class without observations
    """

    basis: Basis
    confidence: Confidence
    deviation: float
    field_weight: int
    validation_weight: int
    learning_weight: int

    def rated(self, field: int, validation: int, learning: int) -> Rated:
        """The rating, given each class's sum of w * s in hundredths (0 for a class without observations)."""
        basis, confidence, deviation, field_weight, validation_weight, learning_weight = self
        if basis == "field" or basis == "field_few":
            rating = half_up(field, field_weight)
        elif basis == "validation":
            rating = half_up(validation, validation_weight)
        elif basis == "blend":
            rating = half_up(
                7 * field * validation_weight + 3 * validation * field_weight, 10 * field_weight * validation_weight
            )
        elif basis == "none":
            return Rated(None, None, confidence, basis, None, None, None)
        else:
            single = half_up(validation, validation_weight) if validation_weight else half_up(learning, learning_weight)
            return Rated(None, single, confidence, basis, None, None, None)
        reach = round(Z_EIGHTY * deviation * 100)
        low, high = rating - reach, rating + reach
        return Rated(
            rating,
            None,
            confidence,
            basis,
            round(deviation * 100),
            low if low > 0 else 0,
            high if high < 10_000 else 10_000,
        )


def ground(
    field: ClassRating | None,
    validation: ClassRating | None,
    learning: ClassRating | None,
    sigma: float,
    drift: float,
    days_since: int = 0,
) -> Ground:
    """All of a rating but its scores (see the module's table).

    The interval is R +- 1.28 * sqrt(V) with V = sigma^2 / n_eff + 0.67 * drift^2 * mean age + the scorers' error. In a
    blend each class has its share of the weights, so the noise adds by the squares of the shares, while both classes
    are about the one skill that wanders, so the mean age is the mean over the shares.

    sigma: points; drift: points per square root of a day
    days_since: how long ago the day was from which the classes count their ages. The skill has wandered since, away
        from all observations alike, so these days count in full.
    """
    fields = field.observations if field else 0
    validations = validation.observations if validation else 0
    confidence: Confidence
    basis: Basis
    if field and (fields >= FIELD_ALONE or not validation):
        noise, age = field.noise(sigma), field.age()
        basis = "field" if fields >= FIELD_ALONE else "field_few"
        confidence = "high" if fields >= FIELD_HIGH else "medium" if fields >= FIELD_ALONE else "low"
        newest = field.newest
    elif field and validation:
        noise = 0.49 * field.noise(sigma) + 0.09 * validation.noise(sigma)
        age = 0.7 * field.age() + 0.3 * validation.age()
        basis, confidence, newest = "blend", "medium", min(field.newest, validation.newest)
    elif validation and validations >= VALIDATION_ALONE:
        noise, age = validation.noise(sigma), validation.age()
        basis, newest = "validation", validation.newest
        confidence = "medium" if validations >= VALIDATION_MEDIUM else "low"
    else:
        noise, age, newest = 0.0, 0.0, 0
        basis, confidence = "preliminary" if validation or learning else "none", "unknown"
    if newest > OLD_DAYS:
        confidence = _LOWER[confidence]
    return Ground(
        basis,
        confidence,
        sqrt(noise + drift * drift * (DRIFT_FACTOR * age + days_since)),
        field.weight if field else 0,
        validation.weight if validation else 0,
        learning.weight if learning else 0,
    )


def rate(
    field: ClassRating | None,
    validation: ClassRating | None,
    learning: ClassRating | None,
    sigma: float,
    drift: float,
    days_since: int = 0,
) -> Rated:
    """The rating of a skill from its classes (see the module's table, and `ground`)."""
    return ground(field, validation, learning, sigma, drift, days_since).rated(
        field.weighted if field else 0, validation.weighted if validation else 0, learning.weighted if learning else 0
    )


def probability_above(rating: int, deviation: int, threshold: int) -> float:
    """The probability that the true skill is above the threshold (normal approximation); all in hundredths."""
    if deviation == 0:
        return 1.0 if rating > threshold else 0.0
    return 0.5 * (1 + erf((rating - threshold) / (deviation * sqrt(2))))
