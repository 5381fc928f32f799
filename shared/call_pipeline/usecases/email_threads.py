"""Take in an exported e-mail thread: kept where transcripts are, noted as a call is, scored by the same analysts.

One thread, one observation per employee who wrote in it. The same export sent twice is one thread; a longer export of a
known thread has it analysed again, and the later analysis stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.call_pipeline.usecases.discover_calls import EMAIL, DiscoverCalls
from shared.conversations.domain.call_state import OVER
from shared.conversations.domain.conversation import Conversation
from shared.conversations.usecases.call_records import CallRecords, record_id
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.kernel.errors import Rejected, Retryable
from shared.kernel.reading import is_document_name
from shared.people.records import EmployeeRecords
from shared.platform.usecases.tombstones import Erased
from shared.ports.documents import Documents
from shared.privacy.domain.erasure import REMOVED, Erasing, without


class EmailThreads:
    """Takes threads in."""

    def __init__(
        self, live: Documents, records: CallRecords, transcripts: TranscriptStore, discovery: DiscoverCalls
    ) -> None:
        self._employees = EmployeeRecords(live)
        self._erased = Erased(live)
        self._records = records
        self._transcripts = transcripts
        self._discovery = discovery

    def take(self, thread: Conversation, context: Mapping[str, Any]) -> dict[str, Any]:
        """Keeps a thread and queues its analysis; its record, and whether it was known just so.

        context: as an observation's; `deal_id` links the thread to its deal.
        Raises Rejected when no employee wrote in it, Retryable.
        """
        thread = self._without_erased(thread)
        people = self._writers(thread)
        if not people:
            raise Rejected("no active employee has written in this thread, so nobody is scored", field="messages")
        known_words = self._transcripts.conversation(EMAIL, thread.call_id)
        identity = record_id(EMAIL, thread.call_id)
        known = self._records.find([identity]).get(identity)
        if known is not None and known_words == thread:
            if known["state"] == "discovered":
                self._discovery.queue(known, "immediate")
            return {"record": known, "duplicate": True}
        if known is not None and known["state"] not in OVER:
            raise Retryable("an earlier export of this thread is being analysed", after_seconds=60)
        # The words first: a record without them could never be analysed.
        self._transcripts.keep(EMAIL, thread)
        record = self._note(thread, people, context, known)
        self._discovery.queue(record, "immediate")
        return {"record": record, "duplicate": False}

    def _without_erased(self, thread: Conversation) -> Conversation:
        """The thread without who has been erased: mailboxes go on to hold what they wrote."""
        names = {party.email.lower(): party.name for party in thread.parties if party.email}
        for email in sorted(self._erased.among(names)):
            thread = without(Erasing(email, REMOVED, names[email]), thread)
        return thread

    def _writers(self, thread: Conversation) -> list[dict[str, Any]]:
        """The employees who wrote: an address is a voice here."""
        voices = {turn.speaker_id for turn in thread.turns if turn.text.strip()}
        addresses = {
            party.email.lower(): party.speaker_id
            for party in thread.parties
            if party.email and is_document_name(party.email.lower())
        }
        records = [record for record in self._employees.many(addresses).values() if record.active]
        return [
            {
                "employee_id": record.employee_id,
                "speaker_id": addresses[record.employee_id],
                "spoke": True,
                "framework_id": record.framework_id,
            }
            for record in sorted(records, key=lambda one: one.employee_id)
            if addresses[record.employee_id] in voices
        ]

    def _note(
        self,
        thread: Conversation,
        people: list[dict[str, Any]],
        context: Mapping[str, Any],
        known: Mapping[str, Any] | None,
    ) -> dict[str, Any]:
        if thread.started is None:
            raise Rejected("no message of the thread says when it was sent", field="messages.date")
        plain = {name: value for name, value in context.items() if name != "deal_id" and value}
        deal_id = context.get("deal_id")
        how = "crm" if deal_id else "unmatched"
        about = {
            "participants": people,
            "employees": [one["employee_id"] for one in people],
            "context": plain,
            "deal": {"deal_id": deal_id, "account_name": context.get("account_name"), "how": how},
            "deal_link": how,
            "duration_seconds": thread.duration_ms // 1000,
        }
        if known is None:
            record = self._records.blank(EMAIL, thread.call_id, thread.started) | about
            if self._records.create(record):
                return record
            raise Retryable("the same thread is being taken in by another request")

        def again(current: dict[str, Any]) -> Mapping[str, Any] | None:
            if current["analysis"] != known["analysis"]:
                return None
            deal = {name: current[name] for name in ("deal", "deal_link")}
            said = deal if current["deal_link"] == "person" and not deal_id else {}
            return {
                **about,
                **said,
                "state": "discovered",
                "analysis": current["analysis"] + 1,
                "tries": 0,
                "rounds": 0,
            }

        record, _ = self._records.change(known["record_id"], again)
        return record
