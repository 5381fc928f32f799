"""Delivers to a real HTTP server that behaves as a platform under load does."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import Any

import pytest

from infra.web import delivery
from infra.web.calling import Caller, Refused, Unreachable
from infra.web.delivery import Delivery, Report
from infra.web.events import (
    VALIDATION_EVENTS,
    Line,
)
from tests.harness.busy_platform import Platform, event, lines


def deliver(platform: Platform, several: list[Line], **options: Any) -> tuple[Report, list[float]]:
    pauses: list[float] = []
    caller = Caller(platform.url, lambda path: "a-token")
    delivery = Delivery(caller.post, sleep=pauses.append, **options)
    return delivery.run(several), pauses


class TestDelivery:
    def test_takes_every_event_once_in_lists_of_the_given_size(self, platform: Platform) -> None:
        report, _ = deliver(platform, lines(1000), list_size=40, connections=3)
        assert (report.accepted, report.duplicates, report.rejected) == (1000, 0, 0)
        assert set(platform.by_id) == {f"evt-{n}" for n in range(1, 1001)}
        assert max(len(events) for _, events in platform.lists) == 40
        assert report.requests == len(platform.lists) < 60
        assert set(platform.tokens) == {"Bearer a-token"}

    def test_keeps_each_persons_order_of_time_in_each_path(self, platform: Platform) -> None:
        deliver(platform, lines(600), list_size=25, connections=4)
        seen: dict[tuple[str, str], list[int]] = defaultdict(list)
        for path, events in platform.lists:
            for sent in events:
                seen[path, sent["employee_id"]].append(int(sent["event_id"].removeprefix("evt-")))
        assert len(seen) == 21
        assert all(numbers == sorted(numbers) for numbers in seen.values())

    def test_never_sends_one_person_over_two_connections(self, platform: Platform) -> None:
        deliver(platform, lines(400, people=8), list_size=500, connections=4)
        together = [{sent["employee_id"] for sent in events} for _, events in platform.lists]
        assert {frozenset(people) for people in together} == {
            frozenset({f"p{n}@example.com", f"p{n + 4}@example.com"}) for n in range(4)
        }

    def test_again_changes_nothing(self, platform: Platform) -> None:
        deliver(platform, lines(90))
        report, _ = deliver(platform, lines(90))
        assert (report.accepted, report.duplicates, report.rejected) == (0, 90, 0)

    def test_tries_again_when_the_platform_is_busy_and_honours_retry_after(self, platform: Platform) -> None:
        refusals = iter([(503, {"Retry-After": "3"}, {"detail": "busy"}), (429, {}, {}), (500, {}, {})])
        platform.trouble = lambda *_: next(refusals, None)
        report, pauses = deliver(platform, lines(30), connections=1)
        assert (report.accepted, report.rejected) == (30, 0)
        assert pauses == [3.0, 0.5, 1.0]

    def test_sends_only_those_items_again_that_were_put_off(self, platform: Platform) -> None:
        put_off = {"evt-3", "evt-9"}
        times: Counter[str] = Counter()

        def once(sent: dict[str, Any]) -> int:
            times[sent["event_id"]] += 1
            return 503 if sent["event_id"] in put_off and times[sent["event_id"]] == 1 else 0

        platform.trouble_with_item = once
        report, _ = deliver(platform, [Line(n, VALIDATION_EVENTS, event(n)) for n in range(1, 13)])
        assert (report.accepted, report.rejected) == (12, 0)
        assert [len(events) for _, events in platform.lists] == [12, 2]

    def test_gives_up_on_an_item_that_is_put_off_for_ever_and_says_so(self, platform: Platform) -> None:
        platform.trouble_with_item = lambda sent: 503 if sent["event_id"] == "evt-2" else 0
        report, pauses = deliver(platform, lines(5, people=1), attempts=3)
        assert report.accepted == 4
        assert [(r.number, r.status) for r in report.rejects] == [(2, 503)]
        assert len(pauses) == 2

    def test_survives_connections_that_break_off(self, platform: Platform) -> None:
        platform.break_off = 3
        report, _ = deliver(platform, lines(50), connections=2)
        assert (report.accepted + report.duplicates, report.rejected) == (50, 0)
        assert len(platform.by_id) == 50

    def test_reports_rejected_items_in_the_order_of_the_file(self, platform: Platform) -> None:
        platform.trouble_with_item = lambda sent: 422 if sent["event_id"].endswith("7") else 0
        report, pauses = deliver(platform, lines(60))
        assert [r.number for r in report.rejects] == [7, 17, 27, 37, 47, 57]
        assert report.rejects[0].problem == {"detail": "refused evt-7"}
        assert report.accepted == 54
        assert pauses == []

    def test_finds_the_one_line_that_spoils_a_whole_list(self, platform: Platform) -> None:
        platform.trouble = lambda _, body: (400, {}, {"detail": "unreadable"}) if b'evt-33"' in body else None
        report, _ = deliver(platform, [Line(n, VALIDATION_EVENTS, event(n)) for n in range(1, 101)])
        assert [(r.number, r.status) for r in report.rejects] == [(33, 400)]
        assert report.accepted == 99

    def test_cuts_lists_by_bytes(self, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(delivery, "LIST_BYTES", 1_000)
        deliver(platform, [Line(n, VALIDATION_EVENTS, event(n)) for n in range(1, 101)])
        assert max(len(json.dumps(events, separators=(",", ":"))) for _, events in platform.lists) <= 1_000
        assert len(platform.by_id) == 100

    def test_stops_at_once_when_the_caller_may_not_post(self, platform: Platform) -> None:
        platform.trouble = lambda *_: (403, {}, {"detail": "this account may not"})
        with pytest.raises(Refused, match="403: this account may not"):
            deliver(platform, lines(5000), list_size=10)

    def test_raises_when_nobody_answers(self) -> None:
        nowhere = Caller("http://127.0.0.1:9", lambda path: "a-token")
        with pytest.raises(Unreachable):
            Delivery(nowhere.post, attempts=2, sleep=lambda _: None).run(lines(10))

    def test_refuses_lists_that_the_platform_would_refuse(self) -> None:
        with pytest.raises(ValueError, match="from 1 to 500"):
            Delivery(Caller("http://127.0.0.1:9", lambda path: "").post, list_size=501)
