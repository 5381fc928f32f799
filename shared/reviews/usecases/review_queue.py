"""Keeps the review queue up to date from the recorded observations: which scores a person should look at.

Only an analyst's field observations matter. A review opens when scores wait for a person or when chance has chosen the
call; a newer analysis of the same call takes its place, and a person's decision closes it. The review is drawn from the
ledger, in a transaction with it, so that messages may come in any order and any number of times.

Cost: nothing for practice, learning and what people observed; one read for an analysis that counts and for a decision
(there may be a review to replace or to close); else the review and the few events about the call.
"""

from __future__ import annotations

from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.ids import review_id_of
from shared.kernel.log_events import LogEvent
from shared.observations.messages import ObservationRecorded
from shared.observations.records import Ledger
from shared.ports.ambient import Log
from shared.ports.documents import Documents, Transaction
from shared.reviews.domain.review import reasons
from shared.reviews.domain.review_state import State
from shared.reviews.records import ReviewRecords
from shared.reviews.usecases.review_item import analysed, drawn


class ReviewQueue:
    """Opens, replaces and closes reviews."""

    def __init__(self, documents: Documents, configuration: Configuration, log: Log) -> None:
        self._documents = documents
        self._reviews = ReviewRecords(documents)
        self._configuration = configuration
        self._log = log

    def observe(self, message: ObservationRecorded) -> State | None:
        """Brings the review of a recorded observation up to date: its state, None where there is none.

        Raises Retryable: deliver the message again.
        """
        if message.kind != "field" or message.scorer is None:
            return None
        settings = self._configuration.reviews()
        review_id = review_id_of(message.source, message.source_id, message.employee_id)
        opens = message.human == 0 and reasons(message.event_id, analysed(message).scores, settings.sample_share)
        if not opens and self._reviews.get(review_id) is None:
            # Should an event come later that opens one, it finds this one in the ledger.
            return None

        def work(transaction: Transaction) -> tuple[State | None, bool]:
            known = self._reviews.get(review_id, transaction)
            ledger = Ledger(transaction).of_call(message.source, message.source_id, message.employee_id)
            review = drawn(known, ledger, settings)
            if review is not None and review != known:
                self._reviews.put(transaction, review)
            return (None, False) if review is None else (review.state, known is None or known.state != review.state)

        state, changed = self._documents.transact(work)
        if changed:
            self._log.event(LogEvent.REVIEW_CHANGED, review_id=review_id, state=state)
        return state
