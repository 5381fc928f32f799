"""Shows evidence: a learner's items, and the bytes of one, to who stands beside them; and takes one back."""

from __future__ import annotations

from dataclasses import dataclass

from shared.evidence.contract import EvidenceView, PerformanceView, SeenView
from shared.evidence.domain.evidence_kind import SENT, Kind
from shared.evidence.records import Evidence, EvidenceRecords, Performance
from shared.evidence.usecases.learner_access import LearnerAccess
from shared.evidence.usecases.remove_content import RemoveContent
from shared.kernel.access import Caller, is_own, require
from shared.kernel.errors import Forbidden, Gone, NotFound, Rejected, Retryable
from shared.kernel.pages import Page, Position
from shared.people.records import Employee
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Files


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of an item, as they came. media_type: as they show"""

    evidence_id: str
    media_type: str
    bytes: bytes


class ShowEvidence:
    """Shows what there is."""

    def __init__(
        self, records: EvidenceRecords, files: Files, access: LearnerAccess, removing: RemoveContent, audit: Audit
    ) -> None:
        self._records = records
        self._files = files
        self._access = access
        self._removing = removing
        self._audit = audit

    def of(
        self, caller: Caller, employee_id: str | None, limit: int, after: Position | None, kind: Kind | None = None
    ) -> tuple[Employee, Page[EvidenceView]]:
        """Returns a learner, and a page of their items, the newest first. employee_id: None for the caller's own

        Raises Forbidden, NotFound.
        """
        whose = employee_id or caller.employee_id
        if whose is None:
            require(caller, "evidence.read")
            raise Rejected("employee_id: say whose", field="employee_id")
        learner = self._access.open(caller, whose, AuditAction.EVIDENCE_LISTED, detail="evidence")
        found = self._records.page_of(learner.employee_id, limit, after, kind)
        return learner, found.each(view)

    def content(self, caller: Caller, evidence_id: str) -> Content:
        """Returns an item's bytes. Raises Forbidden; NotFound, also for what is not to be seen; Gone; Retryable."""
        item = self._seen(caller, evidence_id)
        self._audit.read(caller, AuditAction.EVIDENCE_OPENED, [item.employee_id], detail=item.kind)
        if item.stored_as is None:
            raise Gone("its content is kept no longer; the record says since when, and why", field="evidence_id")
        found = self._files.read(item.stored_as)
        if found is None:
            raise Retryable("its bytes could not be found in the bucket")
        return Content(item.evidence_id, item.media_type, found)

    def take_back(self, caller: Caller, evidence_id: str) -> EvidenceView:
        """Removes the content of something that was sent in: the own, or by an administrator whoever's. The record
        stays, and says so. Raises Forbidden, NotFound; Rejected for what was observed, which is corrected or made void.
        """
        item = self._seen(caller, evidence_id)
        if not self.may_take_back(caller, item.employee_id):
            raise Forbidden("evidence is taken back by its learner, or by an administrator")
        if item.kind not in SENT:
            raise Rejected(
                f"an {item.kind} is corrected by its observer, or made void by an administrator (POST /api/v1/voids)",
                field="evidence_id",
            )
        self._audit.record(caller, AuditAction.EVIDENCE_REMOVED, subject=item.employee_id, detail=item.evidence_id)
        return view(self._removing.remove(item.evidence_id, "withdrawn", caller.employee_id or caller.email))

    @staticmethod
    def may_take_back(caller: Caller, employee_id: str) -> bool:
        """Tells whether the caller takes back what a learner has sent in."""
        return is_own(caller, employee_id) or caller.role == "administrator"

    def _seen(self, caller: Caller, evidence_id: str) -> Evidence:
        require(caller, "evidence.read")
        item = self._records.get(evidence_id)
        if item is None:
            raise _nothing(evidence_id)
        try:
            self._access.seen(caller, item.employee_id)
        except Forbidden:
            raise _nothing(evidence_id) from None
        return item


def view(item: Evidence) -> EvidenceView:
    """Returns an item as the API shows it."""
    return EvidenceView(
        evidence_id=item.evidence_id,
        employee_id=item.employee_id,
        recorded_by=item.recorded_by,
        recorded_by_role=item.recorded_role,
        kind=item.kind,
        captured_at=item.captured_at,
        received_at=item.received_at,
        media_type=item.media_type,
        claimed_type=item.claimed_type,
        content_bytes=item.bytes,
        sha256=item.sha256,
        caption=item.caption,
        competencies=list(item.competencies),
        lesson_id=item.lesson_id,
        content="removed" if item.stored_as is None else "kept",
        removed_at=item.removed_at,
        removed_because=item.removed_because,
        performance=None if item.performance is None else _performance(item.performance),
    )


def _performance(seen: Performance) -> PerformanceView:
    return PerformanceView(
        observed_at=seen.observed_at,
        version=seen.version,
        scores=[SeenView(competency=one.competency, level=one.level, words=one.words) for one in seen.scores],
        context={name: list(values) for name, values in seen.context.items()},
        supervision=seen.supervision,
        words=seen.words,
        photos=list(seen.photos),
        event_id=seen.event_id,
        standing=seen.standing,
    )


def _nothing(evidence_id: str) -> NotFound:
    return NotFound(f"there is no evidence {evidence_id[:60]!r} that you may see", field="evidence_id")
