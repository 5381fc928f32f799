"""Decides who may see, decide and contest a review, and from when on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from shared.frameworks.domain.review_settings import ReviewSettings
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel import access
from shared.kernel.access import Caller, is_own
from shared.kernel.errors import Forbidden, NotFound
from shared.people.records import Employee, EmployeeRecords
from shared.ports.ambient import Clock
from shared.privacy.domain.visibility import REVIEWERS, opening, opens_in_queue_at
from shared.reviews.records import Review


class ReviewPolicy:
    """Knows the employees whom reviews are about, the settings in force, and the time."""

    def __init__(self, employees: EmployeeRecords, configuration: Configuration, clock: Clock) -> None:
        self._employees = employees
        self._configuration = configuration
        self._clock = clock

    @property
    def settings(self) -> ReviewSettings:
        """Says how scores are reviewed."""
        return self._configuration.reviews()

    def now(self) -> datetime:
        """Returns the present."""
        return self._clock.now()

    def employee(self, employee_id: str) -> Employee:
        """Returns whom a review is about. Raises NotFound."""
        known = self._employees.get(employee_id)
        if known is None:
            raise NotFound(f"there is no employee {employee_id[:80]!r}", field="employee_id")
        return known

    def employees(self, employee_ids: Iterable[str]) -> dict[str, Employee]:
        """Returns the employees that there are, by id."""
        return self._employees.many(employee_ids)

    def sight(self, caller: Caller, employee_id: str | None) -> Sequence[str] | None:
        """Returns whose reviews the caller lists; None: everyone's. Raises NotFound, Forbidden for one employee."""
        if employee_id is not None:
            self.require_sight(caller, self.employee(employee_id))
            return [employee_id]
        sight = access.PROFILE_SIGHT[caller.role] if caller.role else "everyone"
        if sight == "everyone":
            return None
        own = caller.employee_id or caller.email
        below: list[Employee] = []
        if sight == "reports":
            below = self._employees.reports_of(own)
        elif sight == "learners":
            below = self._employees.learners_of(own)
        return sorted({own, *(one.employee_id for one in below)})

    def require_sight(self, caller: Caller, employee: Employee) -> None:
        """Raises Forbidden unless the caller may see reviews of this person's calls."""
        if not employee.opens_to(caller):
            raise Forbidden("you may see reviews of your own calls, and of people whom your role lets you see")

    def opens(self, caller: Caller, review: Review) -> datetime | None:
        """Returns when the review opens for the caller; None when it is open."""
        opens = opens_in_queue_at(
            caller, review.employee_id, review.scored_at, self.settings.employee_first_hours, review.occurred_at
        )
        return None if opens is None or opens <= self.now() else opens

    def opens_to_managers_at(self, review: Review) -> datetime:
        """Returns when others than the employee and reviewers see the scores."""
        opens = opening(review.scored_at, self.settings.employee_first_hours, review.occurred_at)
        return review.scored_at if opens is None else opens

    def require_open(self, caller: Caller, review: Review) -> None:
        """Raises Forbidden as long as the employee sees the scores first."""
        opens = self.opens(caller, review)
        if opens is not None:
            raise Forbidden(f"the employee sees these scores first; they open for you on {opens:%d %b %Y, %H:%M} UTC")

    def require_reviewer(self, caller: Caller, review: Review, employee: Employee | None) -> None:
        """Raises Forbidden unless the caller may decide about these scores, now."""
        if caller.role is None:
            raise Forbidden("a person decides about scores, not a service")
        if is_own(caller, review.employee_id):
            raise Forbidden("nobody decides about their own scores")
        if caller.role in REVIEWERS:
            return
        manager_id = employee.manager_id if employee else None
        if "reviews.decide" not in caller.permissions or manager_id != caller.employee_id:
            raise Forbidden("enablement, an administrator, or the employee's own manager decides about scores")
        self.require_open(caller, review)

    def could_review(self, caller: Caller, review: Review) -> bool:
        """Tells whether the caller is somebody who decides about such scores, whether or not now."""
        decides = caller.role is not None and "reviews.decide" in caller.permissions
        return decides and not is_own(caller, review.employee_id)

    def may_decide(self, caller: Caller, review: Review, employee: Employee | None) -> bool:
        """Tells whether the caller may decide now."""
        try:
            self.require_reviewer(caller, review, employee)
        except Forbidden:
            return False
        return review.state == "open"

    def may_contest(self, caller: Caller, review: Review) -> bool:
        """Tells whether the caller may contest now."""
        own = is_own(caller, review.employee_id)
        return own and review.contest is None and self.now() <= self.contestable_until(review)

    def contestable_until(self, review: Review) -> datetime:
        """Returns until when the employee may contest the scores, or the last decision on them."""
        return max(review.scored_at, review.decided_at) + timedelta(days=self.settings.contest_days)
