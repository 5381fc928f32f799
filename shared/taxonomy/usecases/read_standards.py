"""Reads the official standards that are kept."""

from __future__ import annotations

from collections.abc import Iterable

from shared.frameworks.standard_records import StandardRecords, ToldDefect
from shared.kernel.access import Caller, require
from shared.kernel.errors import NotFound
from shared.taxonomy.contract import StandardList, StandardSummary, StandardView, StandardWarning


class ReadStandards:
    """Reads for whoever may read skills."""

    def __init__(self, records: StandardRecords) -> None:
        self._records = records

    def page(self, caller: Caller, limit: int, after: str | None) -> StandardList:
        """Returns a page of the standards that are kept, by reference and version. Raises Forbidden."""
        require(caller, "skills.read")
        found = self._records.page(limit + 1, after)
        shown = [
            StandardSummary(
                key=one.key,
                reference=one.reference,
                version=one.version,
                revision=one.revision,
                title=one.title,
                kind=one.kind.value,
                level=one.level,
                status=one.status,
                statements=one.statements,
                imported_at=one.imported_at,
            )
            for one in found[:limit]
        ]
        return StandardList(standards=shown, next_cursor=shown[-1].key if len(found) > limit else None)

    def show(self, caller: Caller, key: str, revision: int | None) -> StandardView:
        """Returns a standard whole, as it stands or as it was in an earlier revision. Raises Forbidden, NotFound."""
        require(caller, "skills.read")
        found = self._records.get(key, revision)
        if found is None:
            what = "is not kept here" if revision is None else f"has no revision {revision}"
            raise NotFound(f"{key} {what}", field="key" if revision is None else "revision")
        kept = found.record
        return StandardView.of(kept.standard, kept.revision, warnings_of(kept.warnings))


def warnings_of(told: Iterable[ToldDefect]) -> list[StandardWarning]:
    """Returns what is kept of warnings as it is shown."""
    return [StandardWarning(code=one.code, field=one.field, detail=one.detail) for one in told]
