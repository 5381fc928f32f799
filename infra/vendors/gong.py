"""The `Calls` port over Gong's interface, version 2.

    POST /v2/calls/extensive     details: one page of a time range, or one call
    POST /v2/calls/transcript    what was said in one call

An empty result comes with status 404 and Gong's own words in the body; any other 404 means that Gong is not at this
address. A listing goes on with `cursor` at the top of the body, everything else as before. Nothing is retried here: the
queue that has called does that, and attempts would multiply.

httpx is imported with the first request.
"""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

from infra.web import bounded_answers
from infra.web.bounded_answers import AnswerTooLarge
from shared.conversations.domain.conversation import Said
from shared.conversations.domain.recorded_call import RecordedCall
from shared.conversations.ports.calls import AccessRefused, CallPage, CursorExpired, RateLimited, UnreadableAnswer
from shared.conversations.wire.gong_calls import CallsAnswer, parse_calls, parse_error, parse_said
from shared.conversations.wire.gong_json import Unreadable
from shared.kernel import moments
from shared.kernel.errors import Rejected, Retryable
from shared.kernel.json_values import Json, JsonObject

if TYPE_CHECKING:
    import httpx

LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
"""Where the demonstration's server listens, without TLS."""

CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 30.0
"""Between two pieces of an answer."""
WHOLE_SECONDS: Final = 120.0
"""For the whole of an answer, however slowly it drips."""
MOST_BYTES: Final = 16 << 20
"""Of an answer. A page has a hundred calls at most: with 300 fields of the CRM on deal and account, now and at the
call, of sixty bytes each, 7 MB. A transcript of five hours has 3 MB."""

LONGEST_WAIT_SECONDS: Final = 86_400
"""Of a Retry-After: the day's limit ends within a day."""
USUAL_WAIT_SECONDS: Final = 5
"""After a 429 that does not say how long."""
OUTAGE_SECONDS: Final = 30
REFUSED_SECONDS: Final = 300

_DETAILS: Final[JsonObject] = {
    # Both timings: a deal's stage is wanted as it was during the call; where the recorder did not keep that, as it is.
    "context": "Extended",
    "contextTiming": ["Now", "TimeOfCall"],
    "exposedFields": {"parties": True},
}


class Budget(Protocol):
    """The company's allowance of requests, shared by everyone who asks Gong."""

    def take(self) -> None:
        """Returns when one request may be sent. Raises RateLimited or BudgetSpent."""
        ...

    def hold_off(self, seconds: int) -> None:
        """Lets nobody send a request for so long."""
        ...


def basic_authorization(key_and_secret: str) -> str:
    """Makes the header's value for an access key, given as `key:secret`, as it is kept among the secrets."""
    if ":" not in key_and_secret:
        raise ValueError("an access key of Gong is given as key:secret")
    return "Basic " + base64.b64encode(key_and_secret.strip().encode()).decode("ascii")


def bearer_authorization(token: str) -> str:
    """Makes the header's value for an OAuth access token."""
    return "Bearer " + token.strip()


