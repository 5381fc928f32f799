"""Serves a vendor's webhook: the vendor's own signature instead of a token of ours, and its own format.

The signature covers the raw bytes, so they are read first and nothing else is done with them until it holds. What was
signed and cannot be used is quarantined; what was not signed is refused and forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from shared.kernel.errors import MethodNotAllowed, Rejected, Retryable, TooLarge
from shared.kernel.log_events import LogEvent
from shared.platform.edges.http import RawResponse, problem, unavailable
from shared.platform.edges.incoming import IncomingRequest
from shared.platform.edges.internal import Outcome, told
from shared.ports.ambient import Log

if TYPE_CHECKING:
    from shared.platform.usecases.quarantine import Quarantine

MOST_BYTES = 5_000_000


class WebhookEdge:
    """Serves one webhook.

    verify: (headers, raw body) → nothing; raises Unauthenticated
    work:   the raw body → what is told of it; raises Rejected, Retryable
    """

    def __init__(
        self,
        name: str,
        verify: Callable[[Mapping[str, str], bytes], None],
        work: Callable[[bytes], Outcome],
        quarantine: Callable[[], Quarantine],
        log: Log,
    ) -> None:
        self._name = name
        self._verify = verify
        self._work = work
        self._quarantine = quarantine
        self._log = log

    def handle(self, request: IncomingRequest) -> RawResponse:
        """Answers a request; never raises for anything that a caller can send."""
        signed, raw = False, b""
        try:
            if request.method != "POST":
                raise MethodNotAllowed(f"{request.method[:20]} is not served here; POST is", allowed=["POST"])
            raw = request.get_data() if (request.content_length or 0) <= MOST_BYTES else b"?" * (MOST_BYTES + 1)
            if len(raw) > MOST_BYTES:
                raise TooLarge(f"the body may have at most {MOST_BYTES} bytes", field="body")
            self._verify(request.headers, raw)
            signed = True
            value = self._work(raw)
        except Rejected as error:
            if signed:
                error.quarantine_id = self._quarantine().keep(self._name, raw, error, sent_by="webhook")
            self._log.event(
                LogEvent.WEBHOOK_REJECTED, receiver=self._name, status=error.status, problem=type(error).__name__
            )
            return problem(error, request.path)
        except Retryable as error:
            self._log.event(LogEvent.WEBHOOK_UNAVAILABLE, "WARNING", receiver=self._name, cause=type(error).__name__)
            return unavailable(error, request.path)
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
        return told(value), 202, headers
