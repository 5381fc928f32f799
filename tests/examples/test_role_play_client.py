"""The example client against a platform that is away, busy, redirected, broken, strict and killed in mid-sentence."""

from __future__ import annotations

import base64
import email.utils
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from examples.role_play_client import role_play_client as example
from examples.role_play_client.role_play_client import Client, NoToken, Score, Session, Spool
from shared.observations.contract import ValidationEvent

FOLDER = Path(example.__file__).parent
Reply = tuple[int, dict[str, str], Any]

SESSION = Session(
    session_id="s-1",
    employee_id="joe@augmentcode.com",
    scenario_id="healthcare-discovery-call",
    finished_at=datetime(2026, 2, 10, 14, 30, tzinfo=UTC),
    duration_seconds=420,
    overall_score=82,
    passed=True,
    scores=[Score("discovery", 85, {"industry": "healthcare"}), Score("listening", 79)],
    details_url="gs://roleplay-results/s-1.json",
)


def session(number: int) -> Session:
    return replace(SESSION, session_id=f"s-{number}")


class Platform:
    """Keeps events by id and answers as `ingest` does, or as the next of `replies` says. "break" breaks off after
    the event was taken: the answer is lost."""

    def __init__(self) -> None:
        self.replies: list[Reply | str] = []
        self.always: Callable[[dict[str, Any]], Reply | None] = lambda _: None
        self.events: dict[str, dict[str, Any]] = {}
        self.received: list[str] = []
        self.tokens: list[str] = []
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                reply = platform.reply(self.path, event, self.headers["Authorization"])
                if isinstance(reply, str):
                    return
                status, headers, value = reply
                body = value if isinstance(value, bytes) else json.dumps(value).encode()
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

    def reply(self, path: str, event: dict[str, Any], token: str) -> Reply | str:
        self.received.append(event["event_id"])
        self.tokens.append(token)
        reply = self.replies.pop(0) if self.replies else self.always(event)
        if reply and reply != "break":
            return reply
        if path != "/api/v1/validation-events":
            return 404, {}, {"detail": "no such path"}
        known = self.events.setdefault(event["event_id"], event)
        if reply == "break":
            return reply
        if known != event:
            return 409, {}, {"detail": "exists with other content"}
        answer = {"validation_id": event["event_id"], "employee_id": event["employee_id"], "skill_updates": []}
        return (201, {}, answer) if known is event else (200, {}, {**answer, "duplicate": True})

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def platform() -> Iterator[Platform]:
    running = Platform()
    yield running
    running.close()


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


