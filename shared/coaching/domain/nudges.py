"""Decides whether a learner is nudged now, about what, and why; or handed to their mentor, when they have gone silent.

The most pressing thing alone is said, once a day: a hazard that is overdue, a streak that ends tonight, what is due,
a skill that others have seen, a milestone. Nobody is nudged in quiet hours, in a break, or without having agreed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final, Literal

from shared.coaching.domain.outbound import Button

NudgeKind = Literal["hazard", "streak", "due", "validated", "milestone"]

HAZARD_DAYS: Final = 1
"""Expected days by which a question about a hazard is overdue: it was due yesterday."""
STREAK_DAYS: Final = 3
"""Days of a streak that somebody minds losing."""
SILENT_DAYS: Final = 7
"""Expected days after the first nudge that nobody answered: then a person asks."""
FRESH_DAYS: Final = 14
"""Days for which it is news that something was shown."""
MORNING: Final = time(8, 30)
"""On the learner's clock: before that nobody is nudged, whatever their quiet hours are."""
EVENING: Final = time(17)
"""When a streak is about to break: the working day has given it its chance."""
NUDGED_BY: Final = time(21)
"""After that nobody is nudged, whatever their quiet hours are."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Says how somebody has answered nudges.

    since: the day of the first nudge that nothing came after; None while they answer
    expected: days since then, those of breaks apart; handed_over: their mentor has them already
    """

    since: date | None = None
    expected: int = 0
    handed_over: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """Holds what decides about one learner's nudge.

    now, zone:       the moment, and the learner's zone
    reachable:       they agreed, and did not say STOP since; awake: these are not their quiet hours
    evening_is_quiet: EVENING lies in their quiet hours, so what waits for it comes in the morning
    on_break, learned_today, streak, freezes: as `shared.learning` counts them
    nudged_on:       the day of the last nudge
    overdue:         by lesson title, for how many expected days a question of it about a hazard is overdue
    due:             questions that are due; lessons: titles of what is next, the most pressing first
    shown, reached:  by competency and by milestone, the day on which it was shown or reached
    told:            what they were told of already, by `Nudge.tells`
    """

    now: datetime
    zone: tzinfo
    reachable: bool
    awake: bool
    on_break: bool = False
    learned_today: bool = False
    streak: int = 0
    freezes: int = 0
    evening_is_quiet: bool = False
    nudged_on: date | None = None
    overdue: Mapping[str, int] = field(default_factory=dict)
    due: int = 0
    lessons: Sequence[str] = ()
    shown: Mapping[str, date] = field(default_factory=dict)
    reached: Mapping[str, date] = field(default_factory=dict)
    told: Collection[str] = ()
    silence: Silence = Silence()

    @property
    def today(self) -> date:
        """Returns the learner's calendar day."""
        return self.now.astimezone(self.zone).date()

    @property
    def by_day(self) -> bool:
        """Tells whether this is a time of day for what can wait, on the learner's clock and by their quiet hours."""
        return self.awake and MORNING <= self.clock < NUDGED_BY

    @property
    def clock(self) -> time:
        """Returns the time of the learner's day."""
        return self.now.astimezone(self.zone).time().replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Nudge:
    """Holds what somebody is told. why: in a sentence; button: the one tap; tells: what it tells of, once"""

    kind: NudgeKind
    why: str
    button: Button
    tells: str | None = None


def nudge_of(of: Situation) -> Nudge | None:
    """Returns the nudge that is due now; None where none is."""
    if not _may_come(of):
        return None
    if _streak_ends(of):  # what presses less waits for the evening with it: there is one nudge a day
        return _hazard(of) or _streak(of)
    return _hazard(of) or _due(of) or _validated(of) or _milestone(of)


def asks_what_is_shown(of: Situation) -> bool:
    """Tells whether a nudge may depend on what is shown, for which somebody has to be rated."""
    return _may_come(of) and not _streak_ends(of) and _hazard(of) is None and _due(of) is None


def is_out_of_question(of: Situation) -> bool:
    """Tells whether nobody is nudged or handed over now, whatever they learned: of a situation of the calendar alone.

    They are on a break, nudged today, or it is no time of day for either.
    """
    return not of.reachable or of.on_break or not of.by_day or _is_nudged(of)


def _may_come(of: Situation) -> bool:
    return not is_out_of_question(of) and not of.silence.handed_over and not is_silent(of.silence)


def _is_nudged(of: Situation) -> bool:
    """Tells whether today's nudge was given; on a day later than today where their zone has changed since."""
    return of.nudged_on is not None and of.nudged_on >= of.today


def is_silent(silence: Silence) -> bool:
    """Tells whether somebody has left nudges unanswered for so long that a person has to ask."""
    return silence.since is not None and silence.expected >= SILENT_DAYS


def _hazard(of: Situation) -> Nudge | None:
    overdue = {title: days for title, days in of.overdue.items() if days >= HAZARD_DAYS}
    if not overdue:
        return None
    title, days = min(overdue.items(), key=lambda one: (-one[1], one[0]))
    late = "since yesterday" if days == 1 else f"for {days} days"
    return Nudge("hazard", f"A safety question is overdue {late}: “{title}”.", Button("quiz_me", "Answer it now"))


def _streak_ends(of: Situation) -> bool:
    """Tells whether a streak breaks tonight; one that a freeze saves breaks tomorrow at the earliest."""
    return not of.learned_today and of.streak >= STREAK_DAYS and not of.freezes


def _streak(of: Situation) -> Nudge | None:
    if of.clock < EVENING and not of.evening_is_quiet:
        return None
    why = f"You have learned {of.streak} days in a row. One question today keeps the streak."
    return Nudge("streak", why, Button("quiz_me", "Keep my streak"))


def _due(of: Situation) -> Nudge | None:
    if not of.due:
        return None
    questions = "1 question is" if of.due == 1 else f"{of.due} questions are"
    about = f": “{of.lessons[0]}” first" if of.lessons else ""
    return Nudge("due", f"{questions} due today{about}.", Button("quiz_me", "Quiz me"))


def _validated(of: Situation) -> Nudge | None:
    fresh = _news("shown", of.shown, of)
    if fresh is None:
        return None
    return Nudge(
        "validated", f"Shown, as others have seen it: {fresh}.", Button("progress", "My progress"), f"shown:{fresh}"
    )


def _milestone(of: Situation) -> Nudge | None:
    fresh = _news("reached", of.reached, of)
    if fresh is None:
        return None
    why = f"You have reached a milestone: {fresh.replace('_', ' ')}."
    return Nudge("milestone", why, Button("whats_next", "What’s next"), f"reached:{fresh}")


def _news(kind: str, days: Mapping[str, date], of: Situation) -> str | None:
    """Returns what was shown or reached lately and not told yet, the earliest first."""
    since = of.today - timedelta(days=FRESH_DAYS)
    fresh = [(day, name) for name, day in days.items() if since <= day <= of.today and f"{kind}:{name}" not in of.told]
    return min(fresh)[1] if fresh else None
