"""Which events are the same, what stands under which id, and what is read under it, over HTTP."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

import pytest

from shared.kernel.ids import digest
from shared.observations.domain.entry import entry_key
from shared.ports.documents import DELETE_FIELD, Delete, Merge, Put, Query, Where
from tests.api.test_events import analysis, row_of
from tests.harness.api_client import (
    ADA,
    CRO,
    DANA,
    ENID,
    JOE,
    MO,
    NOW,
    PRIYA,
    SARAH,
    VIC,
    ApiClient,
    call_analysed,
    call_seen,
    lesson,
    role_play,
)

ROUTES = {"validation": "validation-events", "field": "field-observations", "learning": "learning-activities"}


def quiz(score: float = 80, **more: Any) -> dict[str, Any]:
    """A quiz of a moment, without an id of its sender's, as the specification prints a validation event."""
    scores = [{"competency": "product_knowledge", "score": score}]
    body = role_play(1, score=score, event_type="multiple_choice_test", competency_scores=scores, **more)
    del body["event_id"]
    return body


SCORED_ELSEWHERE = [{"competency": "product_knowledge", "score": 80, "context": {"industry": "fintech"}}]


class TestEventsWithoutAnId:
    def test_two_quizzes_of_one_moment_are_two(self, api: ApiClient) -> None:
        first, second = (api.post("validation-events", quiz(score)).json for score in (80, 90))

        assert first["event_id"] != second["event_id"]
        assert (first["duplicate"], second["duplicate"]) == (False, False)
        row = row_of(api, "product_knowledge")
        assert (row["validation_events"], row["current_rating"]) == (2, 85)
        assert len(api.get(f"validation-events/{JOE}", standing="counted").json["items"]) == 2

    @pytest.mark.parametrize(
        "other",
        [
            {"passed": False},
            {"overall_score": 81},
            {"event_type": "role_play"},
            {"event_source": "another"},
            {"competency_scores": SCORED_ELSEWHERE},
            {"session_metadata": {"scenario_id": "hc-2"}},
            {"session_metadata": {"attempt_number": 2}},
            {"timestamp": (NOW - timedelta(days=1)).isoformat()},
        ],
        ids=str,
    )
    def test_what_means_something_else_is_another_event(self, api: ApiClient, other: dict[str, Any]) -> None:
        api.record(quiz(), {**quiz(), **other})

    @pytest.mark.parametrize(
        "same",
        [
            {},
            {"details_url": "https://quiz.example/1?signature=b&expires=2"},
            {
                "timestamp": datetime.fromisoformat(quiz()["timestamp"])
                .astimezone(timezone(timedelta(hours=5)))
                .isoformat()
            },
            {"overall_score": 80.0},
            {"a field of theirs": "of now"},
        ],
        ids=str,
    )
    def test_what_means_the_same_is_a_duplicate(self, api: ApiClient, same: dict[str, Any]) -> None:
        sent = quiz(details_url="https://quiz.example/1?signature=a&expires=1")
        first = api.post("validation-events", sent).json
        again = api.post("validation-events", {**sent, **same})

        assert (again.status, again.json) == (200, {**first, "duplicate": True})
        assert api.post("validation-events", [{**sent, **same}]).json["duplicates"] == 1

    def test_the_order_of_scores_means_nothing(self, api: ApiClient) -> None:
        scores = [{"competency": "closing", "score": 70}, {"competency": "discovery", "score": 80}]
        api.record({**quiz(), "competency_scores": scores})
        assert api.post("validation-events", {**quiz(), "competency_scores": scores[::-1]}).status == 200

    def test_a_list_with_one_quiz_twice_and_another_has_two(self, api: ApiClient) -> None:
        answer = api.post(
            "validation-events", [quiz(80), quiz(90), quiz(80, details_url="https://quiz.example/2")]
        ).json
        assert (answer["accepted"], answer["duplicates"], answer["rejected"]) == (2, 1, 0)

    @pytest.mark.parametrize(
        ("route", "body", "link", "other"),
        [
            ("field-observations", call_seen(1), "source_url", {"context": {"industry": "fintech"}}),
            ("learning-activities", lesson(1), "content_url", {"quiz_score": 60}),
        ],
    )
    def test_calls_and_lessons_are_told_apart_alike(
        self, api: ApiClient, route: str, body: dict[str, Any], link: str, other: dict[str, Any]
    ) -> None:
        bare = {name: value for name, value in body.items() if name not in {"observation_id", "activity_id"}}
        assert api.post(route, {**bare, link: "https://x.example/1?sig=a"}).status == 201
        assert api.post(route, {**bare, link: "https://x.example/1?sig=b"}).status == 200
        assert api.post(route, {**bare, **other}).status == 201

    def test_an_id_is_for_one_content_whatever_its_link(self, api: ApiClient) -> None:
        sent = {**quiz(), "event_id": "quiz-1", "details_url": "https://quiz.example/1?sig=a"}
        api.record(sent)

        assert api.post("validation-events", {**sent, "details_url": "https://quiz.example/1?sig=b"}).status == 200
        other = api.post("validation-events", {**sent, "passed": False})
        assert (other.status, other.fields) == (409, ["event_id"])


