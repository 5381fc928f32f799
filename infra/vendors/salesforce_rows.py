"""Reads the rows in which Salesforce's interface, and exports of it, hold records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shared.deals.wire.salesforce_ids import eighteen
from shared.kernel.json_values import JsonObject
from shared.ports.crm import CrmRecord, Deleted, Scalar


def record_of(row: JsonObject, fields: Sequence[str]) -> CrmRecord | Deleted | None:
    """Returns a row's record; None where it has no id or no stamp."""
    whole, modified = eighteen(str(_at(row, "Id"))), _moment(_at(row, "SystemModstamp"))
    if whole is None or modified is None:
        return None
    found = {one: _at(row, one) for one in fields}
    if _at(row, "IsDeleted") is not True:
        return CrmRecord(whole, found, modified)
    master = _at(row, "MasterRecordId")
    return Deleted(whole, modified, eighteen(master) if isinstance(master, str) else None, found)


def _at(row: JsonObject, path: str) -> Scalar:
    """Returns a field whatever its case: Salesforce answers with the names that it knows, not with those asked for."""
    first, _, rest = path.partition(".")
    value = next((held for name, held in row.items() if name.lower() == first.lower()), None)
    if rest:
        return _at(value, rest) if isinstance(value, dict) else None
    return value if value is None or isinstance(value, (str, int, float, bool)) else None


def _moment(value: Scalar) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
