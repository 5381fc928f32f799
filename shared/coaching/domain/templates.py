"""Chooses how a message that the coach begins goes out, and what it is expected to cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from shared.coaching.domain.inbound import Category
from shared.coaching.domain.window import Template, is_open, may_send_template

MARGIN: Final = timedelta(minutes=30)
"""Of an open window: what waits in a queue must still arrive within it."""

Via = Literal["text", "template", "notice"]
"""text: freely, within the window; template: as WhatsApp has approved it; notice: by e-mail or to the own devices"""


@dataclass(frozen=True, slots=True)
class ShippedTemplate:
    """A template as it is to be approved. about: what is told in it; body: its words, `{{1}}` being the sentence"""

    about: str
    name: str
    language: str
    category: Category
    body: str
    button: str | None = None

    def charged_as(self, told: Category) -> Category:
        """Returns as what it is charged. told: what WhatsApp told last"""
        return self.category if told == "unknown" else told


@dataclass(frozen=True, slots=True)
class Templates:
    """Holds the templates by what is told in them, and what a message of each category is expected to cost."""

    currency: str
    prices: Mapping[Category, float]
    by_about: Mapping[str, ShippedTemplate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reach:
    """Says how one person may be written to now. connected: WhatsApp is"""

    connected: bool
    last_inbound_at: datetime | None
    stopped: bool
    marketing_stopped: bool


def via(reach: Reach, template: Template | None, now: datetime) -> Via:
    """Returns how a message goes to somebody. template: the one for it, as WhatsApp told last; None where none is"""
    if not reach.connected:
        return "notice"
    if not reach.stopped and is_open(reach.last_inbound_at, now + MARGIN):
        return "text"
    allowed = template is not None and may_send_template(
        template, stopped=reach.stopped, marketing_stopped=reach.marketing_stopped
    )
    return "template" if allowed else "notice"


def price_of(category: Category, prices: Mapping[Category, float]) -> float | None:
    """Returns what a message is expected to cost; None where nobody has said."""
    return 0.0 if category == "service" else prices.get(category)
