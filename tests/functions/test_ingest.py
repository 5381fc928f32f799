"""An event comes in over HTTP: accepted once, known when it comes again, named when it is wrong."""

from __future__ import annotations

from tests.functions.conftest import Deployed
from tests.harness.sent_events import role_play

PATH = "/api/v1/validation-events"


def test_an_event_is_accepted_once_and_known_afterwards(deployed: Deployed) -> None:
    statuses = [deployed.ask("ingest", "POST", PATH, role_play("e1")) for _ in range(2)]
    assert [status for status, _ in statuses] == [201, 200]
    assert [answer["duplicate"] for _, answer in statuses] == [False, True]
    assert [topic for topic, _ in deployed.calls.world.facts] == ["observation-recorded"] * 2


def test_who_is_calling_is_asked_before_anything_is_read(deployed: Deployed) -> None:
    assert deployed.ask("ingest", "POST", PATH, role_play("e1"), who=None)[0] == 401
    assert deployed.ask("ingest", "POST", PATH, role_play("e1"), who="stranger@example.com")[0] == 403


def test_a_wrong_event_names_its_field_and_is_kept(deployed: Deployed) -> None:
    status, answer = deployed.ask("ingest", "POST", PATH, role_play("e1") | {"overall_score": 900})
    assert (status, answer["errors"][0]["field"]) == (422, "overall_score")
    assert deployed.quarantined() == ["record_validation_event"]
