"""Builds what decides who reads what was said, and what erases."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from infra.wiring.conversations import conversations
from infra.wiring.environment import Environment
from infra.wiring.frameworks import frameworks
from infra.wiring.platform import platform
from infra.wiring.ports.documents import documents
from infra.wiring.ports.tasks import tasks

if TYPE_CHECKING:
    from shared.privacy.records.erasures import ErasureRecords
    from shared.privacy.usecases.erasure_runs import ErasureRuns
    from shared.privacy.usecases.first_sight import FirstSight
    from shared.privacy.usecases.follow_erasures import FollowErasures
    from shared.privacy.usecases.resume_erasures import ResumeErasures
    from shared.privacy.usecases.start_erasure import StartErasure
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
            conversations(on).call_records,
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
    def start_erasure(self) -> StartErasure:
        from shared.privacy.usecases.start_erasure import StartErasure

        on = self._on
        return StartErasure(documents(on), self.runs, platform(on).audit, on.clock, on.ids)

    @cached_property
    def erasures(self) -> FollowErasures:
        from shared.privacy.usecases.follow_erasures import FollowErasures

        return FollowErasures(self._erasure_records)

    @cached_property
    def resume_erasures(self) -> ResumeErasures:
        from shared.privacy.usecases.resume_erasures import ResumeErasures

        return ResumeErasures(self.runs, self._on.clock)

    @cached_property
    def runs(self) -> ErasureRuns:
        """Moves erasures on; erasing itself is the business of one function."""
        from shared.privacy.usecases.erasure_runs import ErasureRuns

        return ErasureRuns(self._erasure_records, tasks(self._on), self._on.clock)

    @cached_property
    def _erasure_records(self) -> ErasureRecords:
        from shared.privacy.records.erasures import ErasureRecords

        return ErasureRecords(documents(self._on))


def privacy(on: Environment) -> PrivacyUseCases:
    """Returns the use cases of privacy on an environment."""
    return on.once(PrivacyUseCases)
