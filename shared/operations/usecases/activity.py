"""Shows the latest events of the people in sight, and all that counts about one person, in order of time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.kernel.access import LIST_SIGHT, Caller, is_audited
from shared.kernel.pages import Page, Position
from shared.observations.domain.effective_entries import effective_entries
from shared.observations.domain.observation import Kind, Observation, decode
from shared.people.records import EmployeeRecords
from shared.people.usecases.people_in_sight import PeopleInSight
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.documents import Document, Documents, Query, Where
from shared.privacy.usecases import first_sight

SOME = 30
"""How many people one query may name (Firestore's limit for `in`)."""
SHOWN = ("event_id", "employee_id", "kind", "source", "activity", "standing", "occurred_at")
FIELDS = tuple(dict.fromkeys((*SHOWN, *first_sight.FIELDS)))


@dataclass(frozen=True, slots=True)
class Happening:
    """One accepted event. employee: the person's name; scores: (word, points), none while they are not open

    scores_open_at: when an analyst's scores open for the caller; None where they are
    """

    event_id: str
    employee_id: str
    employee: str
    kind: Kind
    source: str
    activity: str
    standing: str
    occurred_at: datetime
    overall_score: float | None
    passed: bool | None
    scores: tuple[tuple[str, float | None], ...]
    scores_open_at: datetime | None


class Activity:
    """Reads the ledger and the states for pages about what happened."""

    def __init__(
        self, documents: Documents, in_sight: PeopleInSight, first: first_sight.FirstSight, audit: Audit
    ) -> None:
        self._documents = documents
        self._employees = EmployeeRecords(documents)
        self._in_sight = in_sight
        self._first_sight = first
        self._audit = audit

    def latest(self, caller: Caller, kind: Kind, *, limit: int = 25, after: Position | None = None) -> Page[Happening]:
        """Returns the newest events of one kind about people whose profile the caller may open, and records whom of
        others they show."""
        if caller.role is None or LIST_SIGHT[caller.role] == "everyone":
            found = self._everyone(kind, limit, after)
            order = "received_at"
        else:
            found = self._of(caller, kind, limit, after)
            order = "occurred_at"
        shown = found[:limit]
        last = shown[-1] if len(found) > limit else None
        people = sorted({document.data["employee_id"] for document in shown})
        names = self._employees.names(people)
        withheld = self._first_sight.withheld(caller, shown)
        others = [employee_id for employee_id in people if is_audited(caller, employee_id)]
        self._audit.record_about(caller, AuditAction.ACTIVITY_VIEWED, others, detail=f"the latest {kind} records")
        items = tuple(_happening(document.data, names, withheld.get(document.id)) for document in shown)
        return Page(items, None if last is None else (last.data[order], last.id))

    def _everyone(self, kind: Kind, limit: int, after: Position | None) -> list[Document]:
        return self._documents.query(
            Query(
                "events",
                where=[Where("kind", "==", kind)],
                order_by=[("received_at", "desc")],
                limit=limit + 1,
                after=after,
                fields=FIELDS,
            )
        )

    def _of(self, caller: Caller, kind: Kind, limit: int, after: Position | None) -> list[Document]:
        ids = [employee.employee_id for employee in self._in_sight.all(caller) if employee.opens_to(caller)]
        found: list[Document] = []
        for start in range(0, len(ids), SOME):
            found += self._documents.query(
                Query(
                    "events",
                    where=[Where("employee_id", "in", ids[start : start + SOME]), Where("kind", "==", kind)],
                    order_by=[("occurred_at", "desc")],
                    limit=limit + 1,
                    after=after,
                    fields=FIELDS,
                )
            )
        found.sort(key=lambda document: (document.data["occurred_at"], document.id), reverse=True)
        return found[: limit + 1]

    def standing(self, caller: Caller, employee_id: str) -> list[Observation]:
        """Returns what stands about a person, is not rejected and is open for the caller, the oldest first; nothing for
        someone unknown."""
        state = self._documents.get(f"states/{employee_id}")
        entries: Mapping[str, str] = state.data.get("observations", {}) if state else {}
        observations = [decode(text) for text in effective_entries(entries).values()]
        withheld = self._first_sight.calls(caller, employee_id)
        kept = [
            observation
            for observation in observations
            if observation.standing != "rejected"
            and (observation.kind != "field" or (observation.source, observation.source_id) not in withheld)
        ]
        return sorted(kept, key=lambda observation: (observation.at, observation.source, observation.source_id))


def _happening(data: Mapping[str, Any], names: Mapping[str, str], opens: datetime | None) -> Happening:
    message = json.loads(data["message"])
    return Happening(
        **{name: data[name] for name in SHOWN},
        employee=names[data["employee_id"]],
        overall_score=message.get("overall_score"),
        passed=message.get("passed"),
        scores=tuple((score["competency"], score["score"]) for score in message.get("scores", ()) if opens is None),
        scores_open_at=opens,
    )
