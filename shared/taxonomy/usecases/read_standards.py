"""Reads the official standards that are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from shared.frameworks.domain.standard_candidate import IN_FORCE, version_of
from shared.frameworks.domain.standard_comparison import compare
from shared.frameworks.standard_records import KeptStandard, StandardHead, StandardRecords, ToldDefect
from shared.kernel.access import Caller
from shared.kernel.errors import NotFound
from shared.taxonomy.contract import StandardHead as Head
from shared.taxonomy.contract import StandardList, StandardSummary, StandardView, StandardWarning
from shared.taxonomy.standard_contract import (
    ComparedStandards,
    VersionedStandard,
    VersionedStandards,
    told_changes,
)
from shared.taxonomy.usecases.standards_in_sight import StandardsInSight


class ReadStandards:
    """Reads for whoever may read skills, each their own world's."""

    def __init__(self, records: StandardRecords, sight: StandardsInSight) -> None:
        self._records = records
        self._sight = sight

    def page(self, caller: Caller, limit: int, after: str | None) -> StandardList:
        """Returns a page of the standards that the caller may see, by reference and version. Raises Forbidden."""
        found = self._found(caller, limit + 1, after)
        shown = [_summary(one) for one in found[:limit]]
        return StandardList(standards=shown, next_cursor=shown[-1].key if len(found) > limit else None)

    def versions(self, caller: Caller, limit: int, after: str | None) -> VersionedStandards:
        """Returns a page of standards, each with the versions that are kept; at most `limit` versions in all, but for
        one standard that has more. Raises Forbidden."""
        found = self._found(caller, limit + 1, after)
        groups = [list(versions) for _, versions in groupby(found, key=lambda one: one.reference)]
        if len(found) <= limit:
            return VersionedStandards(standards=[_versioned(one) for one in groups], next=None)
        # The last one may go on behind the page: it is the next page's, unless it is the only one.
        groups = groups[:-1] or [self._all_of(found[0].reference)]
        return VersionedStandards(standards=[_versioned(one) for one in groups], next=groups[-1][-1].key)

    def beside(self, caller: Caller, key: str) -> VersionedStandard:
        """Returns a standard with all its versions, by the key of one. Raises Forbidden, NotFound."""
        self._sight.open(caller, key)
        found = self._all_of(key.partition("@")[0])
        if not found:
            raise NotFound(f"there is no standard {key[:80]!r} here", field="key")
        return _versioned(found)

    def compare(
        self, caller: Caller, after: str, revision: int | None, *, before: str, earlier: int | None
    ) -> ComparedStandards:
        """Returns what changed between two texts of one standard. after, before: keys; revision, earlier: of their
        texts, None: as they stand. Raises Forbidden, NotFound, also for another standard."""
        if before.partition("@")[0] != after.partition("@")[0]:
            raise NotFound(f"{before[:80]} is no version of {after.partition('@')[0][:80]}", field="against")
        later, former = self._kept(caller, after, revision), self._kept(caller, before, earlier)
        found = compare(former.standard, later.standard)
        return ComparedStandards(
            before=_head(former),
            after=_head(later),
            facts=told_changes(found.facts),
            statements=told_changes(found.statements),
            duties=told_changes(found.duties),
            moved=list(found.moved),
        )

    def show(self, caller: Caller, key: str, revision: int | None) -> StandardView:
        """Returns a standard whole, as it stands or as it was in an earlier revision. Raises Forbidden, NotFound."""
        kept = self._kept(caller, key, revision)
        return StandardView.of(kept.standard, kept.revision, warnings_of(kept.warnings))

    def _kept(self, caller: Caller, key: str, revision: int | None) -> KeptStandard:
        self._sight.open(caller, key)
        found = self._records.get(key, revision)
        if found is None:
            if revision is None:
                raise NotFound(f"there is no standard {key[:80]!r} here", field="key")
            raise NotFound(f"{key[:80]} has no revision {revision}", field="revision")
        return found.record

    def _found(self, caller: Caller, limit: int, after: str | None) -> Sequence[StandardHead]:
        """Returns the versions that the caller may see, by their keys."""
        known = self._sight.of(caller)
        if known is None:
            return self._records.page(limit, after)
        found = sorted(self._records.related(known, ()), key=lambda one: one.key)
        return [one for one in found if after is None or one.key > after][:limit]

    def _all_of(self, reference: str) -> list[StandardHead]:
        return sorted(self._records.related([reference], ()), key=lambda one: one.key)


def _versioned(found: Sequence[StandardHead]) -> VersionedStandard:
    ordered = sorted(found, key=lambda one: version_of(one.version) or (0, 0), reverse=True)
    in_force = next((one.version for one in ordered if one.status == IN_FORCE), None)
    latest = ordered[0]
    return VersionedStandard(
        reference=latest.reference,
        title=latest.title,
        in_force=in_force,
        versions=[_summary(one) for one in ordered],
    )


def _summary(one: StandardHead) -> StandardSummary:
    return StandardSummary(**dict(_head(one)), statements=one.statements, imported_at=one.imported_at)


def _head(one: StandardHead) -> Head:
    return Head(
        key=one.key,
        reference=one.reference,
        version=one.version,
        revision=one.revision,
        title=one.title,
        kind=one.kind.value,
        level=one.level,
        status=one.status,
    )


def warnings_of(told: Iterable[ToldDefect]) -> list[StandardWarning]:
    """Returns what is kept of warnings as it is shown."""
    return [StandardWarning(code=one.code, field=one.field, detail=one.detail) for one in told]
