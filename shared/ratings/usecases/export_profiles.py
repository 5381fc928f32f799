"""Exports the profiles of everybody in a caller's sight, in the order of their ids, a part at a time."""

from __future__ import annotations

from collections.abc import Iterator

from shared.kernel.access import Caller, require
from shared.people.records import EmployeeRecords
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ratings.contract import ProfileAnswer
from shared.ratings.usecases.whole_profiles import WholeProfiles

MOST_PEOPLE = 1_000
"""In one answer: with the profiles that an answer is kept to, it is streamed within a function's minute."""


class ExportProfiles:
    """Reads whole profiles."""

    def __init__(self, employees: EmployeeRecords, profiles: WholeProfiles, audit: Audit) -> None:
        self._employees = employees
        self._profiles = profiles
        self._audit = audit

    def lines(self, caller: Caller, *, every: bool, after: str | None) -> Iterator[ProfileAnswer]:
        """Returns the profiles of those whose ids come after one, at most MOST_PEOPLE, read as they are asked for.
        every: see WholeProfiles

        One record names the people, before the first is read. Raises Forbidden.
        """
        require(caller, "profiles.export")
        page = self._employees.page(active=True, manager=None, limit=MOST_PEOPLE, after=after)
        people = [one.employee_id for one in page if one.opens_to(caller)]
        if people:
            self._audit.read(caller, AuditAction.PROFILES_EXPORTED, people, detail=f"{len(people)} people")
        return self._profiles.of(caller, people, every=every)
