"""Subscriptions over the API: who has which, what is shown of them, and when a secret is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.subscriptions.records import SubscriptionRecords
from tests.harness.api_client import ADA, ADMINISTRATION, INTEGRATION, ApiClient

PATH = "webhook-subscriptions"


def body(**changes: Any) -> dict[str, Any]:
    return {"address": "https://hooks.example.com/skills", "event_types": ["skill.changed"], **changes}


def subscribed(api: ApiClient, who: str = INTEGRATION, **changes: Any) -> dict[str, Any]:
    answer = api.post(PATH, body(**changes), who=who)
    assert answer.status == 201, answer
    made: dict[str, Any] = answer.json
    assert answer.headers["Location"] == f"/api/v1/{PATH}/{made['subscription_id']}"
    return made


def test_the_secret_is_shown_once(api: ApiClient) -> None:
    made = subscribed(api)
    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    shown = api.get(f"{PATH}/{made['subscription_id']}", who=INTEGRATION)
    assert shown.json == made
    assert secret not in shown.raw.decode()
    assert secret not in api.get(PATH, who=INTEGRATION).raw.decode()


def test_an_integration_has_its_own_and_an_administrator_all(api: ApiClient) -> None:
    own, others = subscribed(api)["subscription_id"], subscribed(api, ADA)["subscription_id"]

    def listed(who: str) -> list[str]:
        return [one["subscription_id"] for one in api.get(PATH, who=who).json["subscriptions"]]

    assert listed(INTEGRATION) == [own]
    assert set(listed(ADA)) == set(listed(ADMINISTRATION)) == {own, others}
    for answer in (
        api.get(f"{PATH}/{others}", who=INTEGRATION),
        api.put(f"{PATH}/{others}", body(), who=INTEGRATION),
        api.delete(f"{PATH}/{others}", who=INTEGRATION),
        api.post(f"{PATH}/{others}/secret", who=INTEGRATION),
    ):
        assert answer.status == 404
    assert api.delete(f"{PATH}/{own}", who=ADA).status == 200
    assert listed(INTEGRATION) == []


def test_what_the_api_would_not_show_cannot_be_subscribed_to(api: ApiClient) -> None:
    refused = api.post(PATH, body(event_types=["review.decided"]), who=INTEGRATION)
    assert (refused.status, refused.fields) == (403, ["event_types"])
    assert subscribed(api, ADA, event_types=["review.decided"])["event_types"] == ["review.decided"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"address": "http://hooks.example.com/"}, "address"),
        ({"address": "https://169.254.169.254/"}, "address"),
        ({"address": "http://127.0.0.1:8000/"}, "address"),
        ({"event_types": []}, "event_types"),
        ({"event_types": ["everything"]}, "event_types.0"),
        ({"state": "asleep"}, "state"),
    ],
)
def test_what_cannot_be_subscribed_is_refused_by_its_field(api: ApiClient, change: dict[str, Any], field: str) -> None:
    known = subscribed(api)["subscription_id"]
    for answer in (
        api.post(PATH, body(**change), who=INTEGRATION),
        api.put(f"{PATH}/{known}", body(**change), who=INTEGRATION),
    ):
        assert (answer.status, answer.fields) == (422, [field])
    assert len(api.get(PATH, who=INTEGRATION).json["subscriptions"]) == 1


def test_a_subscription_is_paused_and_goes_on(api: ApiClient) -> None:
    path = f"{PATH}/{subscribed(api)['subscription_id']}"
    paused = api.put(path, body(state="paused", description="For the night"), who=INTEGRATION).json
    assert (paused["state"], paused["paused_because"], paused["description"]) == ("paused", "asked", "For the night")
    active = api.put(path, body(), who=INTEGRATION).json
    assert (active["state"], active["paused_because"]) == ("active", None)


def test_the_secret_before_signs_for_a_day_more(api: ApiClient) -> None:
    made = subscribed(api)
    records = SubscriptionRecords(api.parts.integrations)

    def signing() -> list[str]:
        kept = records.get(made["subscription_id"])
        assert kept is not None
        return kept.signing(api.clock.now())

    assert signing() == [made["secret"]]
    rotated = api.post(f"{PATH}/{made['subscription_id']}/secret", who=INTEGRATION).json
    assert signing() == [rotated["secret"], made["secret"]]
    assert rotated["earlier_until"] == (api.clock.now() + timedelta(hours=24)).isoformat().replace("+00:00", "Z")
    api.clock.move(hours=24)
    assert signing() == [rotated["secret"]]


def test_one_owner_has_at_most_twenty(api: ApiClient) -> None:
    for _ in range(20):
        subscribed(api)
    assert api.post(PATH, body(), who=INTEGRATION).status == 422
    assert api.post(PATH, body(), who=ADA).status == 201


def test_every_act_is_on_record(api: ApiClient) -> None:
    subscription_id = subscribed(api)["subscription_id"]
    path = f"{PATH}/{subscription_id}"
    api.put(path, body(), who=INTEGRATION)
    api.post(f"{path}/secret", who=INTEGRATION)
    api.delete(path, who=INTEGRATION)
    found = api.get("audit", subject=subscription_id).json["items"]
    assert {item["action"] for item in found} == {
        "webhook.subscribed", "webhook.changed", "webhook.secret_rotated", "webhook.removed"
    }  # fmt: skip
    assert {item["actor"] for item in found} == {INTEGRATION}
