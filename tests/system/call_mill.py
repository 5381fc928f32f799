"""A platform that takes calls in, whatever the recorder answers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import count
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from infra.local.identity import audience_of
from infra.local.runtime import PLATFORM, Parts
from infra.wiring.ports.files import files
from shared.conversations.domain.recorded_call import RecordedCall
from shared.conversations.records import CallRecord
from shared.conversations.wire.gong_calls import parse_calls
from shared.conversations.wire.gong_json import Unreadable
from shared.platform.edges.internal import InnerEdge
from shared.ports.documents import Query, Where
from tests.harness.platform import Platform
from tests.harness.web import Told

if TYPE_CHECKING:
    pass

JOE = "joe@ours.example"
SELLER, BUYER = "7001", "7002"
BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
BEGINNING = BEGAN - timedelta(days=1)
GOOD_ID = "100000000000000000"
EXTENSIVE, TRANSCRIPT = "/v2/calls/extensive", "/v2/calls/transcript"


@dataclass
class Mill:
    """The functions of the calls on one data directory, and a recorder that answers what it is told to.

    answers: by path
    """

    platform: Platform
    parts: Parts
    answers: dict[str, Told] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(int(GOOD_ID)))

    def deliver(self, function: str, payload: Mapping[str, Any]) -> tuple[int, Any]:
        """A function's answer to a delivery; a defect is raised."""
        edge: InnerEdge = self.platform.on.once(import_module(f"functions.{function}.main").edge)
        token, _ = self.parts.issuer.token(PLATFORM, audience_of(function))
        builder = EnvironBuilder(method="POST", data=json.dumps(payload))
        builder.headers["Authorization"] = f"Bearer {token}"
        content, status, _ = edge.handle(Request(builder.get_environ()))
        assert isinstance(content, bytes)
        return status, json.loads(content) if content else None

    def import_one(self) -> str:
        """A discovered call is imported from the answers: how it ends, which is checked."""
        call_id = str(next(self.numbers))
        self.platform.call_records.discover("gong", RecordedCall(call_id, BEGAN), [JOE])
        record_id, before = f"gong-{call_id}", self.quarantined()
        self.answers = {path: renamed(told, call_id) for path, told in self.answers.items()}
        task = {"record_id": record_id, "analysis": 0, "route": "immediate"}
        status, answer = self.deliver("gong_call", task)
        if status == 503:
            return "retry"
        assert status == 200
        record = self.platform.call_records.get(record_id)
        assert answer["state"] == record.state
        if record.state in ("discovered", "waiting"):
            assert self.tasks_of(record_id), "a later task asks again"
            return "retry"
        assert self.published() == (record_id, record.state)
        fresh = {one for one, times in self.quarantined().items() if times != before.get(one)}
        if record.state == "failed":
            (kept,) = fresh
            item = self.platform.quarantined.get(kept)
            raw = files(self.platform.on).read(kept) or b""
            assert item is not None
            assert item.reason == record.last_error
            assert raw in self.may_be_kept() or json.loads(raw)["record_id"] == record_id
            return "quarantine"
        if record.state in ("nobody", "internal", "private"):
            return str(record.state)
        assert record.state == "observed"
        return self.observed(record, fresh)

    def list_one(self, page: Told) -> str:
        """A page, with a good call added, is discovered: what becomes of its other call, which is checked."""
        bent_id, good_id = str(next(self.numbers)), str(next(self.numbers))
        page = renamed(page, bent_id)
        body = read(bytes_of(page))
        listed = page.status == 200 and isinstance(body, dict) and isinstance(body.get("calls"), list)
        if listed:
            good = json.loads(json.dumps(GOOD_DETAILS["calls"][0]).replace(GOOD_ID, good_id))
            page = told({**body, "calls": [*body["calls"], good]})
        self.answers = {EXTENSIVE: page}
        before, place = self.quarantined(), self.place()
        status, _ = self.deliver("gong_batch", {})
        if status == 503:
            return "retry"
        assert status == 200
        fresh = {one for one, times in self.quarantined().items() if times != before.get(one)}
        if self.place() == place:
            assert fresh, "the run has not come to its end, and nobody would know why"
            return "quarantine"
        if listed:
            assert self.tasks_of(f"gong-{good_id}")
        if self.tasks_of(f"gong-{bent_id}"):
            return "queued"
        if fresh:
            return "quarantine"
        try:
            found = parse_calls(bytes_of(page)).calls if page.status == 200 else ()
        except Unreadable:
            found = ()
        for call in found:
            if call.call_id != good_id and not call.private and (call.scheduled or call.started) >= BEGINNING:
                emails = {party.email for party in call.parties}
                assert JOE not in emails or self.tasks_of(f"gong-{call.call_id}"), "an employee's call"
        return "nobody's business"

    def place(self) -> Any:
        """Where the next discovery begins."""
        found = self.platform.integrations.get("discoveries/gong")
        return found and found.data["until"]

    def may_be_kept(self) -> list[bytes]:
        """The answer about the details, or the entry in it; of the transcript nothing."""
        whole = bytes_of(self.answers[EXTENSIVE])
        body = read(whole)
        entries = body.get("calls") if isinstance(body, dict) else None
        return [whole, *(json.dumps(entry).encode() for entry in (entries if isinstance(entries, list) else ()))]

    def observed(self, record: CallRecord, fresh: set[str]) -> str:
        (noted,) = record.observations
        assert noted.employee_id == JOE
        where = [Where("source_id", "==", record.call_id), Where("employee_id", "==", JOE)]
        ledger = self.platform.documents.query(Query("events", where=where))
        if noted.standing == "nothing_observed":
            assert not ledger
            return "nothing to score"
        if noted.standing == "rejected":
            assert not ledger
            assert fresh
            return "quarantine"
        assert [one.data["source_id"] for one in ledger] == [record.call_id]
        return "observation"

    def quarantined(self) -> dict[str, int]:
        """What is in the quarantine, and how often each came: the same bytes are one item."""
        found = self.platform.documents.query(Query("quarantine"))
        return {one.id: one.data["times_received"] for one in found}

    def tasks_of(self, record_id: str) -> list[dict[str, Any]]:
        """A call's tasks in the queue, due or not."""
        with closing(sqlite3.connect(self.parts.directory / "documents.sqlite")) as connection:
            rows = connection.execute("SELECT data FROM deliveries WHERE channel = 'gong-calls'").fetchall()
        return [task for (data,) in rows if (task := json.loads(data))["record_id"] == record_id]

    def published(self) -> tuple[str, str] | None:
        """The last fact about a call that was carried off to the warehouse: (record, state)."""
        taken = self.parts.queue.lease("warehouse--call-analysed", 1000, 60)
        self.parts.queue.acknowledge(taken)
        facts = [json.loads(one.data) for one in taken]
        return (facts[-1]["record_id"], facts[-1]["state"]) if facts else None


