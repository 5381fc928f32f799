"""The command against a server on this machine: what it posts, what it prints, how it complains."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from scripts.commands.score_call import main
from tests.harness.lent import lent

ROOT = Path(__file__).resolve().parents[2]
CALL = ROOT / "infra" / "demonstration" / "transcripts" / "discovery_call.json"
PHONE_CALLS = "samples/transcripts/harper_valley_*.json"


class Platform:
    """Answers like `ingest`, and remembers what it was sent."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.status = 201
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                platform.bodies.append(body)
                answer = platform.answer(body)
                self.send_response(platform.status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, body: dict[str, Any]) -> bytes:
        if self.status >= 400:
            return json.dumps({"detail": "employee_id: nobody is not known"}).encode()
        standing = "counted" if body["analysis_metadata"]["human_reviewed"] else "held"
        value = {
            "employee_id": body["employee_id"],
            "event_id": "obs_1",
            "observation_id": body["observation_id"],
            "notices": [],
            "unrecognised_fields": [],
            "standing": standing,
            "duplicate": False,
            "held": [],
            "next_recommended_activities": [],
            "skill_updates": [
                {
                    "competency": "closing",
                    "context": None,
                    "previous_rating": 80,
                    "new_rating": 82 if standing == "counted" else 80,
                    "preliminary_rating": None,
                    "interval": None,
                    "trend": "stable",
                    "confidence": "medium",
                    "status": "validated",
                    "explanation": "Rated on 4 field observations.",
                    "shown": True,
                    "vanished": False,
                }
            ],
        }
        return json.dumps(value).encode()


@pytest.fixture
def platform() -> Iterator[Platform]:
    running = Platform()
    yield running
    running.server.shutdown()
    running.server.server_close()


def score(platform: Platform, *more: str, file: Path = CALL) -> int:
    return main([str(file), "--employee", "joe@augmentcode.com", "--url", platform.url, "--token", "t", *more])


def test_a_scored_call_waits_for_review(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    assert score(platform, "--context", "industry=fintech", "-c", "buyer_persona=ciso", "-c", "voltage=400 kV") == 0
    (body,) = platform.bodies
    assert body["context"] == {
        "industry": "fintech",
        "buyer_personas": ["ciso"],
        "dimensions": {"voltage": ["400 kV"]},
    }
    assert body["analysis_metadata"]["human_reviewed"] is False
    printed = capsys.readouterr().out
    assert "held for review" in printed
    assert "“" in printed, "every score is printed with its quote"


def test_a_context_without_a_value_is_refused(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        score(platform, "--context", "industry")
    assert "'industry' is no DIMENSION=VALUE" in capsys.readouterr().err
    assert platform.bodies == []


def test_a_confirmed_call_counts_and_says_what_moved(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    assert score(platform, "--confirm", "--reviewer", "maria@example.com") == 0
    assert platform.bodies[0]["analysis_metadata"]["reviewed_by"] == "maria@example.com"
    assert "closing (general): 80 → 82" in capsys.readouterr().out


def test_a_rejection_is_told_in_the_platforms_words(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    platform.status = 422
    assert score(platform) == 1
    assert "nobody is not known" in capsys.readouterr().err


def test_without_a_platform_it_says_how_to_start_one(capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = ["--url", "http://127.0.0.1:9", "--token", "t"]
    assert main([str(CALL), "--employee", "joe@augmentcode.com", *nowhere]) == 2
    assert "./scripts/run" in capsys.readouterr().err


@pytest.mark.parametrize("status", [200, 404, 502])
@pytest.mark.parametrize("content", [b"", b"<html>Bad gateway</html>", b"[]", b"\xff"])
def test_an_answer_that_is_not_the_platforms_is_told_in_one_line(
    platform: Platform, capsys: pytest.CaptureFixture[str], status: int, content: bytes
) -> None:
    platform.status, platform.answer = status, lambda body: content  # type: ignore[method-assign]
    assert score(platform) == 2
    assert f"answered {status} with what is no JSON object" in capsys.readouterr().err


def test_a_file_that_is_no_transcript_is_refused(
    platform: Platform, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes(b"\xff\x00 not a call")
    assert score(platform, file=file) == 1
    assert platform.bodies == []
    assert "score-call:" in capsys.readouterr().err


def test_a_call_among_colleagues_is_not_scored(
    platform: Platform, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = [
        {"speakerId": one, "sentences": [{"start": 0, "end": 900, "text": "What is your concern?"}]} for one in "12"
    ]
    parties = [{"speakerId": one, "affiliation": "Internal"} for one in "12"]
    whole = {"callTranscripts": [{"callId": "7", "transcript": said}], "metaData": {"id": "7"}, "parties": parties}
    file = tmp_path / "internal.json"
    file.write_text(json.dumps(whole), encoding="utf-8")
    assert main([str(file), "--employee", "joe@ours.example", "--speaker", "1", "--url", platform.url]) == 1
    assert "nobody of outside took part" in capsys.readouterr().err
    assert platform.bodies == []


@pytest.mark.lent(PHONE_CALLS)
def test_the_real_phone_call_is_scored_as_it_is(platform: Platform) -> None:
    assert score(platform, "--at", "2026-11-20T10:00:00Z", "--confirm", file=lent(PHONE_CALLS)[0]) == 0
    scored = {item["competency"] for item in platform.bodies[0]["competency_scores"]}
    assert scored == {"closing", "listening"}


def test_mail_is_not_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mailbox = tmp_path / "thread.mbox"
    mailbox.write_text("From x\nFrom: joe@augmentcode.com\n\nI'll send you the paper by Thursday.\n")
    assert main([str(mailbox), "--employee", "joe@augmentcode.com", "--source", "email_analysis", "--dry-run"]) == 1
    assert "mail is not scored by counting" in capsys.readouterr().err
