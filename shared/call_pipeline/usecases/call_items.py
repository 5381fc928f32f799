"""Shows calls as far as a viewer may see them: what became of each, with the results of those in the viewer's sight.

The employee sees a call's scores first (privacy/domain/visibility.py): until they open for the viewer a result says
when, and nothing else. What an analysis has cost, and why the last attempt failed, is for those
who run the platform. A call of somebody else leaves an audit record, a list one that names the people in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from msgspec import UNSET
from msgspec.structs import asdict

from shared.call_pipeline.contract import CallDeal, CallItem, CallParticipant, CallResult
from shared.call_pipeline.usecases.call_sight import CallSight
from shared.conversations import records
from shared.conversations.records import CallRecord
from shared.kernel.access import Caller
from shared.kernel.ids import digest
from shared.observations.records import Ledger, RecentEvent
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.privacy.domain.visibility import REVIEWERS
from shared.privacy.usecases.first_sight import FirstSight


class _Posted(NamedTuple):
    """Holds what was posted about some calls. events: by their ids; withheld: when those open that are closed"""

    events: Mapping[str, RecentEvent]
    withheld: Mapping[str, datetime]


class CallItems:
    """Shows calls, and notes who has seen whose."""

    def __init__(self, sight: CallSight, ledger: Ledger, first_sight: FirstSight, audit: Audit) -> None:
        self._sight = sight
        self._ledger = ledger
        self._first_sight = first_sight
        self._audit = audit

    def items(self, caller: Caller, records: Iterable[CallRecord]) -> list[CallItem]:
        """Returns calls without what the viewer may not see of others."""
        records = list(records)
        posted = {event for record in records for one in record.observations if (event := _event_id(record, one))}
        events = self._ledger.recent(sorted(posted)) if posted else {}
        known = _Posted(events, self._first_sight.withheld(caller, events.values()))
        return [self._item(caller, record, known) for record in records]

    def _item(self, caller: Caller, record: CallRecord, known: _Posted) -> CallItem:
        visible = self._sight.visible(caller, record)
        operates = caller.role is None or caller.role in REVIEWERS
        return CallItem(
            record_id=record.record_id,
            source=record.source,
            call_id=record.call_id,
            state=record.state,
            started_at=record.started_at,
            duration_seconds=record.duration_seconds,
            url=record.url,
            title=record.title,
            scope=record.scope or None,
            language=record.language or None,
            customers=False if record.state == "internal" else None if record.customers is UNSET else record.customers,
            set_aside=record.set_aside or 0,
            deal=CallDeal(**asdict(record.deal)),
            context=dict(record.context),
            scorer=record.scorer,
            analysis=record.analysis,
            route=record.route,
            cost_usd=record.cost_usd if operates else None,
            last_error=record.last_error if operates else None,
            updated_at=record.updated_at,
            participants=[
                CallParticipant(employee_id=one.employee_id, spoke=one.spoke)
                for one in record.participants
                if one.employee_id in visible
            ],
            results=[
                self._result(caller, record, one, known) for one in record.observations if one.employee_id in visible
            ],
        )

    def note(
        self,
        caller: Caller,
        action: AuditAction,
        items: Iterable[CallItem],
        *,
        detail: str | None = None,
        noted: Collection[str | None] = (),
    ) -> None:
        """Leaves an audit record about everyone else in the items.

        noted: who has a record of this reading already
        """
        shown = {employee_id for item in items for employee_id in people_in(item)}
        self._audit.read(caller, action, shown.difference(noted), detail=detail)

    def _result(self, caller: Caller, record: CallRecord, one: records.CallResult, known: _Posted) -> CallResult:
        """Returns what came of the call for one employee; without its scores where they are not open for the viewer
        yet, or were taken out."""
        event_id = _event_id(record, one)
        event = known.events.get(event_id or "")
        if event is None:  # it is on its way
            opens = self._first_sight.opens(caller, one.employee_id, record.updated_at, record.started_at)
        else:
            opens = known.withheld.get(event.event_id) if event.standing != "void" else None
        void = event is not None and event.standing == "void"
        return CallResult(
            employee_id=one.employee_id,
            observation_id=one.observation_id,
            standing="void" if void else "not_open_yet" if opens else one.standing,
            scores={} if opens or void else dict(one.points),
            waiting=[] if opens or void else list(one.pending_review),
            scores_open_at=opens,
        )


def _event_id(record: CallRecord, one: records.CallResult) -> str | None:
    """Returns the ledger's id of what was posted about one employee; None where nothing was."""
    return digest("field", record.source, one.observation_id) if one.observation_id else None


def people_in(item: CallItem) -> set[str]:
    """Returns the employees whom an item names."""
    return {one.employee_id for one in item.participants} | {one.employee_id for one in item.results}
