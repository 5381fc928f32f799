"""What a CRM's middleware tells of a deal in words and times of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.local.environment import EmbeddedEnvironment
from infra.wiring.environment import configure
from shared.ports.documents import Query
from tests.api.conftest import Loaded, _api
from tests.enablement.deals import CRM, acme, outcome
from tests.enablement.test_deal_assignments import assigned, assignments, told
from tests.harness.api_client import DANA, JOE, NOW, SARAH, ApiClient
from tests.harness.platform import Platform

SHORT, WHOLE = "0061Q00000mkU1f", "0061Q00000mkU1fQAE"


@pytest.fixture
def tokyo(tmp_path: Path, loaded: Loaded) -> Iterator[ApiClient]:
    """An organisation whose day is ahead of UTC's."""
    made = _api(tmp_path / "tokyo", loaded)
    made.platform = Platform(configure(EmbeddedEnvironment(made.parts, {"AUGMENT_WORK_ZONE": "Asia/Tokyo"})))
    yield made
    made.close()


@pytest.mark.parametrize("at", ["9999-12-31T20:00:00Z", "9999-12-31T23:00:00-00:30", "0001-01-01T01:00:00Z"])
def test_a_meeting_that_has_no_day_where_somebody_is_is_refused(tokyo: ApiClient, at: str) -> None:
    answer = tokyo.post("deal-assignments", acme(next_meeting__date=at), who=CRM)
    assert (answer.status, answer.fields) == (422, ["next_meeting.date"]), answer


@pytest.mark.parametrize(("path", "body"), [("deal-assignments", acme), ("deal-outcomes", outcome)])
def test_a_crms_time_that_is_yet_to_come_is_refused_and_hides_nothing_told_later(
    api: ApiClient, path: str, body: Any
) -> None:
    early = api.post(path, body(told_at="2026-02-12T12:06:00Z"), who=CRM)
    assert (early.status, early.json["errors"][0]["field"]) == (422, "told_at"), early
    assert "in the future" in early.json["detail"]
    assert not api.parts.documents.query(Query("deal_records"))
    assert api.post(path, body(told_at="2026-02-12T12:04:00Z"), who=CRM).status == 201, "clocks are apart"
    assert api.post(path, body(deal_id="other", told_at=NOW.isoformat()), who=CRM).status == 201


def test_an_id_of_15_characters_is_the_deal_of_18(api: ApiClient) -> None:
    first = assigned(api, deal_id=WHOLE)
    again = api.post("deal-assignments", acme(deal_id=SHORT), who=CRM)
    assert (again.status, again.json) == (200, {**first, "duplicate": True})
    assert len(assignments(api)) == 1
    assert api.get(f"deals/{SHORT}/skill-snapshot", who=JOE).json["deal_id"] == WHOLE
    lost = api.post("deal-outcomes", outcome(deal_id=SHORT, stage="closed_lost"), who=CRM)
    assert (lost.json["deal_id"], lost.json["closed"]) == (WHOLE, "lost")


@pytest.mark.parametrize("stage", ["Closed Lost", "closed-lost", "CLOSED_LOST"])
def test_a_stage_that_closes_does_so_however_it_is_written(api: ApiClient, stage: str) -> None:
    assigned(api)
    answer = api.post("deal-outcomes", outcome(stage=stage), who=CRM)
    api.deliver()
    assert answer.json["closed"] == "lost"
    assert [(one["state"], one["because"]) for one in assignments(api)] == [("cancelled", "deal_closed")]
    contradiction = api.post("deal-outcomes", outcome(stage=stage, closed_won=True), who=CRM)
    assert (contradiction.status, contradiction.json["errors"][0]["field"]) == (422, "closed_won")


@pytest.mark.parametrize("stage", ["closed_won", "Closed Lost"])
def test_who_is_named_for_a_deal_in_a_stage_that_closes_it_has_nothing_to_prepare(api: ApiClient, stage: str) -> None:
    """A middleware tells of a new owner, or again, also when the deal is over."""
    assigned(api)
    api.post("deal-outcomes", outcome(stage="closed_won", closed_won=True), who=CRM)
    before = len(told(api, DANA, "deal.at_risk"))
    answer = assigned(api, opportunity__stage=stage)
    assert (answer["assignments"], answer["manager_notification"]["notify"]) == ([], False)
    assert [(one["state"], one["because"]) for one in assignments(api)] == [("cancelled", "deal_closed")]
    assert len(told(api, DANA, "deal.at_risk")) == before
    assert api.get("team/deals-at-risk", who=DANA).json["items"] == []
    again = api.post("deal-assignments", acme(opportunity__stage=stage), who=CRM)
    assert (again.status, again.json["duplicate"]) == (200, True)
    assert assigned(api)["assignments"], "told in an open stage somebody works on it again"


def all_done(api: ApiClient) -> None:
    """Joe does all that he has to do."""
    for one in assignments(api):
        for do in one["activities"]:
            path = f"assignments/{one['assignment_id']}/completions"
            assert api.post(path, {"content_id": do["content_id"]}, who=JOE).status in (200, 201)


LATER = (NOW + timedelta(days=60)).isoformat()


@pytest.mark.parametrize("between", [{"next_meeting": None}, {"employee_id": SARAH, "next_meeting__date": LATER}])
def test_the_next_meeting_begins_anew_whatever_is_told_in_between(api: ApiClient, between: dict[str, Any]) -> None:
    """A meeting that was held is no meeting any more, or the deal is another's for a while."""
    assigned(api)
    all_done(api)
    api.clock.move(days=40)
    assigned(api, **between)
    (planned,) = assigned(api, next_meeting__date=LATER)["assignments"]
    kept = assignments(api)
    assert [(one["assignment_id"] == planned["assignment_id"], one["state"]) for one in kept] == [
        (True, "open"),
        (False, "done"),
    ]
    assert [one["done_at"] for one in kept[0]["activities"]] == [None] * len(planned["activities"])


def test_a_meeting_that_is_called_off_and_set_again_is_the_same_preparation(api: ApiClient) -> None:
    (first,) = assigned(api)["assignments"]
    all_done(api)
    assigned(api, next_meeting=None)
    api.clock.move(days=40)
    assert [one["assignment_id"] for one in assigned(api, next_meeting__date=LATER)["assignments"]] == [
        first["assignment_id"]
    ]
    assert [one["state"] for one in assignments(api)] == ["done"]


def test_a_deal_that_is_open_again_is_prepared_as_before(api: ApiClient) -> None:
    first = assigned(api)["assignments"]
    same = {"opportunity_name": "Acme Health - Platform Expansion", "stage": "discovery", "product_lines": []}
    api.post("deal-outcomes", outcome(**same, closed_won=True), who=CRM)
    api.deliver()
    assert [one["state"] for one in assignments(api)] == ["cancelled"]
    api.post("deal-outcomes", outcome(**same), who=CRM)
    again = assigned(api)
    assert [one["assignment_id"] for one in again["assignments"]] == [one["assignment_id"] for one in first]
    assert [one["state"] for one in assignments(api)] == ["open"]
