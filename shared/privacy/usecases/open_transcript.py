"""Opens what was said in a call.

Before the words are answered, every reader but a participant leaves an audit record for each employee of the call, and
each is notified. If either cannot be written, nothing is answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from shared.conversations.domain.call_analysis import CallAnalysis
from shared.conversations.domain.conversation import Conversation
from shared.conversations.records import CallRecord, CallRecords
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.kernel.access import Caller, require
from shared.kernel.errors import NotFound
from shared.ports.ambient import Clock
from shared.privacy.domain.transcript_ground import Ground
from shared.privacy.usecases.tell_of_access import TellOfAccess
from shared.privacy.usecases.transcript_grounds import TranscriptGrounds, known_call

if TYPE_CHECKING:
    from shared.privacy.contract import TranscriptAnswer


@dataclass(frozen=True, slots=True)
class Opened:
    """A call's words, with the ground on which they are read and when they will be deleted."""

    call: CallRecord
    conversation: Conversation
    ground: Ground
    expires_at: datetime

    @property
    def voices(self) -> dict[str, str]:
        """Returns whose voice is whose: speaker to employee, as far as the recording tells our people apart."""
        return {one.speaker_id: one.employee_id for one in self.call.participants if one.speaker_id is not None}


class OpenTranscript:
    """Opens transcripts."""

    def __init__(
        self,
        calls: CallRecords,
        transcripts: TranscriptStore,
        grounds: TranscriptGrounds,
        telling: TellOfAccess,
        clock: Clock,
    ) -> None:
        self._calls = calls
        self._transcripts = transcripts
        self._grounds = grounds
        self._telling = telling
        self._clock = clock

    def open(self, caller: Caller, record_id: str) -> Opened:
        """Returns the words of a call, by its name here (`<source>-<call id>`).

        Raises NotFound (no such call, or its words are gone), Forbidden, Retryable.
        """
        require(caller, "transcripts.read")
        call = known_call(self._calls, record_id)
        ground = self._grounds.of(caller, call)
        expires_at = self._transcripts.expires_at(call.source, call.call_id)
        conversation = self._transcripts.conversation(call.source, call.call_id)
        if expires_at is None or conversation is None:
            raise NotFound("the words of this call are gone: they are kept for twelve months", field="call_id")
        if ground != "own":
            self._telling.opened(caller, call, ground, self._clock.now().date())
        return Opened(call, conversation, ground, expires_at)

    def show(self, caller: Caller, record_id: str) -> TranscriptAnswer:
        """Opens a call's words in the shape of the contract. Raises as `open`."""
        from shared.privacy.usecases.transcript_view import view  # pages need none of it

        return view(self.open(caller, record_id))

    def analysis(self, opened: Opened, employee_id: str, version: int) -> CallAnalysis | None:
        """Returns what an analyst made of one employee's part in a call that is open: its reasons tell of the words."""
        return self._transcripts.analysis(opened.call.source, opened.call.call_id, employee_id, version)
