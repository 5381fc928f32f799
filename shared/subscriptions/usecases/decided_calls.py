"""Finds the calls that decisions are about: when they open, and whether they count still."""

from __future__ import annotations

import json
from typing import Final

from shared.kernel.ids import review_id_of
from shared.observations.records import Ledger
from shared.people.aliases import Aliases
from shared.reviews.records import Review, ReviewRecords
from shared.subscriptions.records import Delivery

ABOUT_A_CALL: Final = "review.decided"


class DecidedCalls:
    """Looks up reviews, also of a person who is being moved to another id, or has been: a review is named by whose it
    is, and a fact that was told before names the former one."""

    def __init__(self, reviews: ReviewRecords, ledger: Ledger, aliases: Aliases) -> None:
        self._reviews = reviews
        self._ledger = ledger
        self._aliases = aliases

    def review(self, employee_id: str, review_id: str) -> Review | None:
        """Returns a review of a person's by the id that it has or had; None where there is none."""
        known = self._reviews.get(review_id)
        return known if known is not None else self._moved(self._ids(employee_id), review_id)

    def counts(self, delivery: Delivery) -> bool:
        """Tells whether what is told may still be told: of a decision, that something of its call counts."""
        if delivery.event_type != ABOUT_A_CALL or delivery.employee_id is None:
            return True
        review = self.review(delivery.employee_id, json.loads(delivery.body)["data"]["review_id"])
        if review is None:
            return False
        ids = self._ids(delivery.employee_id)
        return any(self._ledger.of_call(review.source, review.source_id, one) for one in ids)

    def _moved(self, ids: list[str], review_id: str) -> Review | None:
        for review in self._reviews.about(ids):
            if any(review_id_of(review.source, review.source_id, one) == review_id for one in ids):
                return review
        return None

    def _ids(self, employee_id: str) -> list[str]:
        present = self._aliases.now_called(employee_id) or employee_id
        return [present, *(one.alias for one in self._aliases.of(present))]
