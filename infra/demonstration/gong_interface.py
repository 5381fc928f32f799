"""Answers as Gong's interface does, of our own making, from calls in Gong's JSON; gong_server.py beside serves it.

For the demonstration, and for tests that want the real protocol rather than a patch: access keys, both limits with
`Retry-After`, pages behind cursors that expire, an empty result as 404, details and transcripts that become ready at
different times.

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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

EXTENSIVE: Final = "/v2/calls/extensive"
TRANSCRIPT: Final = "/v2/calls/transcript"

_MOST_CALL_IDS: Final = 1_000
_REMEMBERED: Final = timedelta(hours=1)
"""How long an expired cursor is still known as such."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Carries what goes back. body: JSON."""

    status: int
    body: Mapping[str, Any]
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class _Stored:
    """details, transcript: entries of `calls` and `callTranscripts`; each is there from its moment on."""

    details: Mapping[str, Any]
    transcript: Mapping[str, Any] | None
    details_at: datetime
    transcript_at: datetime

    @property
    def when(self) -> datetime:
        """Returns what a range of time selects by: the scheduled time, where there is one."""
        about = self.details["metaData"]
        return datetime.fromisoformat(about.get("scheduled") or about["started"])


@dataclass(frozen=True, slots=True)
class _Listing:
    """The rest of a listing: what was asked for, and the calls that are still to come."""

    path: str
    filter: Mapping[str, Any]
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
        details: Mapping[str, Any],
        transcript: Mapping[str, Any] | None = None,
        *,
        details_after: timedelta = timedelta(0),
        transcript_after: timedelta = timedelta(0),
    ) -> str:
        """A call that has been recorded, or has changed; its id. Each half becomes ready after its own while."""
        call_id = str(details["metaData"]["id"])
        now = self._now()
        with self._lock:
            self._calls[call_id] = _Stored(details, transcript, now + details_after, now + transcript_after)
        return call_id

    def add_answers(self, extensive: Mapping[str, Any], transcripts: Mapping[str, Any]) -> list[str]:
        """The calls of two whole answers, as Gong gives them and as they are exported; their ids."""
        said = {str(one["callId"]): one for one in transcripts.get("callTranscripts", ())}
        return [self.add(one, said.get(str(one["metaData"]["id"]))) for one in extensive.get("calls", ())]

    def answer(self, method: str, path: str, authorization: str | None, body: bytes) -> Answer:
        """Answers as Gong would."""
        request_id = secrets.token_hex(10)
        with self._lock:
            try:
                answer = Answer(200, {"requestId": request_id, **self._result(method, path, authorization, body)})
            except _Refused as refused:
                content = {"requestId": request_id, "errors": [refused.error]}
                answer = Answer(refused.status, content, refused.retry_after)
            self.answered[answer.status] += 1
        return answer

    def _result(self, method: str, path: str, authorization: str | None, body: bytes) -> dict[str, Any]:
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
        records: dict[str, Any] = {
            "totalRecords": listing.total,
            "currentPageSize": len(page),
            "currentPageNumber": listing.page,
        }
        selector = _object(asked.get("contentSelector") or {}, "contentSelector")
        expired = self._now() - self._cursor_lives
        self._listings = {cursor: one for cursor, one in self._listings.items() if one.begun > expired - _REMEMBERED}
        shown = [self._shown(path, self._calls[call_id], selector) for call_id in page]
        if left:
            cursor = records["cursor"] = secrets.token_urlsafe(32)
            self._listings[cursor] = _Listing(
                path, listing.filter, left, listing.total, listing.page + 1, listing.begun
            )
        if path == TRANSCRIPT:
            self.transcripts_given += page
        return {"records": records, "calls" if path == EXTENSIVE else "callTranscripts": shown}

    def _count(self) -> None:
        """One request more, unless that is one too many."""
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

    def _listing(self, path: str, asked: Mapping[str, Any]) -> _Listing:
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

    @staticmethod
    def _shown(path: str, stored: _Stored, selector: Mapping[str, Any]) -> dict[str, Any]:
        """Returns what the selector asks for, and no more."""
        if path == TRANSCRIPT:
            return dict(stored.transcript or {})
        shown: dict[str, Any] = {"metaData": stored.details["metaData"]}
        extent = selector.get("context") or "None"
        if extent not in ("None", "Basic", "Extended"):
            raise _Refused(400, "contentSelector.context is one of None, Basic, Extended")
        if selector.get("contextTiming") and extent != "Extended":
            raise _Refused(400, "contentSelector.contextTiming goes with context Extended")
        timings = selector.get("contextTiming") or ["Now"]
        fields = _object(selector.get("exposedFields") or {}, "contentSelector.exposedFields")
        if extent != "None" and stored.details.get("context"):
            shown["context"] = _systems(stored.details["context"], extent, timings)
        if fields.get("parties") is True:
            shown["parties"] = [
                {name: value for name, value in party.items() if name != "context" or extent == "Extended"}
                for party in stored.details.get("parties", ())
            ]
        return shown


def _selects(filters: Mapping[str, Any], call_id: str, stored: _Stored) -> bool:
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


def _systems(context: Sequence[Mapping[str, Any]], extent: str, timings: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {
            **system,
            "objects": [
                record if extent == "Extended" else {name: record.get(name) for name in ("objectType", "objectId")}
                for record in system.get("objects", ())
                if record.get("timing", "Now") in timings
            ],
        }
        for system in context
    ]


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise _Refused(400, "Failed to parse JSON") from None


def _object(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _Refused(400, f"{name} is an object")
    return value


def _moment(filters: Mapping[str, Any], name: str) -> datetime | None:
    value = filters.get(name)
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is None:
        raise _Refused(400, f"filter.{name} is a time of ISO 8601 with its offset")
    return found


def _ids(filters: Mapping[str, Any], name: str) -> frozenset[str] | None:
    value = filters.get(name)
    if value is None:
        return None
    sound = isinstance(value, list) and len(value) <= _MOST_CALL_IDS
    if not sound or not all(isinstance(one, str) and re.fullmatch(r"\d{1,20}", one) for one in value):
        raise _Refused(400, f"filter.{name} is a list of ids of up to 20 digits")
    return frozenset(value)


def _whole(span: timedelta) -> int:
    return max(1, math.ceil(span.total_seconds()))
