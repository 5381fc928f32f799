"""Answers as Gong's interface does, of our own making, from calls in Gong's JSON; gong_server.py beside serves it.

For the demonstration, and for tests that want the real protocol rather than a patch: access keys, both limits with
`Retry-After`, pages behind cursors that expire, an empty result as 404, details and transcripts that become ready at
different times, and calls that are there before they are whole.

What it answers follows the published OpenAPI description of version 2 for

    POST /v2/calls/extensive     filter, contentSelector (context, contextTiming, exposedFields.parties), cursor
    POST /v2/calls/transcript    filter, cursor
"""

from __future__ import annotations

import base64
import hmac
import json
import math
import re
import secrets
import threading
from collections import Counter, deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Final, Literal

from infra.demonstration.gong_payloads import Body, Call, CallTranscript, CrmObject, CrmSystem
from shared.kernel.json_values import Json, JsonObject

EXTENSIVE: Final = "/v2/calls/extensive"
TRANSCRIPT: Final = "/v2/calls/transcript"

_MOST_CALL_IDS: Final = 1_000
_REMEMBERED: Final = timedelta(hours=1)
"""How long an expired cursor is still known as such."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Carries what goes back."""

    status: int
    body: Body
    retry_after: int | None = None


Lack = Literal["parties", "voices", "words", "transcript"]
"""What a half-ready call does not have yet: any party, a `speakerId` with any party, a monologue, or a transcript that
is more than null."""


@dataclass(frozen=True, slots=True)
class _Stored:
    """details, transcript: entries of `calls` and `callTranscripts`; each is there from its moment on, and whole from
    `whole_at` on: until then it `lacks` something."""

    details: Call
    transcript: CallTranscript | None
    details_at: datetime
    transcript_at: datetime
    lacks: frozenset[Lack]
    whole_at: datetime

    @property
    def when(self) -> datetime:
        """Returns what a range of time selects by: the scheduled time, where there is one."""
        about = self.details["metaData"]
        return datetime.fromisoformat(about.get("scheduled") or about["started"])


@dataclass(frozen=True, slots=True)
class _Listing:
    """The rest of a listing: what was asked for, and the calls that are still to come."""

    path: str
    filter: JsonObject
    left: tuple[str, ...]
    total: int
    page: int
    begun: datetime


class _Refused(Exception):
    def __init__(self, status: int, error: str, retry_after: int | None = None):
        super().__init__(error)
        self.status = status
        self.error = error
        self.retry_after = retry_after


