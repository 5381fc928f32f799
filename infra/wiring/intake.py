"""Builds the acceptance of events, and what compares the ledger with the warehouse."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from infra.wiring.environment import Environment
from infra.wiring.frameworks import frameworks
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.ports.acceptance import acceptance
from infra.wiring.ports.bus import bus
from infra.wiring.ports.documents import documents
from infra.wiring.ports.tasks import tasks
from infra.wiring.ratings import ratings

if TYPE_CHECKING:
    from shared.intake.usecases.import_certifications import ImportCertifications
    from shared.intake.usecases.record_event import RecordEvents
    from shared.people.usecases.open_profile import OpenProfile
    from shared.platform.usecases.quarantine import Quarantine
    from shared.ratings.usecases.profiles import Profiles


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

    @property
    def profile_access(self) -> OpenProfile:
        return people(self._on).profile_access

    @property
    def profiles(self) -> Profiles:
        return ratings(self._on).profiles


def intake(on: Environment) -> IntakeUseCases:
    """Returns the use cases of intake on an environment."""
    return on.once(IntakeUseCases)
