"""The replay against a real HTTP server that answers, delays, refuses and breaks off as a platform under load does."""

from __future__ import annotations

import contextlib
import io
import json
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from infra.local.ambient import SystemClock
from infra.local.identity import ISSUER, LocalIssuer, audience_of, service_account
from infra.web import delivery
from infra.web.calling import Caller, Refused, Unreachable
from infra.web.delivery import Delivery, Report
from infra.web.events import (
    FIELD_OBSERVATIONS,
    LEARNING_ACTIVITIES,
    VALIDATION_EVENTS,
    Line,
    Reject,
    path_of,
    read_lines,
)
from infra.web.identity import VerifiedTokens
from scripts.commands import replay
from scripts.commands.progress_bar import ProgressBar
from shared.kernel.errors import Unauthenticated


class Platform:
    """Keeps what it is sent and answers lists as `ingest` does. `trouble` may answer a request instead of it."""

    def __init__(self) -> None:
        self.lists: list[tuple[str, list[dict[str, Any]]]] = []
        self.by_id: dict[str, dict[str, Any]] = {}
        self.tokens: Counter[str] = Counter()
        self.people: list[str] = []
        self.trouble: Callable[[str, bytes], tuple[int, dict[str, str], dict[str, Any]] | None] = lambda *_: None
        self.trouble_with_item: Callable[[dict[str, Any]], int] = lambda _: 0
        self.break_off = 0
        self.lock = threading.Lock()
        platform = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                with platform.lock:
                    if platform.break_off:
                        platform.break_off -= 1
                        self.close_connection = True
                        return
                    platform.tokens[self.headers["Authorization"]] += 1
                    status, headers, value = platform.answer(self.path, content, self.headers["Content-Type"])
                body = json.dumps(value).encode()
                self.send_response(status)
                for name, text in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, text)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def answer(self, path: str, content: bytes, content_type: str) -> tuple[int, dict[str, str], dict[str, Any]]:
        special = self.trouble(path, content)
        if special:
            return special
        if content_type == "text/csv":
            self.people = content.decode().splitlines()
            return 200, {}, {"created": len(self.people) - 1, "updated": 0, "unchanged": 0, "rejected": 0, "lines": []}
        events = json.loads(content)
        self.lists.append((path, events))
        results = [self.take(index, event) for index, event in enumerate(events)]
        return 207, {}, {"results": results, "accepted": 0, "duplicates": 0, "rejected": 0}

    def take(self, index: int, event: dict[str, Any]) -> dict[str, Any]:
        status = self.trouble_with_item(event)
        if status:
            return {"index": index, "status": status, "problem": {"detail": f"refused {event['event_id']}"}}
        known = self.by_id.setdefault(event["event_id"], event)
        if known is not event:
            return {"index": index, "status": 200, "answer": {"duplicate": True}}
        return {"index": index, "status": 201, "answer": {"validation_id": event["event_id"]}}


@pytest.fixture
def platform() -> Iterator[Platform]:
    running = Platform()
    yield running
    running.server.shutdown()
    running.server.server_close()


def event(number: int, person: int = 0) -> dict[str, Any]:
    return {"event_id": f"evt-{number}", "event_source": "voice-roleplay", "employee_id": f"p{person}@example.com"}


def lines(count: int, people: int = 7) -> list[Line]:
    paths = (VALIDATION_EVENTS, FIELD_OBSERVATIONS, LEARNING_ACTIVITIES)
    return [Line(n, paths[n % 3], event(n, n % people)) for n in range(1, count + 1)]


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


