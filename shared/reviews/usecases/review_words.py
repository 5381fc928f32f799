"""Opens the words that a call's scores stand on, for whoever may read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.conversations.domain.call_analysis import CallAnalysis
from shared.conversations.domain.call_name import record_id
from shared.conversations.records import CallRecord, CallRecords
from shared.kernel.access import Caller
from shared.kernel.errors import Forbidden, NotFound
from shared.people.records import EmployeeRecords
from shared.privacy.usecases.open_transcript import Opened, OpenTranscript
from shared.privacy.usecases.transcript_grounds import TranscriptGrounds
from shared.reviews.contract import ReviewView

NOT_KEPT = "the words of this call are not kept here"


@dataclass(frozen=True, slots=True)
class Words:
    """A call's words, or why there are none.

    call_id:  of the call's record here; None where there is none
    opened:   None while they are not opened; then `absent` says why, or `readable` that the caller could open them
    analysis: what the analyst made of the employee's part
    names:    of our people, by the recording's speaker
    """

    call_id: str | None
    opened: Opened | None = None
    absent: str | None = None
    readable: bool = False
    analysis: CallAnalysis | None = None
    names: Mapping[str, str] = field(default_factory=dict)


class ReviewWords:
    """Opens what was said in reviewed calls."""

    def __init__(
        self,
        calls: CallRecords,
        transcripts: OpenTranscript,
        grounds: TranscriptGrounds,
        employees: EmployeeRecords,
    ) -> None:
        self._calls = calls
        self._transcripts = transcripts
        self._grounds = grounds
        self._employees = employees

    def of(self, caller: Caller, review: ReviewView, *, wanted: bool) -> Words:
        """Returns the words of a review's call; unless `wanted`, only whether the caller could open them.

        Opening is recorded and told to the people in the call. Raises Retryable.
        """
        identity = record_id(review.source, review.source_id)
        call = self._calls.find([identity]).get(identity)
        if call is None:
            return Words(None, absent=NOT_KEPT)
        try:
            if wanted:
                return self._opened(caller, call, review)
            self._grounds.of(caller, call)
        except (Forbidden, NotFound) as problem:
            return Words(call.record_id, absent=problem.detail)
        return Words(call.record_id, readable=True)

    def _opened(self, caller: Caller, call: CallRecord, review: ReviewView) -> Words:
        opened = self._transcripts.open(caller, call.record_id)
        names = self._employees.names(opened.voices.values())
        return Words(
            call.record_id,
            opened,
            analysis=self._transcripts.analysis(opened, review.employee_id, review.analysis_version),
            names={speaker: names[employee_id] for speaker, employee_id in opened.voices.items()},
        )
