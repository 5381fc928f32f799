"""Keeps the day on which a learner reached their milestone: who has reached one has reached it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

from shared.frameworks.domain.framework import Framework
from shared.kernel.access import Caller
from shared.learning.domain.lesson import Lesson
from shared.learning.domain.mastery import Asked, Known, asked_about, masteries, safe_since, shown_since
from shared.learning.domain.milestone import Milestone, reached_on
from shared.learning.domain.recall import cards
from shared.learning.enrolment_records import Enrolment
from shared.learning.usecases.learners import Kept, Learner, Learners
from shared.people.records import EmployeeRecords
from shared.ports.ambient import Clock
from shared.ratings.usecases.project_person import ProjectedPerson, ProjectPerson

PLATFORM: Final = Caller(email="milestone-record", scopes=frozenset({"administration"}))


class NoteMilestones:
    """Looks at one learner, of whom something has changed. Done again, in any order, the earliest day stands."""

    def __init__(
        self, learners: Learners, employees: EmployeeRecords, kept: Kept, projecting: ProjectPerson, clock: Clock
    ) -> None:
        self._learners = learners
        self._employees = employees
        self._kept = kept
        self._projecting = projecting
        self._clock = clock

    def note(self, employee_id: str) -> date | None:
        """Notes the day of the milestone that a learner has reached by now, and returns it; None for one who has not,
        who is not enrolled, or has not agreed. Raises Retryable."""
        employee = self._employees.find(employee_id)
        enrolment = None if employee is None else self._kept.enrolments.get(employee.employee_id)
        if employee is None or enrolment is None or enrolment.consented is None:
            return None
        seen = self._projecting.several_seen_by(PLATFORM, [employee.employee_id]).get(employee.employee_id)
        if seen is None:
            return None
        milestone = milestone_of(seen.projection.framework, enrolment)
        lessons = self._kept.lessons.of_framework(seen.projection.framework.framework_id)
        learner = self._learners.of(employee, enrolment)
        today = self._clock.now().astimezone(learner.zone).date()
        day = reached_by_now(learner, seen, milestone, [one.lesson for one in lessons], (self._kept, today))
        if day is not None:
            self._kept.enrolments.note_milestone(employee.employee_id, milestone.milestone_id, day)
        return day


def milestone_of(framework: Framework, enrolment: Enrolment) -> Milestone:
    """Returns the stage of the framework by which a learner's time is measured: everything, where it is gone."""
    name = enrolment.milestone
    wanted = framework.required_by_stage.get(name) or tuple(one.competency for one in framework.competencies)
    return Milestone(name, name.replace("_", " "), tuple(wanted))


def reached_by_now(
    learner: Learner,
    person: ProjectedPerson,
    milestone: Milestone,
    lessons: Collection[Lesson],
    on: tuple[Kept, date],
) -> date | None:
    """Returns the day on which a milestone was reached, by what counts now; None while it is not.

    Each of its competencies is shown, and no question about a hazard in any of them is unsafe: one that is holds the
    whole milestone back, until the day on which all are safe again. on: what is kept, and the learner's day
    """
    kept, today = on
    framework = person.projection.framework
    reviews = kept.answers.of(learner.employee_id)
    rows = person.projection.general()
    known = Known(cards(reviews, learner.zone), today)
    found = {one.competency: one for one in masteries(framework.competencies, lessons, rows, known)}
    wanted = [found[name] for name in milestone.competencies if name in found]
    if any(one.unsafe for one in wanted):
        return None
    asked, nothing = asked_about(lessons), Asked()
    shown = {
        one.competency: shown_since(one, asked.get(one.competency, nothing), reviews, learner.zone) for one in wanted
    }
    day = reached_on(milestone, shown)
    hazards = {key for one in wanted for key in asked.get(one.competency, nothing).hazards}
    if day is None or not hazards:
        return day
    safe = safe_since(reviews, hazards, learner.zone)
    return None if safe is None else max(day, safe)
