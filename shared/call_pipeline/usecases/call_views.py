"""Calls as people see them: what became of each, with the results of those whom the viewer may see.

The employee sees a call's scores first (privacy/domain/visibility.py): until they open for the viewer a result says
when, and nothing else. What an analysis has cost is for those who run the platform. A call of somebody else leaves an
audit record where the viewer's role demands it, a list one about every person in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from shared.conversations.usecases.call_records import CallRecords
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel import access
from shared.kernel.access import Caller
from shared.kernel.errors import Forbidden
from shared.kernel.moments import text
from shared.people.usecases.open_profile import OpenProfile
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock
from shared.privacy.domain.visibility import REVIEWERS, opens_at

MOST_AT_ONCE = 400
"""Audit records in one batch."""
PLAIN = (
    "source",
    "call_id",
    "state",
    "started_at",
    "duration_seconds",
    "url",
    "title",
    "deal",
    "context",
    "scorer",
    "analysis",
    "route",
    "cost_usd",
    "last_error",
    "updated_at",
)


class CallViews:
    """Lists and shows calls."""

    def __init__(
        self, records: CallRecords, people: OpenProfile, configuration: Configuration, audit: Audit, clock: Clock
    ) -> None:
        self._records = records
        self._people = people
        self._configuration = configuration
        self._audit = audit
        self._clock = clock

    def page(
        self,
        caller: Caller,
        *,
        employee_id: str | None = None,
        state: str | None = None,
        deal_link: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 50,
        after: tuple[datetime, str] | None = None,
    ) -> tuple[list[dict[str, Any]], tuple[datetime, str] | None]:
        """Calls, the latest first. Who does not see everyone's calls sees the own ones, or names a person.

        Raises NotFound and Forbidden about the person.
        """
        if employee_id is None and not sees_all(caller):
            employee_id = caller.employee_id
        if employee_id is not None:
            self._people.open(caller, employee_id, page="calls")
        found, following = self._records.page(
            employee_id=employee_id,
            state=state,
            deal_link=deal_link,
            since=since,
            until=until,
            limit=limit,
            after=after,
        )
        views = [self.view(caller, record) for record in found]
        self._note(caller, AuditAction.CALLS_LISTED, views, noted={employee_id})
        return views, following

    def one(self, caller: Caller, record_id: str) -> dict[str, Any]:
        """One call. Raises NotFound, and Forbidden for who may see none of its employees."""
        record = self._records.get(record_id)
        self._may_see(caller, record)
        view = self.view(caller, record)
        self._note(caller, AuditAction.CALL_VIEWED, [view], detail=record_id)
        return view

    def sees(self, caller: Caller, record: Mapping[str, Any]) -> bool:
        """Whether the caller may see this call; leaves no record, since nothing of it is shown yet."""
        return sees_all(caller) or bool(self._visible(caller, record))

    def may_act_on(self, caller: Caller, record_id: str) -> None:
        """Raises NotFound, and Forbidden for a manager none of whose reports took part."""
        record = self._records.get(record_id)
        if not (caller.is_service or caller.role in {"administrator", "enablement"}):
            self._may_see(caller, record)

    def view(self, caller: Caller, record: Mapping[str, Any]) -> dict[str, Any]:
        """A record without what the viewer may not see of others."""
        visible = set(self._visible(caller, record))
        return {
            "record_id": record["record_id"],
            **{name: record[name] for name in PLAIN},
            "participants": [
                {"employee_id": one["employee_id"], "spoke": one["spoke"]}
                for one in record["participants"]
                if one["employee_id"] in visible
            ],
            "results": [
                self._result(caller, one, record["updated_at"])
                for one in record["observations"]
                if one["employee_id"] in visible
            ],
        } | ({} if caller.role is None or caller.role in REVIEWERS else {"cost_usd": None})

    def _result(self, caller: Caller, one: Mapping[str, Any], scored_at: datetime) -> dict[str, Any]:
        """What came of the call for one employee; without its scores where they are not open for the viewer yet."""
        hours = self._configuration.reviews().employee_first_hours
        opens = opens_at(caller, one["employee_id"], scored_at, hours)
        withheld = opens is not None and opens > self._clock.now()
        return {
            "employee_id": one["employee_id"],
            "observation_id": one["observation_id"],
            "standing": "not_open_yet" if withheld else one["standing"],
            "scores": {} if withheld else one.get("scores", {}),
            "waiting": [] if withheld else one.get("waiting", []),
            "scores_open_at": text(opens) if withheld else None,
        }

    def _note(
        self,
        caller: Caller,
        action: AuditAction,
        views: Iterable[dict[str, Any]],
        *,
        detail: str | None = None,
        noted: Collection[str | None] = (),
    ) -> None:
        shown = {one["employee_id"] for view in views for one in (*view["participants"], *view["results"])}
        others = sorted(one for one in shown if one not in noted and access.is_audited(caller, one))
        for start in range(0, len(others), MOST_AT_ONCE):
            self._audit.record_about(caller, action, others[start : start + MOST_AT_ONCE], detail=detail)

    def _may_see(self, caller: Caller, record: Mapping[str, Any]) -> None:
        if not self.sees(caller, record):
            raise Forbidden("you may see calls of your own, and of those whose profile you may open")

    def _visible(self, caller: Caller, record: Mapping[str, Any]) -> list[str]:
        employees = list(record["employees"])
        if sees_all(caller):
            return employees
        visible = self._people.visible_to(caller, employees)
        return [employee_id for employee_id in employees if employee_id in visible]


def sees_all(caller: Caller) -> bool:
    """Whether everyone's profile, and so everyone's calls, are in the caller's sight."""
    return caller.role is None or access.PROFILE_SIGHT[caller.role] == "everyone"