class TestReadingLines:
    @pytest.mark.parametrize(
        ("body", "path"),
        [
            ({"event_type": "role_play", "timestamp": "…"}, VALIDATION_EVENTS),
            ({"event_id": "evt_abc123"}, VALIDATION_EVENTS),
            ({"observation_source": "gong", "source_id": "call-1"}, FIELD_OBSERVATIONS),
            ({"content_id": "healthcare-discovery-primer", "activity_type": "podcast"}, LEARNING_ACTIVITIES),
            ({"employee_id": "joe@augmentcode.com"}, None),
            ({"event_id": "evt", "observation_id": "obs"}, None),
        ],
    )
    def test_recognises_a_bare_body_by_its_fields(self, body: dict[str, Any], path: str | None) -> None:
        assert path_of(body) == path

    def test_takes_both_shapes_and_skips_empty_lines(self) -> None:
        text = ['{"path": "/api/v1/field-observations", "body": {"a": 1}}\n', "\n", '{"event_id": "e"}\n']
        assert list(read_lines(text)) == [
            Line(1, FIELD_OBSERVATIONS, {"a": 1}),
            Line(3, VALIDATION_EVENTS, {"event_id": "e"}),
        ]

    @pytest.mark.parametrize(
        ("raw", "reason"),
        [
            ("{", "not JSON"),
            ('{"event_id": "e", "overall_score": NaN}', "NaN"),
            ("[" * 100_000, "not JSON"),
            ("[1]", "no JSON object"),
            ('{"employee_id": "joe"}', "not recognised"),
            ('{"path": "/api/v1/employees/import", "body": {}}', "accepted are"),
            ('{"path": "/api/v1/validation-events", "body": 7}', "no JSON object"),
            ('{"event_id": "\\ud800"}', "not JSON"),
            ('{"event_id": "\udcff"}', "not JSON"),
        ],
    )
    def test_gives_the_reason_for_a_line_that_cannot_be_sent(self, raw: str, reason: str) -> None:
        (reject,) = read_lines([raw])
        assert isinstance(reject, Reject)
        assert (reject.number, reject.status) == (1, 0)
        assert reason in reject.problem["detail"]


