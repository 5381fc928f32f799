"""Fetches what was said in a call from the recorder, keeps it, and notes who was there."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from shared.call_pipeline.usecases.call_people import CallPeople, KnownPeople
from shared.call_pipeline.usecases.call_tasks import EMAIL
from shared.call_pipeline.usecases.describe_call import DescribeCall, Heard
from shared.call_pipeline.usecases.discover_calls import Recorder
from shared.call_pipeline.usecases.read_thread import ReadThread
from shared.conversations.domain.call_state import State
from shared.conversations.domain.conversation import Affiliation, Conversation, Party, Said, Turn
from shared.conversations.domain.customers import OurSide, have_customers, says_internal
from shared.conversations.domain.participants import are_untold, participants
from shared.conversations.domain.recorded_call import CallParty, CrmObject, RecordedCall
from shared.conversations.domain.voices import call_of, conversation_of
from shared.conversations.ports.calls import Calls, UnreadableAnswer
from shared.conversations.records import CallRecord
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.kernel.errors import Malformed, Retryable

HalfReady = Literal["half_ready"]


class FetchCall:
    """Fetches calls."""

    def __init__(
        self,
        recorder: Recorder,
        people: CallPeople,
        transcripts: TranscriptStore,
        describing: DescribeCall,
        reading: ReadThread,
    ) -> None:
        self._reading = reading
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

    def conversation(self, record: CallRecord) -> Conversation | State | HalfReady | None:
        """Returns what was said; a state in which the call ends instead; None while the recorder does not have it, or
        `half_ready` while it has the words, and does not say which of them are ours.

        Raises RateLimited, BudgetSpent and another Retryable; NotFound when the record has gone meanwhile; another
        Rejected for what nobody can read.
        """
        read = self._reading.read(record) if record.source == EMAIL else record
        return read if isinstance(read, str) else self._kept_or_fetched(read)

    def _kept_or_fetched(self, record: CallRecord) -> Conversation | State | HalfReady | None:
        for employee_id in record.misheard:
            self._transcripts.forget_analyses_of(record.source, record.call_id, employee_id)
        kept = self._transcripts.conversation(record.source, record.call_id)
        if kept is not None and record.corrections and not record.speakers:
            return "nobody"
        if kept is not None and record.participants:
            anew = self._fetched(record) if self._was_half_ready(record, kept) else None
            if anew is not None and anew != "half_ready":
                return anew
            corrected = self._corrected(record, kept)
            return corrected if self._with_customers(record, corrected) else "internal"
        heard = record.participants or any(one.was for one in record.corrections)
        gone = heard and kept is None and not self._transcripts.may_hold(record.discovered_at)
        if record.source != self.source or gone:
            # Kept once, and deleted after their year: what people were told is gone is not fetched again.
            raise Malformed("its words are gone, and nobody can be asked for them again", field="source")
        return self._fetched(record)

    def _was_half_ready(self, record: CallRecord, kept: Conversation) -> bool:
        """Tells whether a call that is analysed again was perhaps not whole when it was fetched: it has voices of no
        party, or sentences that could not be read."""
        if record.source != self.source or not record.analysis or not self.connected:
            return False
        known = {one.speaker_id for one in kept.parties} | record.voices.keys()
        return bool(record.set_aside) or any(one.speaker_id not in known for one in kept.turns)

    def _fetched(self, record: CallRecord) -> Conversation | State | HalfReady | None:
        calls = self._recorder.calls
        call = None if calls is None else calls.call(record.call_id)
        if calls is None or call is None:
            return None
        if call.private:
            return "private"
        if not call.parties:
            return None
        call = call_of(call, record.voices)
        people = self._people.of(record.source, [call])
        call = people.titled(call)
        if says_internal(call):
            # Nobody's words are needed to tell.
            self._describing.unscored(record.record_id, Heard(call, people, customers=False))
            return "internal"
        said = _said(calls, record.call_id)
        return self._keep(record, call, people, said) if said is not None and said.turns else None

    def _with_customers(self, record: CallRecord, kept: Conversation) -> bool:
        """Tells whether anybody of outside is in a conversation that was kept: since then it may have been corrected,
        and the company's domains may be known better."""
        if record.source != self.source:
            return True
        parties = tuple(
            CallParty(speaker_id=one.speaker_id, name=one.name, email=one.email, affiliation=one.affiliation)
            for one in kept.parties
        )
        crm = () if record.deal_link != "crm" else (CrmObject("Opportunity", record.deal.deal_id or ""),)
        # What showed a customer behind a voice that nobody knows, a phone call say, is not kept with the words.
        shown = record.customers is True and not record.corrections
        scope = "External" if shown else record.scope or None
        call = RecordedCall(record.call_id, record.started_at, scope=scope, parties=parties, crm=crm)
        return have_customers(call, kept.turns, self._our_side(record, record.employees))

    def _our_side(self, record: CallRecord, employees: Collection[str]) -> OurSide:
        strangers = {speaker_id for speaker_id, to in record.voices.items() if to is None}
        return OurSide(employees, self._recorder.settings.home_domains, strangers)

    def _corrected(self, record: CallRecord, kept: Conversation) -> Conversation:
        """Returns what was kept with the people whom somebody has corrected, and keeps it so."""
        corrected = conversation_of(kept, record.voices)
        if corrected is not kept and not self._transcripts.keep_instead(record.source, kept, corrected):
            raise Retryable("another request has changed what is kept of this call meanwhile")
        return corrected

    def _keep(
        self, record: CallRecord, call: RecordedCall, people: KnownPeople, said: Said
    ) -> Conversation | State | HalfReady:
        present = participants(call, said.turns, people.employees, people.users)
        spoke = any(one.spoke for one in present)
        if not spoke and are_untold(call, said.turns):
            return "half_ready"
        customers = have_customers(call, said.turns, self._our_side(record, people.employees))
        heard = Heard(call, people, customers, said.set_aside)
        if not spoke or not customers:
            self._describing.unscored(record.record_id, heard)
            return "internal" if spoke else "nobody"
        conversation = _conversation(call, said.turns, people)
        self._transcripts.keep(record.source, conversation, since=record.discovered_at if record.participants else None)
        self._describing.spoken(record.record_id, heard, present)
        return conversation


def _said(calls: Calls, call_id: str) -> Said | None:
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
