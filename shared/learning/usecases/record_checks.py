"""Posts one validation event to `ingest` for each quick check that a learner has finished.

A check says what somebody knows: of the competencies of its lesson those are scored that are knowledge. A skill is
shown to somebody who watches, and a behaviour to an employer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from shared.frameworks.domain.framework import Framework
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.errors import Conflict
from shared.kernel.json_values import JsonObject
from shared.kernel.log_events import LogEvent
from shared.learning.domain.mastery_sentence import SEEN
from shared.learning.domain.quick_check import QuickCheck, finished_checks
from shared.learning.messages import AnswersRecorded
from shared.learning.usecases.learners import Kept
from shared.people.records import EmployeeRecords
from shared.ports.ambient import Log
from shared.ports.observations import Validations

SOURCE: Final = "learn"


class RecordChecks:
    """Follows what learners answer. Done again, in any order, it posts the same events, which `ingest` knows."""

    def __init__(
        self,
        employees: EmployeeRecords,
        kept: Kept,
        configuration: Configuration,
        validations: Validations,
        log: Log,
    ) -> None:
        self._employees = employees
        self._kept = kept
        self._configuration = configuration
        self._validations = validations
        self._log = log

    def record(self, fact: AnswersRecorded) -> int:
        """Posts the checks that have one of a fact's answers and are finished; returns how many. Raises Retryable.

        The first that a learner ever finishes is noted in their enrolment as well.
        """
        employee = self._employees.find(fact.employee_id)
        if employee is None or employee.framework_id != fact.framework_id:
            return 0  # erased meanwhile, or in another world, where nobody knows these competencies
        checks = list(self._finished(fact, employee.employee_id))
        if not checks:
            return 0
        first = min(one.finished_at for one in checks)
        self._kept.enrolments.note_first_lesson(employee.employee_id, first)
        framework = self._configuration.framework(fact.framework_id)
        bodies = [event(one, employee.employee_id, framework) for one in checks]
        return self._post([one for one in bodies if one is not None])

    def _finished(self, fact: AnswersRecorded, employee_id: str) -> Iterator[QuickCheck]:
        told = {one.review_id for one in fact.answers}
        reviews = self._kept.answers.of(employee_id)
        versions = self._kept.lessons.versions((one.lesson_id, one.lesson_version) for one in fact.answers)
        for published in versions.values():
            for check in finished_checks(published.lesson, reviews):
                if any(one.review_id in told for one in check.reviews):
                    yield check

    def _post(self, bodies: Sequence[JsonObject]) -> int:
        refusals = self._validations.validate(bodies) if bodies else []
        for body, refusal in zip(bodies, refusals, strict=True):
            if refusal is not None and not isinstance(refusal, Conflict):  # known under an id that they had before
                # It is in the quarantine, where a person sees why and can take it in again.
                self._log.event(LogEvent.CHECK_REJECTED, "ERROR", event_id=str(body["event_id"]), field=refusal.field)
        return sum(one is None for one in refusals)


def event(check: QuickCheck, employee_id: str, framework: Framework) -> JsonObject | None:
    """Returns the validation event of a check, as `ingest` takes it; None where it says nothing about knowledge."""
    known = framework.by_competency
    scored = [name for name in check.lesson.competencies if name in known and known[name].category not in SEEN]
    if not scored:
        return None
    score = round(100 * check.share_right, 2)
    return {
        "event_id": f"learn-{check.check_id}",
        "employee_id": employee_id,
        "event_type": "multiple_choice_test",
        "event_source": SOURCE,
        "timestamp": check.finished_at.isoformat(),
        "overall_score": score,
        "passed": check.passed,
        "competency_scores": [{"competency": name, "score": score} for name in scored],
        "session_metadata": {
            "scenario_id": check.lesson.lesson_id,
            "lesson_version": check.lesson.version,
            "attempt_number": check.number,
        },
    }