class Waits(list[float]):
    """Stands in for sleeping: keeps how long."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def client(platform: Platform, spool: Spool, waits: Waits) -> Client:
    return Client(platform.url, lambda: "a-token", spool, uniform=lambda low, high: high, sleep=waits)


def waiting(spool: Spool) -> list[str]:
    return [spooled.event["event_id"] for spooled in spool.oldest_first()]


class TestPosting:
    def test_sends_what_the_contract_reads(self, client: Client, platform: Platform) -> None:
        assert client.post_session(SESSION).state == "delivered"
        read = ValidationEvent.model_validate(platform.events["voice-roleplay-s-1"])
        assert read.unrecognised == []
        assert read.timestamp == SESSION.finished_at
        assert read.competency_scores[0].context is not None
        assert platform.tokens == ["Bearer a-token"]

    def test_gives_the_platforms_answer_and_empties_the_spool(self, client: Client, spool: Spool) -> None:
        delivery = client.post_session(SESSION)
        assert delivery.answer is not None
        assert delivery.answer["validation_id"] == "voice-roleplay-s-1"
        assert waiting(spool) == []

    def test_counts_once_when_the_answer_was_lost(self, client: Client, platform: Platform, waits: Waits) -> None:
        platform.replies = ["break"]
        delivery = client.post_session(SESSION)
        assert delivery.answer is not None
        assert delivery.answer["duplicate"] is True
        assert platform.received == ["voice-roleplay-s-1"] * 2
        assert len(platform.events) == 1
        assert waits == [1.0]

    def test_waits_at_least_as_long_as_retry_after_asks(self, client: Client, platform: Platform, waits: Waits) -> None:
        platform.replies = [(503, {"Retry-After": "4"}, {}), (429, {}, {})]
        assert client.post_session(SESSION).state == "delivered"
        assert waits == [5.0, 2.0]

    def test_reads_retry_after_as_a_date(self, client: Client, platform: Platform, waits: Waits) -> None:
        soon = email.utils.formatdate(time.time() + 6, usegmt=True)
        platform.replies = [(503, {"Retry-After": soon}, {})]
        assert client.post_session(SESSION).state == "delivered"
        assert 5.0 < waits[0] <= 7.0

    def test_does_not_keep_the_learner_waiting(
        self, client: Client, platform: Platform, spool: Spool, waits: Waits
    ) -> None:
        platform.replies = [(503, {"Retry-After": "600"}, {})]
        assert client.post_session(SESSION).state == "waiting"
        assert waits == []
        assert waiting(spool) == ["voice-roleplay-s-1"]

    def test_keeps_the_session_when_nobody_answers(self, spool: Spool, waits: Waits) -> None:
        nowhere = Client("http://127.0.0.1:9", lambda: "a-token", spool, uniform=lambda low, high: high, sleep=waits)
        assert nowhere.post_session(SESSION).state == "waiting"
        assert waits == [1.0, 2.0]
        assert waiting(spool) == ["voice-roleplay-s-1"]

    def test_keeps_what_this_event_is_refused_for_with_the_reason(
        self, client: Client, platform: Platform, spool: Spool, waits: Waits
    ) -> None:
        platform.replies = [(422, {}, {"detail": "employee_id: 'joe@augmentcode.com' is not known"})]
        delivery = client.post_session(SESSION)
        assert delivery.state == "rejected"
        ((_, kept),) = spool.rejects()
        assert kept["problem"] == delivery.problem == {"detail": "employee_id: 'joe@augmentcode.com' is not known"}
        assert (kept["status"], kept["defect"]) == (422, False)
        assert kept["event"]["event_id"] == "voice-roleplay-s-1"
        assert waiting(spool) == []
        assert len(platform.received) == 1
        assert waits == []

    def test_can_send_rejected_events_again_once_the_cause_is_mended(
        self, client: Client, platform: Platform, spool: Spool
    ) -> None:
        platform.replies = [(422, {}, {"detail": "unknown"})]
        client.post_session(SESSION)
        assert spool.requeue() == 1
        assert client.drain().delivered == 1
        assert spool.rejects() == []

    def test_reports_a_conflict_as_a_defect_and_never_sends_it_again(
        self, client: Client, platform: Platform, spool: Spool, caplog: pytest.LogCaptureFixture
    ) -> None:
        client.post_session(SESSION)
        changed = client.post_session(replace(SESSION, overall_score=99))
        assert changed.state == "rejected"
        assert [(kept["status"], kept["defect"]) for _, kept in spool.rejects()] == [(409, True)]
        assert "event.defect id=voice-roleplay-s-1" in caplog.text
        assert spool.requeue() == 0
        assert client.drain().delivered == 0
        assert platform.received == ["voice-roleplay-s-1"] * 2
        assert platform.events["voice-roleplay-s-1"]["overall_score"] == 82

    @pytest.mark.parametrize(
        "reply",
        [
            (401, {}, {"detail": "the token has expired"}),
            (403, {}, {"detail": "not on the allow-list"}),
            (302, {"Location": "http://127.0.0.1:9/login"}, {}),
            (307, {"Location": "http://127.0.0.1:9/elsewhere"}, {}),
            (200, {"Content-Type": "text/html"}, b"<html>Welcome to the hotel. Please sign in.</html>"),
            (200, {}, {"ok": True}),
        ],
    )
    def test_keeps_the_session_when_the_fault_is_the_callers(
        self, client: Client, platform: Platform, spool: Spool, waits: Waits, reply: Reply
    ) -> None:
        platform.replies = [reply]
        assert client.post_session(SESSION).state == "waiting"
        assert len(platform.received) == 1
        assert waiting(spool) == ["voice-roleplay-s-1"]
        assert spool.rejects() == []
        assert client.drain().delivered == 1

    def test_logs_no_scores_no_tokens_and_no_names(
        self, client: Client, platform: Platform, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("DEBUG")
        platform.replies = [(503, {}, {}), (422, {}, {"detail": "joe@augmentcode.com is not known"})]
        client.post_session(SESSION)
        assert "event.rejected" in caplog.text
        # A whole number: the random name of a file may hold the score's digits.
        assert not re.search(r"joe@|a-token|\b85\b|discovery", caplog.text)


class TestDraining:
    def test_sends_what_waited_in_order_of_age(self, client: Client, platform: Platform, spool: Spool) -> None:
        for number in (5, 3, 9, 1):
            spool.add(session(number).to_event())
        assert client.drain() == example.Drained(delivered=4)
        assert platform.received == [f"voice-roleplay-s-{number}" for number in (5, 3, 9, 1)]

    def test_stops_at_the_first_sign_of_an_outage(self, client: Client, platform: Platform, spool: Spool) -> None:
        for number in range(5):
            spool.add(session(number).to_event())
        platform.replies = [(201, {}, {"employee_id": "joe"}), (503, {"Retry-After": "30"}, {})]
        assert client.drain() == example.Drained(delivered=1, waiting=4, retry_after=30.0)
        assert len(platform.received) == 2

    def test_a_poison_event_blocks_nobody(self, client: Client, platform: Platform, spool: Spool) -> None:
        platform.always = lambda event: (500, {}, {}) if event["event_id"].endswith("s-0") else None
        for number in range(4):
            spool.add(session(number).to_event())
        assert client.drain() == example.Drained(delivered=3, waiting=1)
        assert waiting(spool) == ["voice-roleplay-s-0"]

    def test_many_poison_events_go_to_the_back_of_the_queue(
        self, client: Client, platform: Platform, spool: Spool
    ) -> None:
        platform.always = lambda event: (500, {}, {}) if event["event_id"][-1] in "0123" else None
        for number in range(6):
            spool.add(session(number).to_event())
        assert client.drain().delivered == 0
        assert len(platform.received) == 3
        assert client.drain().delivered == 2
        assert sorted(waiting(spool)) == [f"voice-roleplay-s-{number}" for number in range(4)]

    def test_a_broken_file_blocks_nobody(self, client: Client, spool: Spool) -> None:
        (spool.pending / "00000000000000000001-x.json").write_text("{", encoding="utf-8")
        spool.add(SESSION.to_event())
        assert client.drain() == example.Drained(delivered=1)
        assert [file.suffix for file in spool.rejected.iterdir()] == [".unreadable"]

    def test_drains_by_itself_once_the_platform_is_back(self, platform: Platform, spool: Spool) -> None:
        client = Client(platform.url, lambda: "a-token", spool, uniform=lambda low, high: 0.02)
        platform.replies = [(503, {}, {})] * 3
        for number in range(3):
            spool.add(session(number).to_event())
        stop = threading.Event()
        thread = threading.Thread(target=client.drain_forever, args=(stop,), kwargs={"idle_seconds": 0.02})
        thread.start()
        deadline = time.monotonic() + 10
        while len(platform.events) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        stop.set()
        thread.join(5)
        assert not thread.is_alive()
        assert platform.received == ["voice-roleplay-s-0"] * 3 + [f"voice-roleplay-s-{n}" for n in range(3)]

    def test_pauses_grow_with_jitter_up_to_a_limit(self, spool: Spool) -> None:
        client = Client("http://127.0.0.1:9", lambda: "", spool)
        for failures, ceiling in [(0, 1), (3, 8), (8, 256), (9, 300), (500, 300)]:
            drawn = [client.delay(failures) for _ in range(200)]
            assert 0 <= min(drawn) < 0.2 * ceiling
            assert 0.8 * ceiling < max(drawn) <= ceiling
        asked = [client.delay(0, 40.0) for _ in range(50)]
        assert min(asked) >= 40.0
        assert len(set(asked)) > 10


class TestSpool:
    def test_keeps_the_same_event_once(self, spool: Spool) -> None:
        assert spool.add(SESSION.to_event()).file == spool.add(SESSION.to_event()).file
        assert len(waiting(spool)) == 1

    def test_is_read_by_the_next_process(self, spool: Spool, tmp_path: Path) -> None:
        spool.add(SESSION.to_event())
        assert waiting(Spool(tmp_path / "spool")) == ["voice-roleplay-s-1"]

    def test_ignores_half_written_files_and_removes_old_ones(self, spool: Spool, tmp_path: Path) -> None:
        old, young = spool.pending / "1-a.json.7-7.tmp", spool.pending / "2-b.json.8-8.tmp"
        for file in (old, young):
            file.write_text('{"event_', encoding="utf-8")
        os.utime(old, (1, 1))
        assert waiting(Spool(tmp_path / "spool")) == []
        assert (old.exists(), young.exists()) == (False, True)

    def test_loses_nothing_to_kill_9(self, tmp_path: Path, platform: Platform) -> None:
        """A process spools sessions and says so after each; it is killed in mid-work, several times. Whatever it said
        was recorded arrives, once."""
        program = (
            "import sys, itertools\n"
            "from datetime import UTC, datetime\n"
            "from pathlib import Path\n"
            "from examples.role_play_client.role_play_client import Score, Session, Spool\n"
            "spool = Spool(Path(sys.argv[1]))\n"
            "for n in itertools.count():\n"
            "    s = Session(f'{sys.argv[2]}-{n}', 'joe@augmentcode.com', 'x', datetime(2026, 2, 10, tzinfo=UTC),\n"
            "                60, 80, True, [Score('discovery', 80)], 'gs://x')\n"
            "    spool.add(s.to_event())\n"
            "    print(s.to_event()['event_id'], flush=True)\n"
        )
        recorded: list[str] = []
        for run in range(4):
            process = subprocess.Popen(
                [sys.executable, "-c", program, str(tmp_path / "spool"), str(run)],
                stdout=subprocess.PIPE,
                text=True,
                cwd=FOLDER.parent.parent,
            )
            assert process.stdout is not None
            said = [process.stdout.readline().strip() for _ in range(5 + 9 * run)]
            process.send_signal(signal.SIGKILL)
            recorded += said + process.stdout.read().split()
            process.wait(10)
        client = Client(platform.url, lambda: "a-token", Spool(tmp_path / "spool"))
        drained = client.drain()
        assert drained.waiting == drained.rejected == 0
        assert set(recorded) <= set(platform.events)
        assert max(Counter(platform.received).values()) == 1
        # At most the one event that each killed process had on disk and no time to mention.
        assert len(platform.events) <= len(recorded) + 4

    def test_survives_a_kill_between_the_answer_and_the_forgetting(
        self, spool: Spool, platform: Platform, tmp_path: Path
    ) -> None:
        class Killed(BaseException):
            pass

        class Dying(Spool):
            def delivered(self, spooled: example.Spooled) -> None:
                raise Killed

        with pytest.raises(Killed):
            Client(platform.url, lambda: "a-token", Dying(tmp_path / "spool")).post_session(SESSION)
        assert Client(platform.url, lambda: "a-token", spool).drain() == example.Drained(delivered=1)
        assert platform.received == ["voice-roleplay-s-1"] * 2
        assert len(platform.events) == 1


def token_until(moment: float) -> str:
    payload = base64.urlsafe_b64encode(json.dumps({"exp": moment}).encode()).rstrip(b"=").decode()
    return f"e30.{payload}.signature"


class Metadata:
    """Google's metadata server: an ID token for the asked audience, only with the header that proves the intent."""

    def __init__(self, lifetime: float) -> None:
        self.asked: list[str] = []
        metadata = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                metadata.asked.append(self.path)
                flavoured = self.headers["Metadata-Flavor"] == "Google"
                self.send_response(200 if flavoured else 403)
                self.end_headers()
                self.wfile.write(token_until(time.time() + lifetime).encode() if flavoured else b"")

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


