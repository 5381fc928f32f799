"""Every type of facts is published in the OpenAPI document, and asks for a permission of the API."""

from __future__ import annotations

from typing import get_args

from functions.skills_api.openapi import document
from shared.kernel.access import PERMISSIONS, SCOPES
from shared.subscriptions.contract import EVENTS
from shared.subscriptions.domain.event_type import NEEDED, TEST_EVENT, EventType


def test_every_type_is_published_with_its_body() -> None:
    assert set(document()["webhooks"]) == set(EVENTS) == {*get_args(EventType), TEST_EVENT}
    for name, sent in document()["webhooks"].items():
        reference = sent["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        body = document()["components"]["schemas"][reference.rsplit("/", 1)[1]]
        assert body["properties"]["type"]["const"] == name
        assert set(body["required"]) == {"type", "timestamp", "data"}


def test_every_type_needs_what_reading_it_needs() -> None:
    assert set(NEEDED) == set(get_args(EventType))
    assert set(NEEDED.values()) <= PERMISSIONS["administrator"]
    assert {name for name, needed in NEEDED.items() if needed in SCOPES["profiles.read"]} == {
        "skill.changed",
        "discrepancy.changed",
    }
    assert "webhooks.manage" not in SCOPES["events.write"]
