"""Builds what becomes of a call, from its discovery to what it says of a person."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from infra.wiring.conversations import conversations
from infra.wiring.discovery import discovery
from infra.wiring.environment import Environment
from infra.wiring.frameworks import frameworks
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.ports.documents import documents
from infra.wiring.ports.integrations import integrations
from infra.wiring.ports.tasks import tasks

if TYPE_CHECKING:
    from shared.call_pipeline.usecases.call_deals import LinkCalls
    from shared.call_pipeline.usecases.call_people import CallPeople
    from shared.call_pipeline.usecases.call_views import CallViews
    from shared.call_pipeline.usecases.discover_calls import DiscoverCalls
    from shared.call_pipeline.usecases.reanalyse_calls import ReanalyseCalls


class CallPipelineUseCases:
    """Makes each use case of call pipeline when it is first asked for."""

    def __init__(self, on: Environment) -> None:
        self._on = on

    @cached_property
    def calls(self) -> CallViews:
        from shared.call_pipeline.usecases.call_views import CallViews

        on = self._on
        return CallViews(
            conversations(on).call_records,
            people(on).profile_access,
            frameworks(on).configuration,
            platform(on).audit,
            on.clock,
        )

    @cached_property
    def call_people(self) -> CallPeople:
        from shared.call_pipeline.usecases.call_people import CallPeople

        return CallPeople(documents(self._on), integrations(self._on))

    @cached_property
    def links(self) -> LinkCalls:
        """Takes a person's word for a call's deal."""
        from shared.call_pipeline.usecases.call_deals import KnownDeals, LinkCalls

        on = self._on
        return LinkCalls(conversations(on).call_records, KnownDeals(integrations(on)), tasks(on), platform(on).audit)

    @cached_property
    def reanalyses(self) -> ReanalyseCalls:
        """Takes requests; it queues calls and never asks the recorder itself."""
        from shared.call_pipeline.usecases.reanalyse_calls import ReanalyseCalls

        on = self._on
        return ReanalyseCalls(
            conversations(on).call_records,
            self.queueing,
            integrations(on),
            tasks(on),
            platform(on).audit,
            on.clock,
            on.ids,
        )

    @property
    def queueing(self) -> DiscoverCalls:
        """Queues calls that are known; it cannot ask the recorder."""
        return discovery(self._on, None)


def call_pipeline(on: Environment) -> CallPipelineUseCases:
    """Returns the use cases of call pipeline on an environment."""
    return on.once(CallPipelineUseCases)
