"""Describes a standard as a feed claims it, before it is judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shared.frameworks.domain.standard import Option, Standard, StandardKind, StandardVersion
from shared.frameworks.domain.standard_defect import Defect

IN_FORCE = "Approved for delivery"
RETIRED = "Retired"
SETTLED = (IN_FORCE, RETIRED, "Withdrawn")
STATUSES = (*SETTLED, "Proposal in development", "In development")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Is one record of a feed.

    place:     in the file, from 0
    version:   as the file writes it; version_number: its second field of that name, which should say the same
    lars_code: "" where it is empty or absent
    published: the day of publication, None where there is none to read
    promises_options: `coreAndOptions`; options: as far as they can be read
    has_options: there are some, in whichever form
    standard:  None while something is missing that it cannot be without
    """

    place: int
    kind: StandardKind
    reference: str
    version: str
    version_number: str
    status: str
    title: str
    lars_code: str
    published: date | None
    promises_options: bool
    options: tuple[Option, ...]
    has_options: bool
    standard: Standard | None

    def defect(self, code: str, field: str, detail: str) -> Defect:
        """Returns a defect of this record."""
        return Defect(code, self.place, self.reference, self.version, field, detail)

    @property
    def number(self) -> StandardVersion | None:
        """Returns its version as numbers; None for one that is not major.minor."""
        return version_of(self.version)


def version_of(text: str) -> StandardVersion | None:
    """Returns a version written as major.minor; None for any other text."""
    major, point, minor = text.partition(".")
    if not (point and _number(major) and _number(minor)):
        return None
    return StandardVersion(int(major), int(minor))


def _number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4
