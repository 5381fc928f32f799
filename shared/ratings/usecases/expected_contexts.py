"""Finds out where a person is expected to be seen: where the organisation works, and where their own deals are.

Both are read from what is kept anyway, at a cost that does not grow with the organisation: per declared value one
indexed look at published ratings, and the newest conversations of the person. Of many people at once all of it is read
together.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from shared.conversations.domain.deal_link import AFTER
from shared.conversations.usecases.deals_in_force import Conversation, Deal, DealsInForce
from shared.frameworks.domain.framework import Framework
from shared.frameworks.domain.framework_index import index_of
from shared.kernel.context import Context, ObservedContext, observed
from shared.kernel.days import SECONDS_PER_DAY, day_of
from shared.observations.records import Ledger, RecentEvent
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

    def of(self, people: Mapping[str, tuple[Framework, Collection[Conversation]]], as_of: int) -> dict[str, Expected]:
        """Returns where some people are expected to be seen: where the organisation works by now, and the deals that
        were open on the day. people: by id the framework, and the calls that whoever asks does not see yet"""
        events = {
            employee_id: [
                event
                for event in newest
                if event.standing != "void"
                and (event.source, event.source_id) not in people[employee_id][1]
                and 0 <= as_of - day_of(event.occurred_at) <= AFTER // DAY
            ]
            for employee_id, newest in self._newest(list(people), as_of).items()
        }
        in_force = self._deals.of((one.source, one.source_id) for found in events.values() for one in found)
        frameworks = {framework.framework_id: framework for framework, _ in people.values()}
        worked_in = {name: self._worked_in(framework) for name, framework in frameworks.items()}
        return {
            employee_id: Expected(
                worked_in[framework.framework_id], _own_deals(events[employee_id], in_force, framework)
            )
            for employee_id, (framework, _) in people.items()
        }

    def _newest(self, employee_ids: Sequence[str], as_of: int) -> dict[str, list[RecentEvent]]:
        """Returns the newest conversations of each: of one person by their number, of several by the days that count,
        since a list of several people's has no limit for each."""
        if len(employee_ids) == 1:
            newest = self._ledger.latest_of(employee_ids, "field", MOST_CONVERSATIONS).items
            return {employee_ids[0]: list(newest)}
        since = datetime.fromtimestamp(as_of * SECONDS_PER_DAY, UTC) - AFTER
        found = self._ledger.happened_since(employee_ids, "field", since)
        return {employee_id: events[:MOST_CONVERSATIONS] for employee_id, events in found.items()}

    def _worked_in(self, framework: Framework) -> tuple[Context, ...]:
        known: set[str] = set()
        values = {place(framework, context): context for context in first_values(framework)}
        for one in values:
            if one not in known:
                known.update(self._ratings.worked_in(one))
        return tuple(context for one, context in values.items() if one in known)


def _own_deals(
    events: Sequence[RecentEvent], in_force: Mapping[Conversation, Deal], framework: Framework
) -> tuple[Context, ...]:
    """Returns the contexts of deals with a conversation within the days in which another would join them."""
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
