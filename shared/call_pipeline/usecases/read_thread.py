"""Reads an e-mail thread that has been taken in: whose words are whose, and whether anybody of outside took part."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from shared.call_pipeline.usecases.thread_people import ThreadPeople
from shared.conversations.domain.call_state import OVER, State
from shared.conversations.domain.conversation import Conversation
from shared.conversations.domain.voices import conversation_of
from shared.conversations.records import CallParticipant, CallRecord, CallRecords
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.conversations.wire.email_thread import parse_thread
from shared.kernel.errors import Rejected, Retryable
from shared.kernel.log_events import LogEvent
from shared.ports.ambient import Log


class ReadThread:
    """Reads threads. home_domains: of the company's own addresses"""

    def __init__(
        self,
        people: ThreadPeople,
        records: CallRecords,
        transcripts: TranscriptStore,
        home_domains: Collection[str],
        log: Log,
    ) -> None:
        self._people = people
        self._records = records
        self._transcripts = transcripts
        self._home_domains = home_domains
        self._log = log

    def read(self, record: CallRecord) -> CallRecord | State:
        """Keeps what a thread says in the place of what came: its record, or a state in which it ends instead.

        A record of which nothing waits to be read is returned as it is. Done again after a crash it gives the same,
        and so does a request that another one overtakes: that one reads what this one leaves. Raises Rejected for what
        nobody can read, Retryable.
        """
        exports = self._transcripts.exports(record.source, record.call_id)
        if not exports:
            return record
        known = self._transcripts.conversation(record.source, record.call_id)
        try:
            thread = self._parsed(record, exports, known)
        except Rejected:
            self._were_read(record, exports)
            raise
        thread = conversation_of(self._people.of_others(thread), record.voices)
        customers = self._people.have_outsiders(thread, self._home_domains)
        people = self._people.writers(thread)
        if customers and people and not self._transcripts.keep_instead(record.source, known, thread):
            raise Retryable("another request has read this thread meanwhile")
        record, noted = self._noted(record, thread, people, customers)
        if not noted:
            return record
        if not customers:
            # It is looked at anew when it comes again: the company's domains may be known better then.
            for export in exports:
                self._transcripts.forget_export(record.source, record.call_id, export)
            return "internal"
        self._were_read(record, exports)
        return record if people else "nobody"

    def _parsed(self, record: CallRecord, exports: Sequence[bytes], known: Conversation | None) -> Conversation:
        """Returns what all exports say together; where that is too much, or one of them cannot be read, what they say
        one after the other. Raises Rejected when none says anything."""
        try:
            return self._parse(record, exports, known)
        except Rejected as refusal:
            if len(exports) == 1:
                raise
            why = refusal
        thread = known
        for export in exports:
            try:
                thread = self._parse(record, (export,), thread)
            except Rejected as refusal:
                why = refusal
                self._log.event(LogEvent.CALL_UNREADABLE, "WARNING", call_id=record.call_id)
        if thread is None or thread is known:
            raise why
        return thread

    def _parse(self, record: CallRecord, exports: Sequence[bytes], known: Conversation | None) -> Conversation:
        first, *more = exports
        return parse_thread(first, more=more, home_domains=self._home_domains, thread_id=record.call_id, known=known)

    def _were_read(self, record: CallRecord, exports: Sequence[bytes]) -> None:
        for export in exports:
            self._transcripts.export_was_read(record.source, record.call_id, export)

    def _noted(
        self, record: CallRecord, thread: Conversation, people: tuple[CallParticipant, ...], customers: bool
    ) -> tuple[CallRecord, bool]:
        """Notes who wrote, and tells whether the record still is what was read for."""

        def note(known: CallRecord) -> CallRecord | None:
            if known.analysis != record.analysis or known.state in OVER:
                return None
            return known.changed(
                participants=people,
                employees=tuple(one.employee_id for one in people) or known.employees,
                duration_seconds=thread.duration_ms // 1000,
                customers=customers,
            )

        return self._records.change(record.record_id, note)
