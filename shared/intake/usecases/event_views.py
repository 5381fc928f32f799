"""Shows events of the ledger to a caller: what was sent, how it stands, and no score that is not open yet."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from shared.conversations.usecases.deals_in_force import Conversation, Deal, DealsInForce
from shared.intake.contract import HistoryItem, ObservedDeal, RecordedCall, VoidedView
from shared.intake.usecases.alike_calls import seen_call
from shared.intake.usecases.judged_events import JudgedEvent
from shared.kernel.access import Caller
from shared.kernel.ids import review_id_of
from shared.kernel.json_values import JsonObject
from shared.observations.domain.public_id import public_id
from shared.observations.domain.same_call import perhaps_the_same
from shared.observations.records import LedgerEvent
from shared.privacy.usecases.first_sight import FirstSight

SHOWN_CLOSED: Final = frozenset(
    {"employee_id", "observation_id", "observation_source", "source_id", "source_url", "timestamp", "context"}
)
"""What a history shows of an analysis that is closed: which conversation it is of. What else senders add may tell of
scores."""
_NO_DEAL = ObservedDeal(deal_id=None, account_name=None)


class EventViews:
    """Makes of events what a history shows. Of an analysis that is not open for the caller yet only what it is of."""

    def __init__(self, first_sight: FirstSight, deals: DealsInForce) -> None:
        self._first_sight = first_sight
        self._deals = deals

    def closed(self, caller: Caller, employee_ids: Sequence[str]) -> Collection[str]:
        """Returns the events of a person, by their ids, that are not open for the caller yet, which no answer about
        what events say may name."""
        return self._first_sight.events(caller, employee_ids)

    def of(self, caller: Caller, judged: Sequence[JudgedEvent]) -> list[HistoryItem]:
        """Returns some events, in their order, of a person who has been opened for the caller."""
        events = [one.event for one in judged]
        withheld = self._first_sight.withheld(caller, events)
        deals = self._deals.of((one.source, one.source_id) for one in events if one.kind == "field")
        alike = _alike(judged, deals)
        items = []
        for one in judged:
            event, payload = one.event, json.loads(one.event.payload)
            opens = withheld.get(event.event_id)
            items.append(
                HistoryItem(
                    event_id=public_id(event.kind, payload, event.event_id),
                    source=event.sender,
                    source_id=payload["source_id"] if _recording(event) else event.source_id,
                    recording=_recording(event),
                    notices=alike.get(event.event_id, []),
                    activity=event.activity,
                    occurred_at=event.occurred_at,
                    received_at=event.received_at,
                    standing=one.standing if opens is None else "not_open_yet",
                    superseded=one.superseded if opens is None else None,
                    void=_void(event),
                    payload=payload if opens is None else _closed(payload),
                    scores_open_at=opens,
                    review_id=_review_id(event),
                    deal=_deal(event, deals.get((event.source, event.source_id))),
                )
            )
        return items


def _recording(event: LedgerEvent) -> RecordedCall | None:
    known = event.kind == "field" and event.source != event.sender
    return RecordedCall(source=event.source, id=event.source_id) if known else None


def _alike(judged: Sequence[JudgedEvent], deals: Mapping[Conversation, Deal]) -> dict[str, list[str]]:
    """Returns by event what else of a page is perhaps the same call, in sentences."""
    calls = {}
    for one in judged:
        event = one.event
        if event.kind == "field" and one.standing in ("counted", "held"):
            deal = _deal(event, deals.get((event.source, event.source_id))) or _NO_DEAL
            calls[event.event_id] = seen_call(event, deal.deal_id, deal.account_name)
    return {name: perhaps_the_same(call, calls.values()) for name, call in calls.items()}


def _deal(event: LedgerEvent, known: Deal | None) -> ObservedDeal | None:
    """Returns the deal of an observation in the field; None for what has none, and for other events."""
    if known is None or event.kind != "field":
        return None
    said = json.loads(event.message)
    deal = known.over(said.get("deal_id"), said.get("account_name"))
    return None if deal == Deal() else ObservedDeal(deal_id=deal.deal_id, account_name=deal.account_name)


def _closed(payload: JsonObject) -> JsonObject:
    """Returns what a closed analysis is about, without anything that it found: its evidence names the competencies."""
    return {name: value for name, value in payload.items() if name in SHOWN_CLOSED} | {"competency_scores": []}


def _void(event: LedgerEvent) -> VoidedView | None:
    why = event.voided
    return None if why is None else VoidedView(by=why.by, at=why.at, reason=why.reason)


def _review_id(event: LedgerEvent) -> str | None:
    """Returns the id under which an analyst's scores of a call are reviewed, and may be contested."""
    if event.kind != "field" or not json.loads(event.message).get("scorer"):
        return None
    return review_id_of(event.source, event.source_id, event.employee_id)
