"""Tells what a learner's day holds: what is due and overdue, the streak, and what was shown and reached."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from shared.kernel.access import Caller
from shared.learning.domain.breaks import Break, days_expected, on_break
from shared.learning.domain.feed import Cards, finished, order
from shared.learning.domain.lesson import Lesson
from shared.learning.domain.mastery import Asked, Known, asked_about, masteries, shown_since
from shared.learning.domain.recall import cards
from shared.learning.domain.review import Review
from shared.learning.domain.streak import Streak, streak
from shared.learning.enrolment_records import Enrolment, EnrolmentRecords
from shared.learning.usecases.learners import Kept, Learner, Learners
from shared.people.records import Employee, EmployeeRecords
from shared.ports.ambient import Clock
from shared.ratings.usecases.project_person import ProjectPerson

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LearningDay:
    """Holds one learner's day.

    zone, today: the learner's; breaks: theirs
    overdue: by lesson title, for how many expected days a question about a hazard waits that is not safe
    due:     questions to ask again today; lessons: titles of what is next, in the feed's order
    active_at: of the last answer; reached: by milestone, the day that is kept
    tell_shown: works out what is shown, for which the learner is rated
    """

    employee: Employee
    zone: tzinfo
    today: date
    breaks: tuple[Break, ...]
    streak: Streak
    overdue: Mapping[str, int]
    due: int
    lessons: tuple[str, ...]
    active_at: datetime | None
    reached: Mapping[str, date]
    tell_shown: Callable[[], Mapping[str, date]]

    @property
    def shown(self) -> Mapping[str, date]:
        """Returns by a competency's name since when it is shown. Rates the learner, each time that it is asked for."""
        return self.tell_shown()

    @property
    def on_break(self) -> bool:
        """Tells whether nobody expects anything today."""
        return on_break(self.breaks, self.today)

    def expected_since(self, day: date) -> int:
        """Returns how many days have passed since one, those of breaks apart."""
        return days_expected(self.breaks, day + _DAY, self.today)


class TellDay:
    """Reads learners' days, for what the platform does for them by itself; nobody else is told what it reads."""

    def __init__(
        self,
        learners: Learners,
        employees: EmployeeRecords,
        kept: Kept,
        projecting: ProjectPerson,
        clock: Clock,
    ) -> None:
        self._learners = learners
        self._employees = employees
        self._kept = kept
        self._projecting = projecting
        self._clock = clock

    def page(self, limit: int, after: str | None) -> tuple[list[Enrolment], str | None]:
        """Returns some of the enrolments, by employee id behind one, and the id that the next ones are behind."""
        found = self._enrolments.page(limit + 1, after)
        return found[:limit], found[limit - 1].employee_id if len(found) > limit else None

    def of(self, enrolment: Enrolment) -> LearningDay | None:
        """Returns a learner's day; None for who has left, has not agreed to learn, or has nothing to learn by."""
        employee = self._employees.get(enrolment.employee_id)
        if employee is None or not employee.active or enrolment.consented is None:
            return None
        learner = self._learners.of(employee, enrolment)
        today = self._clock.now().astimezone(learner.zone).date()
        lessons = [one.lesson for one in self._kept.lessons.of_framework(learner.framework_id)]
        reviews = self._kept.answers.of(learner.employee_id)
        known = cards(reviews, learner.zone)
        days = {one.day(learner.zone) for one in reviews}
        return LearningDay(
            employee=employee,
            zone=learner.zone,
            today=today,
            breaks=learner.breaks,
            streak=streak(days, today, learner.breaks),
            overdue=_overdue(lessons, known, today, learner.breaks),
            due=sum(known[key].is_due(today) for one in lessons for key in one.keys if key in known),
            lessons=tuple(one.lesson.title for one in order(lessons, known, {}, finished(lessons, known), today)[:3]),
            active_at=max((one.counted_at for one in reviews), default=None),
            reached=enrolment.reached,
            tell_shown=lambda: self._shown(learner, lessons, reviews, Known(known, today)),
        )

    @property
    def _enrolments(self) -> EnrolmentRecords:
        return self._kept.enrolments

    def _shown(
        self, learner: Learner, lessons: Collection[Lesson], reviews: Collection[Review], known: Known
    ) -> dict[str, date]:
        """Returns what the learner sees as shown, by name: what mastery calls so."""
        own = Caller(email=learner.employee_id, role="employee", employee_id=learner.employee_id)
        person = self._projecting.several_seen_by(own, [learner.employee_id]).get(learner.employee_id)
        if person is None:
            return {}
        framework, asked = person.projection.framework, asked_about(lessons)
        rows = person.projection.general()
        days = {
            one.competency: shown_since(one, asked.get(one.competency, Asked()), reviews, learner.zone)
            for one in masteries(framework.competencies, lessons, rows, known)
            if one.attained == "shown"
        }
        return {framework.by_competency[name].name: day for name, day in days.items() if day is not None}


def _overdue(lessons: Iterable[Lesson], known: Cards, today: date, breaks: Collection[Break]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in lessons:
        if not one.hazard:
            continue
        waits = [
            days_expected(breaks, known[key].due_day + _DAY, today)
            for key in one.keys
            if key in known and known[key].is_due(today)
        ]
        if waits:
            found[one.title] = max(waits)
    return found
