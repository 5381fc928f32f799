"""Shows which titles a file of people may have in its column `role`, and the role that each has here."""

from __future__ import annotations

from functions.portal.shell import words
from functions.portal.shell.visit import Page, PageOrRedirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.people import people


def list_job_titles(on: Environment, visit: Visit) -> PageOrRedirect:
    found = people(on).list_job_titles.list(visit.caller)
    variables = {
        "titles": [(one.title, words.ROLE.get(one.role, one.role)) for one in found.titles],
        "roles": found.roles,
    }
    return Page("job_titles/job_titles.html", variables, "people")
