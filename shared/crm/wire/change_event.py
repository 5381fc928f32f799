"""Reads Salesforce's change events, whoever bridges them: both shapes that its interfaces give them.

Of an event only the header counts: which records changed, and when. The rest is absent or null where it is unchanged,
named by words or by bits, and missing from the events that say that something was left out.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any, Final

from shared.crm.domain.hint import Hint
from shared.deals.wire.salesforce_ids import eighteen
from shared.kernel.errors import Malformed
from shared.kernel.ids import digest
from shared.kernel.json_values import JsonObject

MOST_RECORDS: Final = 10_000
_KIND: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")
_ANY: Final = re.compile(r"[A-Za-z0-9]{3}\*|0{15}([A-Z0-5]{3})?")
"""In the place of an id: of too many records to be named, and of those of an overflow."""
_HEADER: Final = "ChangeEventHeader"


def hints_of(content: JsonObject) -> list[Hint]:
    """Returns what an event hints at. Raises Malformed for what is none."""
    header = _header(content)
    kind, ids = header.get("entityName"), header.get("recordIds")
    if not isinstance(kind, str) or not _KIND.fullmatch(kind):
        raise Malformed("the event does not say of what kind its records are", field=f"{_HEADER}.entityName")
    if not isinstance(ids, list) or not 1 <= len(ids) <= MOST_RECORDS:
        raise Malformed(f"an event names 1 to {MOST_RECORDS} records", field=f"{_HEADER}.recordIds")
    event, at = _name(header, content), _moment(header.get("commitTimestamp"))
    if header.get("changeType") == "GAP_OVERFLOW":
        return [Hint(f"{event}\n*", kind, None, at)]
    return [_hint(said, kind, event, at) for said in ids]


def _hint(said: Any, kind: str, event: str, at: datetime | None) -> Hint:
    if isinstance(said, str) and _ANY.fullmatch(said):
        return Hint(f"{event}\n{said}", kind, None, at)
    record_id = eighteen(said) if isinstance(said, str) else None
    if record_id is None:
        raise Malformed("the event names something that is no id of Salesforce", field=f"{_HEADER}.recordIds")
    return Hint(f"{event}\n{record_id}", kind, record_id, at)


def _header(content: JsonObject) -> JsonObject:
    """Returns an event's header: of the event itself, or inside what the interfaces and bridges put around it."""
    inner: Any = content
    for name in (None, "data", "payload"):
        inner = inner.get(name, inner) if name is not None else inner
        if not isinstance(inner, dict):
            break
        if isinstance(inner.get(_HEADER), dict):
            header: JsonObject = inner[_HEADER]
            return header
    raise Malformed(f"the message has no {_HEADER}", field=_HEADER)


def _name(header: JsonObject, content: JsonObject) -> str:
    """Returns what tells an event from others; the same however often and in whichever shape it is sent."""
    key, sequence = header.get("transactionKey"), header.get("sequenceNumber")
    if isinstance(key, str) and key and isinstance(sequence, int):
        return f"{key}\n{sequence}"
    return digest(json.dumps(content, sort_keys=True, ensure_ascii=False))


def _moment(said: Any) -> datetime | None:
    """Reads when a change was committed, in ms since 1970 or as ISO 8601; None for what is neither, or nowhere near."""
    try:
        if isinstance(said, str) and not said.isdigit():
            found = datetime.fromisoformat(said)
        else:
            found = datetime.fromtimestamp(int(said) / 1000, UTC)
        return found if found.tzinfo is not None and 2000 <= found.year < 3000 else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None
