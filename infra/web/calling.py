"""Asks and posts over HTTP to a running platform, as any integration does."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

from infra.web import bounded_answers
from shared.kernel.json_values import JsonObject

TRY_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses that say nothing about the request itself: sent again, it may be taken."""

MOST_BYTES = 256 << 20
"""Of an answer: an export of profiles is the largest."""

EMPLOYEES_IMPORT = "/api/v1/employees/import"
EMAIL_THREADS = "/api/v1/email-threads"
DEAL_ASSIGNMENTS = "/api/v1/deal-assignments"

Token = Callable[[str], str]
"""From the path that is called to the bearer token for it."""


class Answer(NamedTuple):
    """An HTTP answer. retry_after: seconds, None if it does not say."""

    status: int
    body: bytes
    retry_after: float | None = None


class Unreachable(Exception):
    """No answer came: refused, reset or timed out. Whether the platform took the request is unknown."""


class Refused(Exception):
    """The platform refuses every call of this caller (401, 403) or does not know the path (404, 405)."""


class Post(Protocol):
    """Sends one request. Raises Unreachable."""

    def __call__(self, path: str, body: bytes, content_type: str = "application/json") -> Answer: ...


class Caller:
    """Asks and posts over keep-alive connections, one per thread.

    token: called before every request with its path, since functions may ask for different audiences; whoever
           issues short-lived tokens caches as it likes.
    """

    def __init__(self, url: str, token: Token, *, timeout_seconds: float = 120.0):
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is no http(s) URL")
        self._https = parts.scheme == "https"
        self._host, self._port, self._prefix = parts.hostname, parts.port, parts.path.rstrip("/")
        self._token, self._timeout = token, timeout_seconds
        self._local = threading.local()

    def get(self, path: str) -> Answer:
        """Sends one request. Raises Unreachable."""
        return self._request("GET", path, None, {})

    def post(self, path: str, body: bytes, content_type: str = "application/json") -> Answer:
        """Sends one request. Raises Unreachable."""
        return self._request("POST", path, body, {"Content-Type": content_type})

    def put(self, path: str, body: bytes, content_type: str) -> Answer:
        """Sends one request. Raises Unreachable."""
        return self._request("PUT", path, body, {"Content-Type": content_type})

    def _request(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        """Reopens once an idle connection that the server has closed meanwhile."""
        headers = {**headers, "Authorization": f"Bearer {self._token(path)}"}
        for fresh in (False, True):
            kept: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
            connection = self._connect() if fresh or kept is None else kept
            try:
                connection.request(method, self._prefix + path, body, headers)
                response = connection.getresponse()
                content = bounded_answers.read(response, MOST_BYTES)
            except (OSError, http.client.HTTPException, bounded_answers.AnswerTooLarge) as error:
                connection.close()
                self._local.connection = None
                if kept is None or fresh:
                    raise Unreachable(f"{self._host}: {error or type(error).__name__}") from error
                continue
            self._local.connection = None if response.will_close else connection
            return Answer(response.status, content, _seconds(response.getheader("Retry-After")))
        raise AssertionError("the second attempt returns or raises")

    def _connect(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._https else http.client.HTTPConnection
        return kind(self._host, self._port, timeout=self._timeout)


def _seconds(header: str | None) -> float | None:
    """Reads Retry-After in seconds; the date form is rare enough to be ignored."""
    try:
        return None if header is None else max(0.0, float(header))
    except ValueError:
        return None


def accepted(answer: Answer, path: str) -> Answer:
    """Returns an answer that is no refusal; raises Refused for one that is."""
    if answer.status >= 400:
        raise Refused(f"{path} answered {answer.status}: {answer.body[:300]!r}")
    return answer


def problem_of(content: bytes) -> JsonObject:
    """Reads problem details out of an answer, whatever a proxy on the way may have made of it."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        value = None
    return value if isinstance(value, dict) else {"detail": content[:300].decode(errors="replace")}


def words_of(problem: JsonObject) -> str:
    return str(problem.get("detail") or problem.get("title") or "no reason given")