class GongInterface:
    """The interface apart from HTTP; every method may be called from any thread.

    per_second, per_day: requests in any second, and in a day of UTC
    cursor_lives:        from the listing's first page on
    """

    def __init__(
        self,
        *,
        key: str = "demonstration",
        secret: str = "demonstration",
        per_second: int = 3,
        per_day: int = 10_000,
        page_size: int = 100,
        cursor_lives: timedelta = timedelta(hours=1),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ):
        self._expected = "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode("ascii")
        self._per_second = per_second
        self._per_day = per_day
        self._page_size = page_size
        self._cursor_lives = cursor_lives
        self._now = now
        self._lock = threading.Lock()
        self._calls: dict[str, _Stored] = {}
        self._listings: dict[str, _Listing] = {}
        self._last_second: deque[datetime] = deque()
        self._of_day: Counter[str] = Counter()
        self.answered: Counter[int] = Counter()
        """How many answers had each status."""
        self.transcripts_given: list[str] = []
        """The calls whose words have left the house."""

    def add(
        self,
        details: Call,
        transcript: CallTranscript | None = None,
        *,
        details_after: timedelta = timedelta(0),
        transcript_after: timedelta = timedelta(0),
        lacks: Collection[Lack] = (),
        whole_after: timedelta = timedelta.max,
    ) -> str:
        """Adds a call that has been recorded, or has changed; its id. Each half becomes ready after its own while.

        lacks: what it has not got until `whole_after`
        """
        call_id = str(details["metaData"]["id"])
        now = self._now()
        whole_at = datetime.max.replace(tzinfo=UTC) if whole_after == timedelta.max else now + whole_after
        there = now + details_after, now + transcript_after
        with self._lock:
            self._calls[call_id] = _Stored(details, transcript, *there, frozenset(lacks), whole_at)
        return call_id

    def add_answers(self, extensive: Body, transcripts: Body) -> list[str]:
        """Adds the calls of two whole answers, as Gong gives them and as they are exported; their ids."""
        said = {str(one["callId"]): one for one in transcripts.get("callTranscripts", ())}
        return [self.add(one, said.get(str(one["metaData"]["id"]))) for one in extensive.get("calls", ())]

    def answer(self, method: str, path: str, authorization: str | None, body: bytes) -> Answer:
        """Answers as Gong would."""
        request_id = secrets.token_hex(10)
        with self._lock:
            try:
                answer = Answer(200, {"requestId": request_id, **self._result(method, path, authorization, body)})
            except _Refused as refused:
                told: Body = {"requestId": request_id, "errors": [refused.error]}
                answer = Answer(refused.status, told, refused.retry_after)
            self.answered[answer.status] += 1
        return answer

    def _result(self, method: str, path: str, authorization: str | None, body: bytes) -> Body:
        if not hmac.compare_digest((authorization or "").encode(), self._expected.encode()):
            raise _Refused(401, "Invalid access key, or access key secret")
        self._count()
        if path not in (EXTENSIVE, TRANSCRIPT):
            raise _Refused(404, f"No such resource: {path[:100]}")
        if method != "POST":
            raise _Refused(405, f"{method} is not supported")
        asked = _object(_json(body), "the body")
        listing = self._listing(path, asked)
        page, left = listing.left[: self._page_size], listing.left[self._page_size :]
        records: dict[str, int | str] = {
            "totalRecords": listing.total,
            "currentPageSize": len(page),
            "currentPageNumber": listing.page,
        }
        selector = _object(asked.get("contentSelector") or {}, "contentSelector")
        expired = self._now() - self._cursor_lives
        self._listings = {cursor: one for cursor, one in self._listings.items() if one.begun > expired - _REMEMBERED}
        chosen = [_as_ready(self._calls[call_id], self._now()) for call_id in page]
        shown = [_shown(one.details, selector) for one in chosen] if path == EXTENSIVE else []
        if left:
            cursor = records["cursor"] = secrets.token_urlsafe(32)
            self._listings[cursor] = _Listing(
                path, listing.filter, left, listing.total, listing.page + 1, listing.begun
            )
        if path == EXTENSIVE:
            return {"records": records, "calls": shown}
        self.transcripts_given += page
        return {"records": records, "callTranscripts": [one.transcript for one in chosen if one.transcript]}

    def _count(self) -> None:
        """Counts one request more, unless that is one too many."""
        now = self._now()
        day = now.date().isoformat()
        if self._of_day[day] >= self._per_day:
            midnight = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
            raise _Refused(429, "API daily request limit exceeded", _whole(midnight - now))
        while self._last_second and now - self._last_second[0] >= timedelta(seconds=1):
            self._last_second.popleft()
        if len(self._last_second) >= self._per_second:
            free = self._last_second[0] + timedelta(seconds=1)
            raise _Refused(429, "API request limit exceeded", _whole(free - now))
        self._last_second.append(now)
        self._of_day[day] += 1

    def _listing(self, path: str, asked: JsonObject) -> _Listing:
        if "filter" not in asked:
            raise _Refused(400, "filter is required")
        filters = _object(asked["filter"], "filter")
        now = self._now()
        if asked.get("cursor") is not None:
            listing = self._listings.get(str(asked["cursor"]))
            if listing is None or (listing.path, listing.filter) != (path, filters):
                raise _Refused(400, "Invalid cursor: it belongs to another request")
            if now - listing.begun >= self._cursor_lives:
                raise _Refused(400, "The cursor has expired")
            return listing
        found = sorted(
            (stored.when, call_id)
            for call_id, stored in self._calls.items()
            if (stored.details_at <= now if path == EXTENSIVE else stored.transcript and stored.transcript_at <= now)
            and _selects(filters, call_id, stored)
        )
        if not found:
            raise _Refused(404, "No calls found corresponding to the provided filters")
        return _Listing(path, filters, tuple(call_id for _, call_id in found), len(found), 0, now)


