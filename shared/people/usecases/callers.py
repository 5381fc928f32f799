"""Knows who is calling: a service account of the allow-list, an active employee, or who starts an empty platform."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from shared.kernel.access import Caller, Scope
from shared.kernel.errors import Forbidden
from shared.kernel.ids import DEFAULT_FRAMEWORK
from shared.people.records import EmployeeRecords
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock
from shared.ports.identity import Identity


class Callers:
    """Finds the caller behind an identity."""

    def __init__(
        self,
        employees: EmployeeRecords,
        audit: Audit,
        clock: Clock,
        services: Mapping[str, frozenset[Scope]],
        administrators: Collection[str] = (),
    ) -> None:
        """Takes `administrators`: e-mail addresses (lower case) whose owners are administrators until a record of
        theirs says otherwise: who starts an empty platform."""
        self._employees = employees
        self._audit = audit
        self._clock = clock
        self._services = services
        self._administrators = frozenset(administrators)
        self._admitted: dict[str, date] = {}

    def of(self, identity: Identity) -> Caller:
        """Returns the caller behind a verified identity. Raises Forbidden for strangers and leavers."""
        if identity.kind == "service":
            scopes = self._services.get(identity.email)
            if scopes is None:
                raise Forbidden(f"{identity.email} is not on the allow-list of service accounts", field="Authorization")
            return Caller(email=identity.email, scopes=scopes)
        return self.person(identity.email)

    def person(self, email: str) -> Caller:
        """Returns the caller behind an employee's verified e-mail address. Raises Forbidden."""
        employee = self._employees.find(email)
        if employee is None and email in self._administrators:
            return self._starting_administrator(email)
        if employee is None or not employee.active:
            raise Forbidden(f"{email} is not an active person here; an administrator imports people")
        return Caller(
            email=email,
            role=employee.role,
            employee_id=employee.employee_id,
            name=employee.name,
            framework_id=employee.framework_id,
        )

    def _starting_administrator(self, email: str) -> Caller:
        """Makes an administrator by configuration; the audit notes it once a day for every instance that meets one."""
        caller = Caller(email=email, role="administrator", name=email, framework_id=DEFAULT_FRAMEWORK)
        today = self._clock.now().date()
        if self._admitted.get(email) != today:
            self._audit.record(caller, AuditAction.ADMINISTRATOR_ADMITTED, detail="by configuration, without a record")
            self._admitted[email] = today
        return caller
