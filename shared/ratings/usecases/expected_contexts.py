"""Finds out where a person is expected to be seen: where the organisation works, and where their own deals are.

Both are read from what is kept anyway, at a cost that does not grow with the organisation: per declared value one
indexed look at published ratings, and the newest conversations of the person.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import timedelta

from shared.conversations.domain.deal_link import AFTER
from shared.conversations.usecases.deals_in_force import Conversation, DealsInForce
from shared.frameworks.domain.framework import Framework
from shared.frameworks.domain.framework_index import index_of
from shared.kernel.context import Context, ObservedContext, observed
from shared.kernel.days import day_of
from shared.observations.records import Ledger
from shared.ratings.domain.contexts import Expected, deal_contexts, first_values, place
from shared.ratings.records import RatingsRecords

MOST_CONVERSATIONS = 50
"""Of a person, the newest that are looked through for open deals."""
DAY = timedelta(days=1)


class ExpectedContexts:
    """Reads published ratings, the ledger, and which deal a conversation belongs to."""

    def __init__(self, ratings: RatingsRecords, ledger: Ledger, deals: DealsInForce) -> None:
        self._ratings = ratings
        self._ledger = ledger
        self._deals = deals

    def of(self, employee_id: str, framework: Framework, as_of: int, closed: Collection[Conversation] = ()) -> Expected:
        """Returns where a person is expected to be seen: where the organisation works by now, and the deals that were
        open on the day. closed: calls that whoever asks does not see yet"""
        return Expected(self._worked_in(framework), self._own_deals(employee_id, framework, as_of, closed))

    def _worked_in(self, framework: Framework) -> tuple[Context, ...]:
        known: set[str] = set()
        values = {place(framework, context): context for context in first_values(framework)}
        for one in values:
            if one not in known:
                known.update(self._ratings.worked_in(one))
        return tuple(context for one, context in values.items() if one in known)

    def _own_deals(
        self, employee_id: str, framework: Framework, as_of: int, closed: Collection[Conversation]
    ) -> tuple[Context, ...]:
        """Returns the contexts of deals with a conversation within the days in which another would join them."""
        events = [
            event
            for event in self._ledger.latest_of([employee_id], "field", MOST_CONVERSATIONS).items
            if event.standing != "void"
            and (event.source, event.source_id) not in closed
            and 0 <= as_of - day_of(event.occurred_at) <= AFTER // DAY
        ]
        in_force = self._deals.of((event.source, event.source_id) for event in events)
        deals: dict[str, list[ObservedContext]] = {}
        for event in events:
            message = json.loads(event.message)
            deal = in_force[event.source, event.source_id].over(message["deal_id"], None).deal_id
            if deal is not None:
                deals.setdefault(deal, []).extend(_contexts(message["scores"], framework))
        return deal_contexts(deals, framework)


def _contexts(scores: Sequence[dict[str, dict[str, list[str]]]], framework: Framework) -> list[ObservedContext]:
    """Returns where scores were observed, in the framework's values as they are by now."""
    return [index_of(framework).mapped(observed(score["context"])) for score in scores]
