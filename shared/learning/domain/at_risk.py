"""Says why a learner may need help: each reason in a sentence, and none without something to do about it.

Nobody is expected to learn in a break: days of one count for nothing here, and on such a day there is no reason at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Literal, get_args

from shared.kernel.rounding import percent
from shared.learning.domain.breaks import Break, days_expected, on_break
from shared.learning.domain.mastery import BY_RECALL, Mastery
from shared.learning.domain.recall import Card
from shared.learning.domain.review import QuestionKey
from shared.ratings.domain.explanation import counted

Risk = Literal["hazard", "quiet", "recall", "observations", "slow"]
RISKS: Final[tuple[Risk, ...]] = get_args(Risk)
"""The most pressing first."""

QUIET_DAYS: Final = 7
"""Days without an answer after which a mentor asks."""
HAZARD_DAYS: Final = 3
"""Days for which a question about a hazard may be due: a long weekend."""
HAZARD_BEGUN_DAYS: Final = 14
"""Days within which a learner has answered every question about a hazard once."""
RECALL_TARGET: Final = 0.8
"""Mean recall of a competency that a learner should have on the day of the gateway."""
GATEWAY_NEAR_DAYS: Final = 56
"""Days before the gateway from which recall on its day is looked at: farther off, reviews to come decide."""
OBSERVED_DAYS: Final = 28
"""Days within which a mentor or the employer sees something of what they have yet to see."""
OBSERVATIONS_NEAR_DAYS: Final = 84
"""Days before the gateway from which what nobody has seen yet is pressing: supervised work must be arranged."""
SLOW_SHARE: Final = 0.25
"""How much less of the milestone than of the time may have passed: progress comes in steps."""
SLOW_AFTER_DAYS: Final = 28
"""Days before which nobody is called slow."""

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RiskReason:
    """One reason. why: in a sentence; competencies: about which, where it is about some"""

    risk: Risk
    why: str
    competencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Situation:
    """Holds what is known of a learner on a day.

    begun: the day of the first lesson, or of the invitation; last_active: of the last answer
    hazards: the questions about hazards, of all lessons; cards: by `recall.cards`
    masteries: of all competencies; milestone: those that the plan is for; due_on: when by the plan
    missing: by competency how many field observations its rule still asks for; last_observed: day of the last one
    """

    today: date
    begun: date
    last_active: date | None
    hazards: Collection[QuestionKey]
    cards: Mapping[QuestionKey, Card]
    masteries: Sequence[Mastery]
    breaks: Sequence[Break] = ()
    gateway: date | None = None
    milestone: Collection[str] = ()
    due_on: date | None = None
    missing: Mapping[str, int] = field(default_factory=dict)
    last_observed: date | None = None

    def expected(self, after: date) -> int:
        """Returns how many days have passed since, without those of breaks."""
        return days_expected(self.breaks, after + _DAY, self.today)


def reasons(of: Situation) -> list[RiskReason]:
    """Returns why a learner may need help today, the most pressing first; nothing on a day of a break."""
    if on_break(of.breaks, of.today):
        return []
    return [*_hazard(of), *_quiet(of), *_recall(of), *_observations(of), *_slow(of)]


def _hazard(of: Situation) -> Iterator[RiskReason]:
    due = [key for key in of.hazards if key in of.cards and not of.cards[key].is_safe(of.today)]
    overdue = [key for key in due if of.expected(of.cards[key].due_day) >= HAZARD_DAYS]
    if overdue:
        yield RiskReason(
            "hazard", f"{counted(len(overdue), 'question')} about hazards overdue by {HAZARD_DAYS} days or more."
        )
    unseen = sum(key not in of.cards for key in of.hazards)
    if unseen and of.expected(of.begun) >= HAZARD_BEGUN_DAYS:
        yield RiskReason(
            "hazard", f"{counted(unseen, 'question')} about hazards never answered in {of.expected(of.begun)} days."
        )


def _quiet(of: Situation) -> Iterator[RiskReason]:
    days = of.expected(of.last_active or of.begun)
    if days >= QUIET_DAYS:
        yield RiskReason("quiet", f"No answer for {days} days." if of.last_active else f"Not begun in {days} days.")


def _recall(of: Situation) -> Iterator[RiskReason]:
    if of.gateway is None or not of.today <= of.gateway <= of.today + timedelta(days=GATEWAY_NEAR_DAYS):
        return
    for one in of.masteries:
        expected = one.recall_at_gateway
        if one.category == BY_RECALL and expected is not None and expected.value < RECALL_TARGET:
            low, high = percent(expected.low), percent(expected.high)
            why = (
                f"{one.competency}: recall at the gateway {percent(expected.value)} % ({low}–{high} %) without reviews."
            )
            yield RiskReason("recall", why, (one.competency,))


def _observations(of: Situation) -> Iterator[RiskReason]:
    missing = {name: number for name, number in sorted(of.missing.items()) if number > 0}
    if not missing:
        return
    listed = ", ".join(f"{name} ({number})" for name, number in missing.items())
    near = of.gateway is not None and of.gateway <= of.today + timedelta(days=OBSERVATIONS_NEAR_DAYS)
    days = of.expected(of.last_observed or of.begun)
    if near:
        yield RiskReason("observations", f"Still to be observed before the gateway: {listed}.", tuple(missing))
    elif days >= OBSERVED_DAYS:
        yield RiskReason("observations", f"Nothing observed for {days} days; still missing: {listed}.", tuple(missing))


def _slow(of: Situation) -> Iterator[RiskReason]:
    passed = of.expected(of.begun)
    if of.due_on is None or not of.milestone or passed < SLOW_AFTER_DAYS:
        return
    planned = days_expected(of.breaks, of.begun + _DAY, of.due_on)
    time = 1.0 if passed >= planned else passed / planned
    shown = {one.competency for one in of.masteries if one.attained == "shown"}
    left = tuple(sorted(name for name in set(of.milestone) if name not in shown))
    total = len(set(of.milestone))
    share = (total - len(left)) / total
    if left and (time == 1.0 or share < time - SLOW_SHARE):
        why = f"{total - len(left)} of {total} competencies of the plan shown in {percent(time)} % of its time."
        yield RiskReason("slow", why, left)
