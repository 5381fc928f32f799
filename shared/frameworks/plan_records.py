"""Keeps assessment plans, each version once: what a learner is pinned to never changes.

assessment_plans/<reference>@<version>_<plan's version>
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from shared.frameworks.domain.assessment_plan import AssessmentPlan
from shared.frameworks.standard_records import ToldDefect
from shared.kernel.reading import is_document_name
from shared.kernel.records import Record
from shared.ports.documents import Create, Documents, Query, Where

MOST_VERSIONS = 50
"""Of one standard's plans the versions that are looked through."""


class KeptPlan(Record, frozen=True, kw_only=True):
    """Keeps a version of an assessment plan, whole, with what was told of it. standard: its key"""

    key: str
    standard: str
    version: str
    imported_at: datetime
    imported_by: str
    plan: AssessmentPlan
    warnings: tuple[ToldDefect, ...] = ()


class PlanRecords:
    """Reads and writes assessment plans."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, key: str) -> KeptPlan | None:
        """Returns a plan; None for an unknown one."""
        found = self._documents.get(f"assessment_plans/{key}") if is_document_name(key) else None
        return None if found is None else KeptPlan.read(found)

    def many(self, keys: Iterable[str]) -> Mapping[str, KeptPlan]:
        """Returns the plans that there are, by key."""
        return KeptPlan.by_id(self._documents.get_many(f"assessment_plans/{key}" for key in sorted(set(keys))).values())

    def of(self, standard: str) -> list[KeptPlan]:
        """Returns the plans of a version of a standard, the latest import last."""
        query = Query("assessment_plans", where=[Where("standard", "==", standard)], limit=MOST_VERSIONS)
        return sorted(KeptPlan.readable(self._documents.query(query)), key=lambda one: (one.imported_at, one.key))

    def add(self, kept: KeptPlan) -> None:
        """Keeps a version. Raises AlreadyExists, DocumentTooLarge."""
        self._documents.commit([Create(f"assessment_plans/{kept.key}", kept.stored())])
