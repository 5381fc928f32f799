"""Builds what decides who reads what was said, and what erases."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from infra.wiring.conversations import conversations
from infra.wiring.environment import Environment
from infra.wiring.frameworks import frameworks
from infra.wiring.platform import platform
from infra.wiring.ports.documents import documents
from infra.wiring.ports.integrations import integrations
from infra.wiring.ports.tasks import tasks

if TYPE_CHECKING:
    from shared.privacy.usecases.erase_person import ErasePerson
    from shared.privacy.usecases.first_sight import FirstSight
    from shared.privacy.usecases.transcript_access import TranscriptAccess
    from shared.privacy.usecases.transcript_retention import TranscriptRetention
    from shared.privacy.usecases.transcript_samples import TranscriptSamples


class PrivacyUseCases:
    """Makes each use case of privacy when it is first asked for."""

    def __init__(self, on: Environment) -> None:
        self._on = on

    @cached_property
    def first_sight(self) -> FirstSight:
        from shared.privacy.usecases.first_sight import FirstSight

        on = self._on
        return FirstSight(documents(on), frameworks(on).configuration, on.clock)

    @cached_property
    def transcripts(self) -> TranscriptAccess:
        from shared.privacy.usecases.transcript_access import TranscriptAccess

        on = self._on
        return TranscriptAccess(
            documents(on),
            integrations(on),
            conversations(on).transcripts,
            platform(on).notifications,
            frameworks(on).configuration,
            platform(on).audit,
            on.clock,
        )

    @cached_property
    def retention(self) -> TranscriptRetention:
        from shared.privacy.usecases.transcript_retention import TranscriptRetention

        on = self._on
        return TranscriptRetention(documents(on), conversations(on).transcripts, on.clock)

    @cached_property
    def samples(self) -> TranscriptSamples:
        from shared.privacy.usecases.transcript_samples import TranscriptSamples

        on, said = self._on, conversations(self._on)
        return TranscriptSamples(
            said.call_records, said.transcripts, frameworks(on).configuration, platform(on).audit, on.clock
        )

    @cached_property
    def erasing(self) -> ErasePerson:
        """Takes requests and tells how far they are; erasing itself is the business of one function."""
        from shared.privacy.usecases.erase_person import ErasePerson, Stores

        on = self._on

        def none() -> Stores:
            raise RuntimeError("only the function erase_person opens every store")

        return ErasePerson(none, documents(on), tasks(on), platform(on).audit, on.clock, on.ids, on.log)


def privacy(on: Environment) -> PrivacyUseCases:
    """Returns the use cases of privacy on an environment."""
    return on.once(PrivacyUseCases)
