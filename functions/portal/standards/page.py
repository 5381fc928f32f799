"""Lists the official standards that are kept."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from functions.portal.shell.visit import Page, PageOrRedirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.taxonomy import taxonomy
from shared.taxonomy.contract import StandardSummary

PER_PAGE = 40
KIND = {
    "apprenticeship": "Apprenticeship",
    "foundation_apprenticeship": "Foundation apprenticeship",
    "apprenticeship_unit": "Apprenticeship unit",
}


@dataclass(frozen=True)
class Standards:
    """Holds a page of the list. next: where it goes on; all: they are everybody's, and not those of the own world"""

    standards: tuple[StandardSummary, ...]
    next: str | None
    all: bool


def list_standards(on: Environment, visit: Visit) -> PageOrRedirect:
    found = taxonomy(on).read_standards.page(visit.caller, PER_PAGE, visit.query.get("after") or None)
    return present(Standards(tuple(found.standards), found.next_cursor, visit.may("standards.read")))


def present(view: Standards) -> Page:
    rows = [(one, address(one.key), KIND[one.kind]) for one in view.standards]
    following = None if view.next is None else f"/standards?after={quote(view.next, safe='')}"
    return Page("standards/standards.html", {"view": view, "rows": rows, "following": following}, "standards")


def address(key: str) -> str:
    """Returns where a standard's page is."""
    return f"/standards/{quote(key, safe='@')}"
