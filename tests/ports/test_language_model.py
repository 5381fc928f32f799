"""The port to a language model, over a server that speaks Anthropic's protocol.

There is one implementation: without a key the product scores by the lexical analyst, which is no language model and has
no use for this port. The server stands in for the service, not for the adapter;
`tests/infra/demonstration/test_messages_server.py`
holds it to the protocol with raw requests and with the SDK's own parser.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from infra.demonstration.messages_interface import KEY, NO_CREDIT, TOO_LARGE_A_GRAMMAR, MessagesInterface, Trouble
from infra.demonstration.messages_server import MessagesServer
from infra.vendors.claude import ClaudeLanguageModel
from shared.analysts.ports.language_model import (
    AccountRefused,
    BatchUnknown,
    LanguageModel,
    Overloaded,
    Prompt,
    PromptRefused,
)
from shared.kernel.errors import Retryable
from shared.kernel.json_schema import Schema

MODEL = "claude-sonnet-5-5"
_KINDS = {400: "invalid_request_error", 401: "authentication_error", 402: "billing_error", 403: "permission_error"} | {
    404: "not_found_error"
}
RUBRIC = "a level and its behaviours. " * 400
SCHEMA: Schema = {
    "type": "object",
    "properties": {"words": {"type": "integer"}},
    "required": ["words"],
    "additionalProperties": False,
}
PROMPT = Prompt(
    MODEL, (("You count words.", False), (RUBRIC, True)), "one two three", SCHEMA, max_tokens=500, effort="low"
)


def counting(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answerer: how many words the user says."""
    return {"words": len(request["messages"][0]["content"].split())}


@pytest.fixture
def service() -> MessagesInterface:
    return MessagesInterface(counting, models=(MODEL,), polls=1)


@pytest.fixture
def model(service: MessagesInterface) -> Iterator[LanguageModel]:
    with MessagesServer(service) as url:
        yield ClaudeLanguageModel(KEY, base_url=url, timeout_seconds=5)


class TestAtOnce:
    def test_an_answer_with_its_end_its_model_and_its_tokens(self, model: LanguageModel) -> None:
        one = model.complete(PROMPT)
        assert json.loads(one.text) == {"words": 3}
        assert (one.stop_reason, one.model) == ("end_turn", MODEL)
        assert one.usage.output_tokens > 0
        assert one.usage.batched is False

    def test_the_second_prompt_reads_what_the_first_wrote(self, model: LanguageModel) -> None:
        first, second = model.complete(PROMPT).usage, model.complete(replace(PROMPT, user="another call")).usage
        assert first.cache_write_tokens == second.cache_read_tokens > 2_000
        assert first.cache_read_tokens == second.cache_write_tokens == 0
        assert 0 < second.input_tokens < 100

    @pytest.mark.parametrize("reason", ["refusal", "max_tokens"])
    def test_a_refusal_and_a_cut_off_answer_are_completions(
        self, model: LanguageModel, service: MessagesInterface, reason: str
    ) -> None:
        service.troubles.append(Trouble(stop_reason=reason))
        one = model.complete(PROMPT)
        assert one.stop_reason == reason
        assert one.usage.input_tokens > 0
        assert one.text in ("", '{"word')

    def test_text_that_is_no_json_is_handed_on(self, model: LanguageModel, service: MessagesInterface) -> None:
        service.troubles.append(Trouble(text="Certainly! "))
        assert model.complete(PROMPT).text == "Certainly! "

    @pytest.mark.parametrize(
        ("status", "retry_after", "seconds"),
        [
            (429, "17", 17),
            (429, "0.3", 1),
            (429, "soon", 30),
            (429, "nan", 30),
            (529, None, 30),
            (500, None, 30),
            (503, "99999", 3_600),
        ],
    )
    def test_a_busy_service_says_how_long_to_wait(
        self, model: LanguageModel, service: MessagesInterface, status: int, retry_after: str | None, seconds: int
    ) -> None:
        service.troubles.append(Trouble(status=status, retry_after=retry_after))
        with pytest.raises(Overloaded) as caught:
            model.complete(PROMPT)
        assert caught.value.after_seconds == seconds
        assert json.loads(model.complete(PROMPT).text) == {"words": 3}

    @pytest.mark.parametrize("status", [400, 413])
    def test_a_wrong_request_is_refused_for_good(
        self, model: LanguageModel, service: MessagesInterface, status: int
    ) -> None:
        service.troubles.append(Trouble(status=status))
        with pytest.raises(PromptRefused, match=str(status)):
            model.complete(PROMPT)

    @pytest.mark.parametrize(
        ("status", "message", "fault"),
        [
            (400, NO_CREDIT.message, "credit"),
            (400, TOO_LARGE_A_GRAMMAR.message, "schema"),
            (400, "You have reached your specified API usage limits. You will regain access on 2026-12-01.", "limit"),
            (400, "This organization has been disabled.", "permission"),
            (400, "max_tokens: 200000 > 128000, which is the maximum allowed number of output tokens", "settings"),
            (401, "invalid x-api-key", "key"),
            (402, "payment required", "credit"),
            (403, "Your API key does not have permission to use the specified resource.", "permission"),
            (404, "model: claude-sonnet-4-5", "model"),
        ],
    )
    def test_what_the_account_lacks_is_no_requests_fault(
        self, model: LanguageModel, service: MessagesInterface, status: int, message: str, fault: str
    ) -> None:
        service.troubles.append(Trouble(status=status, kind=_KINDS[status], message=message))
        with pytest.raises(AccountRefused) as caught:
            model.complete(PROMPT)
        assert (caught.value.fault, message[:40] in caught.value.said) == (fault, True)

    @pytest.mark.parametrize(
        "message",
        [
            "prompt is too long: 214315 tokens > 200000 maximum",
            "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000",
            "Output blocked by content filtering policy",
            "messages.0.content: text content blocks must be non-empty",
            "something that nobody has seen before",
        ],
    )
    def test_what_is_about_the_request_ends_that_request(
        self, model: LanguageModel, service: MessagesInterface, message: str
    ) -> None:
        service.troubles.append(Trouble(status=400, kind="invalid_request_error", message=message))
        with pytest.raises(PromptRefused):
            model.complete(PROMPT)

    def test_the_services_sentence_is_bounded_and_holds_no_key_and_no_address(
        self, model: LanguageModel, service: MessagesInterface
    ) -> None:
        said = "credit of ada@ours.example\x00 under sk-ant-REDACTED " + "x y " * 5_000
        service.troubles.append(Trouble(status=400, kind="invalid_request_error", message=said))
        with pytest.raises(AccountRefused) as caught:
            model.complete(PROMPT)
        assert "credit of … " in caught.value.said
        assert "sk-ant" not in caught.value.said
        assert len(caught.value.said) < 300

    def test_a_schema_with_a_range_is_refused(self, model: LanguageModel) -> None:
        ranged: Schema = {**SCHEMA, "properties": {"words": {"type": "integer", "minimum": 0}}}
        with pytest.raises(AccountRefused, match="'minimum' is not supported"):
            model.complete(replace(PROMPT, schema=ranged))


