"""Opens the outbox of events, over the documents and the bus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment
from infra.wiring.ports.bus import bus
from infra.wiring.ports.documents import documents

if TYPE_CHECKING:
    from infra.wiring.google_environment import GoogleEnvironment
    from shared.ports.outbox import Outbox


def outbox(on: Environment) -> Outbox:
    """Opens the outbox of events."""
    return on.port("outbox", _google)


def _google(on: GoogleEnvironment) -> Outbox:
    from shared.platform.usecases.commit_then_publish import CommitThenPublish

    return CommitThenPublish(documents(on), bus(on), on.ids, on.clock)
