"""Keeps what learners' phones said that they hold.

phone_items/<employee id>   {employee_id, items: {<key>: <entry>}}: an entry
                           as `shared/learning/domain/phone_items.py` writes it
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from shared.kernel.field_values import FieldValue
from shared.kernel.records import Record
from shared.learning.domain.phone_items import PhoneItem, PhoneItems, phone_item_of, united
from shared.ports.documents import Create, Document, Documents, Put, Transaction


class _Kept(Record, frozen=True, kw_only=True):
    employee_id: str
    items: Mapping[str, str] = {}


class PhoneItemRecords:
    """Reads and writes them."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def change(self, employee_id: str, change: Callable[[PhoneItems], PhoneItems]) -> PhoneItems:
        """Puts what `change` makes of a learner's items in their place, and returns it. Raises Retryable."""
        path = f"phone_items/{employee_id}"

        def work(transaction: Transaction) -> PhoneItems:
            document = transaction.get(path)
            kept = _Kept(employee_id=employee_id) if document is None else _Kept.read(document)
            after = change(_items(kept.items))
            entries = {key: one.entry for key, one in after.items()}
            if entries != kept.items:
                stored = kept.changed(items=entries).stored()
                transaction.write(Create(path, stored) if document is None else Put(path, stored))
            return after

        return self._documents.transact(work)


def united_items(there: Document, coming: Document) -> dict[str, FieldValue]:
    """Returns what is looked for of somebody who had two records. there: what stands under the id that stays"""
    kept = _Kept.read(there)
    items = united(_items(kept.items), _items(_Kept.read(coming).items))
    return kept.changed(items={key: one.entry for key, one in items.items()}).stored()


def _items(entries: Mapping[str, str]) -> dict[str, PhoneItem]:
    """Returns the items by key; a damaged one keeps no other back."""
    found = {}
    for key, entry in entries.items():
        with suppress(ValueError):
            found[key] = phone_item_of(entry)
    return found