class TestCommand:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        file = tmp_path / "mine.jsonl"
        file.write_text("".join(json.dumps(event(n)) + "\n" for n in range(1, 21)), encoding="utf-8")
        return file

    def run(self, *arguments: str) -> tuple[int, str, str]:
        out, errors = io.StringIO(), io.StringIO()
        return replay.main(arguments, out, errors), out.getvalue(), errors.getvalue()

    def test_succeeds_and_leaves_no_report_when_everything_was_taken(self, platform: Platform, file: Path) -> None:
        stale = file.with_name("mine.jsonl.rejects.jsonl")
        stale.write_text("{}\n", encoding="utf-8")
        code, out, errors = self.run(str(file), "--url", platform.url, "--token", "t")
        assert code == 0
        assert "20 accepted, 0 were there already, 0 rejected" in out
        assert "100 %" in errors
        assert not stale.exists()

    def test_reads_a_file_that_begins_with_a_byte_order_mark(self, platform: Platform, file: Path) -> None:
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
        code, out, _ = self.run(str(file), "--url", platform.url, "--token", "t")
        assert (code, "0 rejected" in out) == (0, True), out

    def test_writes_each_reject_with_line_and_reason_and_fails(self, platform: Platform, file: Path) -> None:
        platform.trouble_with_item = lambda sent: 422 if sent["event_id"] == "evt-4" else 0
        with file.open("ab") as more:
            more.write(b'not json\n{"event_id": "\xff"}\n')
        code, out, _ = self.run(str(file), "--url", platform.url, "--token", "t")
        written = file.with_name("mine.jsonl.rejects.jsonl").read_text(encoding="utf-8").splitlines()
        rejects = [json.loads(line) for line in written]
        assert code == 1
        assert [(r["line"], r["status"], r["id"]) for r in rejects] == [(4, 422, "evt-4"), (21, 0, None), (22, 0, None)]
        assert "line 4: refused evt-4" in out
        assert len(platform.by_id) == 19

    def test_imports_people_first(self, platform: Platform, file: Path) -> None:
        people = file.with_name("people.csv")
        people.write_text(
            "name,email,role,manager,hire_date\nP,p0@example.com,employee,,2024-01-01\n", encoding="utf-8"
        )
        code, out, _ = self.run(str(file), "--url", platform.url, "--token", "t", "--people", str(people))
        assert code == 0
        assert platform.people[1].startswith("P,p0@example.com")
        assert "people: 1 created" in out

    def test_reads_a_renewed_token_from_its_file(self, platform: Platform, file: Path) -> None:
        token = file.with_name("token")
        token.write_text("first\n", encoding="utf-8")

        def renew(*_: Any) -> None:
            token.write_text("second\n", encoding="utf-8")

        platform.trouble = renew
        self.run(str(file), "--url", platform.url, "--token-file", str(token), "--list-size", "10")
        assert platform.tokens == {"Bearer first": 1, "Bearer second": 1}

    def test_signs_with_the_embedded_platforms_own_key(self, platform: Platform, file: Path, tmp_path: Path) -> None:
        """Each function's own audience, and the account of the allow-list: what the one verifier accepts."""
        data = tmp_path / "data"
        issuer = LocalIssuer(data / "secrets", SystemClock())
        verified = VerifiedTokens({ISSUER: issuer}, SystemClock())
        people = tmp_path / "people.csv"
        people.write_text("name,email,role,manager,hire_date\n", encoding="utf-8")
        code, _, _ = self.run(str(file), "--url", platform.url, "--local", str(data), "--people", str(people))
        assert code == 0
        found = set()
        for header in platform.tokens:
            for function in ("ingest", "skills_api"):
                with contextlib.suppress(Unauthenticated):
                    identity = verified.verify(header.removeprefix("Bearer "), audiences=[audience_of(function)])
                    found.add((function, identity.email, identity.kind))
        assert found == {(f, service_account("administration"), "service") for f in ("ingest", "skills_api")}

    def test_makes_no_keys_in_a_folder_that_is_no_data_directory(self, file: Path, tmp_path: Path) -> None:
        code, _, errors = self.run(str(file), "--local", str(tmp_path / "elsewhere"))
        assert code == 2
        assert "not the data directory" in errors
        assert not (tmp_path / "elsewhere").exists()

    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [
            (["--token", "t", "--url", "http://127.0.0.1:9", "--list-size", "501"], "from 1 to 500"),
            (["--token", "t", "--url", "ftp://example.com"], "no http(s) URL"),
            ([], "who is calling?"),
        ],
    )
    def test_says_what_is_wrong_with_the_call(
        self, file: Path, arguments: list[str], reason: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("AUGMENT_SKILLS_TOKEN", raising=False)
        code, _, errors = self.run(str(file), *arguments)
        assert code == 2
        assert reason in errors

    def test_fails_when_there_is_no_such_file(self) -> None:
        code, _, errors = self.run("nowhere.jsonl", "--token", "t")
        assert code == 2
        assert "nowhere.jsonl" in errors


class TestProgressBar:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def test_draws_rate_and_remaining_time_on_a_terminal(self) -> None:
        clock = iter([0.0, 2.0, 2.01, 4.0])
        terminal = self.Terminal()
        bar = ProgressBar("events", 400, terminal, monotonic=lambda: next(clock))
        bar(Report(accepted=100))
        bar(Report(accepted=101))
        bar(Report(accepted=398, rejects=[Reject(1, None, None, 422, {})] * 2))
        drawn = terminal.getvalue()
        assert " 25 %  100/400  50/s  6 s left" in drawn
        assert "101/400" not in drawn
        assert drawn.endswith("100 %  400/400  100/s  4.0 s  2 rejected\n")

    def test_writes_one_line_at_each_tenth_elsewhere(self) -> None:
        out = io.StringIO()
        bar = ProgressBar("events", 1000, out, monotonic=lambda: 0.0)
        for done in range(0, 1001, 7):
            bar(Report(accepted=done))
        bar(Report(accepted=1000))
        assert len(out.getvalue().splitlines()) == 10
