"""Accepts events and rates people on a store, where a whole platform would measure too much."""

from __future__ import annotations

from infra.local.ambient import RandomIds
from shared.frameworks.usecases.configuration import Configuration
from shared.intake.usecases.accept_event import AcceptEvent
from shared.intake.usecases.accept_events import AcceptEvents
from shared.intake.usecases.alike_calls import AlikeCalls
from shared.intake.usecases.event_ledger import EventLedger
from shared.intake.usecases.person_states import PersonStates
from shared.intake.usecases.prepare_event import PrepareEvent
from shared.observations.records import Ledger
from shared.platform.usecases.commit_then_publish import CommitThenPublish
from shared.ports.ambient import Clock, Log
from shared.ports.documents import Documents
from shared.ports.messages import Bus, TaskQueue
from shared.privacy.usecases.first_sight import FirstSight
from shared.ratings.records import RatingsRecords
from shared.ratings.usecases.publish_pending import PublishPending
from shared.ratings.usecases.update_rating import UpdateRatings
from shared.reviews.records import ReviewRecords


def accepting(
    documents: Documents, bus: Bus, tasks: TaskQueue, configuration: Configuration, clock: Clock, log: Log
) -> tuple[AcceptEvent, AcceptEvents]:
    """Returns what accepts one event, and what accepts several."""
    ledger = EventLedger(documents, bus, CommitThenPublish(documents, bus, RandomIds(), clock))
    sight = FirstSight(Ledger(documents), ReviewRecords(documents), configuration, clock)
    states = PersonStates(documents, tasks, configuration, sight, log)
    preparing = PrepareEvent(configuration, AlikeCalls(Ledger(documents)))
    alone = AcceptEvent(ledger, states, preparing, clock)
    return alone, AcceptEvents(ledger, states, preparing, alone, clock)


def updating(documents: Documents, bus: Bus, configuration: Configuration, clock: Clock) -> UpdateRatings:
    """Returns what rates one employee."""
    publishing = PublishPending(RatingsRecords(documents), bus, clock)
    sight = FirstSight(Ledger(documents), ReviewRecords(documents), configuration, clock)
    return UpdateRatings(documents, publishing, configuration, sight, clock)
