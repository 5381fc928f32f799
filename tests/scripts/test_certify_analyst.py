"""The command beside a small labelled set, and a language model's service on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from infra.demonstration.authored_yaml import CorpusError
from infra.frameworks.tuned import tuned_on
from scripts.commands.certify_analyst import ALL, lexical, main, report, run
from scripts.commands.labelled_set import CALLS, labelled_set
from shared.analysts.domain.agreement import Pair, agreement

CALL = """\
title: A call
about: For the tests of the command.
account: Orchard Imaging
industry: healthcare
deal_size: smb
stage: discovery
personas: [cto]
products: [platform]
parties:
  S: {employee: seller}
  C: {name: Ada, affiliation: External}
labels:
  S:
    listening: {score: LABEL, measured: talk ratio, because: "Hears."}
    closing: {score: 70, quote: "on Thursday", because: "Dated."}
turns: |
  S: What hurts most in the builds?
  C: They wait in the queue for hours and hours, every single day of the week, all of them.
  S: For hours.
  C: For hours, and then they fail because somebody has changed the image below them meanwhile.
  S: Who notices that first?
  C: The mobile team notices, because they release every single week and lose a day of it.
  S: Let us meet on Thursday.
  C: Thursday is good.
"""


class Service:
    """Answers as the Messages API does: listening scored, everything else not observed."""

    def __init__(self) -> None:
        self.scores = [70, 76]
        self.refuses: tuple[int, str] | None = None
        self.stop_reason = "end_turn"
        self.keys: list[str] = []
        self.busy = 0
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                # Which of the two headers carries the key is the SDK's affair.
                bearer = (self.headers["Authorization"] or "").removeprefix("Bearer ")
                service.keys.append(self.headers["X-Api-Key"] or bearer)
                status, answer = service.answer(len(service.keys))
                raw = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.send_header("retry-after", "1")
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, number: int) -> tuple[int, dict[str, Any]]:
        if self.busy > 0:
            self.busy -= 1
            return 529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
        if self.refuses is not None:
            status, kind = self.refuses
            return status, {"type": "error", "error": {"type": kind, "message": "model: no such model"}}
        listening = {
            "competency": "listening",
            "score": self.scores[min(number, len(self.scores)) - 1],
            "confidence": 0.8,
            "quotes": [],
            "measured": "talk ratio",
            "reason": "Lets the customer talk.",
        }
        deal: dict[str, Any] = {"industry": None, "deal_size": None, "buyer_personas": [], "products": []}
        text = json.dumps({"scores": [listening], "not_observed": [], "deal": deal})
        return 200, {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": "claude-sonnet-5-5",
            "content": [{"type": "text", "text": text}],
            "stop_reason": self.stop_reason,
            "stop_sequence": None,
            "usage": {"input_tokens": 1000, "output_tokens": 50},
        }


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "a-key")
    monkeypatch.delenv("ANTHROPIC_BASE_URL", raising=False)
    started = Service()
    yield started
    started.server.shutdown()
    started.server.server_close()


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    (tmp_path / "a_call.yaml").write_text(CALL.replace("LABEL", "78"), "utf-8")
    return tmp_path


def asked(service: Service, calls: Path, *more: str) -> list[str]:
    return ["--analyst", "claude", "--set", str(calls), "--base-url", service.url, "--at-once", "1", *more]


class TestLexical:
    def test_a_table_with_a_line_per_competency(self, calls: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--set", str(calls)]) == 0
        out, progress = capsys.readouterr()
        lines = out.splitlines()
        assert lines[0].startswith("lexical:lexical-")
        assert lines[2] == "held out: 1 speakers of conversations that it was not tuned on"
        assert [line.split("  ")[0] for line in lines[4:7]] == ["closing", "listening", ALL]
        assert lines[4].endswith("too few")
        assert "too few: 1 of 30" in lines[5]
        assert "1.00 to 1.00" not in out
        assert progress.startswith("run 1 of 1    1 of 1  a_call (seller): ")

    def test_the_verdict_is_of_what_it_was_not_tuned_on(
        self, calls: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("scripts.commands.certify_analyst.tuned_on", lambda scorer_id: ("a_call", "elsewhere"))
        (calls / "another.yaml").write_text(CALL.replace("LABEL", "60"), "utf-8")
        assert main(["--set", str(calls), "--json"]) == 0
        value = json.loads(capsys.readouterr().out)
        assert value["tuned_on"] == ["a_call"]
        listening = {part: value[part][1] for part in ("competencies",)} | {"tuned": value["tuned"]["competencies"][1]}
        assert [one["n"] for one in listening.values()] == [1, 1]
        assert listening["competencies"]["bias"] - listening["tuned"]["bias"] == 18
        assert main(["--set", str(calls)]) == 0
        out = capsys.readouterr().out
        assert "tuned on: 1 speakers of a_call" in out
        assert out.index("held out: 1 speakers") < out.index("tuned on: 1 speakers")

    def test_what_is_listed_as_tuned_on_exists(self) -> None:
        assert {one.slug for one in labelled_set(CALLS)} >= {*tuned_on("lexical:lexical-3")} != set()
        assert (tuned_on("claude:m:r:p"), tuned_on("somebody")) == ((), ())

    def test_the_shipped_calls_all_have_an_analysis(self) -> None:
        speakers = labelled_set(CALLS)
        found = run(lexical, speakers, runs=2)
        lines = {line.certificate.competency: line for line in report("lexical", speakers, found)}
        assert found.failures == []
        assert found.by_run[0] == found.by_run[1]
        assert len(found.by_run[0]) == len(speakers) >= 40
        assert lines["listening"].certificate.stability.mean_difference == 0
        assert lines[ALL].certificate.overall.n == sum(
            line.certificate.overall.n for name, line in lines.items() if name != ALL
        )
        # The floor below which a change of the words would be a step back: see docs/lexical-analyst.md.
        kappa = lines[ALL].certificate.overall.kappa
        assert kappa is not None
        assert kappa > 0.5


class TestClaude:
    def test_agreement_from_the_first_run_and_stability_from_the_second(
        self, service: Service, calls: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(asked(service, calls, "--runs", "2", "--json")) == 0
        value = json.loads(capsys.readouterr().out)
        by_name = {one["competency"]: one for one in value["competencies"]}
        listening = by_name["listening"]
        expected = agreement([Pair(70, 78)])
        assert (listening["n"], listening["bias"], listening["kappa"]) == (1, -8.0, expected.kappa)
        assert (listening["stability"]["n"], listening["stability"]["mean_difference"]) == (1, 6.0)
        assert (by_name["closing"]["n"], by_name["closing"]["missed"]) == (0, 1)
        assert value["usage"]["input_tokens"] == 2000
        assert listening["scorer"].startswith("claude:")
        assert service.keys == ["a-key", "a-key"]

    def test_a_busy_service_is_asked_again(
        self, service: Service, calls: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        service.busy = 1
        assert main(asked(service, calls)) == 0
        assert "tokens: 1,000 in" in capsys.readouterr().out

    def test_what_the_model_refuses_is_listed(
        self, service: Service, calls: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        service.stop_reason = "refusal"
        assert main(asked(service, calls)) == 2
        assert "a_call (seller): the language model declines to answer" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("refuses", "status", "complaint"),
        [
            (
                (400, "invalid_request_error"),
                2,
                "does not serve us (model): 400 (invalid_request_error) model: no such model",
            ),
            ((401, "authentication_error"), 2, "does not serve us (key): 401"),
        ],
    )
    def test_a_request_that_is_wrong_and_a_key_that_is(
        self,
        service: Service,
        calls: Path,
        capsys: pytest.CaptureFixture[str],
        refuses: tuple[int, str],
        status: int,
        complaint: str,
    ) -> None:
        service.refuses = refuses
        assert main(asked(service, calls)) == status
        assert complaint in capsys.readouterr().err

    def test_what_was_analysed_before_the_service_went_away_is_told(
        self, service: Service, calls: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        first = (calls / "a_call.yaml").read_text("utf-8")
        (calls / "b_call.yaml").write_text(first, "utf-8")
        answer = service.answer
        service.answer = lambda number: (403, {}) if number > 1 else answer(number)  # type: ignore[method-assign]
        assert main(asked(service, calls)) == 2
        out, err = capsys.readouterr()
        assert any(line.startswith("listening") and "  1  " in line for line in out.splitlines())
        assert "stopped early, so the figures are incomplete" in err

    def test_without_a_key(
        self, calls: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
        assert main(["--analyst", "claude", "--set", str(calls)]) == 1
        assert "ANTHROPIC_API_KEY is not set" in capsys.readouterr().err


class TestSets:
    @pytest.mark.parametrize(
        ("name", "complaint"), [("missing", "no such directory"), ("", "no labelled conversation")]
    )
    def test_what_is_no_set(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, complaint: str
    ) -> None:
        assert main(["--set", str(tmp_path / name)]) == 1
        assert complaint in capsys.readouterr().err

    def test_a_broken_file_is_named_with_its_line(self, calls: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (calls / "a_call.yaml").write_text(CALL, "utf-8")
        with pytest.raises(CorpusError, match=r"a_call.yaml:14:"):
            labelled_set(calls)
        assert main(["--set", str(calls)]) == 1
        assert "a_call.yaml:14:" in capsys.readouterr().err

    def test_threads_are_read_beside_their_mailbox(self) -> None:
        threads = labelled_set(CALLS.parent / "threads")
        assert {one.conversation.medium for one in threads} == {"email"}
        assert all(one.labels and one.context["industry"] for one in threads)
