"""Gong's interface as its client meets it: limits, expiring cursors, halves that come late, every kind of trouble."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from infra.demonstration import corpus_gong
from infra.demonstration.gong_interface import Answer, GongInterface
from infra.demonstration.gong_server import GongServer
from infra.local.ambient import SystemClock
from infra.local.sqlite_documents import SqliteDocuments
from infra.vendors import gong
from infra.vendors.gong import GongCalls, basic_authorization, bearer_authorization
from shared.call_pipeline.domain.allowance import RequestLimits
from shared.call_pipeline.records.allowances import Allowances
from shared.call_pipeline.usecases.call_budget import CallBudget
from shared.conversations.domain.conversation import Said
from shared.conversations.domain.recorded_call import RecordedCall
from shared.conversations.ports.calls import AccessRefused, BudgetSpent, CursorExpired, RateLimited, UnreadableAnswer
from shared.kernel.errors import AugmentError, Rejected, Retryable
from tests.conversations.gong_calls_in_json import NOON, call_id, details, played, transcript
from tests.harness.unlimited import Unlimited
from tests.harness.web import Asked, Told, serving

HOUR = timedelta(hours=1)
KEY = "demonstration:demonstration"


class SetTime:
    """Gong's own time, which a test sets, or somebody's waiting."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time

    now = __call__

    def wait(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def gongs_time() -> SetTime:
    return SetTime()


@pytest.fixture
def interface(gongs_time: SetTime) -> GongInterface:
    return GongInterface(page_size=2, per_second=1_000, now=gongs_time)


@pytest.fixture
def calls(interface: GongInterface) -> Iterator[GongCalls]:
    with GongServer(interface) as server:
        client = GongCalls(server.url, lambda: basic_authorization(KEY), Unlimited())
        yield client
        client.close()


def asking(url: str, budget: Unlimited | None = None) -> GongCalls:
    return GongCalls(url, lambda: basic_authorization(KEY), budget or Unlimited())


class TestLimits:
    def test_two_instances_never_pass_gongs_own_limit(self, tmp_path: Path, gongs_time: SetTime) -> None:
        """Both sides by one clock, which only waiting moves: as fast as the budget lets them."""
        interface = GongInterface(now=gongs_time)
        for number in range(10):
            interface.add(details(number), transcript(number))
        store = SqliteDocuments(tmp_path / "integrations.sqlite", durable=False)
        with GongServer(interface) as server:
            instances = [
                GongCalls(
                    server.url,
                    lambda: basic_authorization(KEY),
                    CallBudget(Allowances(store, "call_budgets/gong"), gongs_time, gongs_time.wait),
                )
                for _ in range(2)
            ]
            for number in range(10):
                assert instances[number % 2].call(call_id(number)) is not None
                assert instances[number % 2].transcript(call_id(number)) is not None
        store.close()
        assert interface.answered == {200: 20}
        assert timedelta(seconds=6) < gongs_time.time - NOON < timedelta(seconds=15)

    def test_over_the_limit_everybody_is_told_to_wait(self, gongs_time: SetTime) -> None:
        interface = GongInterface(per_second=2, now=gongs_time)
        budget = Unlimited()
        with GongServer(interface) as server:
            client = asking(server.url, budget)
            client.call(call_id(1))
            client.call(call_id(1))
            with pytest.raises(RateLimited) as limited:
                client.call(call_id(1))
            assert limited.value.after_seconds == 1
            assert budget.held_off == [1]
            gongs_time.time += timedelta(seconds=1)
            client.call(call_id(1))
        assert interface.answered[429] == 1

    def test_the_recorders_own_day_ends_in_utc(self, gongs_time: SetTime) -> None:
        interface = GongInterface(per_second=1_000, per_day=1, now=gongs_time)
        budget = Unlimited()
        with GongServer(interface) as server:
            client = asking(server.url, budget)
            client.call(call_id(1))
            with pytest.raises(RateLimited) as limited:
                client.call(call_id(1))
            assert budget.held_off == [limited.value.after_seconds] == [12 * 3600]
            gongs_time.time += timedelta(hours=12)
            client.call(call_id(1))

    def test_a_spent_day_asks_nothing(self, tmp_path: Path, interface: GongInterface) -> None:
        store = SqliteDocuments(tmp_path / "integrations.sqlite", durable=False)
        limits = RequestLimits(per_day=1)
        budget = CallBudget(Allowances(store, "call_budgets/gong"), SystemClock(), time.sleep, limits=limits)
        with GongServer(interface) as server:
            client = GongCalls(server.url, lambda: basic_authorization(KEY), budget)
            client.call(call_id(1))
            with pytest.raises(BudgetSpent):
                client.call(call_id(1))
        store.close()
        assert interface.answered.total() == 1

    @pytest.mark.parametrize(
        ("header", "seconds"),
        [("17", 17), ("0", 1), ("9" * 30, 86_400), ("Wed, 21 Oct 2026 07:28:00 GMT", 5), ("-3", 5), (None, 5)],
    )
    def test_retry_after_in_seconds(self, header: str | None, seconds: int) -> None:
        budget = Unlimited()
        headers = {} if header is None else {"Retry-After": header}
        with (
            serving(lambda asked: Told({"errors": ["API request limit exceeded"]}, 429, headers)) as url,
            pytest.raises(RateLimited) as limited,
        ):
            asking(url, budget).call("1")
        assert limited.value.after_seconds == seconds
        assert budget.held_off == [seconds]


class TestListings:
    def test_a_cursor_that_has_expired_says_so(
        self, calls: GongCalls, interface: GongInterface, gongs_time: SetTime
    ) -> None:
        for number in range(5):
            interface.add(details(number))
        first = calls.page(NOON, NOON + HOUR)
        gongs_time.time += timedelta(minutes=59)
        second = calls.page(NOON, NOON + HOUR, first.cursor)
        assert [call.call_id for call in second.calls] == [call_id(2), call_id(3)]
        # An hour after the first page, not after the one before.
        gongs_time.time += timedelta(minutes=1)
        with pytest.raises(CursorExpired):
            calls.page(NOON, NOON + HOUR, second.cursor)

    def test_a_listing_that_does_not_move_is_given_up(self) -> None:
        answer = {"records": {"cursor": "again"}, "calls": []}
        with serving(lambda asked: Told(answer)) as url:
            client = asking(url)
            assert client.page(NOON, NOON + HOUR).cursor == "again"
            with pytest.raises(UnreadableAnswer, match="cursor"):
                client.page(NOON, NOON + HOUR, "again")

    def test_the_cursor_stands_beside_the_filter(self) -> None:
        asked: list[Asked] = []

        def answer(request: Asked) -> Told:
            asked.append(request)
            return Told({"calls": []})

        with serving(answer) as url:
            asking(url).page(NOON, NOON + HOUR)
            asking(url).page(NOON, NOON + HOUR, "abc")
        first, second = (one.body for one in asked)
        assert first["filter"] == {"fromDateTime": "2026-03-02T12:00:00Z", "toDateTime": "2026-03-02T13:00:00Z"}
        assert first["contentSelector"]["exposedFields"]["parties"] is True
        assert second == {**first, "cursor": "abc"}


class TestLateHalves:
    def test_the_transcript_may_be_ready_before_the_details(
        self, calls: GongCalls, interface: GongInterface, gongs_time: SetTime
    ) -> None:
        interface.add(details(1), transcript(1), details_after=timedelta(minutes=5))
        assert calls.transcript(call_id(1)) is not None
        assert calls.call(call_id(1)) is None
        gongs_time.time += timedelta(minutes=5)
        assert calls.call(call_id(1)) is not None

    def test_and_the_details_before_the_transcript(
        self, calls: GongCalls, interface: GongInterface, gongs_time: SetTime
    ) -> None:
        interface.add(details(1), transcript(1), transcript_after=timedelta(minutes=30))
        assert calls.call(call_id(1)) is not None
        assert calls.transcript(call_id(1)) is None
        gongs_time.time += timedelta(minutes=30)
        assert calls.transcript(call_id(1)) is not None
        assert interface.transcripts_given == [call_id(1)]


class TestWhoAsks:
    def test_a_wrong_key_is_a_persons_business(self, interface: GongInterface) -> None:
        with GongServer(interface) as server:
            client = GongCalls(server.url, lambda: basic_authorization("other:key"), Unlimited())
            with pytest.raises(AccessRefused, match="401") as refused:
                client.call(call_id(1))
        assert refused.value.after_seconds == 300

    def test_a_token_is_asked_for_each_time(self) -> None:
        seen: list[str] = []
        tokens = iter(["first", "second"])

        def answer(asked: Asked) -> Told:
            seen.append(asked.headers["authorization"])
            return Told({"calls": []})

        with serving(answer) as url:
            client = GongCalls(url, lambda: bearer_authorization(next(tokens)), Unlimited())
            client.call("1")
            client.call("1")
        assert seen == ["Bearer first", "Bearer second"]

    def test_a_key_is_given_with_its_secret(self) -> None:
        assert basic_authorization("key:secret\n") == "Basic a2V5OnNlY3JldA=="
        with pytest.raises(ValueError, match="key:secret"):
            basic_authorization("key")

    @pytest.mark.parametrize("url", ["http://api.gong.io", "api.gong.io", "ftp://api.gong.io", "http://127.0.0.1.evil"])
    def test_the_key_never_travels_in_the_open(self, url: str) -> None:
        with pytest.raises(ValueError, match="https"):
            asking(url)


def gongs_error(status: int, text: str) -> Told:
    return Told({"requestId": "r", "errors": [text]}, status)


TROUBLE: list[tuple[str, Told, type[AugmentError]]] = [
    ("our request is wrong", gongs_error(400, "Failed to parse Ada Poe"), Rejected),
    ("the scope is missing", gongs_error(403, "Missing scope api:calls:read:extensive"), AccessRefused),
    ("somebody else's 404", Told(b"<html>Ada Poe: no calls found</html>", 404), AccessRefused),
    ("Gong's 404 for a path", gongs_error(404, "No such resource"), AccessRefused),
    ("moved away", Told(b"", 302, {"Location": "https://elsewhere.example/"}), AccessRefused),
    ("an error of theirs", gongs_error(500, "unexpected Ada Poe"), Retryable),
    ("a gateway's error", Told(b"<html>Ada Poe</html>", 503), Retryable),
    ("no JSON", Told(b"<html>Ada Poe</html>"), UnreadableAnswer),
    ("another JSON", Told({"hello": "Ada Poe"}), UnreadableAnswer),
]


@pytest.mark.parametrize(("answer", "kind"), [row[1:] for row in TROUBLE], ids=[row[0] for row in TROUBLE])
@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.page(NOON, NOON + HOUR, "cursor"),
        lambda client: client.call("42"),
        lambda client: client.transcript("42"),
    ],
    ids=["page", "call", "transcript"],
)
def test_trouble(answer: Told, kind: type[AugmentError], ask: Callable[[GongCalls], object]) -> None:
    with serving(lambda asked: answer) as url, pytest.raises(AugmentError) as raised:
        ask(asking(url))
    assert type(raised.value) is kind
    assert "Ada" not in str(raised.value), "what Gong answers stays out of messages"
    if isinstance(raised.value, UnreadableAnswer):
        assert b"Ada" in raised.value.raw, "but is kept for the quarantine"


