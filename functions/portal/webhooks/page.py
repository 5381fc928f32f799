"""Shows webhook subscriptions and what became of each delivery; makes, changes and removes them, and sends again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from functions.portal.shell import words
from functions.portal.shell.forms import day, refusals
from functions.portal.shell.frame import Notice
from functions.portal.shell.paging import following
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.subscriptions import subscriptions
from shared.kernel.errors import NotFound, Rejected
from shared.kernel.reading import validated
from shared.platform.edges.query import place_of

if TYPE_CHECKING:
    from shared.subscriptions.contract import DeliveryView, SubscriptionBody, SubscriptionView

TYPES = (
    ("skill.changed", "Skills", "A rating, status or confidence of a person changed."),
    ("discrepancy.changed", "Discrepancies", "Practice and field of a person began or ceased to disagree."),
    ("review.decided", "Reviews", "A person decided about an analyst’s scores."),
)
"""What can be subscribed to: the type, its name, what it tells."""
FIELDS = ("address", "description", "event_types", "since")
MARKS = {"delivered": "healthy", "failed": "failed", "waiting": "in_progress", "paused": "held", "withdrawn": "held"}
STATES = {
    "delivered": "Arrived",
    "failed": "Given up",
    "waiting": "On its way",
    "paused": "Kept back",
    "withdrawn": "Withdrawn: its call does not count any more",
}
ERRORS = {
    "timeout": "no answer in time",
    "unreachable": "cannot be reached",
    "tls": "its certificate does not hold",
    "address_refused": "leads to a network that webhooks may not reach",
}


@dataclass(frozen=True)
class OneWebhook:
    """A subscription with its deliveries. secret: shown this once"""

    subscription: SubscriptionView
    deliveries: Sequence[DeliveryView] = ()
    more: str | None = None
    secret: str | None = None
    entered: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    confirm: bool = False


def list_webhooks(on: Environment, visit: Visit, errors: Mapping[str, str] | None = None) -> PageOrRedirect:
    return present_list(subscriptions(on).own.list(visit.caller), visit.form, errors or {})


def subscribe(on: Environment, visit: Visit) -> PageOrRedirect:
    """Makes a subscription; the page that follows shows its secret, and no other ever does."""
    try:
        made = subscriptions(on).changing.subscribe(visit.caller, _body(visit.form))
    except Rejected as problem:
        return list_webhooks(on, visit, refusals(problem, FIELDS))
    return _one(on, visit, made.subscription_id, secret=made.secret)


def show_webhook(on: Environment, visit: Visit, subscription_id: str) -> PageOrRedirect:
    return _one(on, visit, subscription_id)


def change_webhook(on: Environment, visit: Visit, subscription_id: str) -> PageOrRedirect:
    """Changes what is entered; the buttons pause it, or let it go on."""

    def change() -> None:
        subscriptions(on).changing.change(visit.caller, subscription_id, _body(visit.form))

    return _done_or_refused(on, visit, subscription_id, change, "webhook")


def rotate_secret(on: Environment, visit: Visit, subscription_id: str) -> PageOrRedirect:
    made = subscriptions(on).changing.rotate(visit.caller, subscription_id)
    return _one(on, visit, subscription_id, secret=made.secret)


def remove_webhook(on: Environment, visit: Visit, subscription_id: str) -> PageOrRedirect:
    """Removes it, once that is confirmed."""
    if visit.form.get("confirmed") != "yes":
        return _one(on, visit, subscription_id, confirm=True)
    subscriptions(on).changing.remove(visit.caller, subscription_id)
    return Redirect("/webhooks?done=unsubscribed")


def send_test(on: Environment, visit: Visit, subscription_id: str) -> PageOrRedirect:
    subscriptions(on).replaying.test(visit.caller, subscription_id)
    return Redirect(f"/webhooks/{quote(subscription_id)}?done=tested")


def replay_since(on: Environment, visit: Visit, subscription_id: str) -> PageOrRedirect:
    """Sends again what has not arrived since a day."""
    errors: dict[str, str] = {}
    since = day(visit.form, "since", errors, required=True)
    if since is None:
        return _one(on, visit, subscription_id, errors=errors)
    told = subscriptions(on).replaying.replay_since(visit.caller, subscription_id, since)
    if not told.more:
        return Redirect(f"/webhooks/{quote(subscription_id)}?done=resent")
    said = Notice("On its way.", f"{told.replayed} are sent again, and there are more: ask again.", "attention")
    return _one(on, visit, subscription_id, said)


def replay_one(on: Environment, visit: Visit, subscription_id: str) -> PageOrRedirect:
    replayed = subscriptions(on).replaying.replay(visit.caller, visit.form.get("delivery_id", ""))
    return Redirect(f"/webhooks/{quote(replayed.subscription_id)}?done=resent")


def _one(
    on: Environment,
    visit: Visit,
    subscription_id: str,
    notice: Notice | None = None,
    *,
    secret: str | None = None,
    errors: Mapping[str, str] | None = None,
    confirm: bool = False,
) -> PageOrRedirect:
    known = subscriptions(on).own.show(visit.caller, subscription_id)
    page = subscriptions(on).replaying.page(visit.caller, subscription_id, after=place_of(visit))
    more = following(f"/webhooks/{quote(subscription_id)}", page.next)
    return present_one(OneWebhook(known, page.items, more, secret, visit.form, errors or {}, confirm), notice)


def present_list(items: Sequence[SubscriptionView], entered: Mapping[str, str], errors: Mapping[str, str]) -> Page:
    variables = {"items": items, "entered": entered, "errors": errors, "types": TYPES, "PAUSED": words.PAUSED}
    return Page("webhooks/webhooks.html", variables, "webhooks", status=422 if errors else 200)


def present_one(view: OneWebhook, notice: Notice | None = None) -> Page:
    one = view.subscription
    chosen = {str(event_type): "yes" for event_type in one.event_types}
    known = {"address": one.address, "description": one.description, **chosen}
    variables = {
        "view": view,
        "s": one,
        "entered": view.entered if "address" in view.errors or "event_types" in view.errors else known,
        "types": TYPES,
        "PAUSED": words.PAUSED,
        "STATES": STATES,
        "MARKS": MARKS,
        "outcome": outcome,
    }
    return Page("webhooks/webhook.html", variables, "webhooks", notice, status=422 if view.errors else 200)


def outcome(delivery: DeliveryView) -> str:
    """Says what its last attempt came to."""
    if not delivery.attempts:
        held = delivery.next_attempt_at is not None and delivery.next_attempt_at > delivery.created_at
        return "waits until the person’s calls are open" if held else "not tried yet"
    last = delivery.attempts[-1]
    said = f"answered {last.status}" if last.status is not None else ERRORS.get(last.error or "", "no answer")
    return f"{said}, {last.latency_ms:,} ms"


def _body(form: Mapping[str, str]) -> SubscriptionBody:
    from shared.subscriptions.contract import SubscriptionBody

    chosen = [name for name, _, _ in TYPES if form.get(name) == "yes"]
    if not chosen:
        raise Rejected("choose at least one", field="event_types")
    given = {name: form.get(name, "") for name in ("address", "description")}
    return validated(SubscriptionBody, {**given, "event_types": chosen, "state": form.get("state", "active")})


def _done_or_refused(
    on: Environment, visit: Visit, subscription_id: str, act: Callable[[], None], done: str
) -> PageOrRedirect:
    try:
        act()
    except NotFound:
        raise
    except Rejected as problem:
        return _one(on, visit, subscription_id, errors=refusals(problem, FIELDS))
    return Redirect(f"/webhooks/{quote(subscription_id)}?done={done}")
