"""Keeps what learners answered: every answer one immutable entry in a page of its learner's.

learner_reviews/<id>   {employee_id, begun_at, answers: {<review id>: <entry>}}: a page; an entry as
                       `shared/learning/domain/answer_entry.py` writes it

A page is found by its learner, and its id says nothing: when two records become one person's, their pages are all that
person's. A page that is full is left, so that no document grows over its store's limit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.kernel.records import Record
from shared.learning.domain.answer_entry import Answer, answer_of
from shared.learning.domain.review import Review
from shared.ports.ambient import Ids
from shared.ports.documents import Create, Documents, Merge, Query, Reader, Transaction, Where

FULL_PAGE_BYTES: Final = 500_000
"""Some 5,500 answers. A document may have one MiB, and one request brings at most 200 of them."""
MOST_PAGES: Final = 60
"""Of one learner: 300,000 answers, 80 a day for ten years."""
_TICK: Final = timedelta(milliseconds=1)


class _Page(Record, frozen=True, kw_only=True):
    employee_id: str
    begun_at: datetime
    answers: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class _Stored:
    path: str
    page: _Page

    @property
    def size(self) -> int:
        return sum(len(key) + len(entry) + 2 for key, entry in self.page.answers.items())


@dataclass(frozen=True, slots=True)
class Added:
    """Tells what is kept after adding. kept: of each that was sent, by its id: of one that was sent before, what was
    kept then; fresh: the ids of those that were not kept before"""

    kept: Mapping[str, Answer]
    fresh: frozenset[str]


class AnswerRecords:
    """Reads a learner's answers, and adds to them."""

    def __init__(self, documents: Documents, ids: Ids) -> None:
        self._documents = documents
        self._ids = ids

    def of(self, employee_id: str) -> list[Review]:
        """Returns what a learner answered, each answer once."""
        return [one.review for one in _answers(self._pages(self._documents, employee_id)).values()]

    def add(self, employee_id: str, sent: Sequence[Answer]) -> Added:
        """Keeps the answers of these that are not kept yet, in one transaction.

        Each is received after everything that was received before. Raises Retryable.
        """
        new_page = f"learner_reviews/{self._ids.new()}"

        def work(transaction: Transaction) -> Added:
            pages = self._pages(transaction, employee_id)
            kept = _answers(pages)
            fresh = _fresh(sent, kept)
            if fresh:
                entries = {key: one.entry for key, one in fresh.items()}
                open_page = pages[-1] if pages and pages[-1].size < FULL_PAGE_BYTES else None
                if open_page is None:
                    begun_at = min(one.review.received_at for one in fresh.values())
                    page = _Page(employee_id=employee_id, begun_at=begun_at, answers=entries)
                    transaction.write(Create(new_page, page.stored()))
                else:
                    transaction.write(Merge(open_page.path, {"answers": entries}))
            ids = {one.review.review_id for one in sent}
            return Added({one: (kept | fresh)[one] for one in ids}, frozenset(fresh))

        return self._documents.transact(work)

    def _pages(self, reader: Reader, employee_id: str) -> list[_Stored]:
        query = Query("learner_reviews", [Where("employee_id", "==", employee_id)], limit=MOST_PAGES)
        found = [_Stored(document.path, _Page.read(document)) for document in reader.query(query)]
        return sorted(found, key=lambda one: (one.page.begun_at, one.path))


def _answers(pages: Sequence[_Stored]) -> dict[str, Answer]:
    """Returns all answers by their ids, the first page's first; a damaged one keeps no other back."""
    found: dict[str, Answer] = {}
    for one in pages:
        for key, entry in one.page.answers.items():
            with suppress(ValueError):
                found.setdefault(key, answer_of(key, entry))
    return found


def _fresh(sent: Sequence[Answer], kept: Mapping[str, Answer]) -> dict[str, Answer]:
    """Returns the answers that are new, by their ids; of two under one id the first. Clocks of machines differ, and
    whoever puts answers in the order of their receipt must never find one before what was there already."""
    last = max((one.review.received_at for one in kept.values()), default=None)
    found: dict[str, Answer] = {}
    for one in sent:
        key, at = one.review.review_id, one.review.received_at
        if key not in kept and key not in found:
            found[key] = one if last is None or at > last else one.received(last + _TICK)
    return found
