"""Says who is learning, in which framework, and on which calendar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, tzinfo

from shared.kernel.access import Caller, require
from shared.kernel.errors import Forbidden, NotFound
from shared.learning.answer_records import AnswerRecords
from shared.learning.domain.breaks import Break
from shared.learning.enrolment_records import Enrolment, EnrolmentRecords, may_keep
from shared.learning.records import LessonRecords
from shared.people.records import Employee, EmployeeRecords


@dataclass(frozen=True, slots=True)
class Kept:
    """Keeps what is taught, what was answered, and who is enrolled."""

    lessons: LessonRecords
    answers: AnswerRecords
    enrolments: EnrolmentRecords


@dataclass(frozen=True, slots=True)
class Learner:
    """Holds who learns. zone: whose calendar days are theirs; enrolment: None for who learns by no standard"""

    employee: Employee
    zone: tzinfo
    enrolment: Enrolment | None = None

    @property
    def employee_id(self) -> str:
        """Returns the id that the person has now."""
        return self.employee.employee_id

    @property
    def framework_id(self) -> str:
        """Returns whose lessons are theirs."""
        return self.employee.framework_id

    @property
    def agreed(self) -> bool:
        """Tells whether what they answer may be kept: who is enrolled has to have agreed."""
        return may_keep(self.enrolment)

    @property
    def breaks(self) -> tuple[Break, ...]:
        """Returns the days on which nobody expects anything of them."""
        return () if self.enrolment is None else self.enrolment.away

    @property
    def gateway_on(self) -> date | None:
        """Returns the day on which all is to be known; None while there is none."""
        return None if self.enrolment is None else self.enrolment.gateway_on


class Learners:
    """Finds learners. zone_of: the zone that somebody chose, or works in, or that is the organisation's"""

    def __init__(
        self, employees: EmployeeRecords, enrolments: EnrolmentRecords, zone_of: Callable[[Employee], tzinfo]
    ) -> None:
        self._employees = employees
        self._enrolments = enrolments
        self._zone_of = zone_of

    def own(self, caller: Caller) -> Learner:
        """Returns the caller as a learner. Raises Forbidden for a machine, and for who has no record or has left."""
        require(caller, "learning.own")
        employee = self._employees.find(caller.employee_id) if caller.employee_id else None
        if employee is None or not employee.active:
            raise Forbidden("only who has a record as an employee, and is active, learns here")
        return self.of(employee, self._enrolments.get(employee.employee_id))

    def by(self, employee_id: str) -> Learner:
        """Returns a learner by any id that they have or had. Raises NotFound for who is none, or has left."""
        employee = self._employees.find(employee_id)
        if employee is None or not employee.active:
            raise NotFound(f"there is no active employee {employee_id[:80]!r} any more", field="employee_id")
        return self.of(employee, self._enrolments.get(employee.employee_id))

    def of(self, employee: Employee, enrolment: Enrolment | None) -> Learner:
        """Returns a person as a learner."""
        return Learner(employee, self._zone_of(employee), enrolment)
