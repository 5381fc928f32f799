"""Publishing in parts, and dead letters beyond the contract: refusals, tasks, what cannot be read."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.declarations.shapes import Access
from infra.gcp.dead_letters import GoogleDeadLetters, PushSubscription
from infra.gcp.failures import LETTERS, FailureNotes, keep_task
from infra.gcp.pubsub import REQUEST_BYTES, _parts
from infra.local.sqlite_documents import SqliteDocuments
from shared.kernel.errors import Conflict, Retryable
from shared.ports.documents import Create
from shared.ports.messages import Message
from tests.harness.web import Asked, FixedClock, Told, serving

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
LETTER: dict[str, Any] = {
    "kind": "message",
    "subscription": "rating_update--observation-recorded",
    "message_id": "77",
    "attributes": {"colour": "green"},
    "attempts": 8,
    "reason": "rating_update: KeyError",
    "published_at": NOW - timedelta(minutes=5),
    "failed_at": NOW,
    "data": '{"employee_id":"e1"}',
}


class Subscriber:
    """The function at the end: status is its answer."""

    def __init__(self) -> None:
        self.status = 200
        self.asked: list[Asked] = []

    def answer(self, asked: Asked) -> Told:
        self.asked.append(asked)
        return Told(b"", self.status)


class Tasks:
    """Keeps what is enqueued."""

    def __init__(self) -> None:
        self.enqueued: list[tuple[str, str, Mapping[str, Any]]] = []

    def enqueue(
        self,
        queue: str,
        function: str,
        payload: Mapping[str, Any],
        *,
        name: str | None = None,
        run_at: datetime | None = None,
    ) -> bool:
        self.enqueued.append((queue, function, payload))
        return True


class Tokens:
    def token_for(self, audience: str) -> str:
        return f"token-for-{audience}"


class Desk:
    """Dead letters over SQLite whose subscription is not pulled: the letters are put there by the test."""

    def __init__(self, folder: Path, url: str | None, access: Access = "write"):
        self.documents = SqliteDocuments(folder / "documents.sqlite")
        self.clock = FixedClock(NOW + timedelta(hours=1))
        self.tasks = Tasks()
        self.letters = GoogleDeadLetters(
            "demo",
            self.documents,
            [PushSubscription(LETTER["subscription"], "unused", url, "https://rating-update.example")],
            tokens=Tokens(),
            tasks=lambda: self.tasks,
            clock=self.clock,
            access=access,
        )

    def put(self, letter_id: str = "l1", **changes: Any) -> None:
        letter = {key: value for key, value in {**LETTER, **changes}.items() if value is not None}
        self.documents.commit([Create(f"{LETTERS}/{letter_id}", letter)])


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[Desk, Subscriber]]:
    subscriber = Subscriber()
    with serving(subscriber.answer) as url:
        desk = Desk(tmp_path, url)
        yield desk, subscriber
        desk.documents.close()


def test_a_thousand_messages_are_a_request_and_nine_megabytes_too() -> None:
    assert [len(part) for part in _parts([Message({"n": n}) for n in range(2500)])] == [1000, 1000, 500]
    large = [Message({"text": "x" * 4_000_000}, {"a": "b"}) for _ in range(5)]
    parts = list(_parts(large))
    assert [len(part) for part in parts] == [2, 2, 1]
    assert all(sum(len(data) for data, _ in part) <= REQUEST_BYTES for part in parts)
    assert list(_parts([])) == []


def test_data_is_plain_json_in_utf8() -> None:
    (((data, attributes),),) = _parts([Message({"name": "naïve", "score": 1.5}, {"k": "v"})])
    assert data == '{"name":"naïve","score":1.5}'.encode()
    assert attributes == {"k": "v"}


def test_a_replay_is_a_push_to_the_subscriber_that_failed(desk: tuple[Desk, Subscriber]) -> None:
    office, subscriber = desk
    office.put()
    assert office.letters.replay("l1")
    (asked,) = subscriber.asked
    assert asked.headers["authorization"] == "Bearer token-for-https://rating-update.example"
    assert asked.body["subscription"] == "projects/demo/subscriptions/rating_update--observation-recorded"
    assert asked.body["deliveryAttempt"] == 9
    assert json.loads(base64.b64decode(asked.body["message"]["data"])) == {"employee_id": "e1"}
    assert asked.body["message"]["attributes"] == {"colour": "green"}
    assert asked.body["message"]["messageId"] == "77"
    assert asked.body["message"]["publishTime"] == "2026-11-23T07:55:00Z"
    assert office.letters.get("l1") is None


@pytest.mark.parametrize("access", ["none", "read"])
def test_who_may_not_call_functions_has_one_deliver_that_may(tmp_path: Path, access: Access) -> None:
    office = Desk(tmp_path, "http://127.0.0.1:9", access)
    office.put()
    assert office.letters.replay("l1")
    assert office.tasks.enqueued == [("letter-replays", "replay_letter", {"letter_id": "l1"})]
    assert office.letters._document("l1") is not None
    office.documents.close()


def test_a_letter_to_the_warehouse_is_refused_where_a_person_asks(tmp_path: Path) -> None:
    office = Desk(tmp_path, None, "none")
    office.put()
    with pytest.raises(Conflict, match="feeds the warehouse"):
        office.letters.replay("l1")
    assert office.tasks.enqueued == []
    office.documents.close()


def test_letters_of_one_subscription_are_listed_by_whoever_takes_none_out(tmp_path: Path) -> None:
    office = Desk(tmp_path, None, "none")
    office.put()
    office.put("l2", subscription="recalculation", kind="task", function="recalculate_shard")
    assert {letter.letter_id for letter in office.letters.list()} == {"l1", "l2"}
    assert [letter.letter_id for letter in office.letters.list(subscription="recalculation")] == ["l2"]
    office.documents.close()


def test_a_subscriber_that_refuses_again_leaves_the_letter_with_the_new_reason(desk: tuple[Desk, Subscriber]) -> None:
    office, subscriber = desk
    office.put()
    subscriber.status = 500
    assert office.letters.replay("l1")
    letter = office.letters.get("l1")
    assert letter is not None
    assert (letter.attempts, letter.reason) == (9, "the subscriber answered 500 to a replay")
    assert letter.failed_at == office.clock.now()
    notes = FailureNotes(office.documents, office.clock)
    notes.note(
        "projects/demo/subscriptions/rating_update--observation-recorded", LETTER["data"].encode(), "rating_update: X"
    )
    assert office.letters.replay("l1")
    letter = office.letters.get("l1")
    assert letter is not None
    assert (letter.attempts, letter.reason) == (10, "rating_update: X")


def test_a_subscriber_that_cannot_be_reached_is_retryable_and_the_letter_stays(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "http://127.0.0.1:9/")
    desk.put()
    with pytest.raises(Retryable, match="cannot be reached"):
        desk.letters.replay("l1")
    assert desk.letters.get("l1") is not None
    desk.documents.close()


def test_who_takes_no_single_deliveries_says_so(tmp_path: Path) -> None:
    desk = Desk(tmp_path, None)
    desk.put()
    desk.put("l2", subscription="gone--topic")
    with pytest.raises(Conflict, match="feeds the warehouse"):
        desk.letters.replay("l1")
    with pytest.raises(Conflict, match="not declared any more"):
        desk.letters.replay("l2")
    desk.documents.close()


def test_what_cannot_be_read_is_shown_and_replayed_byte_for_byte(desk: tuple[Desk, Subscriber]) -> None:
    office, subscriber = desk
    office.put("text", data="[1, 2")
    office.put("bytes", data=None, raw=base64.b64encode(b"\xff\x00").decode())
    text, raw = office.letters.get("text"), office.letters.get("bytes")
    assert text is not None
    assert raw is not None
    assert text.data == {"unreadable": "[1, 2"}
    assert raw.data == {"unreadable": "/wA="}
    assert office.letters.replay("bytes")
    assert base64.b64decode(subscriber.asked[0].body["message"]["data"]) == b"\xff\x00"


def test_a_task_is_kept_once_and_replayed_through_its_queue(desk: tuple[Desk, Subscriber]) -> None:
    office, subscriber = desk
    for reason in ("recalculate_shard: TimeoutError", "told twice"):
        keep_task(
            office.documents,
            NOW,
            "recalculation",
            "recalculate_shard",
            {"shard": 3},
            task_id="t1",
            attempts=10,
            reason=reason,
            enqueued_at=NOW,
        )
    found = office.documents.get(f"{LETTERS}/recalculation~t1")
    assert found is not None
    letter = office.letters.get("recalculation~t1")
    assert letter is not None
    assert (letter.subscription, letter.data, letter.attempts) == ("recalculation", {"shard": 3}, 10)
    assert letter.reason == "recalculate_shard: TimeoutError"
    assert office.letters.replay(letter.letter_id)
    assert office.tasks.enqueued == [("recalculation", "recalculate_shard", {"shard": 3})]
    assert office.letters.get(letter.letter_id) is None
    assert subscriber.asked == []


@pytest.mark.parametrize("letter_id", ["", "a/b", "missing"])
def test_an_id_that_names_nothing(desk: tuple[Desk, Subscriber], letter_id: str) -> None:
    office, _ = desk
    assert office.letters.get(letter_id) is None
    assert not office.letters.replay(letter_id)
    assert not office.letters.discard(letter_id)
