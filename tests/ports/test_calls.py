"""The `Calls` port: over a folder of exported files, and over the interface itself, served by our own server."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.demonstration.gong_interface import GongInterface
from infra.demonstration.gong_server import GongServer
from infra.local.ambient import SystemClock
from infra.local.recorded_calls import RecordedCalls
from infra.local.sqlite_documents import SqliteDocuments
from infra.vendors.gong import GongCalls, basic_authorization
from shared.call_pipeline.domain.allowance import RequestLimits
from shared.call_pipeline.records.allowances import Allowances
from shared.call_pipeline.usecases.call_budget import CallBudget
from shared.conversations.domain.conversation import Affiliation, Said
from shared.conversations.ports.calls import Calls, UnreadableAnswer
from tests.conversations.gong_calls_in_json import NOON, call_id, details, transcript

Add = Callable[..., object]
HOUR = timedelta(hours=1)
PAGE_SIZE = 3


class Shelf:
    """One implementation with calls: `calls` reads what `add` has put there."""

    def __init__(self, calls: Calls, add: Add):
        self.calls = calls
        self.add = add


@pytest.fixture(params=["exported files", "Gong's interface"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    if request.param == "exported files":
        yield exported(tmp_path / "calls")
        return
    # Ten times Gong's rate, so that the tests of a port take no minute; the limits have tests of their own.
    interface = GongInterface(per_second=30, page_size=PAGE_SIZE)
    documents = SqliteDocuments(tmp_path / "integrations.sqlite", durable=False)
    budget = CallBudget(
        Allowances(documents, "call_budgets/gong"),
        SystemClock(),
        time.sleep,
        limits=RequestLimits(per_second=30),
        exclusively=threading.Lock(),
    )
    with GongServer(interface) as server:
        calls = GongCalls(server.url, lambda: basic_authorization("demonstration:demonstration"), budget)
        yield Shelf(calls, interface.add)
        calls.close()
    documents.close()
    assert interface.answered[429] == 0


def exported(folder: Path) -> Shelf:
    folder.mkdir()
    numbers = iter(range(1, 1_000))

    def add(call: dict[str, Any], said: dict[str, Any] | None = None) -> None:
        content: dict[str, Any] = {"calls": [call]}
        if said is not None:
            content["callTranscripts"] = [said]
        number = next(numbers)
        path = folder / f"export-{number:03}.json"
        path.write_text(json.dumps(content), "utf-8")
        os.utime(path, (number, number))

    return Shelf(RecordedCalls(folder, page_size=PAGE_SIZE), add)


def listed(calls: Calls, since: datetime, until: datetime) -> list[list[str]]:
    """The ids, page by page."""
    pages, cursor = [], None
    while True:
        page = calls.page(since, until, cursor)
        pages.append([call.call_id for call in page.calls])
        cursor = page.cursor
        if cursor is None:
            return pages


class TestCalls:
    def test_nothing_there_is_an_empty_page(self, shelf: Shelf) -> None:
        page = shelf.calls.page(NOON, NOON + HOUR)
        assert (page.calls, page.cursor, page.unreadable) == ((), None, ())
        assert shelf.calls.call(call_id(1)) is None
        assert shelf.calls.transcript(call_id(1)) is None

    def test_a_call_comes_with_its_parties_and_its_deal_as_it_was_then(self, shelf: Shelf) -> None:
        shelf.add(details(1), transcript(1))
        call = shelf.calls.call(call_id(1))
        assert call is not None
        assert shelf.calls.page(NOON, NOON + HOUR).calls == (call,)
        assert (call.call_id, call.title, call.duration_seconds) == (call_id(1), "Demo 1", 1800)
        assert (call.scheduled, call.started) == (NOON, NOON + timedelta(minutes=3))
        ada, guest = call.parties
        assert (ada.email, ada.user_id, ada.affiliation) == (
            "ada.poe@ours.example",
            "234599484848000001",
            Affiliation.INTERNAL,
        )
        assert (guest.email, guest.speaker_id, guest.attended) == (None, None, False)
        deal = call.crm_object("opportunity")
        assert deal is not None
        assert (deal.object_id, deal.field("StageName"), deal.field("Amount")) == ("0061Q00000mkU1fQAX", "Demo", 50_000)

    def test_a_range_holds_its_beginning_and_not_its_end_by_the_time_that_was_planned(self, shelf: Shelf) -> None:
        for number, at in enumerate(
            [NOON - timedelta(seconds=1), NOON, NOON + HOUR - timedelta(seconds=1), NOON + HOUR]
        ):
            shelf.add(details(number, at))
        # Begun after the end, planned before it: it belongs to this range.
        assert listed(shelf.calls, NOON, NOON + HOUR) == [[call_id(1), call_id(2)]]

    def test_pages_bring_each_call_once_in_the_order_of_time(self, shelf: Shelf) -> None:
        for number in (5, 2, 7, 1, 4, 3, 6):
            shelf.add(details(number, NOON + number * timedelta(minutes=1)))
        pages = listed(shelf.calls, NOON, NOON + HOUR)
        assert pages == [[call_id(n) for n in page] for page in ([1, 2, 3], [4, 5, 6], [7])]
        exactly = listed(shelf.calls, NOON + timedelta(minutes=2), NOON + HOUR)
        assert [len(page) for page in exactly] == [3, 3], "no empty page at the end"

    def test_calls_of_the_same_moment_do_not_get_lost_between_pages(self, shelf: Shelf) -> None:
        for number in range(7):
            shelf.add(details(number))
        found = [one for page in listed(shelf.calls, NOON, NOON + HOUR) for one in page]
        assert sorted(found) == [call_id(number) for number in range(7)]

    def test_moments_may_be_given_in_any_zone(self, shelf: Shelf) -> None:
        shelf.add(details(1, scheduled="2026-03-02T04:00:00-08:00"))
        since = datetime.fromisoformat("2026-03-02T14:00:00+02:00")
        assert listed(shelf.calls, since, since + timedelta(microseconds=1)) == [[call_id(1)]]

    def test_a_call_that_nobody_planned_is_found_by_its_start(self, shelf: Shelf) -> None:
        call = details(1)
        del call["metaData"]["scheduled"]
        shelf.add(call)
        assert listed(shelf.calls, NOON, NOON + HOUR) == [[call_id(1)]]

    def test_turns_come_in_the_order_of_time(self, shelf: Shelf) -> None:
        said: Any = transcript(1, "First.", "Second.")
        said["transcript"].reverse()
        shelf.add(details(1), said)
        heard = shelf.calls.transcript(call_id(1))
        assert heard is not None
        assert [(turn.speaker_id, turn.start_ms, turn.text) for turn in heard.turns] == [
            ("6432345678555530001", 0, "First."),
            ("6432345678555530001", 1000, "Second."),
        ]

    def test_details_without_a_transcript_wait_for_it(self, shelf: Shelf) -> None:
        shelf.add(details(1))
        assert shelf.calls.transcript(call_id(1)) is None
        shelf.add(details(1), transcript(1))
        assert shelf.calls.transcript(call_id(1)) is not None

    @pytest.mark.parametrize("empty", [[], None])
    def test_a_transcript_may_be_empty_yet(self, shelf: Shelf, empty: Any) -> None:
        shelf.add(details(1), {"callId": call_id(1), "transcript": empty})
        assert shelf.calls.transcript(call_id(1)) == Said(())

    def test_a_private_call_says_so(self, shelf: Shelf) -> None:
        shelf.add(details(1, isPrivate=True))
        assert [call.private for call in shelf.calls.page(NOON, NOON + HOUR).calls] == [True]

    def test_what_a_call_says_last_counts(self, shelf: Shelf) -> None:
        shelf.add(details(1, title="Before"), transcript(1, "Before."))
        shelf.add(details(1, title="After"), transcript(1, "After."))
        call, said = shelf.calls.call(call_id(1)), shelf.calls.transcript(call_id(1))
        assert call is not None
        assert said is not None
        assert (call.title, said.turns[0].text) == ("After", "After.")

    def test_an_unreadable_call_holds_up_none_of_its_page(self, shelf: Shelf) -> None:
        shelf.add(details(1))
        shelf.add(details(2, duration="half an hour"))
        shelf.add(details(3))
        page = shelf.calls.page(NOON, NOON + HOUR)
        assert [call.call_id for call in page.calls] == [call_id(1), call_id(3)]
        (odd,) = page.unreadable
        assert odd.call_id == call_id(2)
        assert json.loads(odd.raw)["metaData"]["duration"] == "half an hour"
        with pytest.raises(UnreadableAnswer) as asked:
            shelf.calls.call(call_id(2))
        assert (asked.value.field or "").endswith("metaData.duration")
        assert json.loads(asked.value.raw)["metaData"]["id"] == call_id(2)

    def test_an_unreadable_transcript_is_kept_for_the_quarantine(self, shelf: Shelf) -> None:
        said: Any = transcript(1)
        said["transcript"] = "soon"
        shelf.add(details(1), said)
        with pytest.raises(UnreadableAnswer) as asked:
            shelf.calls.transcript(call_id(1))
        assert asked.value.field == "callTranscripts.0.transcript"
        assert b"soon" in asked.value.raw
        assert "soon" not in str(asked.value)

    def test_an_odd_sentence_is_set_aside_and_counted(self, shelf: Shelf) -> None:
        said: Any = transcript(1, "First.", "Second.")
        odd: list[Any] = [None, {"start": 9, "end": 3, "text": "a"}, {"start": 9, "text": "b"}, {"start": 1, "end": 2}]
        odd += [{"start": 1, "end": 2, "text": 7}, "words", {"start": "soon", "end": 2, "text": "c"}]
        said["transcript"][0]["sentences"] += odd
        said["transcript"] += [None, {"speakerId": "with spaces", "sentences": []}]
        shelf.add(details(1), said)
        heard = shelf.calls.transcript(call_id(1))
        assert heard is not None
        assert ([turn.text for turn in heard.turns], heard.set_aside) == (["First.", "Second."], len(odd) + 2)
