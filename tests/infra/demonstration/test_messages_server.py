"""Our own service that speaks Anthropic's protocol: it refuses what the API refuses and counts as the API counts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from infra.demonstration.analyst_answerers import LabelledAnswerer, asked, recognised
from infra.demonstration.corpus_files import calls
from infra.demonstration.corpus_staging import Employee, StagedCall
from infra.demonstration.messages_interface import DEMONSTRATION_MODEL, KEY, MessagesInterface, Trouble
from infra.vendors.claude import _parameters
from shared.analysts.claude.request import prompts, prompts_about, read_about, scorer_of
from shared.analysts.claude.view import AnalystSettings, View
from shared.conversations.domain.call_analysis import CallAnalysis, Evidence
from shared.conversations.domain.conversation import Quote
from tests.analysts.sales_call import SELLER, call, completion, framework

HEADERS = {"x-api-key": KEY, "anthropic-version": "2026-10-21"}
SETTINGS = AnalystSettings(model=DEMONSTRATION_MODEL)
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
CAST = {
    "seller": Employee("Robin Vale", "robin@ours.example", "1001"),
    "colleague": Employee("Kim Otto", "kim@ours.example", "1002"),
}


class Clock:
    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at


def echo(request: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"said": request["messages"][0]["content"]}


def plain(**changed: Any) -> dict[str, Any]:
    return {
        "model": DEMONSTRATION_MODEL,
        "max_tokens": 100,
        "messages": [{"role": "user", "content": "hello"}],
        **changed,
    }


def send(
    interface: MessagesInterface, body: Any, path: str = "/v1/messages", headers: Mapping[str, str] = HEADERS
) -> tuple[int, Any]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    told = interface.answer("POST" if raw != b"" else "GET", path, headers, raw, "http://here")
    return told.status, told.body


def schema(**properties: Any) -> dict[str, Any]:
    form = {"type": "object", "properties": properties, "required": [], "additionalProperties": False}
    return {"format": {"type": "json_schema", "schema": form}}


class TestRefusals:
    @pytest.mark.parametrize(
        ("changed", "message"),
        [
            ({"temperature": 0}, "temperature: this parameter is not supported"),
            ({"top_p": 1}, "top_p"),
            ({"top_k": 5}, "top_k"),
            ({"seed": 5}, "seed: Extra inputs are not permitted"),
            ({"max_tokens": 0}, "max_tokens"),
            ({"max_tokens": True}, "max_tokens"),
            ({"max_tokens": 128_001}, "max_tokens"),
            ({"messages": []}, "at least one message"),
            ({"messages": [{"role": "system", "content": "x"}]}, "messages.0.role"),
            ({"messages": [{"role": "user", "content": " "}]}, "must be non-empty"),
            (
                {"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "{"}]},
                "end with a user",
            ),
            ({"system": [{"type": "text", "text": ""}]}, "non-empty"),
            ({"system": [{"type": "image"}]}, "a text block"),
            ({"system": [{"type": "text", "text": "x", "cache_control": {"type": "forever"}}]}, "cache_control"),
            ({"system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral", "ttl": "2h"}}]}, "ttl"),
            ({"output_config": {"effort": "extreme"}}, "effort"),
            ({"output_config": {"format": {"type": "json"}}}, "json_schema"),
            ({"output_config": schema(a={"type": "integer", "minimum": 0})}, "'minimum' is not supported"),
            ({"output_config": schema(a={"type": "string", "maxLength": 3})}, "'maxLength' is not supported"),
            ({"output_config": schema(a={"type": "object", "properties": {}})}, "'additionalProperties'"),
            ({"output_config": schema(a={"$ref": "#/$defs/Nowhere"})}, "is not defined"),
            ({"output_config": schema(a={})}, "a type is required"),
        ],
    )
    def test_what_the_api_does_not_take(self, changed: dict[str, Any], message: str) -> None:
        status, body = send(MessagesInterface(echo), plain(**changed))
        assert (status, body["error"]["type"]) == (400, "invalid_request_error")
        assert message in body["error"]["message"]

    def test_a_recursive_schema(self) -> None:
        output = schema(a={"$ref": "#/$defs/A"})
        output["format"]["schema"]["$defs"] = {"A": {"type": "array", "items": {"$ref": "#/$defs/A"}}}
        status, body = send(MessagesInterface(echo), plain(output_config=output))
        assert status == 400
        assert "recursive" in body["error"]["message"]

    def test_five_marks_and_a_long_life_after_a_short_one(self) -> None:
        def block(ttl: str) -> dict[str, Any]:
            return {"type": "text", "text": "x", "cache_control": {"type": "ephemeral", "ttl": ttl}}

        assert send(MessagesInterface(echo), plain(system=[block("5m")] * 5))[0] == 400
        assert send(MessagesInterface(echo), plain(system=[block("5m"), block("1h")]))[0] == 400
        assert send(MessagesInterface(echo), plain(system=[block("1h"), block("5m")]))[0] == 200

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({}, 401),
            ({"x-api-key": "another", "anthropic-version": "2026-10-21"}, 401),
            ({"x-api-key": KEY}, 400),
            ({"authorization": f"Bearer {KEY}", "anthropic-version": "2026-10-21"}, 200),
        ],
    )
    def test_who_asks(self, headers: dict[str, str], status: int) -> None:
        assert send(MessagesInterface(echo), plain(), headers=headers)[0] == status

    def test_unknown_models_paths_and_bytes(self) -> None:
        interface = MessagesInterface(echo)
        assert send(interface, plain(model="claude-sonnet-5-5"))[0] == 404
        assert send(interface, plain(), "/v1/complete")[0] == 404
        assert send(interface, b"{")[0] == 400
        assert send(interface, {"requests": []}, "/v1/messages/batches")[0] == 400
        assert send(interface, {"requests": [{"custom_id": "a b"}]}, "/v1/messages/batches")[0] == 400
        assert send(interface, {"requests": [{"custom_id": "a"}] * 2}, "/v1/messages/batches")[0] == 400


class TestTokens:
    rubric = "x" * 8_000

    def usage(self, interface: MessagesInterface, ttl: str = "5m", rubric: str = "", user: str = "hello") -> Any:
        block = {"type": "text", "text": rubric or self.rubric, "cache_control": {"type": "ephemeral", "ttl": ttl}}
        request = plain(system=[block], messages=[{"role": "user", "content": user}])
        return send(interface, request)[1]["usage"]

    @pytest.mark.parametrize(("ttl", "life"), [("5m", timedelta(minutes=5)), ("1h", timedelta(hours=1))])
    def test_a_prefix_is_kept_for_its_life_from_its_last_use(self, ttl: str, life: timedelta) -> None:
        clock = Clock()
        interface = MessagesInterface(echo, now=clock.now)
        first = self.usage(interface, ttl)
        assert (first["cache_creation_input_tokens"], first["cache_read_input_tokens"], first["input_tokens"]) == (
            2_000,
            0,
            2,
        )
        assert first["cache_creation"][f"ephemeral_{ttl}_input_tokens"] == 2_000
        for _ in range(3):
            clock.at += life - timedelta(seconds=1)
            again = self.usage(interface, ttl, user="something else")
            assert (again["cache_creation_input_tokens"], again["cache_read_input_tokens"]) == (0, 2_000)
        clock.at += life
        assert self.usage(interface, ttl)["cache_creation_input_tokens"] == 2_000

    def test_another_prefix_and_a_short_one(self) -> None:
        interface = MessagesInterface(echo)
        self.usage(interface)
        assert self.usage(interface, rubric=self.rubric[:-1] + "y")["cache_read_input_tokens"] == 0
        short = self.usage(interface, rubric="x" * 4_092)
        assert (short["cache_creation_input_tokens"], short["input_tokens"]) == (0, 1_025)

    def test_an_answer_that_does_not_fit_is_cut_off(self) -> None:
        status, body = send(MessagesInterface(echo), plain(max_tokens=3))
        assert (status, body["stop_reason"], body["usage"]["output_tokens"]) == (200, "max_tokens", 3)

    def test_what_a_batch_runs_at_once_does_not_see_its_own_writes(self) -> None:
        for at_once, writes in ((1, 1), (4, 4)):
            interface = MessagesInterface(echo, at_once=at_once)
            block = {"type": "text", "text": self.rubric, "cache_control": {"type": "ephemeral", "ttl": "1h"}}
            requests = [{"custom_id": f"c{number}", "params": plain(system=[block])} for number in range(8)]
            batch = send(interface, {"requests": requests}, "/v1/messages/batches")[1]["id"]
            send(interface, b"", f"/v1/messages/batches/{batch}")
            written = [one.usage["cache_creation_input_tokens"] for one in interface.recorded]
            assert len(written) - written.count(0) == writes


class TestBatches:
    def test_a_canceled_batch_ends_with_everything_canceled(self) -> None:
        interface = MessagesInterface(echo, polls=5)
        batch = send(interface, {"requests": [{"custom_id": "a", "params": plain()}]}, "/v1/messages/batches")[1]["id"]
        assert send(interface, {}, f"/v1/messages/batches/{batch}/cancel")[1]["processing_status"] == "canceling"
        told = send(interface, b"", f"/v1/messages/batches/{batch}")[1]
        assert (told["processing_status"], told["request_counts"]["canceled"]) == ("ended", 1)

    def test_results_before_the_end_are_not_there(self) -> None:
        interface = MessagesInterface(echo, polls=1)
        batch = send(interface, {"requests": [{"custom_id": "a", "params": plain()}]}, "/v1/messages/batches")[1]["id"]
        told = send(interface, b"", f"/v1/messages/batches/{batch}")[1]
        assert (told["processing_status"], told["results_url"]) == ("in_progress", None)
        assert send(interface, b"", f"/v1/messages/batches/{batch}/results")[0] == 404

    def test_troubles_are_used_up_in_order(self) -> None:
        interface = MessagesInterface(echo)
        interface.troubles.extend([Trouble(status=529, retry_after="7"), Trouble(text="?")])
        busy = interface.answer("POST", "/v1/messages", HEADERS, json.dumps(plain()).encode(), "")
        assert (busy.status, busy.headers["retry-after"]) == (529, "7")
        assert [send(interface, plain())[1]["content"][1]["text"] for _ in range(2)] == ["?", '{"said": "hello"}']


def _within(label: Evidence, evidence: Evidence) -> bool:
    """Whether the label's words lie in the evidence: a quote is widened to its sentence."""
    if not (isinstance(label, Quote) and isinstance(evidence, Quote)):
        return label == evidence
    return label.turn_index == evidence.turn_index and evidence.start <= label.start < label.end <= evidence.end


