"""Numbers scorers: each gets a number of its own, higher than any before, with its first analysis.

The number is in the versions of its analyses (`analysis_version`): whoever reads one knows who scored. A
scorer that comes back into service has the number that it had, so that its certificate, or the trust that it has lost,
is that of all its analyses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

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
