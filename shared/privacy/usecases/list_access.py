"""Lists what lets people read what was said, with the names of those whom it concerns and of the calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.conversations.domain.call_name import CallName, record_id
from shared.conversations.records import CallRecords
from shared.kernel.access import Caller
from shared.people.records import EmployeeRecords
from shared.privacy.contract import Escalation, Grant
from shared.privacy.usecases.escalations import Escalations
from shared.privacy.usecases.grants import Grants


@dataclass(frozen=True, slots=True)
class AccessInForce:
    """names: of people, by id; calls: of the escalations' calls that still exist, by record id"""

    grants: Sequence[Grant]
    escalations: Sequence[Escalation]
    names: Mapping[str, str]
    calls: Mapping[str, CallName]


class ListAccess:
    """Shows grants and escalations together."""

    def __init__(
        self, grants: Grants, escalations: Escalations, employees: EmployeeRecords, calls: CallRecords
    ) -> None:
        self._grants = grants
        self._escalations = escalations
        self._employees = employees
        self._calls = calls

    def in_force(self, caller: Caller) -> AccessInForce:
        """Returns what is in force and concerns the caller, the newest first. Raises Forbidden."""
        grants, escalations = self._grants.in_force(caller), self._escalations.in_force(caller)
        ids = {who for one in grants for who in (one.employee_id, one.to, one.granted_by)}
        ids |= {who for one in escalations for who in (one.to, one.raised_by)}
        calls = self._calls.names({record_id(one.source, one.call_id) for one in escalations})
        return AccessInForce(grants, escalations, self._employees.names(ids), calls)
