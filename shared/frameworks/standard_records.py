"""Keeps official standards, each version with every text that it ever had.

standards/<reference>@<version>                          as it was imported last
standard_revisions/<reference>@<version>+<revision>      as it was at each import that changed it
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from shared.frameworks.domain.standard import Standard, StandardKind
from shared.frameworks.domain.standard_defect import Defect
from shared.kernel.reading import is_document_name
from shared.kernel.records import Record, Versioned
from shared.ports.documents import Create, Documents, Put, Query, Where

MOST_VALUES = 30
"""In one condition, as Firestore takes them."""


class StandardHead(Record, frozen=True, kw_only=True):
    """Says which version of which standard is kept. revision: counts its texts, from 1"""

    key: str
    reference: str
    version: str
    title: str
    level: int
    status: str
    kind: StandardKind
    lars_code: str | None
    statements: int
    revision: int
    imported_at: datetime
    imported_by: str


class ToldDefect(Record, frozen=True, kw_only=True):
    """Keeps a warning that came with what was imported."""

    code: str
    field: str
    detail: str


class KeptStandard(StandardHead, frozen=True, kw_only=True):
    """Keeps a version of a standard, whole, with what was told of this text when it was imported."""

    standard: Standard
    warnings: tuple[ToldDefect, ...] = ()


class StandardRecords:
    """Reads and writes standards."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, key: str, revision: int | None = None) -> Versioned[KeptStandard] | None:
        """Returns a version as it stands, or as it was in one of its revisions; None for an unknown one."""
        path = f"standards/{key}" if revision is None else f"standard_revisions/{key}+{revision}"
        found = self._documents.get(path) if is_document_name(key) else None
        return None if found is None else Versioned(KeptStandard.read(found), found.version)

    def related(self, references: Iterable[str], lars_codes: Iterable[str]) -> list[KeptStandard]:
        """Returns the versions of some references, and those that have one of some codes of funding."""
        asked = {"reference": references, "lars_code": lars_codes}
        found: dict[str, KeptStandard] = {}
        for field, values in asked.items():
            wanted = sorted(set(values))
            for start in range(0, len(wanted), MOST_VALUES):
                some = wanted[start : start + MOST_VALUES]
                documents = self._documents.query(Query("standards", where=[Where(field, "in", some)]))
                found |= {one.key: one for one in KeptStandard.readable(documents)}
        return [found[key] for key in sorted(found)]

    def page(self, limit: int, after: str | None) -> list[StandardHead]:
        """Returns at most `limit` versions by their keys, those behind `after`, without their texts."""
        fields = StandardHead.__struct_fields__
        position = None if after is None else [after, after]
        query = Query("standards", order_by=[("key", "asc")], limit=limit, after=position, fields=fields)
        return list(StandardHead.readable(self._documents.query(query)))

    def put(self, kept: KeptStandard, *, over: str | None) -> None:
        """Writes a version and the revision that it is, both or neither. over: the stamp of what it replaces

        Raises AlreadyExists, PreconditionFailed where somebody else was faster, DocumentTooLarge.
        """
        path = f"standards/{kept.key}"
        flip = Create(path, kept.stored()) if over is None else Put(path, kept.stored(), if_version=over)
        self._documents.commit([flip, Put(f"standard_revisions/{kept.key}+{kept.revision}", kept.stored())])


def told(defects: Iterable[Defect]) -> tuple[ToldDefect, ...]:
    """Returns defects as they are kept beside what they were told of."""
    return tuple(ToldDefect(code=one.code, field=one.field, detail=one.detail) for one in defects)


def kept_standard(
    standard: Standard, revision: int, now: datetime, by: str, warnings: Iterable[Defect] = ()
) -> KeptStandard:
    """Returns the record of a standard. by: who imports it"""
    return KeptStandard(
        key=standard.key,
        reference=standard.reference,
        version=str(standard.version),
        title=standard.title,
        level=standard.level,
        status=standard.status,
        kind=standard.kind,
        lars_code=standard.lars_code,
        statements=len(standard.statements),
        revision=revision,
        imported_at=now,
        imported_by=by,
        standard=standard,
        warnings=told(warnings),
    )
