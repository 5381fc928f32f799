"""Asks whether the coach may write, and shows the answer with the text that it is about."""

from __future__ import annotations

from collections.abc import Callable

from shared.coaching.contract import CoachAgreementBody, CoachAgreementView, CoachText
from shared.coaching.domain.agreement_text import CURRENT, TEXTS
from shared.coaching.usecases.agree import Agree, Agreed
from shared.kernel.access import Caller
from shared.kernel.errors import Rejected
from shared.people.records import EmployeeRecords


class Agreement:
    """Shows and takes agreements, by any id that somebody has or had. connected: tells whether WhatsApp is"""

    def __init__(self, agree: Agree, employees: EmployeeRecords, *, connected: Callable[[], bool]) -> None:
        self._agree = agree
        self._employees = employees
        self._connected = connected

    def show(self, caller: Caller, employee_id: str) -> CoachAgreementView:
        """Returns what is in force. Raises Forbidden."""
        return self._shown(self._agree.shown(caller, self._employees.present_id(employee_id)))

    def take(self, caller: Caller, employee_id: str, body: CoachAgreementBody) -> CoachAgreementView:
        """Takes in what somebody answers to the text. Raises Forbidden, Rejected, Conflict."""
        employee_id = self._employees.present_id(employee_id)
        if not body.agreed:
            return self._shown(self._agree.withdraw(caller, employee_id))
        if body.version != CURRENT:
            raise Rejected(f"version: the text in force is {CURRENT}; show it again", field="version")
        if not body.phone:
            raise Rejected("phone: give the number with the country's code, such as +44 7700 900123", field="phone")
        return self._shown(self._agree.give(caller, employee_id, body.phone, body.version))

    def _shown(self, agreed: Agreed) -> CoachAgreementView:
        return CoachAgreementView(
            employee_id=agreed.employee_id,
            agreed=bool(agreed.phones),
            phones=list(agreed.phones),
            connected=self._connected(),
            text=CoachText(version=CURRENT, text=TEXTS[CURRENT]),
        )
