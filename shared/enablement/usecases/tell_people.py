"""Tells whoever should know of an assignment: each thing once, however often it is told."""

from __future__ import annotations

from shared.deals.records import DealRecord
from shared.enablement.records import Assignment
from shared.people.records import EmployeeRecords
from shared.platform.usecases.notices import Notifications


class TellPeople:
    """Tells people and their managers."""

    def __init__(self, notices: Notifications, employees: EmployeeRecords) -> None:
        self._notices = notices
        self._employees = employees

    def assigned(self, assignment: Assignment) -> None:
        """Tells a person of what they are to prepare for a meeting; a meeting that moves is told again."""
        facts = _facts(assignment)
        once = "|".join((assignment.assignment_id, facts["due"], facts.get("meeting", "")))
        self._notices.tell(assignment.employee_id, "preparation.assigned", facts, once=once)

    def given(self, assignment: Assignment) -> None:
        """Tells a person of what somebody, or a rule, asks them to do."""
        facts, once = _facts(assignment), assignment.assignment_id
        if assignment.given_by is None:
            self._notices.tell(assignment.employee_id, "assignment.by_rule", facts, once=once)
        else:
            by = {"by": assignment.given_by}
            self._notices.tell(assignment.employee_id, "assignment.given", facts | by, once=once)

    def withdrawn(self, assignment: Assignment, by: str) -> None:
        """Tells a person that they need not do something any more. by: who took it back"""
        facts = _facts(assignment) | {"by": by}
        del facts["due"]
        self._notices.tell(assignment.employee_id, "assignment.withdrawn", facts, once=assignment.assignment_id)

    def reminded(self, assignment: Assignment) -> None:
        """Reminds a person, once for each assignment."""
        self._notices.tell(
            assignment.employee_id, "assignment.reminder", _facts(assignment), once=assignment.assignment_id
        )

    def not_begun(self, assignment: Assignment, risk: str | None) -> bool:
        """Tells a manager, once for each assignment, that nothing of it is done; False where there is no manager."""
        manager_id = self._manager_of(assignment.employee_id)
        if manager_id is None:
            return False
        facts = _facts(assignment) | {"to": assignment.employee_id} | ({"risk": risk} if risk else {})
        self._notices.tell(manager_id, "assignment.not_begun", facts, once=assignment.assignment_id)
        return True

    def at_risk(self, record: DealRecord) -> None:
        """Tells a manager that a deal is at risk, once for each meeting and risk."""
        manager_id = self._manager_of(record.employee_id)
        if manager_id is None or record.risk is None:
            return
        risk = record.risk.overall_risk
        facts = {"deal_id": record.deal_id, "to": record.employee_id, "account": record.deal.account, "risk": risk}
        once = "|".join((record.deal_id, record.employee_id, str(record.number), risk))
        self._notices.tell(manager_id, "deal.at_risk", facts, once=once)

    def _manager_of(self, employee_id: str) -> str | None:
        employee = self._employees.get(employee_id)
        return None if employee is None else employee.manager_id


def _facts(assignment: Assignment) -> dict[str, str]:
    facts = {"assignment_id": assignment.assignment_id, "due": assignment.due_at.isoformat()}
    if assignment.account is not None:
        facts["account"] = assignment.account
    elif assignment.activities:
        facts["title"] = assignment.activities[0].title
    if assignment.meeting_at is not None:
        facts["meeting"] = assignment.meeting_at.isoformat()
    return facts
