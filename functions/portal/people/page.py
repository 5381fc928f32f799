"""Shows who is there, and how each stands: the list that leads to the profiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from functions.portal.shell import figures, words
from functions.portal.shell.visit import Page, PageOrRedirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.ratings import ratings
from shared.kernel.errors import Rejected
from shared.kernel.reading import is_document_name
from shared.people.domain.name_search import LONGEST_SEARCH
from shared.ratings.domain.discrepancy import Reason
from shared.ratings.usecases.list_people import ListedPerson

PER_PAGE = 50


@dataclass(frozen=True)
class Person:
    """One row. readiness: mean of the core ratings; None while not all are known. seen, validated: of core competencies

    interval: where the mean of the core levels lies

    core_validated: all of them are

    visible: the viewer may open the profile; told: how they stand is shown here; rated: skills are expected of them
    closed: of some calls nothing counts here yet
    """

    employee_id: str
    name: str
    role: str
    manager: str | None
    readiness: float | None
    validated: int
    core: int
    core_validated: bool
    seen: int = 0
    expired: int = 0
    declining: int = 0
    discrepancies: Mapping[Reason, int] = field(default_factory=dict)
    active: bool = True
    visible: bool = True
    told: bool = True
    rated: bool = True
    closed: bool = False
    interval: Sequence[float] | None = None


@dataclass(frozen=True)
class People:
    """scope: whom the list shows, as a title (`Your reports`). more: address of the next page, None at the end."""

    scope: str
    people: tuple[Person, ...]
    search: str = ""
    more: str | None = None
    may_import: bool = False


def list_people(on: Environment, visit: Visit) -> PageOrRedirect:
    search = visit.query.get("search", "").strip()[:LONGEST_SEARCH]
    found = ratings(on).list_people.page(visit.caller, search=search, after=_after(visit), limit=PER_PAGE)
    more = None
    if found.next is not None:
        more = "/people?" + urlencode({"search": search, "after": found.next})
    shown = tuple(_person(one) for one in found.people)
    return present(People(visit.scope, shown, search, more, visit.may("people.write")))


def _after(visit: Visit) -> str | None:
    """Raises Rejected for what is nobody's id."""
    given = visit.query.get("after")
    if given is not None and not is_document_name(given):
        raise Rejected(f"after: {given[:60]!r} is no id of a person", field="after")
    return given


def present(view: People) -> Page:
    rows = [
        {
            "person": person,
            "readiness": words.points(person.readiness),
            "unknown": words.unknown(person.seen, person.core),
            "range": figures.span(person.readiness, person.interval),
            "look_at": [
                f"{number} {word}"
                for number, word in (
                    (person.expired, "expired"),
                    (person.declining, "declining"),
                    *((person.discrepancies.get(reason, 0), word) for reason, word in words.DISCREPANCY.items()),
                )
                if number
            ],
        }
        for person in view.people
    ]
    return Page("people/people.html", {"view": view, "rows": rows}, "people")


def _person(one: ListedPerson) -> Person:
    employee = one.employee
    return Person(
        employee_id=employee.employee_id,
        name=employee.name,
        role=words.ROLE.get(employee.role, employee.role),
        manager=one.manager,
        readiness=one.readiness,
        interval=one.interval,
        validated=one.validated,
        core=one.core,
        core_validated=one.core_validated,
        seen=one.seen,
        expired=one.expired,
        declining=one.declining,
        discrepancies=one.discrepancies,
        active=employee.active,
        visible=one.visible,
        told=one.told,
        closed=one.closed,
        rated=one.rated,
    )
