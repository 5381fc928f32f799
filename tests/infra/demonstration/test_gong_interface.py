"""Our own Gong answers as the published description says, and is as strict."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import jsonschema_rs
import pytest

from infra.demonstration import corpus_gong
from infra.demonstration.gong_interface import EXTENSIVE, TRANSCRIPT, Answer, GongInterface
from infra.demonstration.gong_payloads import Call
from infra.vendors.gong import GongCalls
from tests.conversations.gong_calls_in_json import NOON, call_id, details, played, transcript
from tests.harness.lent import lent
from tests.harness.unlimited import Unlimited
from tests.harness.web import Asked, Told, serving

DESCRIPTION = "samples/gong/gong-openapi.json"

BASIC = "Basic " + base64.b64encode(b"key:secret").decode()
WHOLE_DAY = {"fromDateTime": "2026-03-02T00:00:00Z", "toDateTime": "2026-03-03T00:00:00Z"}


class SetTime:
    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> SetTime:
    return SetTime()


@pytest.fixture
def interface(clock: SetTime) -> GongInterface:
    return GongInterface(key="key", secret="secret", page_size=2, per_second=100, now=clock)


def post(interface: GongInterface, path: str, body: Any, authorization: str | None = BASIC) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return interface.answer("POST", path, authorization, raw)


def test_only_what_the_selector_names_is_shown(interface: GongInterface) -> None:
    interface.add(details(1))

    def shown(selector: dict[str, Any]) -> Call:
        answer = post(interface, EXTENSIVE, {"filter": WHOLE_DAY, "contentSelector": selector})
        (call,) = answer.body["calls"]
        return call

    assert shown({}).keys() == {"metaData"}
    assert shown({"exposedFields": {"parties": True}}).keys() == {"metaData", "parties"}
    basic = shown({"context": "Basic"})["context"][0]["objects"]
    assert [one.keys() for one in basic] == [{"objectType", "objectId"}]
    now = shown({"context": "Extended"})["context"][0]["objects"]
    assert [one["timing"] for one in now] == ["Now"]
    both = shown({"context": "Extended", "contextTiming": ["Now", "TimeOfCall"]})["context"][0]["objects"]
    assert [one["timing"] for one in both] == ["TimeOfCall", "Now"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"{", "parse"),
        ([], "the body"),
        ({}, "filter is required"),
        ({"filter": {"fromDateTime": "2026-03-02T00:00:00"}}, "fromDateTime"),
        ({"filter": {"callIds": [1]}}, "callIds"),
        ({"filter": {"callIds": ["one"]}}, "callIds"),
        ({"filter": WHOLE_DAY, "cursor": "invented"}, "Invalid cursor"),
        ({"filter": WHOLE_DAY, "contentSelector": {"contextTiming": ["Now"]}}, "contextTiming"),
        ({"filter": WHOLE_DAY, "contentSelector": {"context": "All"}}, "context"),
        ({"filter": WHOLE_DAY, "contentSelector": {"context": "Extended", "contextTiming": "Now"}}, "a list"),
        ({"filter": {"callIds": ["1", 1]}}, "callIds"),
    ],
)
def test_a_request_that_is_wrong(interface: GongInterface, body: Any, error: str) -> None:
    interface.add(details(1))
    answer = post(interface, EXTENSIVE, body)
    assert answer.status == 400
    assert error in answer.body["errors"][0]
    assert answer.body["requestId"]


def test_a_cursor_belongs_to_its_request(interface: GongInterface) -> None:
    for number in range(3):
        interface.add(details(number), transcript(number))
    cursor = post(interface, EXTENSIVE, {"filter": WHOLE_DAY}).body["records"]["cursor"]
    assert post(interface, EXTENSIVE, {"filter": {}, "cursor": cursor}).status == 400
    assert post(interface, TRANSCRIPT, {"filter": WHOLE_DAY, "cursor": cursor}).status == 400
    # Inside the filter it is not seen: the first page again.
    inside = post(interface, EXTENSIVE, {"filter": {**WHOLE_DAY, "cursor": cursor}})
    assert inside.body["calls"][0]["metaData"]["id"] == call_id(0)
    last = post(interface, EXTENSIVE, {"filter": WHOLE_DAY, "cursor": cursor})
    assert [call["metaData"]["id"] for call in last.body["calls"]] == [call_id(2)]
    assert last.body["records"] == {"totalRecords": 3, "currentPageSize": 1, "currentPageNumber": 1}


def test_calls_are_chosen_by_id_host_and_workspace(interface: GongInterface) -> None:
    interface.add(details(1))
    interface.add(details(2, primaryUserId="7", workspaceId="8"))

    def found(**filters: Any) -> list[str]:
        answer = post(interface, EXTENSIVE, {"filter": filters})
        return [call["metaData"]["id"] for call in answer.body.get("calls", [])]

    assert found(callIds=[call_id(2), call_id(9)]) == [call_id(2)]
    assert found(callIds=[call_id(1)], **WHOLE_DAY) == [call_id(1)]
    assert found(callIds=[call_id(1)], fromDateTime="2026-03-03T00:00:00Z") == []
    assert found(primaryUserIds=["7"]) == [call_id(2)]
    assert found(workspaceId="8") == [call_id(2)]
    assert found() == [call_id(1), call_id(2)]


def test_nothing_found_is_404_with_words(interface: GongInterface) -> None:
    for path in (EXTENSIVE, TRANSCRIPT):
        answer = post(interface, path, {"filter": WHOLE_DAY})
        assert (answer.status, answer.body["errors"]) == (
            404,
            ["No calls found corresponding to the provided filters"],
        )


def test_who_may_ask_and_what(interface: GongInterface) -> None:
    assert post(interface, EXTENSIVE, {"filter": {}}, None).status == 401
    assert post(interface, EXTENSIVE, {"filter": {}}, BASIC + "x").status == 401
    assert post(interface, "/v2/other", {"filter": {}}).status == 404
    assert interface.answer("GET", EXTENSIVE, BASIC, b"").status == 405


def test_three_requests_in_any_second_and_the_fourth_when_the_first_is_a_second_old(clock: SetTime) -> None:
    interface = GongInterface(key="key", secret="secret", now=clock)
    statuses = []
    for milliseconds in (0, 300, 300, 300, 99, 1):
        clock.time += timedelta(milliseconds=milliseconds)
        answer = post(interface, EXTENSIVE, {"filter": {}})
        statuses.append((answer.status, answer.retry_after))
    assert statuses == [(404, None)] * 3 + [(429, 1)] * 2 + [(404, None)]
    assert interface.answered[429] == 2


@pytest.mark.lent(DESCRIPTION)
class TestPublishedDescription:
    """What we answer, and what our client asks, is what the vendor's OpenAPI document allows."""

    def test_answers(self, interface: GongInterface) -> None:
        for number in range(3):
            interface.add(details(number), transcript(number))
        selector = {"context": "Extended", "contextTiming": ["Now", "TimeOfCall"], "exposedFields": {"parties": True}}
        for path, schema in ((EXTENSIVE, "Calls"), (TRANSCRIPT, "CallTranscripts")):
            asked: dict[str, Any] = {"filter": WHOLE_DAY}
            if path == EXTENSIVE:
                asked["contentSelector"] = selector
            for _ in range(2):
                answer = post(interface, path, asked)
                assert answer.status == 200
                described(schema).validate(answer.body)
                asked["cursor"] = answer.body["records"].get("cursor")
            described("ErrorResponse").validate(post(interface, path, {"filter": {"callIds": ["1"]}}).body)
            described("ErrorResponse").validate(post(interface, path, {}).body)

    def test_the_demonstrations_calls(self) -> None:
        described("Calls").validate(corpus_gong.extensive_answer(played(NOON)))
        described("CallTranscripts").validate(corpus_gong.transcript_answer(played(NOON)))

    def test_questions(self) -> None:
        asked: list[Asked] = []

        def answer(request: Asked) -> Told:
            asked.append(request)
            return Told({"errors": ["No calls found"]}, 404)

        with serving(answer) as url:
            budget = Unlimited()
            client = GongCalls(url, lambda: BASIC, budget)
            client.page(NOON, NOON + timedelta(days=1), "cursor")
            client.call("1")
            client.transcript("1")
        assert budget.held_off == []
        whole = "PublicApiBaseRequestWithDataV2CallsRequestFilterWithOwnersContentSelector"
        for request, schema in zip(asked, [whole, whole, "PublicApiBaseRequestV2CallsFilter"], strict=True):
            described(schema).validate(request.body)


def described(schema: str) -> jsonschema_rs.Validator:
    """A schema of the document, in which no property is allowed that it does not name."""
    (file,) = lent(DESCRIPTION)
    document = strict(json.loads(file.read_bytes())["components"])
    return jsonschema_rs.validator_for({"$ref": f"#/components/schemas/{schema}", "components": document})


def strict(value: Any) -> Any:
    """The document as JSON Schema says it: it has `types` where that has `type`."""
    if isinstance(value, list):
        return [strict(one) for one in value]
    if not isinstance(value, dict):
        return value
    found = {
        ("type" if name == "types" and isinstance(one, list) else name): strict(one) for name, one in value.items()
    }
    if isinstance(found.get("properties"), dict):
        found.setdefault("additionalProperties", False)
    return found
