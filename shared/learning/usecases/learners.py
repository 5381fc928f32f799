"""Says who is learning, in which framework, and on which calendar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from shared.kernel.access import Caller, require
from shared.kernel.errors import Forbidden
from shared.learning.answer_records import AnswerRecords
from shared.learning.records import LessonRecords
from shared.people.records import Employee, EmployeeRecords


@dataclass(frozen=True, slots=True)
class Kept:
    """What is taught, and what was answered."""

    lessons: LessonRecords
    answers: AnswerRecords


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody who learns. zone: whose calendar days are theirs"""

    employee: Employee
    zone: tzinfo

    @property
    def employee_id(self) -> str:
        """Returns the id that the person has now."""
        return self.employee.employee_id

    @property
    def framework_id(self) -> str:
        """Returns whose lessons are theirs."""
        return self.employee.framework_id


class Learners:
    """Finds learners. zone_of: the zone that somebody chose, or works in, or that is the organisation's"""

    def __init__(self, employees: EmployeeRecords, zone_of: Callable[[Employee], tzinfo]) -> None:
        self._employees = employees
        self._zone_of = zone_of

    def own(self, caller: Caller) -> Learner:
        """Returns the caller as a learner. Raises Forbidden for a machine, and for who has no record or has left."""
        require(caller, "learning.own")
        employee = self._employees.find(caller.employee_id) if caller.employee_id else None
        if employee is None or not employee.active:
            raise Forbidden("only who has a record as an employee, and is active, learns here")
        return self.of(employee)

    def of(self, employee: Employee) -> Learner:
        """Returns a person as a learner."""
        return Learner(employee, self._zone_of(employee))
