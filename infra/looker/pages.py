"""Reads the dashboards' pages.

page       the name, that of the file
title      the question that the page answers
audience   the roles that it is for
row_rule   credentials: whose access reads the rows, the report's owner or the viewer; filter: the column that the view
           compares with the viewer's e-mail address, or none; why
filters    columns that a reader may filter by
charts     mart, source (the view in whose place the mart is read), chart (its kind), shows (columns)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from infra.bigquery.catalogue import catalogue
from shared.kernel.access import ROLES, Role

DIRECTORY = Path(__file__).parent

Credentials = Literal["owner", "viewer"]


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart. source: the address that is read, the mart's own or that of its view"""

    mart: str
    source: str
    chart: str
    shows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One page. filter: the column by which rows are the viewer's; None where everybody sees the same"""

    name: str
    title: str
    audience: tuple[Role, ...]
    credentials: Credentials
    filter: str | None
    why: str
    filters: tuple[str, ...]
    charts: tuple[Chart, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """Returns the addresses that the charts read, each once, in their order."""
        return tuple(dict.fromkeys(chart.source for chart in self.charts))


@cache
def pages() -> Mapping[str, ReportPage]:
    """Returns every page by its name; a ValueError names the file that is wrong."""
    return {path.stem: _page(path) for path in sorted(DIRECTORY.glob("*.yaml"))}


def pages_of(role: Role) -> tuple[ReportPage, ...]:
    """Returns the pages that are for a role."""
    return tuple(page for page in pages().values() if role in page.audience)


def _page(path: Path) -> ReportPage:
    declared: Mapping[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    rule = declared["row_rule"]
    if declared["page"] != path.stem:
        raise ValueError(f"{path.name} declares {declared['page']}")
    if unknown := set(declared["audience"]) - set(get_args(Role)):
        raise ValueError(f"{path.name}: {', '.join(sorted(unknown))}: no such role")
    if rule["credentials"] not in get_args(Credentials):
        raise ValueError(f"{path.name}: credentials are the owner's or the viewer's, not {rule['credentials']}")
    return ReportPage(
        name=path.stem,
        title=declared["title"],
        audience=tuple(role for role in ROLES if role in declared["audience"]),
        credentials=rule["credentials"],
        filter=None if rule["filter"] == "none" else rule["filter"],
        why=rule["why"],
        filters=tuple(declared["filters"]),
        charts=tuple(_chart(chart) for chart in declared["charts"]),
    )


def _chart(declared: Mapping[str, Any]) -> Chart:
    mart = catalogue().mart(declared["mart"])
    return Chart(mart.name, declared.get("source", mart.address), declared["chart"], tuple(declared["shows"]))
