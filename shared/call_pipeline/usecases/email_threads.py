"""Takes in an exported e-mail thread: kept where transcripts are, noted as a call is, scored by the same analysts.

Only headers are looked at here; `read_thread` reads the words, in the task that analyses them.

One thread, one observation per employee who wrote in it. The same export sent twice is one thread; another export of a
known thread has it analysed again, and the later analysis stands. Exports that come at once, in whatever order, are
each kept by the digest of what they hold, and all of them are read.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.call_pipeline.usecases.call_tasks import EMAIL, CallTasks
from shared.call_pipeline.usecases.thread_people import ThreadPeople
from shared.conversations.domain.call_name import record_id
from shared.conversations.domain.call_state import How
from shared.conversations.domain.conversation import Conversation
from shared.conversations.domain.voices import conversation_of
from shared.conversations.records import CallDeal, CallParticipant, CallRecord, CallRecords
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.conversations.wire.email_thread import Heads
from shared.kernel.access import Caller, require
from shared.kernel.errors import Rejected, Retryable
from shared.observations.contract import DealContext


@dataclass(frozen=True, slots=True)
class TakenThread:
    """A thread that has been taken in. duplicate: this very export was known"""

    record: CallRecord
    duplicate: bool


class EmailThreads:
    """Takes threads in."""

    def __init__(
        self, people: ThreadPeople, records: CallRecords, transcripts: TranscriptStore, tasks: CallTasks
    ) -> None:
        self._people = people
        self._records = records
        self._transcripts = transcripts
        self._tasks = tasks

    def take(self, caller: Caller, heads: Heads, export: bytes, context: DealContext) -> TakenThread:
        """Keeps a thread as it came and queues its reading and analysis.

        context: what is known of its deal; `deal_id` links the thread to it.
        Raises Forbidden; Rejected when no employee wrote in it; Retryable.
        """
        require(caller, "events.write")
        identity = record_id(EMAIL, heads.thread.call_id)
        known = self._records.find([identity]).get(identity)
        thread = conversation_of(heads.thread, known.voices if known else {})
        people = self._people.writers(thread)
        # One message alone may quote what an employee wrote: who reads it finds out.
        if not people and (heads.messages > 1 or not self._people.know_one_of_ours(thread)):
            raise Rejected("no active employee has written in this thread, so nobody is scored", field="messages")
        came = None if known is None else self._transcripts.state_of_export(EMAIL, thread.call_id, export)
        if known is not None and came == "read":
            if known.state == "discovered":
                self._tasks.queue(known, "immediate")
            return TakenThread(known, duplicate=True)
        if known is not None and known.state == "batched":
            raise Retryable("an earlier export of this thread is being analysed", after_seconds=60)
        # The words first: a record without them could never be analysed.
        self._transcripts.keep_export(EMAIL, thread.call_id, export)
        record = self._claimed(self._described(thread, people, context))
        self._tasks.queue(record, "immediate")
        return TakenThread(record, duplicate=came is not None)

    def _claimed(self, described: CallRecord) -> CallRecord:
        """Returns the thread's record, whose newest request reads whatever has come: what is kept before it is asked
        for is read by it, however many come at once."""
        if self._records.create(described):
            return described

        def again(current: CallRecord) -> CallRecord | None:
            return None if current.state == "batched" else _again(current, described)

        record, claimed = self._records.change(described.record_id, again)
        if not claimed:
            raise Retryable("an earlier export of this thread is being analysed", after_seconds=60)
        return record

    def _described(self, thread: Conversation, people: tuple[CallParticipant, ...], context: DealContext) -> CallRecord:
        if thread.started is None:
            raise Rejected("no message of the thread says when it was sent", field="messages.date")
        known = {
            name: value for name, value in context.model_dump(exclude={"deal_id"}, exclude_none=True).items() if value
        }
        how: How = "crm" if context.deal_id else "unmatched"
        return self._records.blank(EMAIL, thread.call_id, thread.started).changed(
            participants=people,
            employees=tuple(one.employee_id for one in people),
            context=known,
            deal=CallDeal(deal_id=context.deal_id, account_name=context.account_name, how=how),
            deal_link=how,
            duration_seconds=thread.duration_ms // 1000,
        )


def _again(current: CallRecord, described: CallRecord) -> CallRecord:
    """Returns the record with one more request, and what an export adds to what is known: what it does not name stays,
    and so does what a person has said about the deal."""
    said = described if described.deal.deal_id else current
    named = {one.employee_id: one for one in (*current.participants, *described.participants)}
    return current.changed(
        participants=tuple(named[one] for one in sorted(named)),
        employees=tuple(sorted({*current.employees, *described.employees})),
        context={**current.context, **described.context},
        deal=said.deal,
        deal_link=said.deal_link,
        duration_seconds=max(current.duration_seconds, described.duration_seconds),
        state="discovered",
        analysis=current.analysis + 1,
        tries=0,
        rounds=0,
    )