def test_only_who_goes_on_with_a_cursor_begins_again_when_it_has_expired() -> None:
    with serving(lambda asked: gongs_error(400, "cursor has expired")) as url:
        client = asking(url)
        with pytest.raises(CursorExpired):
            client.page(NOON, NOON + HOUR, "cursor")
        for ask in (lambda: client.page(NOON, NOON + HOUR), lambda: client.call("42"), lambda: client.transcript("42")):
            with pytest.raises(Rejected):
                ask()


def test_nobody_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(Retryable, match="ConnectError"):
        asking(f"http://127.0.0.1:{port}").call("1")


class Outage(GongInterface):
    """Answers two requests with errors, and then as always."""

    def __init__(self) -> None:
        super().__init__()
        self._failing = [500, 503]

    def answer(self, method: str, path: str, authorization: str | None, body: bytes) -> Answer:
        if self._failing:
            return Answer(self._failing.pop(0), {"errors": ["Failed to complete the operation"]})
        return super().answer(method, path, authorization, body)


def test_an_outage_passes() -> None:
    interface = Outage()
    interface.add(details(1))
    with GongServer(interface) as server:
        calls = GongCalls(server.url, lambda: basic_authorization(KEY), Unlimited())
        for _ in range(2):
            with pytest.raises(Retryable):
                calls.call(call_id(1))
        assert calls.call(call_id(1)) is not None
        calls.close()


