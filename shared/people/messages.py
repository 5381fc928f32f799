"""Describes what people tells other functions: the messages of its topics and the payloads of its tasks."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from shared.kernel.messages import Fact


class EmployeeChanged(Fact):
    """An employee's record was created or changed; the whole record as it stands, without the name."""

    employee_id: str
    framework_id: str
    role: str
    manager_id: str | None = None
    hire_date: date | None = None
    active: bool = True
    changed_at: datetime


class DirectoryTask(BaseModel):
    """One page of comparing records with the company's directory. run: the night's; following: as the directory says"""

    model_config = ConfigDict(defer_build=True, extra="ignore")

    run: str
    part: int
    following: str | None = None
