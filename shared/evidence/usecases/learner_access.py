"""Decides whose evidence somebody may see, and leaves it on record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from shared.evidence.ports.apprentices import Apprentices
from shared.kernel.access import Caller, is_own, require
from shared.kernel.errors import Forbidden, NotFound
from shared.people.records import Employee, EmployeeRecords
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit

MOST_SHOWN: Final = 200
"""Learners of one mentor, apprentices of one employer, on a page."""


class LearnerAccess:
    """Knows who stands beside a learner: their mentor, and their employer; and whether the learner agreed."""

    def __init__(self, employees: EmployeeRecords, apprentices: Apprentices, audit: Audit) -> None:
        self._employees = employees
        self._apprentices = apprentices
        self._audit = audit

    def open(self, caller: Caller, employee_id: str, action: AuditAction, detail: str) -> Employee:
        """Returns the record of a learner whose evidence the caller is shown; of anybody's but the own it is on record.

        Raises NotFound where there is nobody, and Forbidden where the caller may not.
        """
        learner = self.seen(caller, employee_id)
        self._audit.read(caller, action, [learner.employee_id], detail=detail)
        return learner

    def seen(self, caller: Caller, employee_id: str) -> Employee:
        """Returns the record of a learner whose evidence the caller may see; nothing is shown yet, and none left.

        Raises NotFound where there is nobody, and Forbidden where the caller may not.
        """
        require(caller, "evidence.read")
        learner = self.known(employee_id)
        if not self._may_see(caller, learner):
            raise Forbidden(
                "evidence is for the learner, their mentor, their employer and administrators", field="employee_id"
            )
        return learner

    def may_see(self, caller: Caller, employee_id: str) -> bool:
        """Tells whether the caller may see a learner's evidence; nothing is shown yet, and none left."""
        try:
            return bool(self.seen(caller, employee_id))
        except (Forbidden, NotFound):
            return False

    def own_learner(self, caller: Caller, employee_id: str) -> Employee:
        """Returns a learner whom the caller is the mentor of. Raises NotFound, Forbidden."""
        require(caller, "observations.write")
        learner = self.known(employee_id)
        if not is_mentor_of(caller, learner):
            raise Forbidden("you may observe the learners whose mentor you are", field="employee_id")
        return learner

    def learners_of(self, caller: Caller) -> list[Employee]:
        """Returns the active learners whom a mentor accompanies, by name, at most 200. Raises Forbidden."""
        require(caller, "observations.write")
        own = self._employees.learners_of(caller.employee_id) if caller.employee_id else []
        return _by_name(own)

    def apprentices_of(self, caller: Caller) -> list[Employee]:
        """Returns the active apprentices whom somebody employs, by name, at most 200. Raises Forbidden."""
        require(caller, "behaviours.verify")
        own = self._apprentices.of(caller.employee_id, MOST_SHOWN) if caller.employee_id else []
        return _by_name(self._employees.many(own).values())

    def own_apprentice(self, caller: Caller, employee_id: str) -> Employee:
        """Returns a learner whom the caller employs. Raises NotFound, Forbidden."""
        require(caller, "behaviours.verify")
        learner = self.known(employee_id)
        if not self._employs(caller, learner):
            raise Forbidden("you may verify behaviours of the apprentices whom you employ", field="employee_id")
        return learner

    def require_agreed(self, caller: Caller, learner: Employee) -> None:
        """Raises Forbidden where nothing new of a learner may be kept, whoever brings it."""
        if self._apprentices.may_keep(learner.employee_id):
            return
        if is_own(caller, learner.employee_id):
            raise Forbidden(
                "nothing that you send is kept while you have not agreed to that; see your enrolment, and send it again"
            )
        raise Forbidden(
            f"nothing of {learner.name} is kept while they have not agreed to it, or have withdrawn; keep it, and send "
            "it again once they agree",
            field="employee_id",
        )

    def note(self, caller: Caller, action: AuditAction, learner: Employee) -> None:
        """Leaves on record what somebody is about to do about a learner."""
        self._audit.record(caller, action, subject=learner.employee_id)

    def known(self, employee_id: str) -> Employee:
        """Returns somebody's record, by any id of theirs; leaves none. Raises NotFound."""
        learner = self._employees.find(employee_id)
        if learner is None:
            raise NotFound(f"there is no employee {employee_id[:80]!r}", field="employee_id")
        return learner

    def names(self, employee_ids: Iterable[str]) -> Mapping[str, str]:
        """Returns the names of who stands in what is shown, by id; an unknown one keeps its id."""
        return self._employees.names(employee_ids)

    def _may_see(self, caller: Caller, learner: Employee) -> bool:
        if is_own(caller, learner.employee_id) or caller.role == "administrator":
            return True
        return is_mentor_of(caller, learner) or self._employs(caller, learner)

    def _employs(self, caller: Caller, learner: Employee) -> bool:
        if caller.role != "employer" or caller.employee_id is None:
            return False
        return self._apprentices.employer_of(learner.employee_id) == caller.employee_id


def is_mentor_of(caller: Caller, learner: Employee) -> bool:
    """Tells whether somebody accompanies a learner."""
    return caller.role == "mentor" and caller.employee_id is not None and learner.mentor_id == caller.employee_id


def _by_name(people: Iterable[Employee]) -> list[Employee]:
    return sorted((one for one in people if one.active), key=lambda one: one.name.casefold())[:MOST_SHOWN]