def test_an_answer_that_never_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gong, "READ_SECONDS", 0.2)

    def late(asked: Asked) -> Told:
        time.sleep(0.8)
        return Told({"calls": []})

    with serving(late) as url, pytest.raises(Retryable, match="ReadTimeout"):
        asking(url).call("1")


def test_an_answer_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gong, "MOST_BYTES", 1 << 20)
    with (
        serving(lambda asked: Told(b" " * (2 << 20))) as url,
        pytest.raises(UnreadableAnswer, match="over 1,048,576"),
    ):
        asking(url).call("1")


def test_another_calls_details_are_not_taken_for_those_asked_for() -> None:
    with serving(lambda asked: Told({"calls": [details(2)]})) as url:
        assert asking(url).call(call_id(1)) is None


def test_every_request_takes_from_the_budget(interface: GongInterface) -> None:
    budget = Unlimited()
    interface.add(details(1), transcript(1))
    with GongServer(interface) as server:
        client = asking(server.url, budget)
        client.page(NOON, NOON + HOUR)
        client.call(call_id(1))
        client.transcript(call_id(1))
    assert budget.taken == interface.answered.total() == 3


def test_the_demonstrations_calls_are_read_as_they_were_written(calls: GongCalls, interface: GongInterface) -> None:
    staged = played(NOON)
    answers = corpus_gong.extensive_answer(staged), corpus_gong.transcript_answer(staged)
    assert interface.add_answers(*answers) == [one.call_id for one in staged]
    found: list[RecordedCall] = []
    cursor = None
    while True:
        page = calls.page(NOON, NOON + timedelta(days=1), cursor)
        assert page.unreadable == ()
        found += page.calls
        cursor = page.cursor
        if cursor is None:
            break
    assert [one.call_id for one in found] == [one.call_id for one in staged]
    for one in staged:
        assert calls.transcript(one.call_id) == Said(one.conversation.turns)
