"""Makes the link that creates a dashboard's page on one's own project, in the words of Google's Linking API.

A template is a report that somebody has built by docs/dashboards.md; its data sources have the aliases that `aliases`
gives. Without one the link makes a blank report with the page's data sources connected, to put charts on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from infra.looker.pages import ReportPage


@dataclass(frozen=True)
class Product:
    """Google's dashboards, under the name of the day: Looker Studio is called Data Studio again since April 2026, and
    either host leads to it."""

    name: str = "Data Studio"
    host: str = "datastudio.google.com"


@dataclass(frozen=True, slots=True)
class Warehouse:
    """Says where the tables stand. billing: the project that pays for the queries"""

    project: str
    billing: str


def aliases(page: ReportPage, *, template: bool) -> Mapping[str, str]:
    """Returns alias → address of the page's data sources.

    In a template the alias is the table's name, in a blank report ds0, ds1 …
    """
    return {
        source.rpartition(".")[2] if template else f"ds{number}": source for number, source in enumerate(page.sources)
    }


def link(page: ReportPage, audience: str, at: Warehouse, product: Product, template: str | None = None) -> str:
    """Returns the address that creates the page for an audience. template: the id of the report to copy, if any"""
    parameters = [("c.reportId", template)] if template else []
    parameters += [("c.mode", "view" if template else "edit"), ("r.reportName", f"{page.title} ({audience})")]
    for alias, source in aliases(page, template=template is not None).items():
        dataset, table = source.split(".")
        values = {
            "connector": "bigQuery",
            "type": "TABLE",
            "projectId": at.project,
            "datasetId": dataset,
            "tableId": table,
            "billingProjectId": at.billing,
            "datasourceName": source,
        }
        parameters += [(f"ds.{alias}.{name}", value) for name, value in values.items()]
    return f"https://{product.host}/reporting/create?{urlencode(parameters, quote_via=quote, safe='')}"
