"""Claude's adapter: what it sends, and what it makes of a service that does not behave."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from infra.demonstration.messages_interface import KEY, MessagesInterface, Trouble
from infra.demonstration.messages_server import MessagesServer
from infra.vendors.claude import ClaudeLanguageModel
from shared.analysts.claude.request import (
    AnalystRefused,
    AnalystTruncated,
    AnalystUnreadable,
    ask,
    prompts,
    read,
    scorer_of,
)
from shared.analysts.claude.view import AnalystSettings
from shared.analysts.ports.language_model import AccountRefused, BatchResult, LanguageModel, Overloaded
from shared.kernel.errors import Retryable
from tests.analysts.sales_call import COST, SELLER, answer, call, framework, score
from tests.harness.web import Asked, Told, serving
from tests.ports.test_language_model import MODEL, PROMPT, counting

SETTINGS = AnalystSettings(max_tokens=4_000)
ANSWER = json.loads(answer(score("discovery", 82, COST)))
GOOD = json.dumps(ANSWER)


def analyst(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answerer: one score, whoever asks."""
    value: Mapping[str, Any] = ANSWER
    return value


class TestWhatIsSent:
    def test_the_request_to_the_letter(self) -> None:
        seen: list[Asked] = []

        def service(asked: Asked) -> Told:
            seen.append(asked)
            usage = {"input_tokens": 1, "output_tokens": 1}
            text = [{"type": "text", "text": "{}"}]
            return Told({"type": "message", "model": MODEL, "content": text, "stop_reason": "end_turn", "usage": usage})

        with serving(service) as url:
            ClaudeLanguageModel("our-key", base_url=url).complete(PROMPT)
        (one,) = seen
        assert (one.method, one.path) == ("POST", "/v1/messages")
        assert "our-key" in (one.headers.get("x-api-key"), one.headers.get("authorization", "")[len("Bearer ") :])
        assert one.headers["anthropic-version"] == "2026-10-21"
        assert one.body == {
            "model": MODEL,
            "max_tokens": 500,
            "system": [
                {"type": "text", "text": PROMPT.system[0][0]},
                {
                    "type": "text",
                    "text": PROMPT.system[1][0],
                    "cache_control": {"type": "ephemeral", "ttl": "5m"},
                },
            ],
            "messages": [{"role": "user", "content": "one two three"}],
            "output_config": {"format": {"type": "json_schema", "schema": dict(PROMPT.schema)}, "effort": "low"},
        }

    def test_a_batch_keeps_the_rubric_for_an_hour(self) -> None:
        service = MessagesInterface(counting, models=(MODEL,))
        with MessagesServer(service) as url:
            model = ClaudeLanguageModel(KEY, base_url=url)
            list(model.results(model.submit([("a", PROMPT), ("b", PROMPT)])))
        costs: list[Any] = [one.usage["cache_creation"] for one in service.recorded]
        first, second = costs
        assert (first["ephemeral_5m_input_tokens"], second["ephemeral_1h_input_tokens"]) == (0, 0)
        assert first["ephemeral_1h_input_tokens"] > 2_000

    def test_nothing_is_retried_by_the_sdk(self) -> None:
        seen: list[Asked] = []

        def busy(asked: Asked) -> Told:
            seen.append(asked)
            return Told({"type": "error", "error": {"type": "overloaded_error", "message": "later"}}, status=529)

        with serving(busy) as url, pytest.raises(Overloaded):
            ClaudeLanguageModel(KEY, base_url=url).complete(PROMPT)
        assert len(seen) == 1

    def test_importing_the_adapter_does_not_import_the_sdk(self) -> None:
        script = "import sys, infra.vendors.claude as c; c.ClaudeLanguageModel('k'); print('anthropic' in sys.modules)"
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
        assert done.stdout.strip() == "False"


