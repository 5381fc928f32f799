"""Reads who employs whom, and who agreed, from the enrolments: the port `Apprentices` of evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from infra.wiring.environment import Environment
from infra.wiring.ports.documents import documents

if TYPE_CHECKING:
    from shared.learning.enrolment_records import EnrolmentRecords


class EnrolledApprentices:
    """The port on the enrolments."""

    def __init__(self, enrolments: EnrolmentRecords) -> None:
        self._enrolments = enrolments

    def employer_of(self, employee_id: str) -> str | None:
        found = self._enrolments.get(employee_id)
        return None if found is None else found.employer_id

    def may_keep(self, employee_id: str) -> bool:
        from shared.learning.enrolment_records import may_keep

        return may_keep(self._enrolments.get(employee_id))

    def of(self, employer_id: str, most: int) -> Sequence[str]:
        return sorted(one.employee_id for one in self._enrolments.of_employer(employer_id, most))


def apprentices(on: Environment) -> EnrolledApprentices:
    """Returns who employs whom."""
    from shared.learning.enrolment_records import EnrolmentRecords

    return EnrolledApprentices(EnrolmentRecords(documents(on)))
