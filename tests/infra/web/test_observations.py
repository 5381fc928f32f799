"""What a list of results posted to `ingest` comes to: each item's own outcome, or all of it again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import pytest
from werkzeug import Request, Response
from werkzeug.serving import make_server

from infra.web.observations import HttpObservations
from shared.kernel.bodies import MOST_ITEMS
from shared.kernel.errors import Conflict, Rejected, Retryable

TAKEN: dict[str, Any] = {"status": 201, "answer": {}}
KNOWN: dict[str, Any] = {"status": 200, "answer": {"duplicate": True}}


def refused(status: int, detail: str, **more: Any) -> dict[str, Any]:
    return {"status": status, "problem": {"detail": detail, **more}}


@dataclass
class Ingest:
    """Answers lists as it is told to; what is not told is taken. lists: what came, by request"""

    told: dict[str, dict[str, Any]] = field(default_factory=dict)
    lists: list[list[str]] = field(default_factory=list)
    silent: int = 0
    """How many of the last items nothing is answered about."""

    def answer(self, request: Request) -> Response:
        ids = [one["event_id"] for one in json.loads(request.get_data())]
        self.lists.append(ids)
        results = [{"index": index, **self.told.get(one, TAKEN)} for index, one in enumerate(ids)]
        results = results[: len(results) - self.silent]
        return Response(json.dumps({"results": results[::-1]}), 207, content_type="application/json")


class Own:
    """The `TokenSource` port."""

    def token_for(self, audience: str) -> str:
        return f"token for {audience}"


@contextmanager
def posting(ingest: Ingest) -> Iterator[HttpObservations]:
    server = make_server("127.0.0.1", 0, Request.application(ingest.answer))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield HttpObservations(lambda: f"http://127.0.0.1:{server.server_port}", Own(), "api")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def bodies(*ids: str) -> list[dict[str, str]]:
    return [{"event_id": one} for one in ids]


def test_each_item_is_told_by_itself_in_the_lists_order() -> None:
    errors = [{"field": "timestamp", "detail": "in the future"}]
    ingest = Ingest({"b": refused(409, "other content"), "c": refused(422, "no", errors=errors), "d": KNOWN})
    with posting(ingest) as validations:
        taken, conflict, rejected, known = validations.validate(bodies("a", "b", "c", "d"))
    assert (taken, known, ingest.lists) == (None, None, [["a", "b", "c", "d"]])
    assert isinstance(conflict, Conflict)
    assert (type(rejected), str(rejected), rejected.field if rejected else None) == (Rejected, "no", "timestamp")


@pytest.mark.parametrize("status", [429, 503, 404])
def test_an_item_of_which_nothing_is_known_has_all_of_them_posted_again(status: int) -> None:
    with posting(Ingest({"b": refused(status, "later")})) as validations, pytest.raises(Retryable):
        validations.validate(bodies("a", "b"))


def test_an_item_that_is_not_answered_is_not_taken() -> None:
    with posting(Ingest(silent=1)) as validations, pytest.raises(Retryable, match="item 1 of 2"):
        validations.validate(bodies("a", "b"))


def test_more_than_a_list_holds_are_several_lists() -> None:
    ids = [str(number) for number in range(MOST_ITEMS + 1)]
    ingest = Ingest({ids[-1]: refused(409, "other content")})
    with posting(ingest) as validations:
        found = validations.validate(bodies(*ids))
    assert [len(one) for one in ingest.lists] == [MOST_ITEMS, 1]
    assert [one is None for one in found] == [True] * MOST_ITEMS + [False]
