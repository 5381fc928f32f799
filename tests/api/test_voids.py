"""What becomes of an event that was recorded by mistake, over HTTP: it is void, and all that rests on it follows."""

from __future__ import annotations

from typing import Any

import pytest

from shared.kernel.errors import Retryable
from shared.ratings.domain.skill_rating import from_text
from tests.api.test_event_identity import ROUTES, quiz
from tests.api.test_events import analysis, found, row_of
from tests.harness.api_client import (
    ADA,
    ADMINISTRATION,
    DANA,
    JOE,
    SARAH,
    ApiClient,
    Reply,
    call_analysed,
    call_seen,
    lesson,
    role_play,
)
from tests.harness.api_client import ENID as REVIEWER

WHY = "Posted for the wrong person"
KINDS = {
    "validation": (role_play(1), "event_id", "voice-roleplay"),
    "field": (call_seen(1), "observation_id", "gong"),
    "learning": (lesson(1), "activity_id", None),
}


def void(
    api: ApiClient, event_id: str, source: str | None, reason: str = WHY, kind: str | None = None, **more: Any
) -> Reply:
    return api.post("voids", {"event_id": event_id, "source": source, "reason": reason, "kind": kind}, **more)


def shown(api: ApiClient, event_id: str, source: str | None) -> dict[str, Any]:
    answer: dict[str, Any] = api.get(f"events/{event_id}", **({"source": source} if source else {})).json
    return answer


@pytest.mark.parametrize("kind", KINDS)
class TestEveryKind:
    def test_is_void_with_its_reason_in_history_and_counts_nowhere(self, api: ApiClient, kind: str) -> None:
        body, name, source = KINDS[kind]
        before = row_of_anything(api)
        api.record(body)
        answer = void(api, body[name], source, who=ADA)

        assert (answer.status, answer.json["event_id"], answer.json["standing"]) == (200, body[name], "void")
        why = {"by": ADA, "at": answer.json["void_at"], "reason": WHY}
        for event in (shown(api, body[name], source), *api.get(f"{ROUTES[kind]}/{JOE}").json["items"]):
            assert (event["standing"], event["superseded"], event["void"]) == ("void", None, why)
        assert api.get(f"{ROUTES[kind]}/{JOE}", standing="counted").json["items"] == []
        assert len(api.get(f"{ROUTES[kind]}/{JOE}", standing="void").json["items"]) == 1
        assert row_of_anything(api) == before
        api.deliver()
        assert row_of_anything(api) == before

    def test_is_void_once_however_often_it_is_asked_for(self, api: ApiClient, kind: str) -> None:
        body, name, source = KINDS[kind]
        api.record(body)
        first = void(api, body[name], source)
        api.clock.move(minutes=1)
        again = void(api, body[name], source, "Another reason", who=ADA)

        assert (again.status, again.json) == (200, {**first.json, "duplicate": True, "skill_updates": []})
        (record,) = api.get("audit", action="event.voided").json["items"]
        assert (record["actor"], record["subject"], record["detail"]) == (ADMINISTRATION, JOE, f"{body[name]}: {WHY}")

    def test_stays_void_when_it_is_posted_again(self, api: ApiClient, kind: str) -> None:
        body, name, source = KINDS[kind]
        api.record(body)
        void(api, body[name], source)
        again = api.post(ROUTES[kind], body)

        assert (again.status, again.json["duplicate"], again.json["standing"]) == (200, True, "void")
        assert again.json["notices"][-1].startswith(f"void: {WHY}; posting it again does not")
        assert api.post(ROUTES[kind], [body]).json["results"][0]["answer"]["standing"] == "void"
        assert shown(api, body[name], source)["standing"] == "void"
        api.deliver()
        assert api.get(f"{ROUTES[kind]}/{JOE}", standing="counted").json["items"] == []

    def test_leaves_nothing_to_repair(self, api: ApiClient, kind: str) -> None:
        body, name, source = KINDS[kind]
        api.record(body)
        void(api, body[name], source)
        run = api.post("skills/recalculate", {"from_ledger": True}, who=ADA).json["run_id"]
        api.deliver()

        done = api.get(f"recalculations/{run}", who=ADA).json
        assert (done["state"], done["repaired"]) == ("finished", 0)
        assert "state.repaired" not in api.log.getvalue()


def row_of_anything(api: ApiClient) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = api.get(f"employees/{JOE}/skills", view="all").json["skills"]
    return rows


