"""Defines what taxonomy gives out of several versions of a standard beside each other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from shared.frameworks.domain.standard_comparison import Change
from shared.platform.contract import Output
from shared.taxonomy.contract import ImportResult, StandardDefect, StandardHead, StandardSummary


class VersionedStandard(Output):
    """Holds all versions of one standard that are kept, the latest first. title, kind: of the latest

    in_force: the version on which learners start, None while there is none
    """

    reference: str
    title: str
    in_force: str | None
    versions: list[StandardSummary]


class VersionedStandards(Output):
    """Holds a page of standards. next: what the next page begins behind, None on the last"""

    standards: list[VersionedStandard]
    next: str | None


class ToldChange(Output):
    """One difference. before, after: null where it was not there, or is not any more"""

    what: str
    before: str | None
    after: str | None


class ComparedStandards(Output):
    """Tells what changed from one text of a standard to another. moved: codes, before and after, of the same words"""

    before: StandardHead
    after: StandardHead
    facts: list[ToldChange]
    statements: list[ToldChange]
    duties: list[ToldChange]
    moved: list[tuple[str, str]]


class ComparedPlans(Output):
    """Tells what two plans of a version say differently. before, after: their versions"""

    before: str
    after: str
    changes: list[ToldChange]


def told_changes(changes: Iterable[Change]) -> list[ToldChange]:
    """Returns differences as they are told."""
    return [ToldChange(what=one.what, before=one.before, after=one.after) for one in changes]


class FileLine(Output):
    """Says what comes of one record of a file. key: of the standard that it is, or is a plan of; revision: of its text,
    of a standard that comes in"""

    record: int
    key: str
    name: str
    title: str
    result: ImportResult
    revision: int | None
    statements: int | None


class JudgedFile(Output):
    """Says what comes of a file, record by record, with everything that is wrong."""

    kind: Literal["standards", "plans"]
    lines: list[FileLine]
    defects: list[StandardDefect]


class FrameworkOfStandard(Output):
    """Says by which framework people learn a standard. rules: how many it has; stages: which can be a milestone"""

    framework_id: str
    name: str
    standard: str
    rules: int
    stages: list[str]
