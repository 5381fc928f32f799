"""Serves WhatsApp's webhook: its address is confirmed by GET, and what happens is told by POST.

Nothing of a body is read until its signature holds. What was signed is acknowledged whatever it holds: WhatsApp sends
for a week what is not, and turns off who refuses. So a piece that cannot be read is quarantined, and the rest taken.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from shared.coaching.domain.webhook_sender import HEADER, WebhookSender
from shared.kernel.errors import Malformed, MethodNotAllowed, Rejected, Retryable, TooLarge
from shared.kernel.log_events import LogEvent
from shared.platform.edges.http import RawResponse, problem, unavailable
from shared.platform.edges.incoming import IncomingRequest
from shared.ports.ambient import Clock, Log

if TYPE_CHECKING:
    from shared.coaching.usecases.take_in import TakeIn, Taken
    from shared.platform.usecases.quarantine import Quarantine

MOST_BYTES: Final = 5_000_000
"""WhatsApp sends up to three million."""
SENT_BY: Final = "whatsapp"
MOST_SET_APART: Final = 100
"""Pieces of one body that are kept by themselves; of more the body is."""


class WhatsAppEdge:
    """Serves the webhook.

    sender:    asked for with each request, so that a new secret holds at once
    taking, quarantine: made when a request needs them
    number_id: the number that is ours; None where the account has no other
    """

    def __init__(
        self,
        name: str,
        sender: Callable[[], WebhookSender],
        taking: Callable[[], TakeIn],
        quarantine: Callable[[], Quarantine],
        ambient: tuple[Clock, Log],
        number_id: str | None = None,
    ) -> None:
        self._name = name
        self._sender = sender
        self._taking = taking
        self._quarantine = quarantine
        self._clock, self._log = ambient
        self._number_id = number_id

    def handle(self, request: IncomingRequest) -> RawResponse:
        """Answers a request; never raises for anything that a caller can send."""
        try:
            if request.method == "GET":
                return self._confirm(request)
            if request.method != "POST":
                raise MethodNotAllowed(
                    f"{request.method[:20]} is not served here; GET and POST are", allowed=["GET", "POST"]
                )
            raw = _body(request)
            self._sender().check(request.headers.get(HEADER), raw)
            self._take(raw)
        except Rejected as error:
            kind = type(error).__name__
            self._log.event(LogEvent.WEBHOOK_REJECTED, receiver=self._name, status=error.status, problem=kind)
            return problem(error, request.path)
        except Retryable as error:
            self._log.event(LogEvent.WEBHOOK_UNAVAILABLE, "WARNING", receiver=self._name, cause=type(error).__name__)
            return unavailable(error, request.path)
        return b"", 200, dict(_HEADERS)

    def _confirm(self, request: IncomingRequest) -> RawResponse:
        asked = [str(request.args.get(f"hub.{name}") or "") for name in ("mode", "verify_token", "challenge")]
        return self._sender().challenge(*asked).encode(), 200, dict(_HEADERS)

    def _take(self, raw: bytes) -> None:
        from shared.coaching.wire.whatsapp import parse

        now = self._clock.now()
        try:
            received = parse(raw, now, self._number_id)
        except Malformed as error:
            self._quarantine().keep(self._name, raw, error, sent_by=SENT_BY)
            self._log.event(LogEvent.WEBHOOK_REJECTED, receiver=self._name, status=200, problem="Malformed")
            return
        taken = self._taking().take(received, now)
        apart = received.set_apart
        if len(apart) > MOST_SET_APART:
            detail = f"{len(apart)} pieces cannot be read"
            self._quarantine().keep(self._name, raw, Malformed(detail, field="entry"), sent_by=SENT_BY)
        else:
            for one in apart:
                self._quarantine().keep(self._name, one.raw, Malformed(one.detail, field="entry"), sent_by=SENT_BY)
        self._tell(taken, len(apart))

    def _tell(self, taken: Taken, unreadable: int) -> None:
        self._log.event(
            LogEvent.COACH_RECEIVED,
            messages=taken.messages,
            new=taken.new,
            queued=taken.queued,
            statuses=taken.statuses,
            others=taken.others,
            passed=taken.passed,
            unreadable=unreadable,
        )


_HEADERS: Final = {
    "Content-Type": "text/plain; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


def _body(request: IncomingRequest) -> bytes:
    raw = request.get_data() if (request.content_length or 0) <= MOST_BYTES else None
    if raw is None or len(raw) > MOST_BYTES:
        raise TooLarge(f"a webhook may have at most {MOST_BYTES:,} bytes", field="body")
    return raw
