"""Lets in whom an invitation is for, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.kernel.errors import Gone
from shared.learning.enrolment_records import EnrolmentRecords, Invitation
from shared.notifications.domain.invitation_link import InvitationLinks
from shared.people.records import EmployeeRecords
from shared.ports.ambient import Clock

InvitationState = Literal["open", "used", "too_old", "unknown"]


@dataclass(frozen=True, slots=True)
class LetIn:
    """Names who comes in."""

    employee_id: str
    name: str


class OpenInvitation:
    """Knows an invitation by its link. Looking changes nothing: whatever reads mail for safety follows links."""

    def __init__(
        self, employees: EmployeeRecords, enrolments: EnrolmentRecords, links: InvitationLinks, clock: Clock
    ) -> None:
        self._employees = employees
        self._enrolments = enrolments
        self._links = links
        self._clock = clock

    def look(self, token: str) -> InvitationState:
        """Returns whether a link still lets somebody in; of a stranger's no more than that it is unknown."""
        invitation = self._invitation(token)
        if invitation is None:
            return "unknown"
        enrolment = self._enrolments.get(invitation.employee_id)
        if invitation.opened_at is not None or enrolment is None:
            return "used"
        if invitation.expires_at <= self._clock.now() or enrolment.invitation_id != invitation.invitation_id:
            return "too_old"
        return "open"

    def open_invitation(self, token: str) -> LetIn:
        """Returns who comes in by a link, which opens nothing from then on.

        Raises Gone for a link that was used, is too old, or was followed by another; and for one that is none, so that
        a guess learns nothing.
        """
        invitation = self._invitation(token)
        employee = None if invitation is None else self._employees.find(invitation.employee_id)
        if invitation is None or employee is None or not employee.active or employee.role != "employee":
            raise _gone()
        if not self._enrolments.open_once(invitation.invitation_id, self._clock.now()):
            raise _gone()
        return LetIn(employee_id=employee.employee_id, name=employee.name)

    def _invitation(self, token: str) -> Invitation | None:
        invitation_id = self._links.read(token)
        return None if invitation_id is None else self._enrolments.invitation(invitation_id)


def _gone() -> Gone:
    return Gone("this link was used, or is too old; whoever runs your training sends you another", field="token")
