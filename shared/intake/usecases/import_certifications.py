"""Imports certifications from CSV as certification exams, with a report line by line."""

from __future__ import annotations

from shared.intake.usecases.accept_event import AcceptEvent
from shared.intake.wire.certification_file import OPTIONAL, REQUIRED, exam, in_words_of_the_file
from shared.kernel.access import Caller, require
from shared.kernel.csv_file import Row, rows
from shared.kernel.errors import Rejected
from shared.observations.contract import ValidationEvent
from shared.observations.usecases.interpret import sent
from shared.people.contract import ImportAnswer, ImportLine, summary
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit


class ImportCertifications:
    """Takes in files of certifications."""

    def __init__(self, events: AcceptEvent, audit: Audit) -> None:
        self._events = events
        self._audit = audit

    def from_csv(self, caller: Caller, content: bytes) -> ImportAnswer:
        """Imports a file (email, certification, competency, score, date; optionally what the certification was about).

        Every line stands for itself. Raises Forbidden, Malformed, Rejected (the file as a whole), Retryable.
        """
        require(caller, "people.write")
        found = rows(content, REQUIRED, OPTIONAL)
        answer = summary([self._line(caller, row) for row in found])
        self._audit.record(caller, AuditAction.CERTIFICATIONS_IMPORTED, detail=f"{len(found)} lines")
        return answer

    def _line(self, caller: Caller, row: Row) -> ImportLine:
        email = row.person
        try:
            recorded = self._events.one(sent(ValidationEvent, exam(row, self._events.number_of)), caller)
        except Rejected as error:
            return ImportLine(
                line=row.number, employee_id=email or None, result="rejected", detail=in_words_of_the_file(error)
            )
        return ImportLine(
            line=row.number,
            employee_id=email,
            result="duplicate" if recorded.status == 200 else "recorded",
            detail="held: the competency is unknown" if recorded.holds_back else None,
        )
