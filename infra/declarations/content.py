"""Reads content.toml: what can be assigned before a meeting, besides a framework's scenarios."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from shared.enablement.domain.content import ContentItem
from shared.kernel.context import context_of


@cache
def shipped_content() -> tuple[ContentItem, ...]:
    """Returns the items in their order. Raises KeyError for one that lacks a field."""
    found = tomllib.loads(Path(__file__).with_name("content.toml").read_text("utf-8"))
    return tuple(
        ContentItem(
            content_id=one["content_id"],
            title=one["title"],
            activity_type=one["activity_type"],
            minutes=one["minutes"],
            competencies=tuple(one["competencies"]),
            context=context_of(one.get("context")),
            url=one["url"],
            safety=one.get("safety", False),
        )
        for one in found["item"]
    )
