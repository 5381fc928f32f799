"""Finds what an analyst scored of the caller's own calls, whether or not there is a review of it."""

from __future__ import annotations

from shared.kernel.access import Caller
from shared.kernel.ids import review_id_of
from shared.observations.records import Ledger
from shared.reviews.records import Review, ReviewRecords
from shared.reviews.usecases.review_item import drawn
from shared.reviews.usecases.review_policy import ReviewPolicy

MOST_OWN_CALLS = 500
"""How many of the own newest calls are looked through for one."""


class KnownScores:
    """Reads reviews and the ledger."""

    def __init__(self, records: ReviewRecords, ledger: Ledger, policy: ReviewPolicy) -> None:
        self.records = records
        self._ledger = ledger
        self._policy = policy

    def call(self, employee_id: str, review_id: str) -> tuple[str, str] | None:
        """Returns (source, source id) of the own call whose review has this id, though there is no review (yet)."""
        for call in self._ledger.calls_of(employee_id, MOST_OWN_CALLS):
            if review_id_of(*call, employee_id) == review_id:
                return call
        return None

    def unasked(self, caller: Caller, review_id: str) -> Review | None:
        """Returns the scores of an own call that nobody has been asked to look at, as a review that is not kept; None
        where there are none."""
        employee_id = caller.employee_id
        call = None if employee_id is None else self.call(employee_id, review_id)
        if employee_id is None or call is None:
            return None
        return drawn(None, self._ledger.of_call(*call, employee_id), self._policy.settings, unasked=True)
