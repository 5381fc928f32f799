"""Says how long it takes learners to reach a milestone, with those who have not reached it yet.

A milestone is a named set of competencies. Who has not reached it is censored, not left out: their days until now say
that it takes at least so long (E. L. Kaplan and P. Meier, Nonparametric estimation from incomplete observations,
Journal of the American Statistical Association 53, 1958). Intervals have Greenwood's variance, on the scale of
log(-log), where they stay within 0 and 1 (J. D. Kalbfleisch and R. L. Prentice, The Statistical Analysis of Failure
Time Data, 1980).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, log, sqrt
from typing import NamedTuple

from shared.kernel.statistics import wilson
from shared.learning.domain.breaks import Break, days_expected
from shared.learning.domain.estimate import Estimate
from shared.ratings.domain.weights import Z_EIGHTY

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Milestone:
    """A set of competencies that has a name, such as what the first supervised joint needs."""

    milestone_id: str
    name: str
    competencies: tuple[str, ...]


class Spell(NamedTuple):
    """Holds how many days one learner has learned, without breaks, and whether they reached the milestone then."""

    days: int
    reached: bool


class Step(NamedTuple):
    """Holds a day after which more have reached it. going: who had not before, and was followed until this day

    share: how many of a hundred would have reached it by the end of this day, as a share
    """

    days: int
    going: int
    reached: int
    share: Estimate


@dataclass(frozen=True, slots=True)
class Curve:
    """How many have reached a milestone by how many days.

    learners, reached: how many there are, and how many of them have; followed: the most days of one learner
    steps: by days
    """

    learners: int
    reached: int
    followed: int
    steps: tuple[Step, ...]

    def by(self, days: int) -> Estimate | None:
        """Returns the share that reaches it in so many days or fewer; None where nobody was followed so long."""
        place = bisect_right([one.days for one in self.steps], days)
        if place and (days <= self.followed or self.steps[place - 1].share.value == 1):
            return self.steps[place - 1].share
        if days > self.followed or not self.learners:
            return None
        return Estimate(0.0, 0.0, wilson(0, self.learners, Z_EIGHTY)[1])

    def until(self, share: float = 0.5) -> tuple[int | None, int | None, int | None]:
        """Returns the days in which a share (half: the median) reaches it, and the interval's ends: (days, low, high).

        None stands for what the learners so far do not tell.
        """
        return (
            next((one.days for one in self.steps if one.share.value >= share - 1e-12), None),
            next((one.days for one in self.steps if one.share.high >= share), None),
            next((one.days for one in self.steps if one.share.low >= share), None),
        )


def reached_on(milestone: Milestone, shown_on: Mapping[str, date | None]) -> date | None:
    """Returns the day on which the last of its competencies was shown; None while one is not. shown_on: by competency

    Of several answers over time the earliest stands: who has reached a milestone has reached it.
    """
    days = [shown_on.get(one) for one in milestone.competencies]
    known = [one for one in days if one is not None]
    return max(known) if known and len(known) == len(days) else None


def spell(begun: date, reached: date | None, today: date, breaks: Sequence[Break] = ()) -> Spell:
    """Returns how long one learner has learned, breaks apart, until they reached it or, unfinished, until today.

    begun: the day of the first lesson; today: of one who has left, the last day
    """
    arrived = reached is not None and reached <= today
    until = reached if reached is not None and arrived else today
    return Spell(days_expected(breaks, begun + _DAY, until), arrived)


def kaplan_meier(spells: Iterable[Spell], z: float = Z_EIGHTY) -> Curve:
    """Returns how many reach it by how many days. z: of the intervals, standard deviations to either side

    Who is unfinished at the day on which somebody reaches it counts as going on that day. Where all who were followed
    have reached it there is no variance: the lower end is that of a step before, and of a single step Wilson's.
    """
    known = sorted(spells)
    arrived = Counter(one.days for one in known if one.reached)
    steps: list[Step] = []
    left, variance, low, high = 1.0, 0.0, 0.0, 1.0
    for days, number in sorted(arrived.items()):
        going = len(known) - bisect_right(known, (days - 1, True))
        left *= 1 - number / going
        if going > number:
            variance += number / (going * (going - number))
            low, high = _interval(left, variance, z)
        else:
            left, high, low = 0.0, 1.0, low if steps else wilson(number, going, z)[0]
        steps.append(Step(days, going, number, Estimate(1 - left, low, high)))
    return Curve(len(known), sum(arrived.values()), known[-1].days if known else 0, tuple(steps))


def _interval(left: float, variance: float, z: float) -> tuple[float, float]:
    """Returns the interval of the share that has reached it. left: who has not; variance: the sum of Greenwood's"""
    spread = exp(z * sqrt(variance) / -log(left))
    return 1 - left ** (1 / spread), 1 - left**spread