def bytes_of(told: Told) -> bytes:
    return told.value if isinstance(told.value, bytes) else json.dumps(told.value).encode()


def read(content: bytes) -> Any:
    """The JSON in the bytes; None where there is none."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def renamed(told: Told, call_id: str) -> Told:
    """The answer about this call: the good id, wherever it is left, becomes this one."""
    return Told(bytes_of(told).replace(GOOD_ID.encode(), call_id.encode()), told.status, told.headers)


GOOD_DETAILS: dict[str, Any] = {
    "requestId": "r",
    "records": {"totalRecords": 1, "currentPageSize": 1, "currentPageNumber": 0},
    "calls": [
        {
            "metaData": {
                "id": GOOD_ID,
                "url": f"https://app.gong.example/call?id={GOOD_ID}",
                "title": "Acme: first look",
                "scheduled": BEGAN.isoformat(),
                "started": (BEGAN + timedelta(minutes=2)).isoformat(),
                "duration": 1834,
                "language": "eng",
                "isPrivate": False,
            },
            "context": [
                {
                    "system": "Salesforce",
                    "objects": [
                        {
                            "objectType": "Opportunity",
                            "objectId": "0061Q00000mkU1fQAX",
                            "timing": "Now",
                            "fields": [{"name": "Amount", "value": 50_000}, {"name": "StageName", "value": "Demo"}],
                        },
                        {
                            "objectType": "Account",
                            "objectId": "0011Q00000mkU1fQAX",
                            "fields": [{"name": "Name", "value": "Acme"}, {"name": "Industry", "value": "Retail"}],
                        },
                    ],
                }
            ],
            "parties": [
                {
                    "id": "5",
                    "emailAddress": JOE,
                    "name": "Joe Smith",
                    "userId": "23",
                    "speakerId": SELLER,
                    "affiliation": "Internal",
                    "methods": ["Invitee", "Attendee"],
                },
                {
                    "id": "6",
                    "emailAddress": "ada@acme.example",
                    "name": "Ada Brook",
                    "title": "CISO",
                    "speakerId": BUYER,
                    "affiliation": "External",
                    "methods": ["Attendee"],
                },
            ],
        }
    ],
}
NOTHING = {"requestId": "r", "errors": ["No calls found corresponding to the provided filters"]}


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [found for key, one in inner for found in places(one, (*path, key))]


def same_places(value: Any) -> list[tuple[Any, ...]]:
    """The places, of lists' entries only those of the first three, so that no long list takes all the chances."""
    return [path for path in places(value) if all(not isinstance(step, int) or step < 3 for step in path)]


