"""The review queue: which scores a person should look at, kept up to date from the recorded observations.

Only an analyst's field observations matter. An item opens when scores wait for a person or when chance has chosen the
call; a newer analysis of the same call takes its place, and a person's decision closes it. The item is drawn from the
ledger, in a transaction with it, so that messages may come in any order and any number of times.

Cost: nothing for practice, learning and what people observed; one read for an analysis that counts and for a decision
(there may be an item to replace or to close); else the item and the few events about the call.
"""

from __future__ import annotations

from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.ids import review_id_of
from shared.kernel.log_events import LogEvent
from shared.observations.messages import ObservationRecorded
from shared.ports.ambient import Log
from shared.ports.documents import Documents, Put, Transaction
from shared.reviews.domain.review import reasons
from shared.reviews.usecases.review_item import analysed, drawn, ledger_of


class ReviewQueue:
    """Opens, replaces and closes review items."""

    def __init__(self, documents: Documents, configuration: Configuration, log: Log) -> None:
        self._documents = documents
        self._configuration = configuration
        self._log = log

    def observe(self, message: ObservationRecorded) -> str | None:
        """Brings the item of a recorded observation up to date: its state, None where there is none.

        Raises Retryable: deliver the message again.
        """
        if message.kind != "field" or message.scorer is None:
            return None
        settings = self._configuration.reviews()
        path = f"reviews/{review_id_of(message.source, message.source_id, message.employee_id)}"
        opens = message.human == 0 and reasons(message.event_id, analysed(message).scores, settings.sample_share)
        if not opens and self._documents.get(path) is None:
            # Should an event come later that opens one, it finds this one in the ledger.
            return None

        def work(transaction: Transaction) -> tuple[str | None, bool]:
            document = transaction.get(path)
            known = document.data if document else None
            ledger = ledger_of(transaction, message.source, message.source_id, message.employee_id)
            item = drawn(known, ledger, settings)
            if item is not None and item != known:
                transaction.write(Put(path, item))
            return (None, False) if item is None else (item["state"], known is None or known["state"] != item["state"])

        state, changed = self._documents.transact(work)
        if changed:
            self._log.event(LogEvent.REVIEW_CHANGED, review_id=path.removeprefix("reviews/"), state=state)
        return state