class TestSeveralAboutOneCall:
    def test_a_void_of_what_counts_takes_out_what_it_had_replaced(self, api: ApiClient) -> None:
        api.record(analysis(1, 90), analysis(2, 50))
        answer = void(api, "analysis-2", "gong").json

        assert answer["void_with_it"] == ["analysis-1"]
        assert sorted(found(api)) == [("analysis-1", "void"), ("analysis-2", "void")]
        assert row_of(api, "discovery")["field_observations"] == 0

    def test_a_void_of_what_was_replaced_leaves_what_counts(self, api: ApiClient) -> None:
        api.record(analysis(1, 90), analysis(2, 50))
        assert void(api, "analysis-1", "gong").json["void_with_it"] == []

        assert sorted(found(api)) == [("analysis-1", "void"), ("analysis-2", "counted")]
        assert row_of(api, "discovery")["current_rating"] == 50

    def test_what_a_person_decided_about_an_analysis_goes_with_it(self, api: ApiClient) -> None:
        decided = {
            **analysis(2, 80),
            "observation_id": "decided",
            "analysis_metadata": {"human_reviewed": True, "analysis_version": 2},
        }
        api.record(analysis(1, 90), analysis(2, 50), decided)
        assert void(api, "analysis-1", "gong").json["void_with_it"] == []
        assert row_of(api, "discovery")["current_rating"] == 80

        api.clock.move(seconds=1)
        assert void(api, "analysis-2", "gong").json["void_with_it"] == ["decided"]
        assert row_of(api, "discovery")["field_observations"] == 0

    def test_what_another_source_reports_of_the_recording_stays_and_counts(self, api: ApiClient) -> None:
        first, second = analysis(1, 90), analysis(2, 50)
        recording = {"source": "gong", "id": first["source_id"]}
        notes = {
            **analysis(3, 70),
            "observation_id": "notes",
            "observation_source": "crm",
            "source_id": "n-1",
            "recording": recording,
        }
        decided = {**notes, "observation_id": "decided", "analysis_metadata": {"human_reviewed": True}}
        api.record(first, second, notes, decided)
        assert found(api, standing="counted") == [("decided", "counted")]

        assert void(api, "decided", "crm").json["void_with_it"] == ["notes"]
        assert found(api, standing="counted") == [("analysis-2", "counted")]
        assert row_of(api, "discovery")["current_rating"] == 50
        api.deliver()
        assert row_of(api, "discovery")["current_rating"] == 50

    def test_a_void_of_what_another_source_replaced_leaves_nothing_earlier_of_its_own(self, api: ApiClient) -> None:
        first, second = analysis(1, 90), analysis(2, 50)
        recording = {"source": "gong", "id": first["source_id"]}
        notes = {**analysis(3, 70), "observation_id": "notes", "observation_source": "crm", "source_id": "n-1"}
        api.record(first, second, notes | {"recording": recording})

        assert void(api, "analysis-2", "gong").json["void_with_it"] == ["analysis-1"]
        assert found(api, standing="counted") == [("notes", "counted")]
        assert void(api, "notes", "crm", "Not a call either").json["void_with_it"] == []
        assert row_of(api, "discovery")["field_observations"] == 0

    def test_what_comes_later_under_the_source_id_counts_with_its_own_time(self, api: ApiClient) -> None:
        reviewed = {**call_seen(7), "observation_id": "reviewed"}
        api.record(reviewed)
        void(api, "reviewed", "gong")
        moved = {**analysis(3, 70), "timestamp": call_seen(8, days_ago=4)["timestamp"]}
        api.record(moved)

        assert found(api, standing="counted") == [("analysis-3", "counted")]
        assert row_of(api, "discovery")["current_rating"] == 70

    def test_all_reports_of_a_lesson_are_void_and_a_later_one_counts(self, api: ApiClient) -> None:
        half = {**lesson(1), "completion_percentage": 50, "completed_at": None, "quiz_score": None}
        api.record(half)
        void(api, half["activity_id"], None)
        api.record(lesson(1))

        (event,) = api.get(f"learning-activities/{JOE}", standing="counted").json["items"]
        assert event["payload"]["completion_percentage"] == 100


