"""The example client against a platform that is away, busy, redirected, broken, strict and killed in mid-sentence."""

from __future__ import annotations

import base64
import email.utils
import json
import re
import subprocess
import sys
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from examples.role_play_client import role_play_client as example
from examples.role_play_client.role_play_client import Client, NoToken, Spool
from shared.observations.contract import ValidationEvent
from tests.api.conftest import api, loaded
from tests.examples.role_play_platform import (
    FOLDER,
    SESSION,
    Platform,
    Reply,
    Waits,
    client,
    platform,
    session,
    spool,
    waiting,
    waits,
)
from tests.harness.api_client import INTEGRATION, ApiClient

__all__ = ["api", "client", "loaded", "platform", "spool", "waits"]

ROOT = Path(__file__).resolve().parents[2]


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
        token = example.metadata_token("https://api.skills.example.com")
        assert all(token().startswith("e30.") for _ in range(3))
        assert len(server.asked) == requests
        assert "audience=https%3A%2F%2Fapi.skills.example.com&format=full" in server.asked[0]
        server.server.shutdown()
        server.server.server_close()

    def test_that_cannot_be_had_leave_the_session_in_the_spool(
        self, platform: Platform, spool: Spool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GCE_METADATA_HOST", "127.0.0.1:9")
        client = Client(platform.url, example.metadata_token("https://api.skills.example.com"), spool)
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


def test_the_example_posts_to_the_platform_itself(api: ApiClient, tmp_path: Path) -> None:
    server = make_server("127.0.0.1", 0, api.application, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        client = Client(
            f"http://127.0.0.1:{server.server_port}", lambda: api.token(INTEGRATION), Spool(tmp_path / "spool")
        )
        first = client.post_session(SESSION)
        assert first.answer is not None
        assert first.answer["event_id"] == "voice-roleplay-s-1"
        again = client.post_session(SESSION)
        assert again.answer is not None
        assert again.answer["duplicate"] is True
        unknown = client.post_session(replace(SESSION, session_id="s-2", employee_id="nobody@x.example"))
    finally:
        server.shutdown()
        server.server_close()
    assert unknown.problem is not None
    assert unknown.problem["errors"][0]["field"] == "employee_id"


def test_examples_post_to_the_apis_host_as_the_deployment_names_it() -> None:
    declared = (ROOT / "terraform/envs/prod.tfvars.example").read_text("utf-8")
    (api,) = re.findall(r'hosts += \{ api = "([^"]+)"', declared)
    example_files = ("examples/role_play_client/role_play_client.py", "examples/role_play_client/README.md")
    for path in (*example_files, "client/README.md"):
        named = set(re.findall(r"https://([a-z.]*skills\.example\.com)", (ROOT / path).read_text("utf-8")))
        assert named == {api}, path
