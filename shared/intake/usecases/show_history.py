"""Shows what was observed of one person: the events of the ledger, the newest first."""

from __future__ import annotations

import json
from dataclasses import replace

from shared.conversations.usecases.deals_in_force import Deal, DealsInForce
from shared.frameworks.usecases.configuration import Configuration
from shared.intake.contract import HistoryItem, ObservedDeal
from shared.kernel.access import Caller
from shared.kernel.errors import Rejected
from shared.kernel.ids import review_id_of
from shared.kernel.pages import Page, Position
from shared.observations.domain.event_filter import EventFilter
from shared.observations.domain.observation import Kind
from shared.observations.records import Ledger, LedgerEvent
from shared.people.records import Employee
from shared.people.usecases.open_profile import OpenProfile
from shared.privacy.usecases.first_sight import FirstSight


class ShowHistory:
    """Reads histories."""

    def __init__(
        self,
        ledger: Ledger,
        profiles: OpenProfile,
        first_sight: FirstSight,
        deals: DealsInForce,
        configuration: Configuration,
    ) -> None:
        self._ledger = ledger
        self._profiles = profiles
        self._first_sight = first_sight
        self._deals = deals
        self._configuration = configuration

    def open(self, caller: Caller, employee_id: str, kind: Kind) -> Employee:
        """Opens a person's history for who may see it; leaves an audit record where the role demands it.

        Raises NotFound, Forbidden.
        """
        return self._profiles.open(caller, employee_id, page=f"{kind} history")

    def of(
        self,
        caller: Caller,
        employee: Employee,
        wanted: EventFilter,
        *,
        limit: int = 50,
        after: Position | None = None,
    ) -> Page[HistoryItem]:
        """Returns the history of a person who has been opened for the caller.

        An analyst's scores that are not open for the caller yet are left out of their event. wanted: its competency in
        any word that the person's framework knows for it. Raises Rejected for another word.
        """
        if wanted.competency:
            wanted = replace(wanted, competency=self._known(wanted.competency, employee.framework_id))
        found = self._ledger.history(employee.employee_id, wanted, limit, after)
        withheld = self._first_sight.withheld(caller, found.items)
        deals = self._deals.of((one.source, one.source_id) for one in found.items if one.kind == "field")
        items = []
        for event in found.items:
            payload = json.loads(event.payload)
            opens = withheld.get(event.event_id)
            items.append(
                HistoryItem(
                    event_id=event.event_id,
                    source=event.source,
                    source_id=event.source_id,
                    activity=event.activity,
                    occurred_at=event.occurred_at,
                    received_at=event.received_at,
                    standing=event.standing,
                    payload=payload if opens is None else payload | {"competency_scores": []},
                    scores_open_at=opens,
                    review_id=_review_id(event),
                    deal=_deal(event, deals.get((event.source, event.source_id))),
                )
            )
        return Page(tuple(items), found.next)

    def _known(self, word: str, framework_id: str) -> str:
        framework = self._configuration.framework(framework_id)
        name = framework.competency_named(word)
        if name is None:
            known = ", ".join(framework.by_competency)
            raise Rejected(f"competency: {word[:60]!r} is none of {known}", field="competency")
        return name


def _deal(event: LedgerEvent, known: Deal | None) -> ObservedDeal | None:
    """Returns the deal of an observation in the field; None for what has none, and for other events."""
    if known is None or event.kind != "field":
        return None
    said = json.loads(event.message)
    deal = known.over(said.get("deal_id"), said.get("account_name"))
    return None if deal == Deal() else ObservedDeal(deal_id=deal.deal_id, account_name=deal.account_name)


def _review_id(event: LedgerEvent) -> str | None:
    """Returns the id under which an analyst's scores of a call are reviewed, and may be contested."""
    if event.kind != "field" or not json.loads(event.message).get("scorer"):
        return None
    return review_id_of(event.source, event.source_id, event.employee_id)