class TestWhatFollows:
    def test_a_validation_ends_with_what_it_rests_on(self, api: ApiClient) -> None:
        api.record(*(role_play(n, score=90) for n in range(3)))
        assert row_of(api, "discovery")["status"] == "validated"
        void(api, f"evt-{JOE}-1", "voice-roleplay")
        api.deliver()

        row = row_of(api, "discovery")
        assert (row["status"], row["validation_events"]) == ("in_progress", 2)

    def test_an_open_review_closes_and_nobody_decides_it(self, api: ApiClient) -> None:
        api.record(call_analysed(1))
        api.deliver()
        (review,) = api.get("reviews", who=REVIEWER).json["items"]
        assert void(api, call_analysed(1)["observation_id"], "gong").status == 200
        api.deliver()

        assert api.get(f"reviews/{review['review_id']}", who=REVIEWER).json["state"] == "superseded"
        decided = api.post(f"reviews/{review['review_id']}/decision", {"decision": "confirm"}, who=REVIEWER)
        assert decided.status == 409
        assert "void" in decided.json["detail"]
        contested = api.post(f"reviews/{review['review_id']}/contest", {"reason": "Not me"}, who=JOE)
        assert contested.status == 404

    def test_an_event_without_an_id_is_void_under_the_one_that_it_was_answered_with(self, api: ApiClient) -> None:
        event_id = api.post("validation-events", quiz()).json["event_id"]
        assert void(api, event_id, None).status == 200
        assert shown(api, event_id, None)["standing"] == "void"
        api.record({**quiz(), "event_id": "again"})
        assert row_of(api, "product_knowledge")["validation_events"] == 1


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"event_id": "none", "source": "gong", "reason": WHY}, 404, "event_id"),
        ({"event_id": f"evt-{JOE}-1", "reason": WHY}, 404, "event_id"),
        ({"event_id": f"evt-{JOE}-1", "source": "voice-roleplay"}, 422, "reason"),
        ({"event_id": f"evt-{JOE}-1", "source": "voice-roleplay", "reason": " a "}, 422, "reason"),
        ({"source": "voice-roleplay", "reason": WHY}, 422, "event_id"),
    ],
    ids=str,
)
def test_what_cannot_be_void_is_refused_by_its_field(
    api: ApiClient, body: dict[str, Any], status: int, field: str
) -> None:
    api.record(role_play(1))
    answer = api.post("voids", body)
    assert (answer.status, answer.fields) == (status, [field])
    assert api.get("audit", action="event.voided").json["items"] == []


