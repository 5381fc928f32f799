"""Builds what decides who reads what was said, and what erases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.conversations import conversations
from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.frameworks import frameworks
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.ports.documents import documents
from infra.wiring.ports.tasks import tasks

if TYPE_CHECKING:
    from shared.privacy.ports.reviews import CallReviews
    from shared.privacy.records.erasures import ErasureRecords
    from shared.privacy.usecases.erasure_runs import ErasureRuns
    from shared.privacy.usecases.escalations import Escalations
    from shared.privacy.usecases.follow_erasures import FollowErasures
    from shared.privacy.usecases.grants import Grants
    from shared.privacy.usecases.list_access import ListAccess
    from shared.privacy.usecases.open_transcript import OpenTranscript
    from shared.privacy.usecases.read_notices import ReadNotices
    from shared.privacy.usecases.resume_erasures import ResumeErasures
    from shared.privacy.usecases.start_erasure import StartErasure
    from shared.privacy.usecases.tell_of_access import TellOfAccess
    from shared.privacy.usecases.transcript_grounds import Given, TranscriptGrounds
    from shared.privacy.usecases.transcript_retention import TranscriptRetention
    from shared.privacy.usecases.transcript_samples import TranscriptSamples


class PrivacyUseCases(Wiring):
    """Makes each use case of privacy when it is first asked for."""

    @wired
    def transcripts(self) -> OpenTranscript:
        from shared.privacy.usecases.open_transcript import OpenTranscript

        on, said = self._on, conversations(self._on)
        return OpenTranscript(said.call_records, said.transcripts, self.grounds, self._telling, on.clock)

    @wired
    def grounds(self) -> TranscriptGrounds:
        """Decides on what ground somebody reads a call's words."""
        from shared.privacy.usecases.transcript_grounds import TranscriptGrounds

        on = self._on
        return TranscriptGrounds(self._given, people(on).records, self._reviews, frameworks(on).configuration, on.clock)

    @wired
    def grants(self) -> Grants:
        from shared.privacy.usecases.grants import Grants

        return Grants(self._given.grants, people(self._on).records, self._telling, self._on.clock)

    @wired
    def escalations(self) -> Escalations:
        from shared.privacy.usecases.escalations import Escalations

        on = self._on
        return Escalations(
            self._given.escalations, conversations(on).call_records, people(on).records, self._telling, on.clock
        )

    @wired
    def access(self) -> ListAccess:
        from shared.privacy.usecases.list_access import ListAccess

        on = self._on
        return ListAccess(self.grants, self.escalations, people(on).records, conversations(on).call_records)

    @wired
    def notices(self) -> ReadNotices:
        from shared.privacy.usecases.read_notices import ReadNotices

        on = self._on
        return ReadNotices(platform(on).notifications, people(on).records, conversations(on).call_records)

    @wired
    def _given(self) -> Given:
        from shared.privacy.records.access import EscalationRecords, GrantRecords
        from shared.privacy.usecases.transcript_grounds import Given

        return Given(GrantRecords(documents(self._on)), EscalationRecords(documents(self._on)))

    @wired
    def _telling(self) -> TellOfAccess:
        from shared.privacy.usecases.tell_of_access import TellOfAccess

        return TellOfAccess(platform(self._on).audit, platform(self._on).notifications)

    @wired
    def _reviews(self) -> CallReviews:
        from shared.reviews.records import ReviewRecords

        return ReviewRecords(documents(self._on))

    @wired
    def retention(self) -> TranscriptRetention:
        from shared.privacy.usecases.transcript_retention import TranscriptRetention

        on = self._on
        return TranscriptRetention(documents(on), conversations(on).transcripts, on.clock)

    @wired
    def samples(self) -> TranscriptSamples:
        from shared.privacy.usecases.transcript_samples import TranscriptSamples

        on, said = self._on, conversations(self._on)
        return TranscriptSamples(
            said.call_records, said.transcripts, frameworks(on).configuration, platform(on).audit, on.clock
        )

    @wired
    def start_erasure(self) -> StartErasure:
        from shared.privacy.usecases.start_erasure import StartErasure

        on = self._on
        return StartErasure(documents(on), self.runs, platform(on).audit, on.clock, on.ids)

    @wired
    def erasures(self) -> FollowErasures:
        from shared.privacy.usecases.follow_erasures import FollowErasures

        return FollowErasures(self._erasure_records, people(self._on).records)

    @wired
    def resume_erasures(self) -> ResumeErasures:
        from shared.privacy.usecases.resume_erasures import ResumeErasures

        return ResumeErasures(self.runs, self._on.clock)

    @wired
    def runs(self) -> ErasureRuns:
        """Moves erasures on; erasing itself is the business of one function."""
        from shared.privacy.usecases.erasure_runs import ErasureRuns

        return ErasureRuns(self._erasure_records, tasks(self._on), self._on.clock)

    @wired
    def _erasure_records(self) -> ErasureRecords:
        from shared.privacy.records.erasures import ErasureRecords

        return ErasureRecords(documents(self._on))


def privacy(on: Environment) -> PrivacyUseCases:
    """Returns the use cases of privacy on an environment."""
    return on.once(PrivacyUseCases)