class TestAServiceThatDoesNotBehave:
    def test_a_service_that_takes_too_long(self) -> None:
        service = MessagesInterface(counting, models=(MODEL,))
        service.troubles.append(Trouble(delay_seconds=1.0))
        with MessagesServer(service) as url, pytest.raises(Retryable, match="APITimeoutError"):
            ClaudeLanguageModel(KEY, base_url=url, timeout_seconds=0.3).complete(PROMPT)

    def test_a_service_that_is_not_there(self) -> None:
        with serving(lambda _: Told({})) as url:
            gone = url
        with pytest.raises(Retryable, match="cannot be reached"):
            ClaudeLanguageModel(KEY, base_url=gone, timeout_seconds=2).complete(PROMPT)

    def test_a_key_that_does_not_hold_waits_for_an_administrator(self) -> None:
        server = MessagesServer(MessagesInterface(counting, models=(MODEL,)))
        with server as url, pytest.raises(Retryable, match="401") as caught:
            ClaudeLanguageModel("another-key", base_url=url).complete(PROMPT)
        assert not isinstance(caught.value, Overloaded)
        assert caught.value.after_seconds == 3_600
        assert "another-key" not in str(caught.value)

    @pytest.mark.parametrize(
        "told",
        [
            Told(b"<html>proxy</html>", headers={"Content-Type": "text/html"}),
            Told(b"not json", headers={"Content-Type": "application/json"}),
            Told({}),
            Told([1, 2]),
            Told({"content": [{"type": "text"}], "usage": None}),
        ],
        ids=["page", "no-json", "empty", "list", "half"],
    )
    def test_an_answer_that_is_no_message_is_asked_for_again_later(self, told: Told) -> None:
        with serving(lambda _: told) as url, pytest.raises(Retryable):
            ClaudeLanguageModel(KEY, base_url=url, timeout_seconds=5).complete(PROMPT)

    @pytest.mark.parametrize("broken", [b'{"custom_id": "b", "res', b"[1]", b"null", b'{"custom_id": "b"}', b"\xff"])
    def test_a_broken_line_of_results_costs_that_line_and_a_blank_one_nothing(self, broken: bytes) -> None:
        a, c = ({"custom_id": name, "result": {"type": "expired"}} for name in "ac")
        raw = b"\n".join([json.dumps(a).encode(), b"", b" \r", broken, json.dumps(c).encode()])
        results = self.results(raw)
        assert [(one.custom_id, one.outcome) for one in results] == [
            ("a", "expired"),
            ("", "errored"),
            ("c", "expired"),
        ]

    def test_words_that_look_like_the_end_of_a_line_are_none(self) -> None:
        line = {
            "custom_id": "a",
            "result": {"type": "errored", "error": {"error": {"type": "x", "message": "a\u2028b"}}},
        }
        (result,) = self.results(json.dumps(line, ensure_ascii=False).encode())
        assert result.detail == "x: a\u2028b"

    def results(self, raw: bytes) -> list[BatchResult]:

        def service(asked: Asked) -> Told:
            if asked.path.endswith("/results"):
                return Told(raw, headers={"Content-Type": "application/x-jsonl"})
            counts = dict.fromkeys(("processing", "succeeded", "errored", "canceled", "expired"), 0)
            batch = {"id": "m", "processing_status": "ended", "request_counts": counts, "type": "message_batch"}
            return Told({**batch, "results_url": f"http://{asked.headers['host']}/v1/messages/batches/m/results"})

        with serving(service) as url:
            return list(ClaudeLanguageModel(KEY, base_url=url, timeout_seconds=5).results("m"))

    def test_no_words_of_a_call_are_in_an_error(self) -> None:
        server = MessagesServer(MessagesInterface(counting, models=("other",)))
        with server as url, pytest.raises(AccountRefused) as caught:
            ClaudeLanguageModel(KEY, base_url=url).complete(PROMPT)
        assert PROMPT.user not in str(caught.value)


class TestAsking:
    """The analyst over the real adapter: what is asked again, and what is given up."""

    @pytest.fixture
    def service(self) -> MessagesInterface:
        return MessagesInterface(analyst, models=(MODEL,))

    def asked(self, model: LanguageModel) -> Any:
        return ask(model, prompts(call(), SELLER, framework(), {}, SETTINGS))

    def test_an_answer_becomes_an_analysis(self, service: MessagesInterface) -> None:
        with MessagesServer(service) as url:
            answered = self.asked(ClaudeLanguageModel(KEY, base_url=url))
        analysis = read(call(), SELLER, answered.completions, framework(), SETTINGS, scorer_of(framework(), SETTINGS))
        assert [(one.competency, one.score) for one in analysis.scores] == [("discovery", 82)]
        assert answered.usage.output_tokens > 0
        assert len(answered.usages) == 1

    def test_a_cut_off_answer_is_asked_for_once_more_with_twice_the_tokens(self, service: MessagesInterface) -> None:
        service.troubles.append(Trouble(stop_reason="max_tokens"))
        with MessagesServer(service) as url:
            answered = self.asked(ClaudeLanguageModel(KEY, base_url=url))
        assert [one.request["max_tokens"] for one in service.recorded] == [4_000, 8_000]
        assert len(answered.usages) == 2

    def test_an_unreadable_answer_is_asked_for_once_more(self, service: MessagesInterface) -> None:
        service.troubles.append(Trouble(text="I cannot say."))
        with MessagesServer(service) as url:
            self.asked(ClaudeLanguageModel(KEY, base_url=url))
        assert [one.request["max_tokens"] for one in service.recorded] == [4_000, 4_000]

    @pytest.mark.parametrize(
        ("troubles", "error", "requests"),
        [
            ([Trouble(stop_reason="refusal")], AnalystRefused, 1),
            ([Trouble(stop_reason="max_tokens")] * 2, AnalystTruncated, 2),
            ([Trouble(text="{}")] * 2, AnalystUnreadable, 2),
            ([Trouble(text="{}"), Trouble(stop_reason="refusal")], AnalystRefused, 2),
        ],
    )
    def test_what_stays_wrong_is_given_up_with_its_cost(
        self, service: MessagesInterface, troubles: list[Trouble], error: type[Exception], requests: int
    ) -> None:
        service.troubles.extend(troubles)
        with MessagesServer(service) as url, pytest.raises(error) as caught:
            self.asked(ClaudeLanguageModel(KEY, base_url=url))
        assert len(service.recorded) == requests
        assert len(caught.value.usages) == requests  # type: ignore[attr-defined]
