"""Imports a call: has it fetched, has it analysed, and puts it off while it is too early.

One task, one call. Everything it writes is the same when it is written again: the conversation, the analysis (kept
before it is posted, so that a model is not paid twice), the observation's id. What is not there yet, or may not be
asked for yet, is asked for again later by a new task; the old one is done.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from shared.analysts.ports.language_model import AccountRefused
from shared.call_pipeline.usecases.analyse_call import AnalyseCall
from shared.call_pipeline.usecases.call_tasks import CallTasks
from shared.call_pipeline.usecases.end_call import EndCall, is_begun
from shared.call_pipeline.usecases.fetch_call import FetchCall
from shared.conversations.domain.call_state import MOST_TRIES, OVER, State
from shared.conversations.ports.calls import BudgetSpent, RateLimited
from shared.conversations.records import CallRecord, CallRecords
from shared.conversations.usecases.call_settings import Route
from shared.kernel.errors import NotFound, Rejected
from shared.kernel.json_values import JsonObject

if TYPE_CHECKING:
    from shared.call_pipeline.messages import CallTask

LATER_SECONDS = (30, 60, 120, 240, 480)
"""After how long a late transcript is asked for again; then every hour."""
HOURLY = 3_600


@dataclass(frozen=True, slots=True)
class Imported:
    """Says how far a call has come.

    superseded: the task is about an earlier request; known: nothing was left to do
    again_in_seconds: when the next task begins, where it was put off
    """

    state: State
    superseded: bool = False
    known: bool = False
    again_in_seconds: int | None = None

    @property
    def told(self) -> JsonObject:
        """Returns what the function tells of it, without what did not happen."""
        return {name: value for name, value in asdict(self).items() if value}


class ImportCall:
    """Imports one call at a time."""

    def __init__(
        self,
        records: CallRecords,
        fetching: FetchCall,
        analysing: AnalyseCall,
        ending: EndCall,
        tasks: CallTasks,
    ) -> None:
        self._records = records
        self._fetching = fetching
        self._analysing = analysing
        self._ending = ending
        self._tasks = tasks

    def run(self, task: CallTask) -> Imported:
        """Brings a call as far as it goes today. Raises NotFound (no such call), Retryable."""
        record = self._records.get(task.record_id)
        if record.analysis != task.analysis:
            return Imported(record.state, superseded=True)
        if record.state in OVER or record.state == "batched":
            self._ending.tell_again(record)
            return Imported(record.state, known=True)
        return self._begun(record, task.route, task.attempt)

    def _begun(self, record: CallRecord, route: Route, attempt: int) -> Imported:
        try:
            conversation = self._fetching.conversation(record)
        except (RateLimited, BudgetSpent) as busy:
            self._tasks.later(record, route, attempt, busy.after_seconds)
            return Imported(record.state, again_in_seconds=busy.after_seconds)
        except NotFound:
            raise  # the record itself: an erasure has taken it meanwhile
        except Rejected as refusal:
            if record.source == self._fetching.source:
                self._ending.set_aside(record, refusal)
            return self._over(record, "failed", refusal.detail)
        if conversation is None or conversation == "half_ready":
            return self._late(record, route, attempt, half_ready=conversation is not None)
        if isinstance(conversation, str):
            return self._over(record, conversation)
        analysis = record.analysis

        def ready(known: CallRecord) -> CallRecord | None:
            return known.changed(route=route, state="ready") if is_begun(known, analysis) else None

        record, taken = self._records.change(record.record_id, ready)
        if not taken:  # the same task has come twice, and the other one was faster: nobody is asked twice
            return self._overtaken(record, analysis)
        try:
            return Imported(self._analysing.analyse(record, conversation, route))
        except AccountRefused as stopped:
            return self._kept(record, route, attempt, stopped)

    def _kept(self, record: CallRecord, route: Route, attempt: int, stopped: AccountRefused) -> Imported:
        """Puts a call off that is not to blame, until the language model serves us again."""
        self._tasks.later(record, route, attempt, stopped.after_seconds)
        self._records.change(
            record.record_id,
            lambda known: None if known.last_error == stopped.detail else known.changed(last_error=stopped.detail),
        )
        return Imported("ready", again_in_seconds=stopped.after_seconds)

    def _late(self, record: CallRecord, route: Route, attempt: int, *, half_ready: bool) -> Imported:
        tries = record.tries
        if not self._fetching.connected:
            return self._over(record, "failed", "no recorder is configured")
        if tries >= MOST_TRIES:
            if half_ready:
                return self._over(record, "nobody")
            return self._over(record, "failed", "no details, or no words, came in time")
        seconds = LATER_SECONDS[tries] if tries < len(LATER_SECONDS) else HOURLY
        self._tasks.later(record, route, attempt, seconds)

        def note(known: CallRecord) -> CallRecord | None:
            # The same delivery again must not count twice.
            same = known.tries == tries and is_begun(known, record.analysis)
            return known.changed(state="waiting", tries=tries + 1) if same else None

        self._records.change(record.record_id, note)
        return Imported("waiting", again_in_seconds=seconds)

    def _over(self, record: CallRecord, state: State, reason: str | None = None) -> Imported:
        if self._ending.end(record, state, reason):
            return Imported(state)
        return self._overtaken(self._records.get(record.record_id), record.analysis)

    def _overtaken(self, record: CallRecord, analysis: int) -> Imported:
        return Imported(record.state, superseded=record.analysis != analysis, known=record.analysis == analysis)
