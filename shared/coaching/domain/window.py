"""Knows when the coach may write freely, and what it pays where it may not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.coaching.domain.inbound import Category

WINDOW: Final = timedelta(hours=24)
"""Since somebody's last message; then WhatsApp takes an approved template alone (131047)."""
SPARE: Final = timedelta(minutes=1)
"""What is sent on the last second may arrive after it."""


def is_open(last_inbound_at: datetime | None, now: datetime) -> bool:
    """Tells whether free text reaches somebody."""
    return last_inbound_at is not None and now < last_inbound_at + WINDOW - SPARE


@dataclass(frozen=True, slots=True)
class Template:
    """A message that WhatsApp has approved. usable: approved, and neither paused nor disabled"""

    name: str
    language: str
    category: Category
    usable: bool = True


def may_send_template(template: Template, *, stopped: bool, marketing_stopped: bool) -> bool:
    """Tells whether a template may go to somebody: who said STOP gets none, who wants no marketing none of that."""
    if stopped or not template.usable:
        return False
    return not (marketing_stopped and template.category == "marketing")


def price_effect(before: Category, after: Category, prices: Mapping[Category, float]) -> float | None:
    """Returns by how many times a template's price has changed; None where a price is not known, or was nothing."""
    old, new = prices.get(before), prices.get(after)
    return None if not old or new is None else new / old
