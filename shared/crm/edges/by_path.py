"""Serves outbound messages at the address itself, and what flows call below it."""

from __future__ import annotations

from shared.crm.edges.outbound_messages import OutboundMessageEdge
from shared.platform.edges.http import HttpEdge, RawResponse
from shared.platform.edges.incoming import IncomingRequest


class SalesforceEdge:
    """Serves both."""

    def __init__(self, path: str, messages: OutboundMessageEdge, callouts: HttpEdge) -> None:
        self._path = path
        self._messages = messages
        self._callouts = callouts

    def handle(self, request: IncomingRequest) -> RawResponse:
        """Answers a request."""
        edge = self._messages if request.path.rstrip("/") == self._path else self._callouts
        return edge.handle(request)