REMOVED = object()
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(
        [
            *(0, -1, 2**31, 2**63, 10**20, 10**30, -(10**30), 1e308, 604_800_001, 0.5),
            *(
                "",
                " ",
                "\x00",
                "\ud800",
                "\u202e\u2066",
                "ﷺ" * 300,
                "e\u0301" * 200,
                "x" * 70_000,
                "../..",
                "a/b",
                "__x__",
            ),
            *(
                "0001-01-01T00:00:00Z",
                "0001-01-01T00:00:00+14:00",
                "9999-12-31T23:59:59.999999Z",
                "2026-02-30T00:00:00Z",
            ),
            *(BEGAN.isoformat(), "2199-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "yesterday"),
            *(GOOD_ID, "7", SELLER, BUYER, JOE, JOE.upper(), "internal", "External", "true", "false", "NaN", "1e999"),
        ]
    ),
)
NESTED = st.recursive(
    ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner), max_leaves=8
)
VALUES = ODD | NESTED | st.just(REMOVED)


@st.composite
def bent(draw: st.DrawFn, good: dict[str, Any]) -> dict[str, Any]:
    """The good answer with up to four parts replaced or removed."""
    body = deepcopy(good)
    known = same_places(good)
    for _ in range(draw(st.integers(0, 4))):
        *holders, last = draw(st.sampled_from(known))
        place: Any = body
        try:
            for step in holders:
                place = place[step]
            if (value := draw(VALUES)) is REMOVED:
                del place[last]
            else:
                place[last] = value
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    return body


TROUBLE = st.sampled_from(
    [
        Told(NOTHING, 404),
        Told({"errors": ["no such thing"]}, 404),
        Told({"errors": ["API request limit exceeded"]}, 429, {"Retry-After": "1"}),
        Told({"errors": ["The cursor has expired"]}, 400),
        Told({"errors": ["callIds"]}, 400),
        Told({}, 401),
        Told({}, 403),
        Told(b"<html>", 500),
        Told(b"<html>", 200),
        Told(b"", 200),
        Told(b"\xff", 200),
        Told(b"[" * 2_000, 200),
        Told(b"null", 200),
    ]
)


def answers(good: dict[str, Any], *others: st.SearchStrategy[Any]) -> st.SearchStrategy[Told]:
    bodies = st.one_of(bent(good), *others).map(lambda body: Told(json.dumps(body).encode()))
    return st.one_of(bodies, bodies, bodies, bodies, TROUBLE)


def told(body: Any) -> Told:
    return Told(json.dumps(body).encode())
