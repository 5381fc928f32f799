"""Who is there, and how each stands: the list that leads to the profiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from functions.portal.shell import figures, words


@dataclass(frozen=True)
class Person:
    """One row. readiness: mean of the core ratings, an unknown counting 40; validated of core competencies.

    visible: the viewer may open the profile; else only the name is shown. rated: skills are expected of this person
    """

    employee_id: str
    name: str
    role: str
    manager: str | None
    readiness: float | None
    validated: int
    core: int
    expired: int = 0
    declining: int = 0
    discrepancies: int = 0
    active: bool = True
    visible: bool = True
    rated: bool = True


@dataclass(frozen=True)
class People:
    """scope: whom the list shows, as a title (`Your reports`). more: address of the next page, None at the end."""

    scope: str
    people: tuple[Person, ...]
    search: str = ""
    order: str = "readiness"
    total: int | None = None
    more: str | None = None


def present(view: People) -> Mapping[str, Any]:
    return {
        "view": view,
        "rows": [
            {
                "person": person,
                "readiness": words.points(person.readiness),
                "at": None if person.readiness is None else figures.at(person.readiness),
                "ready": person.core > 0 and person.validated == person.core,
            }
            for person in view.people
        ],
    }