class TestBatches:
    def test_a_batch_is_polled_until_it_has_ended_and_joined_by_id(self, model: LanguageModel) -> None:
        asked = [(f"call-{number}", replace(PROMPT, user="word " * number)) for number in range(1, 8)]
        batch = model.submit(asked)
        first = model.state(batch)
        assert (first.ended, first.counts["processing"]) == (False, 7)
        with pytest.raises(Retryable, match="has not ended"):
            next(model.results(model.submit(asked)))
        last = model.state(batch)
        assert (last.ended, last.counts["succeeded"], last.counts["processing"]) == (True, 7, 0)
        results = list(model.results(batch))
        assert [one.custom_id for one in results] != [custom_id for custom_id, _ in asked]
        found = {one.custom_id: json.loads(one.completion.text)["words"] for one in results if one.completion}
        assert found == {f"call-{number}": number for number in range(1, 8)}
        assert all(one.completion and one.completion.usage.batched for one in results)

    def test_each_request_has_its_own_outcome(self, model: LanguageModel, service: MessagesInterface) -> None:
        service.polls = 0
        service.batch_outcomes |= {"late": "expired", "broken": "errored", "stopped": "canceled"}
        service.batch_troubles["unwilling"] = Trouble(stop_reason="refusal")
        wrong = replace(PROMPT, model="claude-sonnet-4-5")
        batch = model.submit(
            [(name, PROMPT) for name in ("late", "broken", "stopped", "unwilling", "fine")] + [("gone", wrong)]
        )
        found = {one.custom_id: one for one in model.results(batch)}
        assert {name: one.outcome for name, one in found.items()} == {
            "late": "expired",
            "broken": "errored",
            "stopped": "canceled",
            "unwilling": "succeeded",
            "fine": "succeeded",
            "gone": "errored",
        }
        assert found["broken"].detail == "api_error: Internal server error"
        assert found["gone"].detail == "not_found_error: model: claude-sonnet-4-5"
        refused = found["unwilling"].completion
        assert refused is not None
        assert refused.stop_reason == "refusal"
        assert model.state(batch).counts == {
            "processing": 0,
            "succeeded": 2,
            "errored": 2,
            "canceled": 1,
            "expired": 1,
        }

    @pytest.mark.parametrize(
        "asked",
        [[], [("a", PROMPT), ("a", PROMPT)], [("a/b", PROMPT)], [("", PROMPT)], [("x" * 65, PROMPT)]],
        ids=["empty", "twice", "slash", "nameless", "long"],
    )
    def test_what_no_batch_takes_is_refused_before_it_is_sent(
        self, model: LanguageModel, asked: list[tuple[str, Prompt]]
    ) -> None:
        with pytest.raises(PromptRefused):
            model.submit(asked)

    def test_a_batch_that_does_not_exist(self, model: LanguageModel) -> None:
        with pytest.raises(BatchUnknown):
            model.state("msgbatch_unknown")