class TestEventsOfBefore:
    """Recorded before 2026-11-29: other ids, no receipts, answers without the event's id and its standing."""

    @staticmethod
    def store(api: ApiClient, *bodies: dict[str, Any]) -> list[str]:
        """Records quizzes without ids, and gives them the form that they had: their ledger ids."""
        documents, former = api.parts.documents, []
        for body in bodies:
            answer = api.post("validation-events", body).json
            (event,) = documents.query(
                Query(
                    "events",
                    [
                        Where("event_id", ">=", answer["event_id"][4:]),
                        Where("event_id", "<", f"{answer['event_id'][4:]}~"),
                    ],
                )
            )
            at = datetime.fromisoformat(body["timestamp"]).astimezone(UTC).isoformat()
            source_id = digest(JOE, at, body["event_type"])
            event_id = digest("validation", body["event_source"], source_id, event.data["content_hash"])
            entry = json.loads(event.data["entry"])[:10]
            entry[3] = source_id
            text = json.dumps(entry, separators=(",", ":"))
            shown = {name: value for name, value in answer.items() if name not in {"event_id", "standing"}}
            message = json.loads(event.data["message"]) | {"event_id": event_id, "source_id": source_id}
            changed = {
                "event_id": event_id,
                "source_id": source_id,
                "entry": text,
                "answer": json.dumps({**shown, "validation_id": f"val_{event_id[:16]}"}),
                "message": json.dumps(message),
            }
            documents.commit([Delete(event.path), Put(f"events/{event_id}", {**event.data, **changed})])
            key = entry_key(event.data["entry"])
            gone = Merge(f"states/{JOE}", {"observations": {key: DELETE_FIELD, entry_key(text): text}})
            documents.commit([gone])
            former.append(event_id)
        return former

    def test_are_recognised_and_answered_with_what_their_answers_lacked(self, api: ApiClient) -> None:
        (event_id,) = self.store(api, quiz())
        again = api.post("validation-events", quiz())

        assert (again.status, again.json["duplicate"], again.json["standing"]) == (200, True, "counted")
        assert again.json["validation_id"] == f"val_{event_id[:16]}"
        assert api.post("validation-events", [quiz(), quiz(90)]).json["duplicates"] == 1
        shown = api.get(f"events/val_{event_id[:16]}").json
        assert (shown["employee_id"], shown["standing"]) == (JOE, "counted")

    def test_get_their_receipts_and_their_own_ids_from_the_ledger_once(self, api: ApiClient) -> None:
        self.store(api, quiz(80), quiz(90, passed=False))
        assert row_of(api, "product_knowledge")["validation_events"] == 1  # two of one moment were one
        run = api.post("skills/recalculate", {"from_ledger": True}, who=ADA).json["run_id"]
        api.deliver()

        done = api.get(f"recalculations/{run}", who=ADA).json
        assert (done["state"], done["repaired"]) == ("finished", 0)
        assert "state.repaired" not in api.log.getvalue()
        row = row_of(api, "product_knowledge")
        assert (row["validation_events"], row["current_rating"]) == (2, 85)
        state = api.parts.documents.get(f"states/{JOE}")
        assert state is not None
        received = sorted(json.loads(text)[10:] for text in state.data["observations"].values())
        milliseconds = round(NOW.timestamp() * 1000)
        assert received == [[milliseconds, 0, 0], [milliseconds, 0, 1]]
        api.post("skills/recalculate", {"from_ledger": True}, who=ADA)
        api.deliver()
        again = api.parts.documents.get(f"states/{JOE}")
        assert again is not None
        assert again.version == state.version

    @pytest.mark.parametrize("route", ["field-observations", "learning-activities"])
    def test_calls_and_lessons_are_recognised_too(self, api: ApiClient, route: str) -> None:
        body = {**(call_seen(1) if route == "field-observations" else lesson(1))}
        own = body.pop("observation_id", None) or body.pop("activity_id")
        answer = api.post(route, body).json
        assert answer["event_id"] != own
        (event,) = api.parts.documents.query(Query("events"))
        content = event.data["content_hash"]
        if route == "field-observations":
            former = digest("field", "gong", body["source_id"], JOE, content)
        else:
            source_id = digest(JOE, body["content_id"], body["started_at"])
            former = digest("learning", source_id, str(10_000 * 4 + 2 + 1), content)
        moved = {**event.data, "event_id": former}
        api.parts.documents.commit([Delete(event.path), Put(f"events/{former}", moved)])
        again = api.post(route, body)

        assert (again.status, again.json) == (200, {**answer, "duplicate": True})
        assert [one.id for one in api.parts.documents.query(Query("events"))] == [former]


