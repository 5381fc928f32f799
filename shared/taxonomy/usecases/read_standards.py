"""Reads the official standards that are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shared.frameworks.standard_records import StandardHead, StandardRecords, ToldDefect
from shared.kernel.access import Caller
from shared.kernel.errors import NotFound
from shared.taxonomy.contract import StandardList, StandardSummary, StandardView, StandardWarning
from shared.taxonomy.usecases.standards_in_sight import StandardsInSight


class ReadStandards:
    """Reads for whoever may read skills, each their own world's."""

    def __init__(self, records: StandardRecords, sight: StandardsInSight) -> None:
        self._records = records
        self._sight = sight

    def page(self, caller: Caller, limit: int, after: str | None) -> StandardList:
        """Returns a page of the standards that the caller may see, by reference and version. Raises Forbidden."""
        known = self._sight.of(caller)
        found: Sequence[StandardHead]
        if known is None:
            found = self._records.page(limit + 1, after)
        else:
            keys = [key for key in sorted(known) if after is None or key > after]
            found = [one.record for one in map(self._records.get, keys[: limit + 1]) if one is not None]
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
        self._sight.open(caller, key)
        found = self._records.get(key, revision)
        if found is None:
            if revision is None:
                raise NotFound(f"there is no standard {key[:80]!r} here", field="key")
            raise NotFound(f"{key[:80]} has no revision {revision}", field="revision")
        kept = found.record
        return StandardView.of(kept.standard, kept.revision, warnings_of(kept.warnings))


def warnings_of(told: Iterable[ToldDefect]) -> list[StandardWarning]:
    """Returns what is kept of warnings as it is shown."""
    return [StandardWarning(code=one.code, field=one.field, detail=one.detail) for one in told]
