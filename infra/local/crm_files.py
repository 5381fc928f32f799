"""The `CrmRecords` port over a folder of files that were exported from a CRM: for a pilot without access to it.

A file is called after a kind (`Opportunity.jsonl`) and has a record on each line, an object as Salesforce's interface
answers it: `Id`, `SystemModstamp`, fields, and what relations lead to as objects within (`"Account": {…}`). Of a
record on several lines the last one counts; one with `"IsDeleted": true` is deleted. Files may be replaced at any time.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from infra.vendors.salesforce_rows import record_of
from shared.deals.wire.salesforce_ids import eighteen
from shared.kernel.json_values import JsonObject
from shared.ports.crm import CrmRecord, CrmRefused, Cursor, Deleted, Page, Usage

PAGE: Final = 500

Row = JsonObject


class CrmFiles:
    """Records in a folder, which need not exist yet. Nothing limits how often it is asked."""

    def __init__(self, folder: Path, *, page: int = PAGE) -> None:
        self._folder = folder
        self._page = page
        self._lock = threading.Lock()
        self._read: dict[str, tuple[tuple[int, int], Mapping[str, Row]]] = {}

    def read(self, kind: str, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, CrmRecord | Deleted]:
        rows = self._rows(kind)
        wanted = {whole for one in ids if (whole := eighteen(one)) is not None}
        return {one.id: one for one in _records([rows[one] for one in wanted if one in rows], fields)}

    def changed_since(self, kind: str, fields: Sequence[str], after: Cursor | None) -> Page:
        found = sorted(_records(self._rows(kind).values(), fields), key=lambda one: (one.modified, one.id))
        if after is not None:
            found = [one for one in found if (one.modified, one.id) > (after.modified, after.id)]
        page = tuple(found[: self._page])
        return Page(page, Cursor(page[-1].modified, page[-1].id) if len(page) >= self._page else None)

    def children(
        self, kind: str, parent_field: str, parent_ids: Sequence[str], fields: Sequence[str]
    ) -> Sequence[CrmRecord]:
        parents = {eighteen(one) for one in parent_ids}
        found = _records(self._rows(kind).values(), (*fields, parent_field))
        living = [one for one in found if isinstance(one, CrmRecord)]
        whose = [(eighteen(one.text(parent_field) or ""), one) for one in living]
        return [one for parent, one in sorted(whose, key=lambda pair: (pair[0] or "", pair[1].id)) if parent in parents]

    def usage(self) -> Usage | None:
        return None

    def _rows(self, kind: str) -> Mapping[str, Row]:
        """Returns the rows of a file by their records' ids, read anew where the file has changed. Raises CrmRefused."""
        path = self._folder / f"{kind}.jsonl"
        with self._lock:
            try:
                stat = path.stat()
            except OSError:
                return {}
            stamp = (stat.st_mtime_ns, stat.st_size)
            known = self._read.get(kind)
            if known is None or known[0] != stamp:
                known = self._read[kind] = (stamp, _latest(path))
            return known[1]


def _records(rows: Iterable[Row], fields: Sequence[str]) -> list[CrmRecord | Deleted]:
    asked = tuple(dict.fromkeys(fields))
    return [one for row in rows if (one := record_of(row, asked)) is not None]


def _latest(path: Path) -> Mapping[str, Row]:
    try:
        found = [json.loads(line) for line in path.read_text("utf-8-sig").splitlines() if line.strip()]
    except (ValueError, RecursionError):
        raise CrmRefused(f"a line of {path.name} is no JSON") from None
    if not all(isinstance(row, dict) for row in found):
        raise CrmRefused(f"a line of {path.name} is no object")
    last: dict[str, Row] = {}
    for row in found:
        record = record_of(row, ())
        if record is None:
            raise CrmRefused(f"a line of {path.name} has no Id or no SystemModstamp")
        last[record.id] = row
    return last