class TestEventById:
    def test_is_read_under_the_senders_id_and_its_source(self, api: ApiClient) -> None:
        api.record(role_play(1), call_seen(1), lesson(1))
        for body, name, source in (
            (role_play(1), "event_id", "voice-roleplay"),
            (call_seen(1), "observation_id", "gong"),
            (lesson(1), "activity_id", None),
            (lesson(1), "activity_id", "learning"),
        ):
            event = api.get(f"events/{body[name]}", **({"source": source} if source else {})).json
            assert (event["event_id"], event["employee_id"], event["payload"]) == (body[name], JOE, body)
            assert (event["standing"], event["superseded"]) == ("counted", None)
            (listed,) = api.get(f"{ROUTES[event['kind']]}/{JOE}").json["items"]
            assert {name: value for name, value in event.items() if name in listed} == listed

    def test_is_read_under_the_id_that_it_was_answered_with(self, api: ApiClient) -> None:
        for route, body in (
            ("validation-events", quiz()),
            ("field-observations", {**call_seen(1), "observation_id": None}),
            ("learning-activities", {**lesson(1), "activity_id": None}),
        ):
            event_id = api.post(route, body).json["event_id"]
            assert api.get(f"events/{event_id}").json["event_id"] == event_id
        assert api.get(f"events/{api.post('validation-events', quiz()).json['event_id']}", source="other").status == 404

    def test_says_what_has_become_of_it(self, api: ApiClient) -> None:
        api.record(analysis(1, 90), analysis(2, 50))
        event = api.get("events/analysis-1", source="gong", who=JOE).json
        assert event["standing"] == "superseded"
        assert event["superseded"].startswith("a later analysis of gong")

    def test_of_a_lesson_is_its_last_report(self, api: ApiClient) -> None:
        half = {**lesson(1), "completion_percentage": 50, "completed_at": None, "quiz_score": None}
        api.record(half)
        api.clock.move(minutes=1)
        api.record(lesson(1))
        assert api.get(f"events/{lesson(1)['activity_id']}").json["payload"]["completion_percentage"] == 100

    @pytest.mark.parametrize(
        ("event_id", "query"),
        [("none", {"source": "gong"}), ("none", {}), (f"evt-{JOE}-1", {}), ("val_0123456789abcdef", {})],
    )
    def test_is_not_found_under_another_id(self, api: ApiClient, event_id: str, query: dict[str, str]) -> None:
        api.record(role_play(1))
        answer = api.get(f"events/{event_id}", **query)
        assert (answer.status, answer.content_type, answer.fields) == (404, "application/problem+json", ["event_id"])

    @pytest.mark.parametrize(
        ("who", "status"),
        [
            (JOE, 200),
            (DANA, 200),
            (MO, 200),
            (ENID, 200),
            (CRO, 200),
            (ADA, 200),
            (SARAH, 404),
            (PRIYA, 404),
            (VIC, 404),
        ],
    )
    def test_is_for_those_who_see_the_persons_history(self, api: ApiClient, who: str, status: int) -> None:
        api.record(role_play(1))
        answer = api.get(f"events/evt-{JOE}-1", who=who, source="voice-roleplay")
        assert answer.status == status
        missing = api.get("events/none", who=who, source="voice-roleplay")
        assert missing.status == 404
        if status == 404:
            assert answer.json["detail"] == missing.json["detail"].replace("none", f"evt-{JOE}-1")
        viewed = api.get("audit", actor=who, subject=JOE, action="profile.viewed").json["items"]
        audited = status == 200 and who != JOE
        assert [record["detail"] for record in viewed] == (["validation event"] if audited else [])

    def test_shows_no_score_that_is_not_open_yet(self, api: ApiClient) -> None:
        api.record(call_analysed(1, confidence=0.9))
        name = call_analysed(1)["observation_id"]
        closed, own = (api.get(f"events/{name}", who=who, source="gong").json for who in (DANA, JOE))
        assert (closed["payload"]["competency_scores"], len(own["payload"]["competency_scores"])) == ([], 2)
        assert closed["scores_open_at"]

    @pytest.mark.parametrize("event_id", ["https://quiz.example//r/1?x=%2F&y=ä", "/a/", "a/void", "..", "😀" * 200])
    def test_is_read_and_voided_under_any_id_that_it_is_recorded_under(self, api: ApiClient, event_id: str) -> None:
        api.record({**quiz(), "event_id": event_id})
        event = api.get(f"events/{quote(event_id, safe='')}", source=quiz()["event_source"]).json
        assert (event["event_id"], event["standing"]) == (event_id, "counted")
        sent = {"event_id": event_id, "source": quiz()["event_source"], "reason": "Of somebody else"}
        assert api.post("voids", sent).json["event_id"] == event_id

    @pytest.mark.parametrize("event_id", ["a" * 201, "a%00b"])
    def test_is_refused_under_an_id_that_nothing_is_recorded_under(self, api: ApiClient, event_id: str) -> None:
        refused = api.get(f"events/{event_id}", source="quiz")
        assert (refused.status, refused.fields) == (422, ["event_id"])
        body = {**quiz(), "event_id": event_id.replace("%00", chr(0))}
        taken = api.post("validation-events", body)
        assert (taken.status, taken.fields) == (422, ["event_id"])

    def test_a_source_longer_than_an_index_holds_is_refused(self, api: ApiClient) -> None:
        refused = api.get("events/none", source="😀" * 400)
        assert (refused.status, refused.fields) == (422, ["source"])

    def test_a_shared_id_hides_nobodys_own_lesson_however_many_have_reported(self, api: ApiClient) -> None:
        own = {**lesson(1), "activity_id": "onboarding"}
        api.record(own)
        others = [
            {**lesson(1, employee=SARAH), "activity_id": "onboarding", "completion_percentage": number / 100}
            for number in range(60)
        ]
        api.clock.move(minutes=1)
        assert api.post("learning-activities", others).json["accepted"] == 60

        assert api.get("events/onboarding", who=JOE).json["employee_id"] == JOE
        assert api.get("events/onboarding", who=SARAH).json["employee_id"] == SARAH
        assert api.get("events/onboarding", who=PRIYA).status == 404
