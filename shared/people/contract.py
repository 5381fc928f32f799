"""Describes what people takes in and gives out: the bodies and results of its routes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from pydantic import ConfigDict, Field

from shared.kernel.access import Role
from shared.kernel.bodies import Body, Country, Day, DocumentName, EmployeeId, Word, Zone
from shared.kernel.ids import DEFAULT_FRAMEWORK
from shared.platform.contract import Output, Page


class EmployeeView(Output):
    employee_id: str
    name: str
    role: str
    manager: str | None
    hire_date: date | None
    framework_id: str
    mentor: str | None
    zone: str | None
    country: str | None
    active: bool


class EmployeeList(Page):
    employees: list[EmployeeView]


class EmployeeBody(Body):
    """An employee's record."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    name: Word
    role: Role = "employee"
    manager: EmployeeId | None = None
    hire_date: Day | None = None
    framework_id: DocumentName = DEFAULT_FRAMEWORK
    mentor: EmployeeId | None = None
    zone: Zone | None = Field(
        None, description="Where the person works, such as Europe/London; null: the organisation’s"
    )
    country: Country | None = Field(
        None,
        description="Whose public holidays are theirs, such as GB, or GB-SCT with a region; null: the organisation’s",
    )
    active: bool = True
    employee_id: EmployeeId | None = Field(None, description="May repeat the path's; nothing else")


class JobTitle(Output):
    title: str
    role: Role


class JobTitleList(Output):
    """Lists what the column `role` of an import may say, besides the roles’ own names."""

    titles: list[JobTitle]
    roles: list[Role]


Result = Literal["created", "updated", "unchanged", "recorded", "duplicate", "rejected"]


class ImportLine(Output):
    line: int = Field(description="In the file, the header being line 1")
    employee_id: str | None
    result: Result
    detail: str | None = Field(None, description="Why it was rejected, or what to look at although it is in")


class ImportAnswer(Output):
    """Reports what an import did, line by line. Good lines are in; rejected ones can be corrected and sent again."""

    created: int
    updated: int
    unchanged: int
    rejected: int
    lines: list[ImportLine]


def summary(lines: Sequence[ImportLine]) -> ImportAnswer:
    """Counts the lines of a report."""

    def count(*results: Result) -> int:
        return sum(line.result in results for line in lines)

    return ImportAnswer(
        created=count("created", "recorded"),
        updated=count("updated"),
        unchanged=count("unchanged", "duplicate"),
        rejected=count("rejected"),
        lines=list(lines),
    )
