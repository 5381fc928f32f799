"""Builds what accepts events, and their history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.conversations import conversations
from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.first_sight import first_sight
from infra.wiring.frameworks import frameworks
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.ports.bus import bus
from infra.wiring.ports.documents import documents
from infra.wiring.ports.outbox import outbox
from infra.wiring.ports.tasks import tasks

if TYPE_CHECKING:
    from shared.intake.usecases.accept_event import AcceptEvent
    from shared.intake.usecases.accept_events import AcceptEvents
    from shared.intake.usecases.event_ledger import EventLedger
    from shared.intake.usecases.event_views import EventViews
    from shared.intake.usecases.find_event import FindEvent
    from shared.intake.usecases.import_certifications import ImportCertifications
    from shared.intake.usecases.judged_events import JudgedEvents
    from shared.intake.usecases.person_states import PersonStates
    from shared.intake.usecases.prepare_event import PrepareEvent
    from shared.intake.usecases.show_event import ShowEvent
    from shared.intake.usecases.show_history import ShowHistory
    from shared.intake.usecases.take_in import TakeIn
    from shared.intake.usecases.void_event import VoidEvent


class IntakeUseCases(Wiring):
    """Makes each use case of intake when it is first asked for."""

    @wired
    def alone(self) -> AcceptEvent:
        from shared.intake.usecases.accept_event import AcceptEvent

        return AcceptEvent(self._ledger, self._states, self._preparing, self._on.clock)

    @wired
    def lists(self) -> AcceptEvents:
        from shared.intake.usecases.accept_events import AcceptEvents

        return AcceptEvents(self._ledger, self._states, self._preparing, self.alone, self._on.clock)

    @wired
    def take_in(self) -> TakeIn:
        from shared.intake.usecases.take_in import TakeIn

        return TakeIn(self.alone, self.lists, lambda: platform(self._on).quarantine)

    @wired
    def import_certifications(self) -> ImportCertifications:
        from shared.intake.usecases.import_certifications import ImportCertifications

        return ImportCertifications(self.alone, platform(self._on).audit)

    @wired
    def history(self) -> ShowHistory:
        from shared.intake.usecases.show_history import ShowHistory

        opening, configuration = people(self._on).profile_access, frameworks(self._on).configuration
        return ShowHistory(self.judged, self._views, opening, configuration)

    @wired
    def event(self) -> ShowEvent:
        from shared.intake.usecases.show_event import ShowEvent

        return ShowEvent(self._finding, self.judged, self._views, people(self._on).profile_access)

    @wired
    def voiding(self) -> VoidEvent:
        from shared.intake.usecases.void_event import VoidEvent

        return VoidEvent(self._finding, self._ledger, self._states, platform(self._on).audit, self._on.clock)

    @wired
    def _finding(self) -> FindEvent:
        from shared.intake.usecases.find_event import FindEvent
        from shared.observations.records import Ledger

        return FindEvent(Ledger(documents(self._on)))

    @wired
    def judged(self) -> JudgedEvents:
        from shared.intake.usecases.judged_events import JudgedEvents
        from shared.observations.records import Ledger

        return JudgedEvents(Ledger(documents(self._on)), people(self._on).aliases)

    @wired
    def _views(self) -> EventViews:
        from shared.intake.usecases.event_views import EventViews

        return EventViews(self._on.once(first_sight), conversations(self._on).deals)

    @wired
    def _ledger(self) -> EventLedger:
        from shared.intake.usecases.event_ledger import EventLedger

        return EventLedger(documents(self._on), bus(self._on), outbox(self._on))

    @wired
    def _states(self) -> PersonStates:
        from shared.intake.usecases.person_states import PersonStates

        on = self._on
        return PersonStates(documents(on), tasks(on), frameworks(on).configuration, on.once(first_sight), on.log)

    @wired
    def _preparing(self) -> PrepareEvent:
        from shared.intake.usecases.alike_calls import AlikeCalls
        from shared.intake.usecases.prepare_event import PrepareEvent
        from shared.observations.records import Ledger

        return PrepareEvent(frameworks(self._on).configuration, AlikeCalls(Ledger(documents(self._on))))


def intake(on: Environment) -> IntakeUseCases:
    """Returns the use cases of intake on an environment."""
    return on.once(IntakeUseCases)
