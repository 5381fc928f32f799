"""Builds the discovery of calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.conversations import conversations
from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.platform import platform
from infra.wiring.ports.documents import documents
from infra.wiring.ports.integrations import integrations
from infra.wiring.ports.tasks import tasks

if TYPE_CHECKING:
    from shared.call_pipeline.usecases.call_people import CallPeople
    from shared.call_pipeline.usecases.call_tasks import CallTasks
    from shared.call_pipeline.usecases.discover_calls import DiscoverCalls, TakeFinishedCall
    from shared.call_pipeline.usecases.discovery_reports import DiscoveryReports
    from shared.call_pipeline.usecases.take_calls import TakeCalls
    from shared.conversations.ports.calls import Calls


class DiscoveryUseCases(Wiring):
    """Makes each use case of the discovery when it is first asked for."""

    def discover_calls(self, recorder: Calls | None) -> DiscoverCalls:
        """Makes the daily discovery, with the recorder that is connected."""
        from shared.call_pipeline.records.discoveries import Discoveries
        from shared.call_pipeline.usecases.discover_calls import DiscoverCalls, Recorder

        on, settings = self._on, self._on.connected.call_settings
        discoveries = Discoveries(integrations(on), settings.source)
        return DiscoverCalls(Recorder(recorder, settings), self._taking, discoveries, self._reports, on.clock)

    @wired
    def finished_call(self) -> TakeFinishedCall:
        from shared.call_pipeline.usecases.discover_calls import TakeFinishedCall

        return TakeFinishedCall(self._taking, self._reports, self._on.connected.call_settings.calls_from)

    @wired
    def people(self) -> CallPeople:
        """Knows who of our people took part in a call."""
        from shared.call_pipeline.records.discoveries import RecorderUsers
        from shared.call_pipeline.usecases.call_people import CallPeople

        return CallPeople(documents(self._on), RecorderUsers(integrations(self._on)))

    @wired
    def tasks(self) -> CallTasks:
        """Queues what brings calls forward."""
        from shared.call_pipeline.usecases.call_tasks import CallTasks

        return CallTasks(tasks(self._on), self._on.clock)

    @wired
    def _taking(self) -> TakeCalls:
        from shared.call_pipeline.usecases.take_calls import TakeCalls

        records = conversations(self._on).call_records
        return TakeCalls(records, self.people, self.tasks, self._on.connected.call_settings.source)

    @wired
    def _reports(self) -> DiscoveryReports:
        from shared.call_pipeline.usecases.discovery_reports import DiscoveryReports

        on = self._on
        return DiscoveryReports(lambda: platform(on).quarantine, on.connected.call_settings.source, on.log)


def discovery(on: Environment) -> DiscoveryUseCases:
    """Returns the discovery of calls on an environment."""
    return on.once(DiscoveryUseCases)
