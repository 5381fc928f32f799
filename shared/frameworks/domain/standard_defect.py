"""Says what is wrong with a standard as a feed has it.

The codes E, S and W1 are those of the Department's own importer (SkillsFundingAgency/das-courses-api, MIT), so that one
can look them up; P and W2 are ours. An E stops the Department's whole import; here it refuses the standard that it is
about, since a stranger's mistake is no reason to keep one's own apprentices waiting.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Says what follows: the standard stays out with all its versions, or comes in with a warning."""

    REFUSED = "refused"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Defect:
    """Is one thing that is wrong.

    place:     of the record in the file, from 0; None where it is about several
    reference: of the standard, as the file writes it; version likewise
    field:     a dotted path in the record ("knowledges.0.detail"), or ""
    detail:    what was found, and what is accepted
    """

    code: str
    place: int | None
    reference: str
    version: str
    field: str
    detail: str

    @property
    def severity(self) -> Severity:
        return Severity.WARNING if self.code.startswith("W") else Severity.REFUSED

    def __str__(self) -> str:
        where = "file" if self.place is None else f"record {self.place + 1}"
        name = " ".join(part for part in (self.reference, self.version) if part)
        field = f" {self.field}:" if self.field else ""
        return f"{where}{f' ({name})' if name else ''}: {self.code}{field} {self.detail}"
