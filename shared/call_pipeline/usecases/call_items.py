"""Shows calls as far as a viewer may see them: what became of each, with the results of those in the viewer's sight.

The employee sees a call's scores first (privacy/domain/visibility.py): until they open for the viewer a result says
when, and nothing else. What an analysis has cost, and why the last attempt failed, is for those
who run the platform. A call of somebody else leaves an audit record where the viewer's role demands it, a list one
about every person in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec import UNSET
from msgspec.structs import asdict

from shared.call_pipeline.contract import CallDeal, CallItem, CallParticipant, CallResult
from shared.call_pipeline.usecases.call_sight import CallSight
from shared.conversations import records
from shared.conversations.records import CallRecord
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel import access
from shared.kernel.access import Caller
from shared.kernel.ids import digest
from shared.observations.voids import void_among
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock
from shared.ports.documents import Reader
from shared.privacy.domain.visibility import REVIEWERS, opens_at

MOST_AT_ONCE = 400
"""Audit records in one batch."""


class CallItems:
    """Shows calls, and notes who has seen whose."""

    def __init__(
        self, sight: CallSight, live: Reader, configuration: Configuration, audit: Audit, clock: Clock
    ) -> None:
        self._sight = sight
        self._live = live
        self._configuration = configuration
        self._audit = audit
        self._clock = clock

    def items(self, caller: Caller, records: Iterable[CallRecord]) -> list[CallItem]:
        """Returns calls without what the viewer may not see of others."""
        records = list(records)
        posted = {event for record in records for one in record.observations if (event := _event_id(record, one))}
        void = void_among(self._live, sorted(posted)) if posted else set()
        return [self._item(caller, record, void) for record in records]

    def _item(self, caller: Caller, record: CallRecord, void: Collection[str]) -> CallItem:
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
                self._result(caller, record, one, void=_event_id(record, one) in void)
                for one in record.observations
                if one.employee_id in visible
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
        """Leaves an audit record about everyone in the items whose data the caller sees by office.

        noted: who has a record of this reading already
        """
        shown = {employee_id for item in items for employee_id in people_in(item)}
        others = sorted(one for one in shown if one not in noted and access.is_audited(caller, one))
        for start in range(0, len(others), MOST_AT_ONCE):
            self._audit.record_about(caller, action, others[start : start + MOST_AT_ONCE], detail=detail)

    def _result(self, caller: Caller, record: CallRecord, one: records.CallResult, *, void: bool) -> CallResult:
        """Returns what came of the call for one employee; without its scores where they are not open for the viewer
        yet, or were taken out."""
        hours = self._configuration.reviews().employee_first_hours
        opens = opens_at(caller, one.employee_id, record.updated_at, hours, record.started_at)
        withheld = opens is not None and opens > self._clock.now()
        return CallResult(
            employee_id=one.employee_id,
            observation_id=one.observation_id,
            standing="not_open_yet" if withheld else "void" if void else one.standing,
            scores={} if withheld or void else dict(one.points),
            waiting=[] if withheld or void else list(one.pending_review),
            scores_open_at=opens if withheld else None,
        )


def _event_id(record: CallRecord, one: records.CallResult) -> str | None:
    """Returns the ledger's id of what was posted about one employee; None where nothing was."""
    return digest("field", record.source, one.observation_id) if one.observation_id else None


def people_in(item: CallItem) -> set[str]:
    """Returns the employees whom an item names."""
    return {one.employee_id for one in item.participants} | {one.employee_id for one in item.results}
