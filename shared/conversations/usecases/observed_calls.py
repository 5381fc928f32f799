"""Finds the calls behind observations, for who shows what was observed: where each leads, and what waits in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.conversations.domain.call_name import record_id
from shared.conversations.records import CallRecords
from shared.conversations.usecases.deals_in_force import Conversation
from shared.kernel.reading import is_document_name


@dataclass(frozen=True, slots=True)
class ObservedCall:
    """A call of which the platform has a record. waiting: the employee's competencies whose score waits for a person"""

    record_id: str
    waiting: frozenset[str]


class ObservedCalls:
    """Looks calls up, many at once. May raise Retryable."""

    def __init__(self, records: CallRecords) -> None:
        self._records = records

    def of(self, employee_id: str, conversations: Iterable[Conversation]) -> Mapping[Conversation, ObservedCall]:
        """Returns the calls that there are records of."""
        named = {one: record_id(*one) for one in conversations}
        found = self._records.find(sorted({name for name in named.values() if is_document_name(name)}))
        return {
            conversation: ObservedCall(
                name,
                frozenset(
                    competency
                    for one in found[name].observations
                    if one.employee_id == employee_id
                    for competency in one.pending_review
                ),
            )
            for conversation, name in named.items()
            if name in found
        }
