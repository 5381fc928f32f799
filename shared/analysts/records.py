"""Numbers scorers, and keeps the gate before a language model that refuses the account.

Each scorer gets a number of its own, higher than any before, with its first analysis.

The number is in the versions of its analyses (`analysis_version`): whoever reads one knows who scored. A
scorer that comes back into service has the number that it had, so that its certificate, or the trust that it has lost,
is that of all its analyses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from shared.conversations.domain.analysis_version import LEXICAL_NUMBER
from shared.conversations.domain.call_analysis import Scorer
from shared.kernel.ids import digest
from shared.kernel.records import Record
from shared.ports.documents import Documents, Put, Transaction

PLACE = "scorers/register"
LOWEST = LEXICAL_NUMBER + 1
"""Any language model's analysis stands before the lexical analyst's."""


class ScorerRegister(Record, frozen=True, kw_only=True):
    """Holds every scorer's number, by the digest of its id."""

    numbers: Mapping[str, int]


class Scorers:
    """Numbers scorers; remembers what it has numbered."""

    def __init__(self, integrations: Documents) -> None:
        self._integrations = integrations
        self._known: dict[str, int] = {}

    def numbered(self, scorer: Scorer) -> Scorer:
        """Returns the scorer with its number. Raises Retryable."""
        identity = digest(scorer.scorer_id)
        if identity not in self._known:
            self._known[identity] = self._integrations.transact(lambda transaction: _number(transaction, identity))
        return replace(scorer, number=self._known[identity])


def _number(transaction: Transaction, identity: str) -> int:
    document = transaction.get(PLACE)
    numbers = dict(ScorerRegister.read(document).numbers) if document else {}
    if identity not in numbers:
        numbers[identity] = max(numbers.values(), default=LOWEST - 1) + 1
        transaction.write(Put(PLACE, ScorerRegister(numbers=numbers).stored()))
    return numbers[identity]


OUTAGE = "outages/language-model"


class Outage(Record, frozen=True, kw_only=True):
    """Says why the language model serves nobody, or served nobody.

    fault:   what is refused; said: the service's own sentence, bounded and scrubbed
    told_at: when somebody was alerted; next_at: when one request is let through, after so many probes
    over:    it answers again
    """

    fault: str
    said: str
    since: datetime
    told_at: datetime
    probes: int = 0
    next_at: datetime
    over: bool = False


class Outages:
    """Reads and writes what a language model refuses.

    documents: the integrations' database. Every method may raise Retryable.
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self) -> Outage | None:
        """Reads the last outage, over or not."""
        document = self._documents.get(OUTAGE)
        return None if document is None else Outage.read(document)

    def change(self, work: Callable[[Outage | None], tuple[bool, Outage | None]]) -> bool:
        """Changes it in a transaction: `work` tells what to answer, and what to write, None to leave it."""

        def transact(transaction: Transaction) -> bool:
            document = transaction.get(OUTAGE)
            told, wanted = work(None if document is None else Outage.read(document))
            if wanted is not None:
                transaction.write(Put(OUTAGE, wanted.stored()))
            return told

        return self._documents.transact(transact)
