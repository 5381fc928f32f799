"""Imports official standards from the publisher's file."""

from __future__ import annotations

from collections.abc import Sequence

from shared.frameworks.domain.standard import Standard
from shared.frameworks.domain.standard_candidate import Candidate
from shared.frameworks.domain.standard_checks import judge
from shared.frameworks.domain.standard_defect import Defect, Severity
from shared.frameworks.standard_records import KeptStandard, StandardRecords, kept_standard
from shared.frameworks.wire.standard_record import read_record
from shared.kernel.access import Caller, require
from shared.kernel.errors import Conflict, TooLarge
from shared.kernel.records import Versioned
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock
from shared.ports.documents import AlreadyExists, DocumentTooLarge, PreconditionFailed
from shared.taxonomy.contract import (
    ImportedStandard,
    ImportResult,
    StandardDefect,
    StandardsFile,
    StandardsImport,
)


class ImportStandards:
    """Takes in files of standards, for whoever may take in standards."""

    def __init__(self, records: StandardRecords, audit: Audit, clock: Clock) -> None:
        self._records = records
        self._audit = audit
        self._clock = clock

    def take_in(self, caller: Caller, file: StandardsFile, *, dry_run: bool) -> StandardsImport:
        """Keeps every standard of a file that nothing is wrong with, and says what is wrong with the others.

        A standard stands or falls with all its versions in the file: they are judged together. What is kept already is
        written again only where it differs, as its next revision; the former texts stay.
        Raises Forbidden, TooLarge, Conflict (somebody else imports the same one now).
        """
        require(caller, "standards.write")
        read = [read_record(place, one.__pydantic_extra__) for place, one in enumerate(file.standards)]
        candidates = [candidate for candidate, _ in read]
        known = self._records.related(
            [one.reference for one in candidates if one.reference],
            [one.lars_code for one in candidates if one.lars_code],
        )
        found = judge(candidates, [one.standard for one in known], self._clock.now().date())
        defects = [*(defect for _, wrong in read for defect in wrong), *found]
        lines = self._keep(caller, candidates, defects, dry_run=dry_run)
        return StandardsImport(
            dry_run=dry_run, standards=lines, defects=[told_defect(one) for one in _in_order(defects)]
        )

    def _keep(
        self, caller: Caller, candidates: Sequence[Candidate], defects: Sequence[Defect], *, dry_run: bool
    ) -> list[ImportedStandard]:
        refused = {one.reference for one in defects if one.severity is Severity.REFUSED}
        lines = []
        for candidate in candidates:
            standard = None if candidate.reference in refused else candidate.standard
            warnings = [one for one in defects if one.place == candidate.place]
            kept = None if standard is None else self._put(caller, standard, warnings, dry_run=dry_run)
            lines.append(
                ImportedStandard(
                    record=candidate.place + 1,
                    reference=candidate.reference,
                    version=candidate.version,
                    title=candidate.title.strip(),
                    result="rejected" if kept is None else kept[0],
                    revision=None if kept is None else kept[1],
                    statements=None if standard is None else len(standard.statements),
                )
            )
        return lines

    def _put(
        self, caller: Caller, standard: Standard, warnings: Sequence[Defect], *, dry_run: bool
    ) -> tuple[ImportResult, int]:
        """Returns what comes of a standard, and its revision."""
        before = self._records.get(standard.key)
        if before is not None and before.record.standard == standard:
            return "unchanged", before.record.revision
        revision = 1 if before is None else before.record.revision + 1
        if not dry_run:
            self._audit.record(caller, AuditAction.STANDARD_IMPORTED, detail=f"{standard.key}, revision {revision}")
            by = caller.employee_id or caller.email
            self._write(kept_standard(standard, revision, self._clock.now(), by, warnings), before)
        return "created" if before is None else "updated", revision

    def _write(self, kept: KeptStandard, before: Versioned[KeptStandard] | None) -> None:
        try:
            self._records.put(kept, over=None if before is None else before.stamp)
        except (AlreadyExists, PreconditionFailed):
            raise Conflict(f"{kept.key} is being imported by somebody else; send the file again") from None
        except DocumentTooLarge:
            raise TooLarge(f"{kept.key} has more text than one document holds", field="body") from None


def _in_order(defects: Sequence[Defect]) -> list[Defect]:
    return sorted(defects, key=lambda one: (-1 if one.place is None else one.place, one.severity, one.code))


def told_defect(one: Defect) -> StandardDefect:
    """Returns a defect as an import tells of it."""
    return StandardDefect(
        record=None if one.place is None else one.place + 1,
        reference=one.reference,
        version=one.version,
        code=one.code,
        severity=one.severity.value,
        field=one.field,
        detail=one.detail,
    )