@pytest.mark.parametrize("lost", ["before the commit", "before the message"])
def test_who_asks_again_after_a_failure_has_one_void_that_everything_follows(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    api.record(role_play(1))
    api.deliver()
    outbox = api.platform.voiding._ledger._outbox
    accept = outbox.accept

    def fail(writes: Any, topic: str, messages: Any, *, noted: bool) -> None:
        if lost == "before the message":
            api.parts.documents.commit(writes)
        raise Retryable("the process died")

    monkeypatch.setattr(outbox, "accept", fail)
    assert void(api, f"evt-{JOE}-1", "voice-roleplay").status == 503
    monkeypatch.setattr(outbox, "accept", accept)
    again = void(api, f"evt-{JOE}-1", "voice-roleplay")
    api.deliver()

    assert (again.status, again.json["duplicate"]) == (200, lost == "before the message")
    published = api.parts.documents.get(f"ratings/{JOE}")
    assert published is not None
    row = next(row for row in from_text(published.data["skills"]) if row.key == ("discovery", ""))
    assert (row.validation, row_of(api, "discovery")["validation_events"]) == (0, 0)


def test_who_sees_the_history_sees_who_took_an_event_out(api: ApiClient) -> None:
    api.record(role_play(1))
    void(api, f"evt-{JOE}-1", "voice-roleplay", who=ADA)
    for who in (JOE, DANA):
        (event,) = api.get(f"validation-events/{JOE}", who=who).json["items"]
        assert (event["void"]["by"], event["void"]["reason"]) == (ADA, WHY)


CORRECTIONS = {
    "another score of a role-play": (role_play(1), role_play(1, score=60)),
    "another time of a role-play": (role_play(1), role_play(1, days_ago=5)),
    "another quiz score of a lesson": (lesson(1), lesson(1, quiz_score=40)),
    "another score of a call": (call_seen(1), call_seen(1, score=60)),
    "another time of a call": (call_seen(1), call_seen(1, days_ago=5)),
    "another time of a call under a new id": (call_seen(1), {**call_seen(1, days_ago=5), "observation_id": "second"}),
    "another person of a call": (call_seen(1), {**call_seen(1), "employee_id": SARAH}),
    "another person of a role-play": (role_play(1), {**role_play(1), "employee_id": SARAH}),
}


@pytest.mark.parametrize(("first", "then"), CORRECTIONS.values(), ids=list(CORRECTIONS))
def test_who_follows_what_a_conflict_advises_has_one_observation_that_counts(
    api: ApiClient, first: dict[str, Any], then: dict[str, Any]
) -> None:
    name = next(one for one in ("event_id", "observation_id", "activity_id") if one in first)
    kind = {"event_id": "validation", "observation_id": "field", "activity_id": "learning"}[name]
    api.record(first)
    refused = api.post(ROUTES[kind], then)
    assert refused.status == 409
    advice = refused.json["detail"]
    assert "/api/v1/voids" in advice

    again = {**then, name: "corrected"}
    another_analysis = kind == "field" and "counts in place of this" in advice and then["employee_id"] == JOE
    if not another_analysis:
        source = first.get("event_source") or first.get("observation_source")
        assert void(api, first[name], source, "Corrected").status == 200
    api.record(again)
    counted = [
        (employee, item["event_id"])
        for employee in (JOE, SARAH)
        for item in api.get(f"{ROUTES[kind]}/{employee}", standing="counted").json["items"]
    ]
    assert counted == [(then["employee_id"], "corrected")]


EARLY = {kind: KINDS[kind] for kind in ("validation", "field")}


@pytest.mark.parametrize("kind", EARLY)
class TestAVoidBeforeItsEvent:
    def test_is_kept_and_applies_when_the_event_comes(self, api: ApiClient, kind: str) -> None:
        body, name, source = EARLY[kind]
        before = row_of_anything(api)
        first = void(api, body[name], source, kind=kind)
        assert (first.status, first.json["standing"], first.json["employee_id"]) == (200, "void", None)
        assert void(api, body[name], source, kind=kind).json == {**first.json, "duplicate": True}
        assert api.get(f"events/{body[name]}", source=source).status == 404

        answer = api.post(ROUTES[kind], body)
        assert (answer.status, answer.json["standing"], answer.json["skill_updates"]) == (201, "void", [])
        assert answer.json["notices"] == [f"void: {WHY}; it was void before it came"]
        assert shown(api, body[name], source)["void"]["reason"] == WHY
        again = api.post(ROUTES[kind], body)
        assert (again.status, again.json["standing"]) == (200, "void")
        assert void(api, body[name], source).json["duplicate"] is True
        api.deliver()
        assert row_of_anything(api) == before
        assert len(api.get("audit", action="event.voided").json["items"]) == 1

    def test_applies_in_a_list_and_leaves_the_others_alone(self, api: ApiClient, kind: str) -> None:
        body, name, source = EARLY[kind]
        void(api, body[name], source, kind=kind)
        others = [role_play(2), role_play(3)] if kind == "validation" else [call_seen(2), call_seen(3)]
        results = api.post(ROUTES[kind], [others[0], body, others[1]]).json["results"]
        assert [one["answer"]["standing"] for one in results] == ["counted", "void", "counted"]
        run = api.post("skills/recalculate", {"from_ledger": True}, who=ADA).json["run_id"]
        api.deliver()
        assert api.get(f"recalculations/{run}", who=ADA).json["repaired"] == 0


def test_a_void_of_an_event_that_nobody_knows_needs_its_kind(api: ApiClient) -> None:
    for more in ({}, {"kind": "field", "source": None}):
        body = {"event_id": "none", "source": "gong", "reason": WHY, **more}
        assert api.post("voids", body).status == 404
    assert api.post("voids", {"event_id": "none", "reason": WHY, "kind": "learning"}).fields == ["kind"]


class TestWhatASenderKnows:
    """The specification's field observation has a `source_id` and no id of its own."""

    def observed(self, api: ApiClient, number: int, employee: str = JOE) -> dict[str, Any]:
        body = {name: value for name, value in call_seen(number, employee=employee).items() if name != "observation_id"}
        api.record({**body, "observation_source": "salesloft", "source_id": "c0"})
        return body

    def test_an_observation_is_found_and_void_under_its_source_id(self, api: ApiClient) -> None:
        self.observed(api, 1)
        found = api.get("events/c0", source="salesloft")
        assert (found.status, found.json["employee_id"], found.json["kind"]) == (200, JOE, "field"), found
        answer = void(api, "c0", "salesloft")
        assert (answer.status, answer.json["employee_id"], answer.json["standing"]) == (200, JOE, "void")
        assert api.get(f"{ROUTES['field']}/{JOE}", standing="counted").json["items"] == []
        assert void(api, "c0", "salesloft").json["duplicate"]

    def test_of_several_people_s_the_person_is_named(self, api: ApiClient) -> None:
        self.observed(api, 1)
        self.observed(api, 1, SARAH)
        refused = void(api, "c0", "salesloft")
        assert (refused.status, refused.fields) == (422, ["employee_id"])
        assert "2 people have an observation under 'c0'" in refused.json["detail"]
        for one in (JOE, SARAH):
            assert api.get("events/c0", source="salesloft", employee_id=one).json["employee_id"] == one
        asked = {"event_id": "c0", "source": "salesloft", "reason": WHY, "employee_id": SARAH}
        assert api.post("voids", asked).json["employee_id"] == SARAH
        left = [len(api.get(f"{ROUTES['field']}/{one}", standing="counted").json["items"]) for one in (JOE, SARAH)]
        assert left == [1, 0]
        nobody = api.post("voids", {**asked, "employee_id": DANA, "kind": "field"})
        assert nobody.status == 404

    def test_what_is_not_found_says_where_the_answered_id_stands(self, api: ApiClient) -> None:
        missing = void(api, "c1", "salesloft")
        assert missing.status == 404
        assert "GET /api/v1/validation-events/{employee_id}, /field-observations/" in missing.json["detail"]
