"""Serves Salesforce's outbound messages: SOAP in and out, whatever happens.

The address's token is asked for before anything is read, and the organisation's id before anything is stored. Every
answer but the acknowledgement has Salesforce send the whole message again, for a day.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from shared.crm.domain.sender import Sender
from shared.kernel.errors import Malformed, MethodNotAllowed, Rejected, Retryable, TooLarge
from shared.kernel.log_events import LogEvent
from shared.platform.edges.http import RawResponse
from shared.platform.edges.incoming import IncomingRequest
from shared.ports.ambient import Log

if TYPE_CHECKING:
    from shared.crm.usecases.take_hints import TakeHints
    from shared.platform.usecases.quarantine import Quarantine

MOST_BYTES: Final = 5_000_000
SENT_BY: Final = "salesforce"


class OutboundMessageEdge:
    """Serves the webhook.

    sender: asked for with each message; taking, quarantine: made when a message needs them
    """

    def __init__(
        self,
        name: str,
        sender: Callable[[], Sender],
        taking: Callable[[], TakeHints],
        quarantine: Callable[[], Quarantine],
        log: Log,
    ) -> None:
        self._name = name
        self._sender = sender
        self._taking = taking
        self._quarantine = quarantine
        self._log = log

    def handle(self, request: IncomingRequest) -> RawResponse:
        """Answers a message; never raises for anything that a caller can send."""
        from shared.crm.wire.outbound_message import ACKNOWLEDGED

        try:
            if request.method != "POST":
                raise MethodNotAllowed(f"{request.method[:20]} is not served here; POST is", allowed=["POST"])
            sender = self._sender()
            sender.check_token(request.args.get("token"))
            self._take(sender, _body(request))
        except Rejected as error:
            problem = type(error).__name__
            self._log.event(LogEvent.WEBHOOK_REJECTED, receiver=self._name, status=error.status, problem=problem)
            return _fault(error.status, error.detail, ours=False)
        except Retryable as error:
            self._log.event(LogEvent.WEBHOOK_UNAVAILABLE, "WARNING", receiver=self._name, cause=type(error).__name__)
            body, status, headers = _fault(503, error.detail, ours=True)
            return body, status, headers | {"Retry-After": str(error.after_seconds)}
        return ACKNOWLEDGED, 200, _HEADERS

    def _take(self, sender: Sender, raw: bytes) -> None:
        from shared.crm.wire.outbound_message import parse, without_session

        try:
            message = parse(raw)
        except Malformed as error:
            self._quarantine().keep(self._name, without_session(raw), error, sent_by=SENT_BY)
            raise
        sender.check_organization(message.organization)
        for one in message.unreadable:
            problem = Malformed(one.detail, field="Notification")
            self._quarantine().keep(self._name, one.raw, problem, sent_by=SENT_BY)
        taken = self._taking().take("outbound_message", message.hints)
        self._log.event(
            LogEvent.CRM_HINTED,
            source="outbound_message",
            hints=taken.hints,
            followed=taken.followed,
            queued=taken.queued,
            unreadable=len(message.unreadable),
        )


_HEADERS: Final = {"Content-Type": "text/xml; charset=utf-8", "Cache-Control": "no-store"}


def _body(request: IncomingRequest) -> bytes:
    raw = request.get_data() if (request.content_length or 0) <= MOST_BYTES else None
    if raw is None or len(raw) > MOST_BYTES:
        raise TooLarge(f"a message may have at most {MOST_BYTES} bytes", field="body")
    return raw


def _fault(status: int, detail: str, *, ours: bool) -> RawResponse:
    from shared.crm.wire.outbound_message import fault

    return fault(detail, ours=ours), status, dict(_HEADERS)
