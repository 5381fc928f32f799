"""Activity: the latest events of the people in sight, and all that stands about one person, in order of time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.kernel.access import LIST_SIGHT, Caller
from shared.observations.domain.observation import Kind, Observation, decode, standing_entries
from shared.people.records import EmployeeRecords
from shared.people.usecases.people_in_sight import PeopleInSight
from shared.ports.documents import Document, Documents, Query, Where
from shared.privacy.usecases import first_sight

SOME = 30
"""How many people one query may name (Firestore's limit for `in`)."""
SHOWN = ("event_id", "employee_id", "kind", "source", "activity", "standing", "occurred_at", "received_at")
FIELDS = tuple(dict.fromkeys((*SHOWN, *first_sight.FIELDS)))

Cursor = tuple[datetime, str]


class Activity:
    """Reads the ledger and the states for pages about what happened."""

    def __init__(self, documents: Documents, in_sight: PeopleInSight, first: first_sight.FirstSight) -> None:
        self._documents = documents
        self._employees = EmployeeRecords(documents)
        self._in_sight = in_sight
        self._first_sight = first

    def latest(
        self, caller: Caller, kind: Kind, *, limit: int = 25, after: Cursor | None = None
    ) -> tuple[list[dict[str, Any]], Cursor | None]:
        """The newest events of one kind about people whose profile the caller may open, and where to continue.

        Each: event_id, employee_id, employee (the name), kind, source, activity, standing, occurred_at, and of the
        topic's message overall_score, passed and scores. Where an analyst's scores are not open for the caller yet
        there are none, and scores_open_at says when.
        """
        if caller.role is None or LIST_SIGHT[caller.role] == "everyone":
            found = self._everyone(kind, limit, after)
            order = "received_at"
        else:
            found = self._of(caller, kind, limit, after)
            order = "occurred_at"
        names = self._employees.names([document.data["employee_id"] for document in found[:limit]])
        more = len(found) > limit
        last = found[limit - 1] if more else None
        withheld = self._first_sight.withheld(caller, found[:limit])
        return [_item(document.data, names, withheld.get(document.id)) for document in found[:limit]], (
            last.data[order],
            last.id,
        ) if last else None

    def _everyone(self, kind: Kind, limit: int, after: Cursor | None) -> list[Document]:
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

    def _of(self, caller: Caller, kind: Kind, limit: int, after: Cursor | None) -> list[Document]:
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
        """What stands about a person, is not rejected and is open for the caller, the oldest first; nothing for someone
        unknown."""
        state = self._documents.get(f"states/{employee_id}")
        entries: Mapping[str, str] = state.data.get("observations", {}) if state else {}
        observations = [decode(text) for text in standing_entries(entries).values()]
        withheld = self._first_sight.calls(caller, employee_id)
        kept = [
            observation
            for observation in observations
            if observation.standing != "rejected"
            and (observation.kind != "field" or (observation.source, observation.source_id) not in withheld)
        ]
        return sorted(kept, key=lambda observation: (observation.at, observation.source, observation.source_id))


def _item(data: Mapping[str, Any], names: Mapping[str, str], opens: datetime | None) -> dict[str, Any]:
    message = json.loads(data["message"])
    return {
        **{name: data[name] for name in SHOWN},
        "employee": names[data["employee_id"]],
        "overall_score": message.get("overall_score"),
        "passed": message.get("passed"),
        "scores": [(score["competency"], score["score"]) for score in message.get("scores", ()) if opens is None],
        "scores_open_at": opens,
    }
