"""Builds the edge of a function that a topic's messages reach."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from infra.wiring.environment import Environment
from infra.wiring.platform import platform
from infra.wiring.ports.documents import documents
from shared.kernel.errors import AugmentError
from shared.kernel.log_events import LogEvent
from shared.platform.edges.internal import Delivery, InnerEdge, Outcome

if TYPE_CHECKING:
    from infra.wiring.google_environment import GoogleEnvironment


def topic_edge(on: Environment, function: str, work: Callable[[Delivery], Outcome]) -> InnerEdge:
    """Makes the edge."""
    return InnerEdge(
        function,
        work,
        lambda headers: on.check_invoker(headers, function),
        lambda: platform(on).quarantine,
        on.log,
        note=on.port("note_failure", _google),
    )


def _google(on: GoogleEnvironment) -> Callable[[str, bytes, str], None]:
    """Remembers why a delivery failed, for the dead letter that it may become."""

    def note(subscription: str, data: bytes, reason: str) -> None:
        from infra.gcp.failures import FailureNotes

        try:
            FailureNotes(documents(on), on.clock).note(subscription, data, reason)
        except AugmentError as error:
            # The delivery fails anyway; without the note its dead letter says less.
            on.log.event(LogEvent.DELIVERY_UNNOTED, "WARNING", cause=type(error).__name__)

    return note
