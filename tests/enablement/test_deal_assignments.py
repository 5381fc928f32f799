"""A deal becomes somebody's: what follows from it, told over HTTP and carried out by `jit_trigger`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from infra.local.environment import EmbeddedEnvironment
from infra.wiring.environment import configure
from shared.enablement.messages import DealChanged
from shared.ports.documents import Query
from shared.ports.messages import Message
from tests.api.conftest import Loaded, _api
from tests.enablement.deals import CRM, acme, outcome
from tests.harness.api_client import ADA, CRO, DANA, JOE, NOW, PRIYA, SARAH, ApiClient, call_seen
from tests.harness.platform import Platform

GOOD_IN_GENERAL = tuple(
    call_seen(number, score=85, context={"industry": "technology"})
    | {
        "competency_scores": [
            {"competency": name, "score": 85, "evidence": "Asked what it costs"}
            for name in ("discovery", "listening", "objection_handling", "technical_architecture", "product_knowledge")
        ]
    }
    for number in range(4)
)


@pytest.fixture
def joe(api: ApiClient) -> ApiClient:
    """Joe is good at it, and was never seen in healthcare."""
    api.record(*GOOD_IN_GENERAL)
    api.deliver()
    return api


@pytest.fixture
def every_day(tmp_path: Path, loaded: Loaded) -> Iterator[ApiClient]:
    """An organisation that works on weekends, too."""
    made = _api(tmp_path / "every_day", loaded)
    made.platform = Platform(configure(EmbeddedEnvironment(made.parts, {"AUGMENT_WORK_WEEKENDS": "yes"})))
    yield made
    made.close()


def assigned(api: ApiClient, **changes: Any) -> Any:
    """Tells of the deal, and lets the platform work. Returns the answer."""
    answer = api.post("deal-assignments", acme(**changes), who=CRM)
    assert answer.status in (200, 201), answer
    api.deliver()
    return answer.json


def assignments(api: ApiClient, employee: str = JOE) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = api.get(f"employees/{employee}/assignments", who=employee).json["items"]
    return items


def told(api: ApiClient, employee: str, kind: str) -> list[dict[str, Any]]:
    """What somebody was told of a kind, the newest first."""
    answer = api.get(f"employees/{employee}/notifications", who=employee).json
    return [one for one in answer["items"] if one["kind"] == kind]


def test_it_is_due_where_the_person_is_and_by_the_holidays_there(joe: ApiClient) -> None:
    read = joe.get(f"employees/{JOE}", who=ADA).json
    there = {**read, "zone": "America/Los_Angeles", "country": "US"}
    assert joe.put(f"employees/{JOE}", there, who=ADA).status == 200
    # The 16th of February 2026 is a holiday of the United States: before the 17th the Friday is the last working day.
    meeting = {"date": "2026-02-17T17:00:00Z", "type": "technical_discussion"}
    (assignment,) = assigned(joe, next_meeting=meeting)["assignments"]
    assert assignment["due_date"] == "2026-02-14T01:00:00Z"


def test_the_specifications_example(joe: ApiClient) -> None:
    answer = assigned(joe)
    (assignment,) = answer["assignments"]
    assert assignment["trigger_reason"] == "upcoming_healthcare_meeting_acme_health"
    assert (assignment["assignment_type"], assignment["priority"]) == ("auto_triggered", "high")
    # 15 February is a Sunday: the last working day before it is Friday the 13th.
    assert assignment["due_date"] == "2026-02-13T17:00:00Z"
    assert [(one["content_id"], one["activity_type"]) for one in assignment["activities"]] == [
        ("healthcare-discovery-primer", "podcast"),
        ("healthcare-call-with-notes", "call_recording"),
        ("hipaa-battlecard", "battlecard"),
    ]
    assert assignment["activities"][0]["content_title"] == "Healthcare Discovery in 15 Minutes"
    assert assignment["activities"][0]["estimated_duration"] == "15min"
    assert assignment["activities"][0]["reason"] == "No healthcare discovery experience detected"
    risk = answer["risk_assessment"]
    assert risk["overall_risk"] == "medium"
    factors = {one["factor"]: one["severity"] for one in risk["factors"]}
    assert factors["No healthcare experience"] == "high"
    assert factors["Strong general discovery skills (85)"] == "mitigating"
    assert factors["3 days to prepare"] == "sufficient"
    assert risk["recommendations"] == [
        "Consider pairing Joe with healthcare-experienced SE for first call",
        "Schedule 30min prep session with manager",
    ]
    assert answer["manager_notification"] == {
        "notify": True,
        "message": "Joe assigned to $500K healthcare deal with limited context experience. JIT enablement triggered. "
        "Review risk assessment.",
    }
    # Everything stands in from the general skill, 15 points lower.
    assert (answer["readiness_score"], answer["skills_known"], answer["skills_required"]) == (70, 5, 5)
    assert answer["interval_low"] < 70 < answer["interval_high"]


def test_where_weekends_are_working_days_it_is_due_on_the_saturday(every_day: ApiClient) -> None:
    (assignment,) = assigned(every_day)["assignments"]
    assert assignment["due_date"] == "2026-02-14T17:00:00Z"


def test_the_answer_is_what_is_then_carried_out(joe: ApiClient) -> None:
    answer = assigned(joe)
    assert assignments(joe) == answer["assignments"]
    snapshot = joe.get("deals/opp_sfdc_12345/skill-snapshot", who=DANA).json
    assert snapshot["snapshot_id"] == answer["snapshot_id"]
    assert snapshot["overall_readiness_score"] == answer["readiness_score"]
    assert {(one["competency"], one["severity"]) for one in snapshot["gaps_identified"]} == {
        (name, "high")
        for name in ("discovery", "listening", "objection_handling", "technical_architecture", "product_knowledge")
    }
    (own,), (managers,) = told(joe, JOE, "preparation.assigned"), told(joe, DANA, "deal.at_risk")
    assert own["facts"]["account"] == "Acme Health"
    assert managers["facts"] == {"deal_id": "opp_sfdc_12345", "to": JOE, "account": "Acme Health", "risk": "medium"}


def test_the_snapshot_is_of_the_day_on_which_the_deal_became_somebodys(joe: ApiClient) -> None:
    before = assigned(joe)
    joe.record(*(call_seen(number, score=95) for number in range(20, 30)))
    joe.deliver()
    after = assigned(joe, opportunity__stage="demo")
    assert after["readiness_score"] != before["readiness_score"]
    kept = joe.get("deals/opp_sfdc_12345/skill-snapshot", who=JOE).json
    assert kept["overall_readiness_score"] == before["readiness_score"]


def test_nothing_is_assigned_to_whom_the_field_has_shown(joe: ApiClient) -> None:
    seen = [
        call_seen(number, score=88)
        | {
            "context": {
                "industry": "healthcare",
                "deal_size": "enterprise",
                "buyer_personas": ["technical", "executive"],
                "products_discussed": ["platform", "security-module"],
            },
            "competency_scores": [
                {"competency": name, "score": 88, "evidence": "Asked what it costs"}
                for name in (
                    "discovery",
                    "listening",
                    "objection_handling",
                    "technical_architecture",
                    "product_knowledge",
                )
            ],
        }
        for number in range(40, 44)
    ]
    joe.record(*seen)
    joe.deliver()
    answer = assigned(joe)
    assert answer["assignments"] == []
    assert (answer["risk_assessment"]["overall_risk"], answer["manager_notification"]["notify"]) == ("low", False)
    assert assignments(joe) == []
    assert told(joe, DANA, "deal.at_risk") == []


def test_told_again_it_is_known(joe: ApiClient) -> None:
    first = joe.post("deal-assignments", acme(), who=CRM)
    again = joe.post("deal-assignments", acme(), who=CRM)
    assert (first.status, again.status) == (201, 200)
    assert again.json == {**first.json, "duplicate": True}
    joe.deliver()
    assert len(assignments(joe)) == 1
    assert len(told(joe, JOE, "preparation.assigned")) == len(told(joe, DANA, "deal.at_risk")) == 1


def test_what_is_older_by_the_crms_own_time_changes_nothing(joe: ApiClient) -> None:
    newer = assigned(joe, told_at="2026-02-12T11:00:00Z")
    older = assigned(joe, told_at="2026-02-12T10:00:00Z", employee_id=SARAH)
    assert (older["status"], older["revision"]) == ("superseded", newer["revision"])
    assert assignments(joe, SARAH) == []


def test_a_meeting_that_moves_keeps_its_preparation_and_what_was_done(joe: ApiClient) -> None:
    (before,) = assigned(joe)["assignments"]
    done = {"content_id": "healthcare-discovery-primer", "relevant": True}
    said = joe.post(f"assignments/{before['assignment_id']}/completions", done, who=JOE).json
    assert [one["done_at"] is not None for one in said["activities"]] == [True, False, False]
    assigned(joe, next_meeting__date="2026-02-19T10:00:00Z")
    (after,) = assignments(joe)
    assert (after["assignment_id"], after["due_date"]) == (before["assignment_id"], "2026-02-18T17:00:00Z")
    assert after["activities"][0] == said["activities"][0]
    assert [one["facts"]["due"] for one in told(joe, JOE, "preparation.assigned")] == [
        "2026-02-18T17:00:00+00:00",
        "2026-02-13T17:00:00+00:00",
    ]


def test_a_meeting_that_moves_to_an_earlier_day_is_due_earlier(joe: ApiClient) -> None:
    (before,) = assigned(joe, next_meeting__date="2026-02-26T10:00:00Z")["assignments"]
    assigned(joe, next_meeting__date="2026-02-17T10:00:00Z")
    (after,) = assignments(joe)
    assert (after["assignment_id"], after["due_date"]) == (before["assignment_id"], "2026-02-16T17:00:00Z")


def test_whoever_gets_the_deal_gets_a_snapshot_and_a_preparation_of_their_own(joe: ApiClient) -> None:
    first = assigned(joe)
    second = assigned(joe, employee_id=SARAH)
    assert second["snapshot_id"] != first["snapshot_id"]
    (theirs,) = assignments(joe, SARAH)
    assert (theirs["state"], theirs["assignment_id"] != first["assignments"][0]["assignment_id"]) == ("open", True)
    (before,) = assignments(joe)
    assert (before["state"], before["because"]) == ("cancelled", "reassigned")
    kept = joe.get("deals/opp_sfdc_12345/skill-snapshot", who=DANA, employee_id=JOE).json
    assert kept["snapshot_id"] == first["snapshot_id"]
    assert joe.get("deals/opp_sfdc_12345/skill-snapshot", who=DANA).json["snapshot_id"] == second["snapshot_id"]


def test_when_all_is_done_it_is_closed_and_stays_so(joe: ApiClient) -> None:
    (before,) = assigned(joe)["assignments"]
    for one in before["activities"]:
        said = joe.post(
            f"assignments/{before['assignment_id']}/completions", {"content_id": one["content_id"]}, who=JOE
        ).json
    assert (said["state"], said["because"]) == ("done", "completed")
    assigned(joe, next_meeting__date="2026-02-19T10:00:00Z")
    (after,) = assignments(joe)
    assert after["state"] == "done"


def test_the_next_meeting_begins_a_preparation_of_its_own(joe: ApiClient) -> None:
    (first,) = assigned(joe)["assignments"]
    joe.clock.move(days=5)
    (second,) = assigned(joe, next_meeting__date="2026-02-26T10:00:00Z")["assignments"]
    assert second["assignment_id"] != first["assignment_id"]
    assert {one["assignment_id"]: one["state"] for one in assignments(joe)} == {
        first["assignment_id"]: "cancelled",
        second["assignment_id"]: "open",
    }


@pytest.mark.parametrize(
    ("because", "telling"),
    [
        ("reassigned", ("deal-assignments", acme(employee_id=SARAH))),
        ("meeting_gone", ("deal-assignments", acme(next_meeting=None))),
        ("deal_closed", ("deal-outcomes", outcome(stage="closed_won", closed_won=True, close_date="2026-02-12"))),
    ],
)
def test_what_need_not_be_prepared_any_more_is_withdrawn(
    joe: ApiClient, because: str, telling: tuple[str, dict[str, Any]]
) -> None:
    assigned(joe)
    path, body = telling
    assert joe.post(path, body, who=CRM).status == 201
    joe.deliver()
    (one,) = assignments(joe)
    assert (one["state"], one["because"]) == ("cancelled", because)
    refused = joe.post(f"assignments/{one['assignment_id']}/completions", {"content_id": "hipaa-battlecard"}, who=JOE)
    assert refused.status == 409


def test_every_stage_is_kept_with_its_time(joe: ApiClient) -> None:
    assigned(joe)
    joe.clock.move(days=1)
    joe.post("deal-outcomes", outcome(), who=CRM)
    joe.post("deal-outcomes", outcome(technical_deep_dives=2), who=CRM)
    again = joe.post("deal-outcomes", outcome(technical_deep_dives=2), who=CRM)
    assert (again.status, again.json["duplicate"]) == (200, True)
    (deal,) = joe.parts.documents.query(Query("deal_records"))
    assert [(one["stage"], one["at"]) for one in deal.data["stages"]] == [
        ("discovery", NOW),
        ("proposal", NOW + timedelta(days=1)),
    ]
    assert (deal.data["outcome"]["demo_calls"], deal.data["outcome"]["deep_dives"]) == (3, 2)


def test_an_outcome_of_a_deal_that_nobody_told_of_is_kept(joe: ApiClient) -> None:
    answer = joe.post("deal-outcomes", outcome(stage="closed_lost", closed_lost_reason="Price"), who=CRM)
    assert (answer.status, answer.json["closed"]) == (201, "lost")
    joe.deliver()
    assert joe.get("deals/opp_sfdc_12345/skill-snapshot", who=JOE).status == 404


def test_messages_in_any_order_and_again_lead_to_the_same(joe: ApiClient) -> None:
    tellings = [acme(), acme(next_meeting__date="2026-02-19T10:00:00Z"), acme(employee_id=SARAH)]
    for body in tellings:
        assert joe.post("deal-assignments", body, who=CRM).status == 201
    joe.deliver()
    messages = [
        DealChanged(
            deal_id="opp_sfdc_12345",
            revision=revision,
            employee_id=body["employee_id"],
            received_at=NOW,
            stage="discovery",
            stage_since=NOW,
        ).model_dump(mode="json")
        for revision, body in enumerate(tellings, start=1)
    ]
    kept = [one.data for one in joe.parts.documents.query(Query("assignments"))]
    assert [one["employee_id"] for one in kept] == [SARAH], "of what was told before nothing was ever carried out"
    for order in permutations(messages):
        joe.platform.bus.publish("deal-changed", [Message(one) for one in (*order, order[0])])
        joe.deliver()
        assert [one.data for one in joe.parts.documents.query(Query("assignments"))] == kept
    assert len(told(joe, SARAH, "preparation.assigned")) == 1


def test_who_may_and_what_is_left_on_record(joe: ApiClient) -> None:
    (one,) = assigned(joe)["assignments"]
    found = joe.get("audit", who=ADA, subject=JOE).json["items"]
    assert [(each["actor"], each["detail"]) for each in found] == [(CRM, "deal assignment")]
    path = f"assignments/{one['assignment_id']}/completions"
    assert joe.post(path, {"content_id": "hipaa-battlecard"}, who=DANA).status == 403
    assert joe.get("deals/opp_sfdc_12345/skill-snapshot", who=PRIYA).status == 403
    assert joe.get(f"employees/{JOE}/assignments", who=CRO).status == 200
    assert joe.post("deal-assignments", acme(), who=JOE).status == 403


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"employee_id": "nobody@augmentcode.com"}, 404, "employee_id"),
        ({"next_meeting__date": "soon"}, 422, "next_meeting.date"),
        ({"next_meeting__date": "2026-02-15T10:00:00"}, 422, "next_meeting.date"),
        ({"opportunity__value": -1}, 422, "opportunity.value"),
        ({"opportunity__currency": "dollars"}, 422, "opportunity.currency"),
        ({"deal_id": "a/b"}, 422, "deal_id"),
        ({"opportunity__products": ["x"] * 31}, 422, "opportunity.products"),
    ],
)
def test_what_cannot_be_read_is_named(api: ApiClient, change: dict[str, Any], status: int, field: str) -> None:
    answer = api.post("deal-assignments", acme(**change), who=CRM)
    assert answer.status == status
    assert field in (answer.fields or [answer.json.get("field")]) or field in answer.json["detail"], answer


def test_words_that_the_framework_does_not_know_are_named_and_keep_nothing_back(joe: ApiClient) -> None:
    answer = assigned(
        joe,
        account__industry="Underwater basketry",
        next_meeting__type="coffee",
        opportunity__stage="6 - Wishful",
        opportunity__products=["platform", "gizmo"],
    )
    assert answer["unmapped"] == ["industry=Underwater basketry", "product_line=gizmo"]
    assert answer["skills_required"] == 5, "a stage that is unknown asks for the core competencies"


def test_the_size_is_told_by_the_amount_in_dollars_alone(joe: ApiClient) -> None:
    in_yen = assigned(joe, account__size=None, opportunity__value=12_500_000, opportunity__currency="jpy")
    assert not [one for one in in_yen["risk_assessment"]["factors"] if "deal size" in one["factor"]]
    in_dollars = assigned(joe, account__size=None, opportunity__value=60_000)
    assert {"factor": "No experience with deal size mid-market", "severity": "medium"} in in_dollars["risk_assessment"][
        "factors"
    ]
