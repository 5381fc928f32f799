"""Reaches the receivers of webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Received:
    """Tells what came of one attempt.

    status: the receiver's; None where it did not answer, and then `error` says why in one of our own words
    retry_after_seconds: how long it asks to be left alone, where it does
    sent:   of one that did not answer, whether some of the message was sent, so that it may have it
    """

    status: int | None
    latency_ms: int
    error: str | None = None
    retry_after_seconds: float | None = None
    sent: bool = False


class Receivers(Protocol):
    """Opens connections to whoever has subscribed, and to nobody on the platform's own networks."""

    def check(self, address: str) -> None:
        """Looks at an address before it is kept. Raises Rejected."""
        ...

    def post(self, address: str, headers: Mapping[str, str], body: bytes) -> Received:
        """Sends one message and tells what came of it, within the time that one attempt has; never raises.

        The connection goes to the very network address that was checked, and no redirect is followed.
        """
        ...
