"""Shows who of the viewer's learners may do what, alone or under supervision, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from functions.portal.learners.page import AUTHORISED, address
from functions.portal.shell.visit import Page, PageOrRedirect, Visit
from infra.wiring.enrolment import enrolment
from infra.wiring.environment import Environment
from shared.learning.enrolment_contract import AuthorisationState, AuthorisedList

PER_PAGE = 15
SCOPES = (("alone", "Alone"), ("supervised", "Supervised only"))
MARK: Mapping[AuthorisationState, str] = {"to_come": "gap", "in_force": "validated", "ends_soon": "stale"}


@dataclass(frozen=True)
class AuthorisationsPage:
    """Holds a page of learners, each with what they may do."""

    found: AuthorisedList


def show_authorisations(on: Environment, visit: Visit) -> PageOrRedirect:
    """Shows a page of the learners in the viewer's sight, with what each may do."""
    return present(
        AuthorisationsPage(enrolment(on).authorise.in_force(visit.caller, PER_PAGE, visit.query.get("after") or None))
    )


def present(view: AuthorisationsPage) -> Page:
    following = view.found.next_cursor
    variables = {
        "rows": [
            (
                one,
                address(one.employee_id),
                [
                    (
                        title,
                        [each for each in one.authorisations if each.scope == scope],
                    )
                    for scope, title in SCOPES
                    if any(each.scope == scope for each in one.authorisations)
                ],
            )
            for one in sorted(view.found.learners, key=lambda one: (one.name.casefold(), one.employee_id))
        ],
        "MARK": MARK,
        "AUTHORISED": AUTHORISED,
        "following": None if following is None else f"/learners/authorisations?after={quote(following, safe='@')}",
    }
    return Page("authorisations/authorisations.html", variables, "learners")
