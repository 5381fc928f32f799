"""Idempotency-Key: the same request is answered as the first time, and a key decides nothing about what an event is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from infra.wiring.environment import environment
from infra.wiring.platform import platform
from shared.kernel.errors import Retryable, StillRunning
from shared.platform.records.kept_answers import KeptAnswers
from shared.platform.usecases.answer_once import LEASE, Answered, AnswerOnce, Sent
from shared.ports.documents import Query
from tests.harness.api_client import ADA, DANA, INTEGRATION, JOE, ApiClient, Reply, role_play

KEY = {"Idempotency-Key": '"8e03978e-40d5-43e8-bc93-6894a57f9324"'}
GRANT = {"employee_id": JOE, "to": DANA, "purpose": "Coaching before the renewal"}


def same(first: Reply, again: Reply) -> bool:
    return (first.status, first.raw, first.headers.get("Location")) == (
        again.status,
        again.raw,
        again.headers.get("Location"),
    )


def counted(api: ApiClient) -> int:
    return len(api.get(f"validation-events/{JOE}", standing="counted").json["items"])


def test_the_same_request_is_answered_as_the_first_time(api: ApiClient) -> None:
    first = api.post("validation-events", role_play(1), headers=KEY)
    api.clock.move(hours=23)
    again = api.post("validation-events", role_play(1), headers=KEY)
    assert first.status == 201
    assert same(first, again)
    assert counted(api) == 1
    # Without the key, or after it has expired, the event is known by what it is.
    assert api.post("validation-events", role_play(1)).json["duplicate"] is True
    api.clock.move(hours=2)
    assert api.post("validation-events", role_play(1), headers=KEY).json["duplicate"] is True


def test_what_would_be_made_twice_is_made_once(api: ApiClient) -> None:
    first = api.post("transcript-grants", GRANT, who=ADA, headers=KEY)
    again = api.post("transcript-grants", GRANT, who=ADA, headers=KEY)
    assert first.status == 201, first
    assert same(first, again)
    assert len(api.get("transcript-grants", who=ADA).json["grants"]) == 1


def test_a_key_is_of_one_request(api: ApiClient) -> None:
    api.post("validation-events", role_play(1), headers=KEY)
    for path, body in (("validation-events", role_play(2)), ("skills/recalculate", None)):
        reply = api.post(path, body, headers=KEY)
        assert (reply.status, reply.fields) == (422, ["Idempotency-Key"]), reply
    assert counted(api) == 1


def test_a_key_is_its_callers_own(api: ApiClient) -> None:
    api.post("validation-events", role_play(1), headers=KEY, who=INTEGRATION)
    reply = api.post("validation-events", role_play(2), headers=KEY, who=ADA)
    assert reply.status == 201
    assert counted(api) == 2


def test_another_key_makes_no_second_observation(api: ApiClient) -> None:
    bare = {name: value for name, value in role_play(1).items() if name != "event_id"}
    assert api.post("validation-events", bare, headers=KEY).status == 201
    assert api.post("validation-events", bare, headers={"Idempotency-Key": "other"}).json["duplicate"] is True
    assert counted(api) == 1


def test_a_conflict_is_not_hidden_and_a_failure_not_kept(api: ApiClient) -> None:
    api.post("validation-events", role_play(1, score=82))
    for _ in range(2):
        assert api.post("validation-events", role_play(1, score=40), headers=KEY).status == 409
    nobody = role_play(5, employee="new@x.example")
    other = {"Idempotency-Key": "later"}
    assert api.post("validation-events", nobody, headers=other).status == 422
    api.import_people("name,email,role,manager,hire_date\nNew,new@x.example,,,\n")
    assert api.post("validation-events", nobody, headers=other).status == 201


@pytest.mark.parametrize("key", ["", '""', "x" * 256, 'a"b', "schlüssel".encode().decode("latin-1")])
def test_what_is_no_key_is_refused(api: ApiClient, key: str) -> None:
    reply = api.post("validation-events", role_play(1), headers={"Idempotency-Key": key})
    assert (reply.status, reply.fields) == (422, ["Idempotency-Key"]), reply


def test_quotes_make_no_difference(api: ApiClient) -> None:
    assert same(
        api.post("validation-events", role_play(2), headers={"Idempotency-Key": '"ab"'}),
        api.post("validation-events", role_play(2), headers={"Idempotency-Key": "ab"}),
    )


def test_a_secret_is_not_kept(api: ApiClient) -> None:
    body = {"address": "https://mirror.example.com/hook", "event_types": ["skill.changed"]}
    made = api.post("webhook-subscriptions", body, who=INTEGRATION, headers=KEY)
    assert made.status == 201, made
    again = api.post("webhook-subscriptions", body, who=INTEGRATION, headers=KEY)
    assert (again.status, again.fields) == (409, ["Idempotency-Key"])
    (kept,) = api.parts.documents.query(Query("idempotency_keys"))
    assert made.json["secret"] not in str(kept.data)


SENT = Sent("mirror@example.com", "k", "f")


def test_while_the_first_runs_the_second_is_told_to_wait(api: ApiClient) -> None:
    once, begun, go_on = platform(environment()).answer_once, Event(), Event()

    def slow() -> Answered:
        begun.set()
        assert go_on.wait(10)
        return Answered(201, {}, "{}")

    with ThreadPoolExecutor() as pool:
        first = pool.submit(once.answer, SENT, slow)
        assert begun.wait(10)
        with pytest.raises(StillRunning, match="send the same again"):
            once.answer(SENT, slow)
        go_on.set()
        assert first.result() == once.answer(SENT, slow) == Answered(201, {}, "{}")


def test_over_http_that_is_a_409_with_retry_after(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def running(*_: Any) -> Answered:
        raise StillRunning("Idempotency-Key: runs", field="Idempotency-Key")

    monkeypatch.setattr(AnswerOnce, "answer", running)
    reply = api.post("validation-events", role_play(1), headers=KEY)
    assert (reply.status, reply.headers["Retry-After"]) == (409, "2")
    assert reply.json["type"].endswith(":still-running")


def test_a_request_that_died_runs_again_after_its_lease(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    once = platform(environment()).answer_once

    def unavailable(*_: Any) -> None:
        raise Retryable("busy")

    with monkeypatch.context() as dying:
        dying.setattr(KeptAnswers, "answered", unavailable)
        assert once.answer(SENT, lambda: Answered(201, {}, "1")).body == "1"
    with pytest.raises(StillRunning):
        once.answer(SENT, lambda: Answered(201, {}, "2"))
    api.clock.move(seconds=LEASE.total_seconds())
    assert once.answer(SENT, lambda: Answered(201, {}, "2")).body == "2"
