"""Team readiness: "are we ready to sell?", from the published ratings of the people in the caller's sight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.frameworks.domain.framework import Framework
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller
from shared.kernel.errors import Rejected
from shared.kernel.ids import DEFAULT_FRAMEWORK
from shared.people.records import Employee
from shared.people.usecases.people_in_sight import PeopleInSight
from shared.ports.documents import Documents
from shared.ratings.domain import readiness
from shared.ratings.domain.skill_rating import SkillRating, from_text

RATED_ROLES = frozenset({"employee"})
"""Whose skills the headline is about: those who do the work, not those who lead or enable them."""
PAGE = 300


class Readiness:
    """Answers for the team in the caller's sight."""

    def __init__(self, documents: Documents, configuration: Configuration, people: PeopleInSight) -> None:
        self._documents = documents
        self._configuration = configuration
        self._people = people

    def profiles(
        self, caller: Caller, framework_id: str
    ) -> tuple[Framework, dict[str, list[SkillRating]], list[Employee]]:
        """(framework, employee id → published rows, records) of the active people in sight; no rows for the unseen."""
        framework = self._configuration.framework(framework_id)
        records = [
            record
            for record in self._people.all(caller, framework_id=framework_id)
            if record.active and record.role in RATED_ROLES
        ]
        rows: dict[str, list[SkillRating]] = {record.employee_id: [] for record in records}
        paths = [f"ratings/{employee_id}" for employee_id in rows]
        for start in range(0, len(paths), PAGE):
            for document in self._documents.get_many(paths[start : start + PAGE]).values():
                rows[document.data["employee_id"]] = from_text(document.data["skills"])
        return framework, rows, records

    def answer(
        self, caller: Caller, *, framework_id: str | None = None, dimension: str | None = None
    ) -> dict[str, Any]:
        """The readiness of the caller's people in the shape of the contract's ReadinessAnswer."""
        framework, rows, _ = self.profiles(caller, framework_id or caller.framework_id or DEFAULT_FRAMEWORK)
        chosen = dimension or (framework.dimensions[0].dimension if framework.dimensions else "")
        if chosen and chosen not in framework.by_dimension:
            raise Rejected(
                f"dimension: {chosen[:60]!r} is none of {', '.join(framework.by_dimension)}", field="dimension"
            )
        own_team = caller.role == "manager"
        return describe(framework, rows, chosen, own_team=own_team)


def describe(
    framework: Framework, rows: dict[str, list[SkillRating]], dimension: str, *, own_team: bool
) -> dict[str, Any]:
    """A group's readiness in the shape of the contract's ReadinessAnswer."""
    team = readiness.team(rows, framework, own_team=own_team)
    cells: Sequence[Sequence[readiness.Cell]] = (
        [] if team.suppressed else readiness.heat_map(rows, framework, dimension, own_team=own_team)
    )
    return {
        "sentence": team.sentence,
        "people": team.people,
        "ready": team.ready,
        "share": team.share,
        "interval": None if team.low is None else [team.low, team.high],
        "mean_readiness": team.mean,
        "suppressed": team.suppressed,
        "coverage": [
            {
                "competency": item.competency,
                "name": item.name,
                "core": item.competency in framework.core,
                "validated": item.validated,
                "in_progress": item.in_progress,
                "expired": item.expired,
                "not_started": item.not_started,
                "share_validated": round(item.share, 4),
                "mean_rating": item.mean_rating,
            }
            for item in team.coverage
        ],
        "heat_map_dimension": dimension,
        "heat_map": [
            {
                "competency": line[0].competency,
                "cells": [
                    {
                        "value": cell.value,
                        "mean": cell.mean,
                        "people": cell.people,
                        "suppressed": cell.suppressed,
                        "weak": cell.weak,
                    }
                    for cell in line
                ],
            }
            for line in cells
            if line
        ],
    }
