"""Reads an e-mail thread that has been taken in: whose words are whose, and whether anybody of outside took part."""

from __future__ import annotations

from collections.abc import Collection

from shared.call_pipeline.usecases.thread_people import ThreadPeople
from shared.conversations.domain.call_state import State
from shared.conversations.domain.conversation import Conversation
from shared.conversations.domain.voices import conversation_of
from shared.conversations.records import CallParticipant, CallRecord, CallRecords
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.conversations.wire.email_thread import parse_thread
from shared.kernel.errors import Rejected


class ReadThread:
    """Reads threads. home_domains: of the company's own addresses"""

    def __init__(
        self, people: ThreadPeople, records: CallRecords, transcripts: TranscriptStore, home_domains: Collection[str]
    ) -> None:
        self._people = people
        self._records = records
        self._transcripts = transcripts
        self._home_domains = home_domains

    def read(self, record: CallRecord) -> CallRecord | State:
        """Keeps what a thread says in the place of what came: its record, or a state in which it ends instead.

        A record of which nothing waits to be read is returned as it is. Done again after a crash it gives the same.
        Raises Rejected for what nobody can read.
        """
        export = self._transcripts.export(record.source, record.call_id)
        if export is None:
            return record
        known = self._transcripts.conversation(record.source, record.call_id)
        try:
            thread = parse_thread(export, home_domains=self._home_domains, thread_id=record.call_id, known=known)
        except Rejected:
            self._transcripts.export_was_read(record.source, record.call_id, export)
            raise
        thread = conversation_of(self._people.of_others(thread), record.voices)
        customers = self._people.have_outsiders(thread, self._home_domains)
        people = self._people.writers(thread)
        if customers and people:
            self._transcripts.keep(record.source, thread)
        record = self._noted(record, thread, people, customers)
        if not customers:
            # It is looked at anew when it comes again: the company's domains may be known better then.
            self._transcripts.forget_export(record.source, record.call_id)
            return "internal"
        self._transcripts.export_was_read(record.source, record.call_id, export)
        return record if people else "nobody"

    def _noted(
        self, record: CallRecord, thread: Conversation, people: tuple[CallParticipant, ...], customers: bool
    ) -> CallRecord:
        def note(known: CallRecord) -> CallRecord:
            return known.changed(
                participants=people,
                employees=tuple(one.employee_id for one in people) or known.employees,
                duration_seconds=thread.duration_ms // 1000,
                customers=customers,
            )

        return self._records.change(record.record_id, note)[0]
