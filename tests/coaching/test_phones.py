"""The demonstration's phones: what is written on one reaches the real functions as a signed webhook, and comes back."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from infra.demonstration.phone_page import PhonePage
from infra.demonstration.phones import Phones, phone_of
from infra.local.ambient import JsonLog
from infra.local.platform import configure
from infra.local.runtime import FUNCTIONS_FOLDER, Runtime

KIT = phone_of("Kit Lennox")


@pytest.fixture
def page() -> Iterator[tuple[Phones, PhonePage]]:
    phones = Phones()
    phones.start()
    with PhonePage(phones) as page:
        yield phones, page
    phones.stop()


def asked(page: PhonePage, method: str, path: str, said: Any = None, **headers: str) -> tuple[int, Any]:
    host = page.url.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=10)
    body = None if said is None else json.dumps(said)
    given = {"Content-Type": "application/json"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, given)
    answer = connection.getresponse()
    raw = answer.read()
    connection.close()
    return answer.status, json.loads(raw) if answer.headers["Content-Type"] == "application/json" else raw


def test_a_conversation_goes_through_the_signed_webhook_and_the_functions(
    page: tuple[Phones, PhonePage], tmp_path: Path
) -> None:
    phones, shown = page
    with Runtime(
        tmp_path,
        configure=lambda parts: configure(parts, phones.settings),
        functions=FUNCTIONS_FOLDER,
        ports={"api": 0},
        log=JsonLog(StringIO()),
    ) as runtime:
        phones.go_on(runtime.addresses["api"])
        assert asked(shown, "POST", "/send", {"who": KIT, "text": "hello"}) == (200, {"done": True})
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            _, messages = asked(shown, "GET", f"/messages?who={KIT}")
            if len(messages) > 1:
                break
            time.sleep(0.1)
    assert [one["mine"] for one in messages] == [True, False]
    assert "not known as a learner" in messages[1]["text"]


def test_messages_of_two_runs_are_never_taken_for_one(page: tuple[Phones, PhonePage]) -> None:
    other = Phones()
    other.write(KIT, "hi")
    page[0].write(KIT, "hi")
    ids = {
        json.loads(raw)["entry"][0]["changes"][0]["value"]["messages"][0]["id"]
        for raw in (*page[0].interface.owed, *other.interface.owed)
    }
    assert len(ids) == 2


def test_what_the_coach_offers_can_be_pressed(page: tuple[Phones, PhonePage]) -> None:
    phones, shown = page
    assert asked(shown, "POST", "/press", {"who": KIT, "id": "quiz_me", "title": "Quiz me", "kind": "button"})[0] == 200
    (raw,) = phones.interface.owed
    message = json.loads(raw)["entry"][0]["changes"][0]["value"]["messages"][0]
    assert message["interactive"] == {"type": "button_reply", "button_reply": {"id": "quiz_me", "title": "Quiz me"}}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"who": "447700900999", "text": "hi"}, "who:"),
        ({"who": KIT, "text": "  "}, "text:"),
        ({"who": KIT, "text": "x" * 4_097}, "text:"),
    ],
)
def test_what_no_phone_can_send_is_refused(page: tuple[Phones, PhonePage], said: dict[str, str], told: str) -> None:
    status, answer = asked(page[1], "POST", "/send", said)
    assert (status, answer["error"][: len(told)]) == (422, told)
    assert not page[0].interface.owed


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Host": "evil.example"}, {"Content_Type": "text/plain"}],
)
def test_no_other_page_writes_in_anybodys_name(page: tuple[Phones, PhonePage], headers: dict[str, str]) -> None:
    assert asked(page[1], "POST", "/send", {"who": KIT, "text": "hi"}, **headers)[0] == 403
    assert not page[0].interface.owed


def test_the_page_is_there_with_everybodys_phone(page: tuple[Phones, PhonePage]) -> None:
    status, raw = asked(page[1], "GET", "/")
    assert (status, b"The coach, by phone" in raw) == (200, True)
    _, known = asked(page[1], "GET", "/people")
    assert len({one["phone"] for one in known["people"]}) == len(known["people"]) == 18
    assert known["model"] is None
    assert asked(page[1], "POST", "/model", {"on": True})[0] == 422
    assert asked(page[1], "GET", "/../secrets")[0] == 404
