"""Builds what follows the CRM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.enablement import enablement
from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.people import people
from infra.wiring.ports.crm import crm_connected, crm_records
from infra.wiring.ports.integrations import integrations
from infra.wiring.ports.tasks import tasks

if TYPE_CHECKING:
    from shared.crm.domain.deal_mapping import DealMapping
    from shared.crm.domain.sender import Sender
    from shared.crm.records import HintRecords, ReadRecords
    from shared.crm.usecases.follow_record import FollowRecord
    from shared.crm.usecases.poll_changes import Found
    from shared.crm.usecases.read_deal import ReadDeal
    from shared.crm.usecases.record_tasks import RecordTasks
    from shared.crm.usecases.take_hints import TakeHints


class CrmUseCases(Wiring):
    """Makes each use case of the CRM when it is first asked for."""

    @property
    def sender(self) -> Sender:
        """Returns whose messages are taken."""
        from infra.wiring.ports.crm_settings import sender

        return sender(self._on)

    @wired
    def take_hints(self) -> TakeHints:
        from shared.crm.usecases.take_hints import TakeHints

        return TakeHints(self._hints, self._tasks, self._mapping.kinds, self._on.clock)

    @wired
    def follow_record(self) -> FollowRecord:
        from shared.crm.usecases.follow_record import Ambient, FollowRecord
        from shared.crm.usecases.tell_deal import TellDeal

        on, does = self._on, enablement(self._on)
        telling = TellDeal(people(on).records, does.deals, does.assign_deal, does.record_outcome, does.release_deal)
        return FollowRecord(self._reading, self._reads, telling, self._tasks, Ambient(on.clock, on.log))

    def poll(self) -> Found | None:
        """Looks through what has changed in the CRM; None where none is connected."""
        from infra.wiring.ports.crm_settings import first_look
        from shared.crm.records import PollRecords
        from shared.crm.usecases.follow_record import Ambient
        from shared.crm.usecases.poll_changes import Kept, PollChanges

        on = self._on
        if not crm_connected(on):
            return None
        kept = Kept(self._reads, PollRecords(integrations(on)))
        first = first_look(on.connected.settings)
        polling = PollChanges(self._reading, kept, self._tasks, Ambient(on.clock, on.log), first=first)
        return polling.poll(self._mapping)

    @wired
    def _reading(self) -> ReadDeal:
        from shared.crm.usecases.read_deal import ReadDeal

        return ReadDeal(crm_records(self._on), self._mapping)

    @wired
    def _mapping(self) -> DealMapping:
        from infra.wiring.ports.crm_settings import deal_mapping

        return deal_mapping(self._on.connected.settings)

    @wired
    def _hints(self) -> HintRecords:
        from shared.crm.records import HintRecords

        return HintRecords(integrations(self._on))

    @wired
    def _reads(self) -> ReadRecords:
        from shared.crm.records import ReadRecords

        return ReadRecords(integrations(self._on))

    @wired
    def _tasks(self) -> RecordTasks:
        from shared.crm.usecases.record_tasks import RecordTasks

        return RecordTasks(tasks(self._on))


def crm(on: Environment) -> CrmUseCases:
    """Returns what follows the CRM on an environment."""
    return on.once(CrmUseCases)
