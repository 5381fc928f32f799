"""Keeps the day on which a learner reached their milestone: who has reached one has reached it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from shared.frameworks.domain.framework import Competency, Framework
from shared.kernel.access import Caller
from shared.kernel.days import EPOCH
from shared.learning.domain.lesson import Lesson
from shared.learning.domain.mastery import Asked, Known, asked_about, masteries, safe_on, shown_since
from shared.learning.domain.milestone import Milestone, reached_on
from shared.learning.domain.recall import cards
from shared.learning.enrolment_records import Enrolment
from shared.learning.usecases.learners import Kept, Learner, Learners
from shared.people.records import EmployeeRecords
from shared.ports.ambient import Clock
from shared.ratings.domain.projection import rate_together
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.usecases.project_person import ProjectedPerson, ProjectPerson

if TYPE_CHECKING:
    from shared.ratings.messages import SkillChanged

PLATFORM: Final = Caller(email="milestone-record", scopes=frozenset({"administration"}))


GENERAL_SKILL: Final = ""
"""The encoded context of a skill without one."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A milestone, each of whose competencies is shown by its rule. rows: the general skill's rating by competency"""

    milestone: Milestone
    competencies: tuple[Competency, ...]
    rows: Mapping[str, SkillRating]

    @property
    def since(self) -> date:
        """Returns the day since which all of them are: the milestone was not reached before."""
        return max(EPOCH + timedelta(days=one.validated_on or 0) for one in self.rows.values())


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

    def follow(self, fact: SkillChanged) -> date | None:
        """Notes likewise where skills changed; reads nothing where they complete nothing. Raises Retryable.

        A skill that is not shown by its change completes no milestone, and whatever shows it later is a change, too.
        """
        shown = {
            one.competency: one.validated_on
            for one in fact.skills
            if not one.context and one.status == "validated" and one.validated_on is not None
        }
        return self.note(fact.employee_id, shown) if shown else None

    def note(self, employee_id: str, changed: Mapping[str, date] | None = None) -> date | None:
        """Notes the day of the milestone that a learner has reached by now, and returns it; None for one who has not,
        who is not enrolled, or has not agreed. The day that is kept is returned where no earlier one can be found.

        changed: competencies that are all that changed, with the day since which each is shown. Raises Retryable.
        """
        employee = self._employees.find(employee_id)
        enrolment = None if employee is None else self._kept.enrolments.get(employee.employee_id)
        if employee is None or enrolment is None or enrolment.consented is None:
            return None
        kept = enrolment.reached.get(enrolment.milestone)
        if changed is not None and kept is not None and min(changed.values()) >= kept:
            return kept
        seen = self._projecting.several_seen_by(PLATFORM, [employee.employee_id]).get(employee.employee_id)
        if seen is None:
            return None
        milestone = milestone_of(seen.projection.framework, enrolment)
        if changed is not None and not set(changed) & set(milestone.competencies):
            return None
        shown = shown_of(seen, milestone)
        if shown is None:
            return None
        if kept is not None and shown.since >= kept:
            return kept
        lessons = self._kept.lessons.of_framework(seen.projection.framework.framework_id)
        learner = self._learners.of(employee, enrolment)
        today = self._clock.now().astimezone(learner.zone).date()
        day = reached_by_now(learner, shown, [one.lesson for one in lessons], (self._kept, today))
        if day is not None:
            self._kept.enrolments.note_milestone(employee.employee_id, milestone.milestone_id, day)
        return day


def milestone_of(framework: Framework, enrolment: Enrolment) -> Milestone:
    """Returns the stage of the framework by which a learner's time is measured: everything, where it is gone."""
    name = enrolment.milestone
    wanted = framework.required_by_stage.get(name) or tuple(one.competency for one in framework.competencies)
    return Milestone(name, name.replace("_", " "), tuple(wanted))


def shown_of(person: ProjectedPerson, milestone: Milestone) -> Shown | None:
    """Returns how the competencies of a milestone are shown; None while one of them is not, by its rule.

    That one holds the milestone back, whatever is known by heart: nobody reads lessons or answers for it.
    """
    projection = person.projection
    known = projection.framework.by_competency
    if not milestone.competencies or not all(name in known for name in milestone.competencies):
        return None
    rate_together([(projection, [(name, GENERAL_SKILL) for name in milestone.competencies])])
    rows = {name: projection.row(name, GENERAL_SKILL) for name in milestone.competencies}
    if any(one.status != "validated" for one in rows.values()):
        return None
    return Shown(milestone, tuple(known[name] for name in rows), rows)


def reached_by_now(learner: Learner, shown: Shown, lessons: Collection[Lesson], on: tuple[Kept, date]) -> date | None:
    """Returns the day on which a milestone was reached, by what counts now; None while it is not.

    A question about a hazard in any of its competencies that is not safe holds the whole milestone back: while it is
    not, and of the days on which all are shown until the first on which all are safe as well.
    on: what is kept, and the learner's day
    """
    kept, today = on
    reviews = kept.answers.of(learner.employee_id)
    asked, nothing = asked_about(lessons), Asked()
    hazards = {key for name in shown.rows for key in asked.get(name, nothing).hazards}
    # Of all else nobody asks here how well it is recalled.
    known = Known(cards((one for one in reviews if one.question in hazards), learner.zone), today)
    wanted = masteries(shown.competencies, lessons, shown.rows, known)
    if any(one.unsafe for one in wanted):
        return None
    since = {
        one.competency: shown_since(one, asked.get(one.competency, nothing), reviews, learner.zone) for one in wanted
    }
    day = reached_on(shown.milestone, since)
    return None if day is None else safe_on(reviews, hazards, learner.zone, day)
