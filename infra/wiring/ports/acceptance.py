"""Opens the acceptance of events, over the documents and the bus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment
from infra.wiring.ports.bus import bus
from infra.wiring.ports.documents import documents

if TYPE_CHECKING:
    from infra.gcp.environment import GoogleEnvironment
    from shared.ports.acceptance import Acceptance


def acceptance(on: Environment) -> Acceptance:
    """Opens the acceptance of events."""
    return on.port("acceptance", _google)


def _google(on: GoogleEnvironment) -> Acceptance:
    from shared.ports.acceptance import CommitThenPublish

    return CommitThenPublish(documents(on), bus(on))
