"""Shows what somebody is to do, and notes what they did of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from shared.enablement.records import Activity, Assignment, AssignmentRecords
from shared.enablement.usecases.deal_store import DealStore
from shared.enablement.usecases.views import assignment_view
from shared.kernel.access import Caller, is_own
from shared.kernel.errors import Conflict, Forbidden, NotFound
from shared.kernel.pages import Page, Position
from shared.people.records import EmployeeRecords
from shared.people.usecases.open_profile import OpenProfile
from shared.ports.ambient import Clock

if TYPE_CHECKING:
    from shared.enablement.contract import AssignmentView, CompletionBody


class OwnAssignments:
    """Reads and completes assignments."""

    def __init__(
        self,
        assignments: AssignmentRecords,
        opening: OpenProfile,
        employees: EmployeeRecords,
        store: DealStore,
        clock: Clock,
    ) -> None:
        self._assignments = assignments
        self._opening = opening
        self._employees = employees
        self._store = store
        self._clock = clock

    def of(
        self, caller: Caller, employee_id: str, *, limit: int, after: Position | None = None
    ) -> Page[AssignmentView]:
        """Returns a person's assignments for who may see their profile, the latest due first.

        Raises NotFound, Forbidden.
        """
        employee = self._opening.open(caller, employee_id, page="assignments")
        return self._assignments.page(employee.employee_id, limit=limit, after=after).each(assignment_view)

    def givers(self, shown: Iterable[AssignmentView]) -> dict[str, str]:
        """Returns the names of whoever assigned what has just been shown, by id."""
        return self._employees.names({one.given_by for one in shown if one.given_by})

    def complete(self, caller: Caller, assignment_id: str, body: CompletionBody) -> AssignmentView:
        """Notes that one of the own activities is done, and whether it helped; the first time stands.

        Whoever follows the deal is told, however often it is said: who died before that is told by the next time.
        Raises NotFound, Forbidden for another's, Conflict for one that was withdrawn, Retryable.
        """
        known = self._assignments.get(assignment_id)
        if known is None:
            raise NotFound(f"there is no assignment {assignment_id[:80]!r}", field="assignment_id")
        if not is_own(caller, known.employee_id):
            raise Forbidden("an assignment is completed by the person alone")
        after = self._assignments.change(known.assignment_id, lambda found: self._completed(found, body))
        self._store.tell_again((after or known).deal_id)
        return assignment_view(after or known)

    def _completed(self, known: Assignment | None, body: CompletionBody) -> Assignment | None:
        if known is None:
            return None
        if known.state == "cancelled":
            raise Conflict("this assignment was withdrawn: there is nothing to do any more")
        if all(one.content_id != body.content_id for one in known.activities):
            named = ", ".join(one.content_id for one in known.activities)
            raise NotFound(f"{body.content_id[:80]!r} is none of its activities: {named}", field="content_id")
        now = self._clock.now()
        activities = tuple(
            _said(one, body.relevant, now) if one.content_id == body.content_id else one for one in known.activities
        )
        done = known.changed(activities=activities)
        return done if done.minutes_left or done.state == "done" else done.closed(now, "completed")


def _said(one: Activity, relevant: bool | None, now: datetime) -> Activity:
    """Returns an activity that the person says is done, whether or not an event says so, too: their word stays."""
    return one.changed(
        done_at=one.done_at or now, done_by=None, relevant=one.relevant if relevant is None else relevant
    )
