"""Shows how far a learner is, competency by competency: to themselves, and to who stands beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.kernel.access import Caller
from shared.learning.domain.mastery import Known, Mastery, masteries
from shared.learning.domain.mastery_sentence import sentence
from shared.learning.domain.recall import cards
from shared.learning.usecases.learner_access import LearnerAccess
from shared.learning.usecases.learners import Kept, Learner, Learners
from shared.ports.ambient import Clock
from shared.ratings.usecases.project_person import ProjectPerson

if TYPE_CHECKING:
    from collections.abc import Collection

    from shared.frameworks.domain.framework import Framework
    from shared.learning.contract import EstimateView, MasteryItem, MasteryView
    from shared.learning.domain.estimate import Estimate
    from shared.learning.domain.lesson import Lesson


class ShowMastery:
    """Reads a learner's answers and ratings; of calls that are not open to the caller yet nothing counts."""

    def __init__(
        self, learners: Learners, access: LearnerAccess, kept: Kept, projecting: ProjectPerson, clock: Clock
    ) -> None:
        self._learners = learners
        self._access = access
        self._kept = kept
        self._projecting = projecting
        self._clock = clock

    def own(self, caller: Caller) -> MasteryView:
        """Returns the caller's own. Raises Forbidden, NotFound."""
        return self._of(caller, self._learners.own(caller))

    def show(self, caller: Caller, employee_id: str) -> MasteryView:
        """Returns that of a learner whom the caller may see, which is on record. Raises Forbidden, NotFound."""
        employee, enrolment = self._access.open(caller, employee_id, page="mastery")
        return self._of(caller, self._learners.of(employee, enrolment))

    def _of(self, caller: Caller, learner: Learner) -> MasteryView:
        from shared.learning.contract import MasteryView

        seen = self._projecting.seen_by(caller, learner.employee_id)
        framework = seen.projection.framework
        lessons = [one.lesson for one in self._kept.lessons.of_framework(framework.framework_id)]
        today = self._clock.now().astimezone(learner.zone).date()
        known = cards(self._kept.answers.of(learner.employee_id), learner.zone)
        rows = seen.projection.general()
        found = masteries(framework.competencies, lessons, rows, Known(known, today, learner.gateway_on))
        return MasteryView(
            employee_id=learner.employee_id,
            name=learner.employee.name,
            framework_id=framework.framework_id,
            as_of=today,
            gateway_on=learner.gateway_on,
            scores_open_at=seen.scores_open_at,
            items=[_item(one, framework, lessons, learner) for one in found],
        )


def _item(one: Mastery, framework: Framework, lessons: Collection[Lesson], learner: Learner) -> MasteryItem:
    from shared.learning.contract import AskedOf, MasteryItem

    competency = framework.by_competency[one.competency]
    return MasteryItem(
        competency=one.competency,
        name=competency.name,
        statement=competency.description,
        category=one.category,
        attained=one.attained,
        sentence=sentence(one, learner.gateway_on),
        questions=one.questions,
        seen=one.seen,
        right=_estimate(one.right),
        recall=_estimate(one.recall),
        recall_at_gateway=_estimate(one.recall_at_gateway),
        unsafe=[AskedOf(lesson_id=key.lesson_id, question_id=key.question_id) for key in one.unsafe],
        status=one.status,
        field_observations=one.field,
        shown_on=one.shown_on,
        lessons=[lesson.lesson_id for lesson in lessons if one.competency in lesson.competencies],
    )


def _estimate(one: Estimate | None) -> EstimateView | None:
    from shared.learning.contract import EstimateView

    return None if one is None else EstimateView(value=one.value, low=one.low, high=one.high)