class TestTokens:
    @pytest.mark.parametrize(("lifetime", "requests"), [(3_600, 1), (200, 3)])
    def test_come_from_the_metadata_server_and_are_kept_until_shortly_before_they_expire(
        self, lifetime: float, requests: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server = Metadata(lifetime)
        monkeypatch.setenv("GCE_METADATA_HOST", server.host)
        token = example.metadata_token("https://skills.example.com")
        assert all(token().startswith("e30.") for _ in range(3))
        assert len(server.asked) == requests
        assert "audience=https%3A%2F%2Fskills.example.com&format=full" in server.asked[0]
        server.server.shutdown()
        server.server.server_close()

    def test_that_cannot_be_had_leave_the_session_in_the_spool(
        self, platform: Platform, spool: Spool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GCE_METADATA_HOST", "127.0.0.1:9")
        client = Client(platform.url, example.metadata_token("https://skills.example.com"), spool)
        assert client.post_session(SESSION).state == "waiting"
        assert platform.received == []

    def test_in_a_file_are_read_anew(self, platform: Platform, spool: Spool, tmp_path: Path) -> None:
        file = tmp_path / "token"
        client = Client(platform.url, example.file_token(file), spool)
        with pytest.raises(NoToken, match="No such file"):
            example.file_token(file)()
        for content in ("first\n", "second\n"):
            file.write_text(content, encoding="utf-8")
            client.post_session(session(len(content)))
        assert platform.tokens == ["Bearer first", "Bearer second"]


class TestCommandLine:
    def run(self, platform: Platform, folder: Path, *command: str) -> tuple[int, str]:
        (folder / "token").write_text("t", encoding="utf-8")
        done = subprocess.run(
            [
                sys.executable,
                str(FOLDER / "role_play_client.py"),
                *("--url", platform.url, "--spool", str(folder / "spool"), "--token-file", str(folder / "token")),
                *command,
            ],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        return done.returncode, done.stdout

    def test_posts_the_sample(self, platform: Platform, tmp_path: Path) -> None:
        code, out = self.run(platform, tmp_path, "post", str(FOLDER / "sample_session.json"))
        assert code == 0
        assert json.loads(out)["answer"]["validation_id"] == "voice-roleplay-2026-02-10-7f3a"
        ValidationEvent.model_validate(platform.events["voice-roleplay-2026-02-10-7f3a"])

    def test_lists_what_was_rejected_and_puts_it_back(self, platform: Platform, tmp_path: Path) -> None:
        platform.replies = [(422, {}, {"detail": "not known"})]
        code, _ = self.run(platform, tmp_path, "post", str(FOLDER / "sample_session.json"))
        assert code == 1
        code, out = self.run(platform, tmp_path, "list")
        assert code == 1
        assert out == "rejected voice-roleplay-2026-02-10-7f3a 422 not known\n"
        assert "1 events wait again" in self.run(platform, tmp_path, "requeue")[1]
        assert self.run(platform, tmp_path, "drain")[0] == 0

    def test_says_what_is_wrong_with_a_session(self, platform: Platform, tmp_path: Path) -> None:
        broken = tmp_path / "broken.json"
        broken.write_text('{"session_id": "1"}', encoding="utf-8")
        assert self.run(platform, tmp_path, "post", str(broken))[0] == 2


def test_the_example_needs_the_standard_library_only() -> None:
    program = (
        "import sys, runpy; before = set(sys.modules); runpy.run_path(sys.argv[1], run_name='example');"
        "print(' '.join(sorted({m.split('.')[0] for m in set(sys.modules) - before} - sys.stdlib_module_names)))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", program, str(FOLDER / "role_play_client.py")],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stdout.strip() in ("", "example")
