"""Builds the acceptance of events, and what compares the ledger with the warehouse."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from infra.wiring.conversations import conversations
from infra.wiring.environment import Environment
from infra.wiring.first_sight import first_sight
from infra.wiring.frameworks import frameworks
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.ports.acceptance import acceptance
from infra.wiring.ports.bus import bus
from infra.wiring.ports.documents import documents
from infra.wiring.ports.tasks import tasks

if TYPE_CHECKING:
    from shared.intake.usecases.import_certifications import ImportCertifications
    from shared.intake.usecases.record_event import RecordEvents
    from shared.intake.usecases.show_history import ShowHistory
    from shared.platform.usecases.quarantine import Quarantine


class IntakeUseCases:
    """Makes each use case of intake when it is first asked for."""

    def __init__(self, on: Environment) -> None:
        self._on = on

    @cached_property
    def events(self) -> RecordEvents:
        from shared.intake.usecases.record_event import RecordEvents

        on = self._on
        return RecordEvents(
            documents(on), bus(on), tasks(on), frameworks(on).configuration, on.clock, on.log, acceptance(on)
        )

    @property
    def quarantine(self) -> Quarantine:
        return platform(self._on).quarantine

    @cached_property
    def import_certifications(self) -> ImportCertifications:
        from shared.intake.usecases.import_certifications import ImportCertifications

        return ImportCertifications(self.events, platform(self._on).audit)

    @cached_property
    def history(self) -> ShowHistory:
        from shared.intake.usecases.show_history import ShowHistory
        from shared.observations.records import Ledger

        on, opening = self._on, people(self._on).profile_access
        deals, configuration = conversations(on).deals, frameworks(on).configuration
        return ShowHistory(Ledger(documents(on)), opening, on.once(first_sight), deals, configuration)


def intake(on: Environment) -> IntakeUseCases:
    """Returns the use cases of intake on an environment."""
    return on.once(IntakeUseCases)
