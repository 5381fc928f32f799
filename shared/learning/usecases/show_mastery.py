"""Shows how far a learner is, competency by competency: to themselves, and to who stands beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.kernel.access import Caller
from shared.kernel.errors import NotFound
from shared.kernel.pages import Position
from shared.learning.domain.mastery import Known, Mastery, masteries
from shared.learning.domain.mastery_sentence import sentence
from shared.learning.domain.recall import cards
from shared.learning.usecases.evidence_behind import Behind, EvidenceBehind
from shared.learning.usecases.learner_access import LearnerAccess
from shared.learning.usecases.learners import Kept, Learner, Learners
from shared.ports.ambient import Clock
from shared.ratings.usecases.project_person import ProjectPerson

if TYPE_CHECKING:
    from collections.abc import Collection

    from shared.frameworks.domain.framework import Framework
    from shared.learning.contract import EstimateView, MasteryItem, MasteryView, PieceList
    from shared.learning.domain.estimate import Estimate
    from shared.learning.domain.lesson import Lesson


@dataclass(frozen=True, slots=True)
class Sources:
    """Holds what mastery is told from: what is kept, and what stands behind it."""

    kept: Kept
    behind: EvidenceBehind


class ShowMastery:
    """Reads a learner's answers and ratings; of calls that are not open to the caller yet nothing counts."""

    def __init__(
        self, learners: Learners, access: LearnerAccess, sources: Sources, projecting: ProjectPerson, clock: Clock
    ) -> None:
        self._learners = learners
        self._access = access
        self._kept = sources.kept
        self._behind = sources.behind
        self._projecting = projecting
        self._clock = clock

    def own(self, caller: Caller, *, evidence: bool = False) -> MasteryView:
        """Returns the caller's own. evidence: with what stands behind it. Raises Forbidden, NotFound."""
        return self._of(caller, self._learners.own(caller), evidence=evidence)

    def show(self, caller: Caller, employee_id: str) -> MasteryView:
        """Returns that of a learner whom the caller may see, with what stands behind it, which is on record.

        Raises Forbidden, NotFound.
        """
        employee, enrolment = self._access.open(caller, employee_id, page="mastery and evidence")
        return self._of(caller, self._learners.of(employee, enrolment), evidence=True)

    def behind(
        self, caller: Caller, employee_id: str, competency: str, limit: int, after: Position | None
    ) -> tuple[PieceList, Position | None]:
        """Returns a page of all that stands behind one competency, and where the next one continues; on record.

        Raises Forbidden, NotFound for who is not enrolled, and for a competency that is none of theirs.
        """
        from shared.learning.contract import PieceList

        employee, enrolment = self._access.open(caller, employee_id, page="evidence")
        framework = self._projecting.seen_by(caller, employee.employee_id).projection.framework
        known = framework.by_competency.get(competency)
        if known is None:
            raise NotFound(f"{competency[:60]!r} is no competency of {framework.name}", field="competency")
        learner = self._learners.of(employee, enrolment)
        whole, pieces, end = self._behind.page(caller, learner, competency, limit, after)
        listed = PieceList(
            employee_id=employee.employee_id,
            name=employee.name,
            competency=competency,
            competency_name=known.name,
            whole=whole,
            pieces=pieces,
            next_cursor=None,
        )
        return listed, end

    def _of(self, caller: Caller, learner: Learner, *, evidence: bool) -> MasteryView:
        from shared.learning.contract import MasteryView

        seen = self._projecting.seen_by(caller, learner.employee_id)
        framework = seen.projection.framework
        lessons = [one.lesson for one in self._kept.lessons.of_framework(framework.framework_id)]
        today = self._clock.now().astimezone(learner.zone).date()
        reviews = self._kept.answers.of(learner.employee_id)
        known = cards(reviews, learner.zone)
        rows = seen.projection.general()
        found = masteries(framework.competencies, lessons, rows, Known(known, today, learner.gateway_on))
        names = [one.competency for one in found] if evidence else []
        whole, behind = self._behind.few(caller, learner, names, reviews) if names else (True, {})
        nothing = Behind()
        return MasteryView(
            employee_id=learner.employee_id,
            name=learner.employee.name,
            framework_id=framework.framework_id,
            as_of=today,
            gateway_on=learner.gateway_on,
            scores_open_at=seen.scores_open_at,
            evidence_whole=whole,
            items=[_item(one, framework, lessons, learner, behind.get(one.competency, nothing)) for one in found],
        )


def _item(
    one: Mastery, framework: Framework, lessons: Collection[Lesson], learner: Learner, behind: Behind
) -> MasteryItem:
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
        evidence=list(behind.pieces),
        more_evidence=behind.more,
        more_still=behind.still,
    )


def _estimate(one: Estimate | None) -> EstimateView | None:
    from shared.learning.contract import EstimateView

    return None if one is None else EstimateView(value=one.value, low=one.low, high=one.high)
