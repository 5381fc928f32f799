"""Shows the reports that are for a person's role: the dashboards' pages, from the warehouse of this machine."""

from __future__ import annotations

from functions.portal.reports.table import Shown, shown
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.bigquery.catalogue import catalogue
from infra.looker.pages import ReportPage, pages, pages_of
from infra.wiring.environment import Environment
from infra.wiring.people import people
from infra.wiring.reports import reports
from infra.wiring.taxonomy import taxonomy
from shared.kernel.access import SMALLEST_GROUP
from shared.kernel.errors import Forbidden, NotFound


def list_reports(on: Environment, visit: Visit) -> PageOrRedirect:
    """Shows the questions that the person's role has reports for."""
    reports(on)
    role = visit.caller.role
    mine = [] if role is None else pages_of(role)
    listed = [(page, [catalogue().mart(chart.mart).question for chart in page.charts]) for page in mine]
    return Page("reports/reports.html", {"listed": listed}, "reports")


def show_report(on: Environment, visit: Visit, name: str) -> PageOrRedirect:
    """Shows one report; rows about individuals are the people's own pages."""
    page = pages().get(name)
    if page is None:
        raise NotFound("There is no such report.")
    if visit.caller.role not in page.audience:
        raise Forbidden("This report is for another role.")
    if any(catalogue().mart(chart.mart).rows_about == "individuals" for chart in page.charts):
        return Redirect("/people")
    others = [(item.framework_id, item.name) for item in taxonomy(on).skills.frameworks(visit.caller)]
    variables = {
        "page": page,
        "charts": _charts(on, visit, page),
        "frameworks": others if "framework_id" in page.filters else [],
        "chosen": visit.framework_id,
        "least": SMALLEST_GROUP,
    }
    return Page("reports/report.html", variables, "reports")


def _charts(on: Environment, visit: Visit, page: ReportPage) -> list[Shown]:
    found = []
    named = any("team" in chart.shows for chart in page.charts)
    names = taxonomy(on).skills.competency_names(visit.caller)
    if named:
        names |= {one.employee_id: one.name for one in people(on).in_sight.all(visit.caller)}
    for chart in page.charts:
        mart = catalogue().mart(chart.mart)
        rows = reports(on).rows(visit.caller, mart.name, audience=page.audience, own=page.filter)
        if "framework_id" in page.filters:
            rows = [row for row in rows if row["framework_id"] == visit.framework_id]
        found.append(shown(mart, chart, rows, page.filter, names))
    return found
