"""Shows all that stands behind one competency of a learner: quick checks, what people saw, what was brought."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from functions.portal.learners.page import address
from functions.portal.shell import words
from functions.portal.shell.paging import following
from functions.portal.shell.visit import Page, PageOrRedirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.learning import learning
from shared.kernel.access import is_own
from shared.learning.contract import PieceList
from shared.platform.edges.query import place_of

PER_PAGE = 25


@dataclass(frozen=True)
class EvidenceBehindPage:
    """Holds a page of pieces. more: the address of the next one"""

    found: PieceList
    more: str | None = None
    own: bool = False


def show_evidence_behind(on: Environment, visit: Visit, employee_id: str, competency: str) -> PageOrRedirect:
    """Shows a page of pieces, the newest first; of anybody's but the own it is on record."""
    found, end = learning(on).mastery.behind(visit.caller, employee_id, competency, PER_PAGE, place_of(visit))
    more = following(address_of(found.employee_id, found.competency), end)
    return present(EvidenceBehindPage(found, more, is_own(visit.caller, found.employee_id)))


def address_of(employee_id: str, competency: str) -> str:
    """Returns where all that stands behind a competency is."""
    return f"{address(employee_id)}/evidence/{quote(competency, safe='')}"


def present(view: EvidenceBehindPage) -> Page:
    return Page(
        "evidence_behind/evidence_behind.html",
        {
            "view": view,
            "learner": address(view.found.employee_id),
            "said": words.statement(view.found.competency, view.found.competency_name),
        },
        "learners",
    )
