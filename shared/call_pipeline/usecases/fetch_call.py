"""Fetches what was said in a call from the recorder, keeps it, and notes who was there."""

from __future__ import annotations

from shared.call_pipeline.usecases.call_people import CallPeople, KnownPeople
from shared.call_pipeline.usecases.describe_call import DescribeCall
from shared.call_pipeline.usecases.discover_calls import Recorder
from shared.conversations.domain.call_state import State
from shared.conversations.domain.conversation import Affiliation, Conversation, Party, Turn
from shared.conversations.domain.participants import participants
from shared.conversations.domain.recorded_call import RecordedCall
from shared.conversations.domain.voices import call_of, conversation_of
from shared.conversations.ports.calls import Calls, UnreadableAnswer
from shared.conversations.records import CallRecord
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.kernel.errors import Malformed


class FetchCall:
    """Fetches calls."""

    def __init__(
        self, recorder: Recorder, people: CallPeople, transcripts: TranscriptStore, describing: DescribeCall
    ) -> None:
        self._recorder = recorder
        self._people = people
        self._transcripts = transcripts
        self._describing = describing

    @property
    def source(self) -> str:
        """Returns the recorder's name, as observations carry it."""
        return self._recorder.settings.source

    @property
    def connected(self) -> bool:
        """Tells whether there is a recorder to ask."""
        return self._recorder.calls is not None

    def conversation(self, record: CallRecord) -> Conversation | State | None:
        """Returns what was said; a state in which the call ends instead; None while the recorder does not have it.

        Raises RateLimited, BudgetSpent and another Retryable; NotFound when the record has gone meanwhile; another
        Rejected for what nobody can read.
        """
        for employee_id in record.misheard:
            self._transcripts.forget_analyses_of(record.source, record.call_id, employee_id)
        kept = self._transcripts.conversation(record.source, record.call_id)
        if kept is not None and record.corrections and not record.speakers:
            return "nobody"
        if kept is not None and record.participants:
            return self._corrected(record, kept)
        heard = record.participants or any(one.was for one in record.corrections)
        if record.source != self.source or (heard and kept is None):
            # Kept once, and deleted after their year: what people were told is gone is not fetched again.
            raise Malformed("its words are gone, and nobody can be asked for them again", field="source")
        calls = self._recorder.calls
        call = None if calls is None else calls.call(record.call_id)
        if calls is None or call is None:
            return None
        if call.private:
            return "private"
        turns = _turns(calls, record.call_id)
        return None if turns is None else self._keep(record, call_of(call, record.voices), turns)

    def _corrected(self, record: CallRecord, kept: Conversation) -> Conversation:
        """Returns what was kept with the people whom somebody has corrected, and keeps it so."""
        corrected = conversation_of(kept, record.voices)
        if corrected is not kept:
            self._transcripts.keep(record.source, corrected)
        return corrected

    def _keep(self, record: CallRecord, call: RecordedCall, turns: tuple[Turn, ...]) -> Conversation | State:
        people = self._people.of(record.source, [call])
        call = people.titled(call)
        present = participants(call, turns, people.employees, people.users)
        if not any(one.spoke for one in present):
            self._describing.nobody_spoke(record.record_id, call, people)
            return "nobody"
        conversation = _conversation(call, turns, people)
        self._transcripts.keep(record.source, conversation)
        self._describing.spoken(record.record_id, call, people, present)
        return conversation


def _turns(calls: Calls, call_id: str) -> tuple[Turn, ...] | None:
    """Returns what was said. Whoever opens the quarantine is not told on, so it gets no word of what cannot be read."""
    try:
        return calls.transcript(call_id)
    except UnreadableAnswer as unreadable:
        raise UnreadableAnswer(unreadable.detail, field=unreadable.field) from None


def _conversation(call: RecordedCall, turns: tuple[Turn, ...], people: KnownPeople) -> Conversation:
    conversation = Conversation(
        call_id=call.call_id,
        started=call.started,
        duration_ms=max(call.duration_seconds * 1000, max((turn.end_ms for turn in turns), default=0)),
        parties=tuple(
            Party(one.speaker_id, one.name, one.email, one.affiliation or Affiliation.UNKNOWN, one.title)
            for one in call.parties
        ),
        turns=turns,
    )
    return people.of_others(call, conversation)