def _as_ready(stored: _Stored, now: datetime) -> _Stored:
    """Returns a call without what it does not have yet."""
    if not stored.lacks or stored.whole_at <= now:
        return stored
    details, transcript = stored.details, stored.transcript
    if "parties" in stored.lacks:
        details = {**details, "parties": []}
    if "voices" in stored.lacks:
        parties = [party.copy() for party in details.get("parties", ())]
        for party in parties:
            party.pop("speakerId", None)
        details = {**details, "parties": parties}
    if transcript is not None and stored.lacks & {"words", "transcript"}:
        transcript = {**transcript, "transcript": [] if "words" in stored.lacks else None}
    return replace(stored, details=details, transcript=transcript)


def _shown(details: Call, selector: JsonObject) -> Call:
    """Returns what the selector asks for, and no more."""
    shown: Call = {"metaData": details["metaData"]}
    extent = selector.get("context") or "None"
    if extent not in ("None", "Basic", "Extended"):
        raise _Refused(400, "contentSelector.context is one of None, Basic, Extended")
    if selector.get("contextTiming") and extent != "Extended":
        raise _Refused(400, "contentSelector.contextTiming goes with context Extended")
    timings = selector.get("contextTiming") or ["Now"]
    if not isinstance(timings, list):
        raise _Refused(400, "contentSelector.contextTiming is a list")
    fields = _object(selector.get("exposedFields") or {}, "contentSelector.exposedFields")
    if extent != "None" and details.get("context"):
        shown["context"] = _systems(details["context"], extent == "Extended", timings)
    if fields.get("parties") is True:
        shown["parties"] = [party.copy() for party in details.get("parties", ())]
        for party in shown["parties"] if extent != "Extended" else ():
            party.pop("context", None)
    return shown


def _selects(filters: JsonObject, call_id: str, stored: _Stored) -> bool:
    since, until = _moment(filters, "fromDateTime"), _moment(filters, "toDateTime")
    ids, hosts = _ids(filters, "callIds"), _ids(filters, "primaryUserIds")
    about = stored.details["metaData"]
    return (
        (since is None or stored.when >= since)
        and (until is None or stored.when < until)
        and (ids is None or call_id in ids)
        and (hosts is None or about.get("primaryUserId") in hosts)
        and filters.get("workspaceId") in (None, about.get("workspaceId"))
    )


def _systems(context: Sequence[CrmSystem], extended: bool, timings: Sequence[Json]) -> list[CrmSystem]:
    def shown(record: CrmObject) -> CrmObject:
        return record if extended else {"objectType": record["objectType"], "objectId": record["objectId"]}

    return [
        {
            **system,
            "objects": [shown(one) for one in system["objects"] if one.get("timing", "Now") in timings],
        }
        for system in context
    ]


def _json(body: bytes) -> Json:
    try:
        read: Json = json.loads(body)
    except (ValueError, RecursionError):
        raise _Refused(400, "Failed to parse JSON") from None
    return read


def _object(value: Json, name: str) -> JsonObject:
    if not isinstance(value, dict):
        raise _Refused(400, f"{name} is an object")
    return value


def _moment(filters: JsonObject, name: str) -> datetime | None:
    value = filters.get(name)
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise _Refused(400, f"filter.{name} is a time of ISO 8601 with its offset")
    return found


def _ids(filters: JsonObject, name: str) -> frozenset[str] | None:
    value = filters.get(name)
    if value is None:
        return None
    listed = value if isinstance(value, list) else [None]
    ids = [one for one in listed if isinstance(one, str) and re.fullmatch(r"\d{1,20}", one)]
    if len(ids) != len(listed) or len(ids) > _MOST_CALL_IDS:
        raise _Refused(400, f"filter.{name} is a list of ids of up to 20 digits")
    return frozenset(ids)


def _whole(span: timedelta) -> int:
    return max(1, math.ceil(span.total_seconds()))
