"""Describes what platform tells other functions: the messages of its topics and the payloads of its tasks."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from shared.kernel.messages import Fact


class PageViewed(Fact):
    """A person opened a page of the portal: weekly active use is counted from this."""

    view_id: str
    employee_id: str
    role: str
    page: str = Field(description="The page's name, never its address: readiness, profile, team …")
    viewed_at: datetime


class AuditRecorded(Fact):
    """Someone saw an individual's data, or changed how the platform works."""

    audit_id: str
    actor: str
    actor_role: str
    action: str = Field(description="profile.viewed, rule.published, dead_letter.replayed …")
    subject: str | None = Field(None, description="The employee, skill, letter … concerned")
    detail: str | None = None
    at: datetime
