"""Writes Salesforce's query language (SOQL): names checked, texts quoted, moments as it reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from shared.ports.crm import CrmRefused, Cursor

MOST_IDS: Final = 200
"""In one query, which is an address: with two hundred ids and as many fields it stays under Salesforce's 16,384."""

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}(?:\.[A-Za-z][A-Za-z0-9_]{0,79}){0,5}")
_ESCAPED: Final = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_NEVER_DELETED: Final = frozenset({"user"})
_MERGED: Final = frozenset({"account", "contact", "lead"})


def quoted(text: str) -> str:
    """Returns a text as SOQL has it."""
    return "'" + "".join(_ESCAPED.get(one, one) for one in text) + "'"


def moment(at: datetime) -> str:
    """Returns a moment as SOQL has it: unquoted, with an offset that has no colon."""
    at = at.astimezone(UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}+0000"


def name(given: str) -> str:
    """Returns a field's or a kind's name. Raises CrmRefused for what is none: it comes from a setting."""
    if not _NAME.fullmatch(given):
        raise CrmRefused(f"{given[:80]!r} is no name of a field in Salesforce: check the configured fields")
    return given


def columns(kind: str, fields: Iterable[str]) -> list[str]:
    """Returns what is selected: what every record needs, and the fields; each once, however its case is written."""
    folded = kind.lower()
    needed = ["Id", "SystemModstamp"]
    if folded not in _NEVER_DELETED:
        needed.append("IsDeleted")
    if folded in _MERGED:
        needed.append("MasterRecordId")
    return list({one.lower(): one for one in (*map(name, fields), *needed)}.values())


def by_ids(kind: str, fields: Iterable[str], ids: Sequence[str]) -> str:
    """Returns the query for records by their ids."""
    return f"SELECT {', '.join(columns(kind, fields))} FROM {name(kind)} WHERE Id IN ({_listed(ids)})"


def by_parents(kind: str, fields: Iterable[str], parent_field: str, ids: Sequence[str]) -> str:
    """Returns the query for the records that belong to others."""
    selected = ", ".join(columns(kind, (*fields, parent_field)))
    where = f"{name(parent_field)} IN ({_listed(ids)})"
    return f"SELECT {selected} FROM {name(kind)} WHERE {where} ORDER BY {parent_field}, Id"


def after(kind: str, fields: Iterable[str], cursor: Cursor | None, limit: int) -> str:
    """Returns the query for what changed after a place, in the order of change."""
    where = ""
    if cursor is not None:
        at = moment(cursor.modified)
        later = f"(SystemModstamp = {at} AND Id > {quoted(cursor.id)})" if cursor.id else f"SystemModstamp = {at}"
        where = f" WHERE SystemModstamp > {at} OR {later}"
    selected = ", ".join(columns(kind, fields))
    return f"SELECT {selected} FROM {name(kind)}{where} ORDER BY SystemModstamp, Id LIMIT {limit}"


def any_one(kind: str, fields: Iterable[str]) -> str:
    """Returns the query for any record: that it is answered tells that the kind and the fields exist."""
    return f"SELECT {', '.join(columns(kind, fields))} FROM {name(kind)} LIMIT 1"


def _listed(ids: Iterable[str]) -> str:
    return ", ".join(map(quoted, ids))
