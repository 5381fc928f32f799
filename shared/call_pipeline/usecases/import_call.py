"""Import a call: fetch it, see who spoke, link it to its deal, have it analysed, post what was observed.

One task, one call. Everything it writes is the same when it is written again: the conversation, the analysis (kept
before it is posted, so that a model is not paid twice), the observation's id. What is not there yet, or may not be
asked for yet, is asked for again later by a new task; the old one is done.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from shared.call_pipeline.usecases.analyse_call import AnalyseCalls
from shared.call_pipeline.usecases.call_deals import KnownDeals
from shared.call_pipeline.usecases.call_people import CallPeople
from shared.call_pipeline.usecases.discover_calls import destination, task_name
from shared.conversations.domain.call_state import OVER
from shared.conversations.domain.conversation import Affiliation, Conversation, Party, Turn
from shared.conversations.domain.deal_link import context_of
from shared.conversations.domain.participants import participants
from shared.conversations.domain.recorded_call import RecordedCall
from shared.conversations.ports.calls import BudgetSpent, Calls, RateLimited, UnreadableAnswer
from shared.conversations.usecases.call_records import CallRecords
from shared.conversations.usecases.call_settings import CallSettings
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.kernel.errors import Malformed, NotFound, Rejected
from shared.kernel.log_events import LogEvent
from shared.platform.usecases.quarantine import CALL, Quarantine
from shared.ports.ambient import Clock, Log
from shared.ports.messages import TaskQueue

LATER_SECONDS = (30, 60, 120, 240, 480)
"""After how long a late transcript is asked for again; then every hour."""
HOURLY = 3_600
MOST_TRIES = len(LATER_SECONDS) + 24
"""Then the call is given up, listed as failed, and can be asked for by a person."""


class ImportCalls:
    """The import of one call at a time."""

    def __init__(
        self,
        calls: Calls | None,
        records: CallRecords,
        people: CallPeople,
        transcripts: TranscriptStore,
        analyses: AnalyseCalls,
        deals: KnownDeals,
        tasks: TaskQueue,
        quarantine: Callable[[], Quarantine],
        settings: CallSettings,
        clock: Clock,
        log: Log,
    ) -> None:
        self._calls = calls
        self._records = records
        self._people = people
        self._transcripts = transcripts
        self._analyses = analyses
        self._deals = deals
        self._tasks = tasks
        self._quarantine = quarantine
        self._settings = settings
        self._clock = clock
        self._log = log

    def run(self, record_id: str, *, analysis: int, route: str, attempt: int = 0) -> Mapping[str, Any]:
        """Brings a call as far as it goes today; its state.

        analysis: the request that this task is about; attempt: how often it has been put off.
        Raises NotFound (no such call), Retryable.
        """
        record = self._records.get(record_id)
        if record["analysis"] != analysis:
            return {"state": record["state"], "superseded": True}
        if record["state"] in OVER or record["state"] == "batched":
            self._analyses.publish(record)
            return {"state": record["state"], "known": True}
        try:
            conversation = self._conversation(record)
        except (RateLimited, BudgetSpent) as busy:
            self._again(record, route, attempt, busy.after_seconds)
            return {"state": record["state"], "again_in_seconds": busy.after_seconds}
        except NotFound:
            raise  # the record itself: an erasure has taken it meanwhile
        except Rejected as refusal:
            return self._failed(record, refusal)
        if conversation is None:
            return self._late(record, route, attempt)
        if isinstance(conversation, str):
            return self._over(record, conversation, None)
        record, _ = self._records.change(record_id, lambda known: {"route": route, "state": "ready"})
        if route == "batch" and self._analyses.in_batches:
            return {"state": "ready"}
        return {"state": self._analyses.at_once(record, conversation)}

    # Fetching

    def _conversation(self, record: Mapping[str, Any]) -> Conversation | str | None:
        """What was said; a state in which the call ends instead; None while the recorder does not have it."""
        source, call_id = record["source"], record["call_id"]
        kept = self._transcripts.conversation(source, call_id)
        if kept is not None and record["participants"]:
            return kept
        if source != self._settings.source or (record["participants"] and kept is None):
            # Kept once, and deleted after their year: what people were told is gone is not fetched again.
            raise Malformed("its words are gone, and nobody can be asked for them again", field="source")
        if self._calls is None:
            return None
        call = self._calls.call(call_id)
        if call is None:
            return None
        if call.private:
            return "private"
        turns = self._turns(self._calls, call_id)
        if turns is None:
            return None
        people = self._people.of(source, [call])
        call = people.titled(call)
        present = participants(call, turns, people.employees, people.users)
        if not any(one.spoke for one in present):
            self._describe(record["record_id"], call, people.in_call(call), [])
            return "nobody"
        conversation = Conversation(
            call_id=call_id,
            started=call.started,
            duration_ms=max(call.duration_seconds * 1000, max((turn.end_ms for turn in turns), default=0)),
            parties=tuple(
                Party(one.speaker_id, one.name, one.email, one.affiliation or Affiliation.UNKNOWN, one.title)
                for one in call.parties
            ),
            turns=turns,
        )
        conversation = people.of_others(call, conversation)
        self._transcripts.keep(source, conversation)
        listed = [
            {
                "employee_id": one.employee_id,
                "speaker_id": one.speaker_id,
                "spoke": one.spoke,
                "attended": one.attended,
                "framework_id": people.frameworks[one.employee_id],
            }
            for one in present
        ]
        self._describe(record["record_id"], call, [one.employee_id for one in present], listed)
        return conversation

    def _turns(self, calls: Calls, call_id: str) -> tuple[Turn, ...] | None:
        """What was said. Whoever opens the quarantine is not told on, so it gets no word of what cannot be read."""
        try:
            return calls.transcript(call_id)
        except UnreadableAnswer as unreadable:
            raise UnreadableAnswer(unreadable.detail, field=unreadable.field) from None

    def _describe(
        self, record_id: str, call: RecordedCall, employees: list[str], present: list[dict[str, Any]]
    ) -> None:
        """Notes who was there, which deal it was, and what the CRM says of it."""
        found = self._deals.deal_of(call)
        deal = {"deal_id": found.deal_id, "account_name": found.account_name, "how": found.how}

        def describe(record: dict[str, Any]) -> dict[str, Any]:
            said = record["deal_link"] == "person"
            return {
                "started_at": call.started,
                "scheduled_at": call.scheduled,
                "url": call.url,
                "title": call.title,
                "duration_seconds": call.duration_seconds,
                "employees": sorted(employees),
                "participants": present,
                "deal": record["deal"] if said else deal,
                "deal_link": record["deal_link"] if said else found.how,
                "context": context_of(call, self._settings.home_domains),
            }

        self._records.change(record_id, describe)

    # Later, or never

    def _late(self, record: Mapping[str, Any], route: str, attempt: int) -> Mapping[str, Any]:
        tries = record["tries"]
        if tries >= MOST_TRIES or self._calls is None:
            reason = "no details or no transcript came in time" if self._calls else "no recorder is configured"
            return self._over(record, "failed", reason)
        seconds = LATER_SECONDS[tries] if tries < len(LATER_SECONDS) else HOURLY
        self._again(record, route, attempt, seconds)

        def note(known: dict[str, Any]) -> dict[str, Any] | None:
            # The same delivery again must not count twice.
            return {"state": "waiting", "tries": tries + 1} if known["tries"] == tries else None

        self._records.change(str(record["record_id"]), note)
        return {"state": "waiting", "again_in_seconds": seconds}

    def _again(self, record: Mapping[str, Any], route: str, attempt: int, seconds: int) -> None:
        payload = {
            "record_id": record["record_id"],
            "analysis": record["analysis"],
            "route": route,
            "attempt": attempt + 1,
        }
        run_at = self._clock.now() + timedelta(seconds=seconds)
        self._tasks.enqueue(*destination(record), payload, name=task_name(record, attempt + 1), run_at=run_at)

    def _failed(self, record: Mapping[str, Any], refusal: Rejected) -> Mapping[str, Any]:
        """Nothing can come of what the recorder answers: for a person to see, with the answer in the quarantine."""
        if record["source"] == self._settings.source:
            request = json.dumps({"record_id": record["record_id"], "analysis": record["analysis"]}).encode()
            raw = (refusal.raw if isinstance(refusal, UnreadableAnswer) else b"") or request
            kept = self._quarantine().keep(CALL, raw, refusal, sent_by=record["source"], record_id=record["record_id"])
            self._log.event(LogEvent.CALL_UNREADABLE, "WARNING", call_id=record["call_id"], quarantine_id=kept)
        return self._over(record, "failed", refusal.detail)

    def _over(self, record: Mapping[str, Any], state: str, reason: str | None) -> Mapping[str, Any]:
        changed, _ = self._records.change(
            str(record["record_id"]), lambda known: {"state": state, "last_error": reason and reason[:500]}
        )
        self._analyses.publish(changed)
        severity = "WARNING" if state == "failed" else "INFO"
        self._log.event(
            LogEvent.CALL_FINISHED, severity, state=state, source=changed["source"], call_id=changed["call_id"]
        )
        return {"state": state}
