"""Defines what frameworks tells other functions: the messages of its topics and the payloads of its tasks."""

from __future__ import annotations

from datetime import datetime

from shared.kernel.messages import Fact


class PublishedCompetency(Fact):
    competency: str
    name: str
    category: str
    core: bool
    has_rule: bool


class FrameworkPublished(Fact):
    """A new version of a framework is in force."""

    framework_id: str
    version: int
    published_at: datetime
    competencies: list[PublishedCompetency]