class TestAnswerers:
    def view(self, staged: StagedCall, key: str) -> View:
        return View.of(staged.conversation, staged.speaker_id(key), SETTINGS)

    def answers(self, view: View, *answerers: LabelledAnswerer) -> list[list[Any]]:
        """What each answerer says to what is asked about a call."""
        found: list[list[Any]] = [[] for _ in answerers]
        for prompt in prompts_about(view, framework(), {}, SETTINGS):
            request = json.loads(json.dumps(_parameters(prompt, "5m")))
            for answerer, values in zip(answerers, found, strict=True):
                value = answerer(request)
                jsonschema_rs.validator_for(dict(prompt.schema)).validate(value)
                values.append(value)
        return found

    def analysed(self, view: View, answers: list[Any]) -> CallAnalysis:
        texts = [completion(json.dumps(value)) for value in answers]
        return read_about(view, texts, framework(), scorer_of(framework(), SETTINGS))

    def test_every_labelled_call_is_recognised_and_answered_with_its_labels(self) -> None:
        exact = LabelledAnswerer(noise=0)
        compared = 0
        for script in calls():
            staged = StagedCall(script, "900000000000000001", NOW, CAST)
            labels = staged.labels()
            for part in script.parts:
                email = staged.email(part)
                if part.employee is None or email is None or not staged.speaks(part.key):
                    continue
                view = self.view(staged, part.key)
                found = {
                    one.competency: (one.score, one.evidence[0])
                    for one in self.analysed(view, *self.answers(view, exact)).scores
                }
                assert found.keys() == {one.competency for one in labels[email]}
                for one in labels[email]:
                    points, evidence = found[one.competency]
                    assert points == one.score
                    assert _within(one.evidence[0], evidence)
                compared += len(found)
        assert compared > 100

    def test_the_error_is_the_same_every_time_and_about_as_large_as_stated(self) -> None:
        staged = [StagedCall(script, "900000000000000001", NOW, CAST) for script in calls()]
        errors = []
        for one in staged:
            key = next(part.key for part in one.script.parts if part.employee == "seller")
            view = self.view(one, key)
            first, again = self.answers(view, LabelledAnswerer(noise=4), LabelledAnswerer(noise=4))
            assert first == again
            found = {score.competency: score.score for score in self.analysed(view, first).scores}
            errors += [found[label.competency] - label.score for label in one.script.labels[key]]
        deviation = (sum(error * error for error in errors) / len(errors)) ** 0.5
        assert 3 < deviation < 5
        assert abs(sum(errors) / len(errors)) < 1

    def test_a_call_that_nobody_labelled_is_scored_lexically_and_waits(self) -> None:
        (prompt,) = prompts(call(), SELLER, framework(), {}, SETTINGS)
        request = json.loads(json.dumps(_parameters(prompt, "5m")))
        assert recognised(asked(request)) is None
        value: Any = LabelledAnswerer()(request)
        jsonschema_rs.validator_for(dict(prompt.schema)).validate(value)
        assert value["scores"]
        assert all(one["confidence"] <= 0.55 for one in value["scores"])


def test_the_demonstration_never_says_that_it_is_claude() -> None:
    root = Path(__file__).parents[3] / "infra" / "demonstration"
    assert "claude" not in DEMONSTRATION_MODEL
    for name in ("messages_interface", "messages_server", "analyst_answerers"):
        assert "claude-" not in (root / f"{name}.py").read_text()
