"""Held scores: scores of competencies that a framework does not know, waiting for an administrator.

The score is in the employee's state already, under the word that the integration sent. As soon as the framework knows
the word, as a competency or as an alias, the rating includes it; nothing has to be sent again.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller
from shared.kernel.errors import Conflict, NotFound, Rejected
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.documents import Documents, Merge, Query, Where
from shared.taxonomy.usecases.skills import Skills

if TYPE_CHECKING:
    from shared.taxonomy.contract import HeldDecision


class HeldScores:
    """Lists and decides."""

    def __init__(self, documents: Documents, configuration: Configuration, skills: Skills, audit: Audit) -> None:
        self._documents = documents
        self._configuration = configuration
        self._skills = skills
        self._audit = audit

    def list(
        self, *, limit: int = 50, after: tuple[datetime, str] | None = None
    ) -> tuple[list[dict[str, Any]], tuple[datetime, str] | None]:
        """Open items, the newest first, and where to continue. A word that has become known closes by itself."""
        found = self._documents.query(
            Query(
                "held_scores",
                where=[Where("state", "==", "open")],
                order_by=[("held_at", "desc")],
                limit=limit + 1,
                after=after,
            )
        )
        more = len(found) > limit
        items = []
        for document in found[:limit]:
            item = dict(document.data)
            framework = self._configuration.framework(item["framework_id"])
            if framework.competency_named(item["competency"]):
                self._documents.commit([Merge(document.path, {"state": "known"})])
                continue
            items.append(item)
        last = found[limit - 1] if more else None
        return items, (last.data["held_at"], last.id) if last else None

    def decide(self, held_id: str, decision: HeldDecision, caller: Caller) -> dict[str, Any]:
        """Reads the word as a known competency (for every event that used it), or dismisses this item."""
        document = self._documents.get(f"held_scores/{held_id}")
        if document is None:
            raise NotFound(f"no score is held as {held_id[:64]!r}", field="held_id")
        item = dict(document.data)
        if item["state"] != "open":
            raise Conflict(f"this has been decided already: {item['state']}")
        if decision.decision == "dismiss":
            state = "dismissed"
        else:
            framework = self._configuration.framework(item["framework_id"], fresh=True)
            target = framework.competency_named(decision.competency or "")
            if target is None:
                known = ", ".join(framework.by_competency)
                raise Rejected(f"competency: {decision.competency!r} is none of {known}", field="competency")
            meaning = framework.competency_named(item["competency"])
            if meaning not in (None, target):
                raise Conflict(f"{item['competency']!r} has become known meanwhile: it means {meaning}")
            if meaning is None:
                self._skills.add_alias(item["framework_id"], target, item["competency"], caller)
            else:
                # Perhaps by this very decision, whose process died before it was done.
                self._skills.finish(item["framework_id"])
            state = "aliased"
        self._audit.record(
            caller, AuditAction(f"held_score.{state}"), subject=item["employee_id"], detail=item["competency"]
        )
        self._documents.commit([Merge(f"held_scores/{held_id}", {"state": state})])
        return {**item, "state": state}
