"""Shows what became of what was sent: to each person their own, to administrators everybody's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.portal.shell.paging import following
from functions.portal.shell.visit import Page, PageOrRedirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.notifications import notifications
from shared.notifications.domain.channels import RULES
from shared.notifications.domain.telling import CHANNEL_NAMES
from shared.platform.edges.query import place_of

if TYPE_CHECKING:
    from shared.notifications.contract import NotificationDelivery

SHOWN = 50
STATES = {
    "waiting": ("in_progress", "On its way"),
    "gathered": ("in_progress", "Waits for the daily summary"),
    "sending": ("in_progress", "Being sent"),
    "delivered": ("healthy", "Sent"),
    "unknown": ("weak", "Not known whether it arrived"),
    "failed": ("failed", "Not sent"),
    "withdrawn": ("not_started", "Not sent"),
    "summarised": ("healthy", "In the daily summary"),
}
"""By state: the mark, and what it means."""
WHY = {
    "off": "switched off meanwhile",
    "paused": "the channel does not reach the person",
    "left": "the person is not here any more",
    "read": "everything in it had been read",
    "nothing": "what it told of is gone",
    "address": "there is no such address",
    "refused": "the other side does not take it",
    "given_up": "every attempt has failed",
    "interrupted": "the connection ended before there was an answer",
}


@dataclass(frozen=True)
class Sent:
    """everybody: to administrators, who see whose each is"""

    items: Sequence[NotificationDelivery]
    everybody: bool
    more: str | None = None


def list_own(on: Environment, visit: Visit) -> PageOrRedirect:
    own = visit.caller.employee_id or ""
    found = notifications(on).history.of(visit.caller, own, limit=SHOWN, after=place_of(visit))
    return present(Sent(found.items, False, following("/notifications/deliveries", found.next)))


def list_all(on: Environment, visit: Visit) -> PageOrRedirect:
    found = notifications(on).history.all(visit.caller, limit=SHOWN, after=place_of(visit))
    return present(Sent(found.items, True, following("/notification-deliveries", found.next)))


def present(sent: Sent) -> Page:
    variables = {"view": sent, "STATES": STATES, "WHY": WHY, "NAMES": CHANNEL_NAMES, "RULES": RULES}
    place = "notification_deliveries" if sent.everybody else "notifications"
    return Page("notification_deliveries/notification_deliveries.html", variables, place)
