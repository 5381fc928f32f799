"""Builds the discovery of calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.conversations import conversations
from infra.wiring.environment import Environment
from infra.wiring.platform import platform
from infra.wiring.ports.documents import documents
from infra.wiring.ports.integrations import integrations
from infra.wiring.ports.tasks import tasks

if TYPE_CHECKING:
    from shared.call_pipeline.usecases.call_people import CallPeople
    from shared.call_pipeline.usecases.discover_calls import DiscoverCalls
    from shared.conversations.ports.calls import Calls


def call_people(on: Environment) -> CallPeople:
    """Makes what knows who of our people took part in a call."""
    from shared.call_pipeline.usecases.call_people import CallPeople

    return CallPeople(documents(on), integrations(on))


def discovery(on: Environment, recorder: Calls | None) -> DiscoverCalls:
    """Makes the discovery of calls, with the recorder that is connected; without one it only queues."""
    from shared.call_pipeline.usecases.discover_calls import DiscoverCalls

    return DiscoverCalls(
        recorder,
        conversations(on).call_records,
        on.once(call_people),
        integrations(on),
        tasks(on),
        lambda: platform(on).quarantine,
        on.connected.call_settings,
        on.clock,
        on.log,
    )
