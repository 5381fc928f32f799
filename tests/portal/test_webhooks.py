"""Webhook subscriptions, through the pages."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from shared.subscriptions.records import DeliveryRecords, SubscriptionRecords
from tests.harness.browser import Person, words
from tests.portal.conftest import House

FORM = {"address": "https://hooks.example.com/skills", "description": "A mirror", "skill.changed": "yes"}


@pytest.fixture
def administrator(own: House) -> Person:
    person = own.visit("administrator")
    person.get("/webhooks")
    return person


def subscribed(administrator: Person) -> tuple[str, str]:
    """The address of a new subscription's page, and its secret."""
    shown = administrator.post("/webhooks", FORM).get_data(as_text=True)
    address, secret = re.search(r'action="(/webhooks/[^"/]+)"', shown), re.search(r"whsec_[\w+/=]+", shown)
    assert address, shown
    assert secret, shown
    return address[1], secret[0]


def test_the_secret_is_shown_once_and_a_new_one_beside_it(administrator: Person) -> None:
    page, secret = subscribed(administrator)
    assert "whsec_" not in administrator.get(page).get_data(as_text=True)
    rotated = administrator.post(f"{page}/secret", {})
    assert "whsec_" in words(rotated)
    assert secret not in words(rotated)
    assert "The secret before signs for a day more." in words(rotated)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"address": "http://hooks.example.com/"}, "It must be an https address"),
        ({"address": "https://10.0.0.1/"}, "on no private or local network"),
        ({"skill.changed": ""}, "Choose at least one."),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field(
    administrator: Person, change: dict[str, str], said: str
) -> None:
    page, _ = subscribed(administrator)
    for address in ("/webhooks", page):
        response = administrator.post(address, {**FORM, **change})
        assert response.status_code == 422
        assert said in words(response)


def test_it_is_paused_goes_on_and_is_removed(own: House, administrator: Person) -> None:
    page, _ = subscribed(administrator)
    assert administrator.post(page, {**FORM, "state": "paused"}).status_code == 303
    assert "Paused: paused by a person." in words(administrator.get(page))
    assert administrator.post(page, {**FORM, "state": "active"}).status_code == 303
    assert "Paused" not in words(administrator.get(page))
    assert "Remove it for good?" in words(administrator.post(f"{page}/remove", {}))
    assert administrator.get(page).status_code == 200
    administrator.post(f"{page}/remove", {"confirmed": "yes"})
    assert administrator.get(page).status_code == 404


def test_a_test_shows_among_the_deliveries_and_what_did_not_arrive_is_sent_again(
    own: House, administrator: Person
) -> None:
    page, _ = subscribed(administrator)
    kept = DeliveryRecords(own.parts.integrations)
    assert administrator.post(f"{page}/test", {}).status_code == 303
    (sent,) = kept.page(page.rsplit("/", 1)[1], own.parts.clock.now() - timedelta(hours=1), limit=9).items
    shown = words(administrator.get(page))
    assert "On its way webhook.test" in shown
    assert "not tried yet" in shown
    later = sent.created_at + timedelta(hours=24)
    kept.change(sent.delivery_id, lambda one: one.changed(due_at=later))
    assert "waits until the person’s calls are open" in words(administrator.get(page))

    def state() -> tuple[str, int]:
        found = kept.get(sent.delivery_id)
        assert found
        return found.state, found.asked

    kept.change(sent.delivery_id, lambda one: one.changed(state="failed", tries=9, attempts_made=9))
    assert "Given up webhook.test" in words(administrator.get(page))
    assert administrator.post(f"{page}/replay", {"since": "tomorrow"}).status_code == 422
    today = own.parts.clock.now().date().isoformat()
    assert administrator.post(f"{page}/replay", {"since": today}).status_code == 303
    assert state() == ("waiting", 1)
    assert administrator.post(f"{page}/delivery", {"delivery_id": sent.delivery_id}).status_code == 303
    assert state() == ("waiting", 2)


def test_a_paused_one_is_told_to_its_owner(own: House, administrator: Person) -> None:
    page, _ = subscribed(administrator)
    records = SubscriptionRecords(own.parts.integrations)
    known = records.get(page.rsplit("/", 1)[1])
    assert known
    facts = {"subscription_id": known.subscription_id, "because": "gone"}
    own.platform.notifications.tell(known.owner, "webhook.paused", facts, once="1")
    shown = words(administrator.get("/notifications"))
    assert "A webhook of yours was paused" in shown
    assert "its receiver wants nothing more (410)" in shown