class GongCalls:
    """Calls that Gong has recorded.

    base_url:      `https://api.gong.io`, or the customer's own host, as OAuth hands it out
    authorization: gives the header's value, asked before each request, so that a token may be renewed
    """

    def __init__(self, base_url: str, authorization: Callable[[], str], budget: Budget):
        address = urlsplit(base_url)
        if address.scheme != "https" and address.hostname not in LOOPBACK:
            raise ValueError("Gong's base URL begins with https://, since each request carries the key")
        self._base_url = base_url.rstrip("/")
        self._authorization = authorization
        self._budget = budget
        self._opening = threading.Lock()
        self._opened: httpx.Client | None = None

    def page(self, since: datetime, until: datetime, cursor: str | None = None) -> CallPage:
        filters = {"fromDateTime": moments.text(since), "toDateTime": moments.text(until)}
        body: dict[str, Json] = {"filter": filters, "contentSelector": _DETAILS}
        if cursor is not None:
            body["cursor"] = cursor
        found = self._details(body)
        if found.cursor is not None and found.cursor == cursor:
            # A listing that does not move would be read forever.
            raise UnreadableAnswer("The next page's cursor is that of this page.", field="records.cursor")
        return CallPage(found.calls, found.cursor, found.unreadable)

    def call(self, call_id: str) -> RecordedCall | None:
        found = self._details({"filter": {"callIds": [call_id]}, "contentSelector": _DETAILS})
        for odd in found.unreadable:
            if odd.call_id in (call_id, None):
                raise UnreadableAnswer(odd.detail, field=odd.place, raw=odd.raw)
        return next((one for one in found.calls if one.call_id == call_id), None)

    def transcript(self, call_id: str) -> Said | None:
        answer = self._post("/v2/calls/transcript", {"filter": {"callIds": [call_id]}})
        if answer is None:
            return None
        try:
            return parse_said(answer, call_id)
        except Unreadable as error:
            raise UnreadableAnswer(error.detail, field=error.field, raw=answer) from None

    def close(self) -> None:
        """Closes the kept connections."""
        with self._opening:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def _details(self, body: JsonObject) -> CallsAnswer:
        answer = self._post("/v2/calls/extensive", body)
        if answer is None:
            return CallsAnswer(())
        try:
            return parse_calls(answer)
        except Unreadable as error:
            raise UnreadableAnswer(error.detail, field=error.field, raw=answer) from None

    def _post(self, path: str, body: JsonObject) -> bytes | None:
        """Returns the answer's bytes; None for Gong's empty result."""
        headers = {"Authorization": self._authorization()}
        client = self._client()  # whose import takes longer than a slot of the budget is good for
        self._budget.take()
        answer = self._send(client, path, body, headers)
        if answer.status == 200:
            return answer.content
        if answer.status == 429:
            self._budget.hold_off(answer.retry_after)
            raise RateLimited("Gong asks to wait (429)", after_seconds=answer.retry_after)
        if answer.status >= 500:
            raise Retryable(f"Gong answers {answer.status}", after_seconds=OUTAGE_SECONDS)
        if answer.status in (401, 403):
            raise AccessRefused(f"Gong does not take our key ({answer.status})", after_seconds=REFUSED_SECONDS)
        said = parse_error(answer.content)
        if said.cursor_expired and "cursor" in body:
            raise CursorExpired(f"the cursor of {path} has expired")
        if answer.status == 404 and said.nothing_found:
            return None
        if 400 <= answer.status < 500 and answer.status != 404:
            # Its words may quote what we sent, so they stay out of the message.
            raise Rejected(f"Gong finds the request to {path} wrong ({answer.status})", field="filter")
        raise AccessRefused(f"Gong is not at this address ({answer.status})", after_seconds=REFUSED_SECONDS)

    def _send(self, client: httpx.Client, path: str, body: JsonObject, headers: Mapping[str, str]) -> _Answer:
        import httpx

        deadline = time.monotonic() + WHOLE_SECONDS
        try:
            with client.stream("POST", self._base_url + path, json=body, headers=headers) as answer:
                content = bytearray()
                for piece in answer.iter_bytes():
                    content += piece
                    if time.monotonic() > deadline:
                        raise Retryable("Gong's answer took too long", after_seconds=OUTAGE_SECONDS)
                return _Answer(answer.status_code, bytes(content), _retry_after(answer.headers.get("Retry-After")))
        except AnswerTooLarge as error:
            raise UnreadableAnswer(f"Gong's answer has {error}.") from None
        except httpx.HTTPError as error:
            # Names the kind of error only: messages quote addresses.
            raise Retryable(f"Gong cannot be reached ({type(error).__name__})", after_seconds=OUTAGE_SECONDS) from error

    def _client(self) -> httpx.Client:
        import httpx

        with self._opening:
            if self._opened is None:
                times = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
                hooks = bounded_answers.hooks(httpx, MOST_BYTES)
                self._opened = httpx.Client(timeout=times, headers={"Accept": "application/json"}, event_hooks=hooks)
            return self._opened


@dataclass(frozen=True, slots=True)
class _Answer:
    """retry_after: in seconds."""

    status: int
    content: bytes
    retry_after: int


def _retry_after(value: str | None) -> int:
    """Reads Gong's whole seconds."""
    if value is None or not (value.isascii() and value.isdigit()):
        return USUAL_WAIT_SECONDS
    return min(max(int(value[:9]), 1), LONGEST_WAIT_SECONDS)
