"""Writes the data dictionary and the recipes of the dashboards from the warehouse's declared tables and views.

`docs/data-dictionary.md` has every table that a dashboard can read, with every column: what it means, in which unit and
range, and who sees it; `docs/dashboards.md` every page: for whom, which charts of which columns, filters and rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from functions.portal.shell.words import ROLE
from infra.bigquery.catalogue import Catalogue, Column, Table, View, catalogue
from infra.looker.pages import ReportPage, pages
from scripts.commands.generated_text import refuse_arguments, written_between

DOCUMENTS = Path(__file__).resolve().parents[2] / "docs"
DICTIONARY = DOCUMENTS / "data-dictionary.md"
RECIPES = DOCUMENTS / "dashboards.md"
BEGIN = "<!-- {what}: ./scripts/generate_dictionary writes what stands between these lines -->"
END = "<!-- end of {what} -->"


def dictionary(tables: Catalogue) -> str:
    """Returns one section per table that reports read, as Markdown."""
    return "\n\n".join(_section(table, _view_of(tables, table)) for table in tables.marts)


def recipes(tables: Catalogue) -> str:
    """Returns one section per page, as Markdown."""
    return "\n\n".join(_recipe(tables, page) for page in pages().values())


def written(document: str, what: str, text: str) -> str:
    """Returns the document with the text between its marks replaced. Raises ValueError when a mark is missing."""
    return written_between(document, BEGIN.format(what=what), text, END.format(what=what))


def _view_of(tables: Catalogue, table: Table) -> View | None:
    return next((view for view in tables.views.values() if view.of == table.address), None)


def _section(table: Table, view: View | None) -> str:
    address = table.address if view is None else view.address
    page = pages()[table.page or ""]
    lines = [f"## `{address}`", "", f"**{table.question}** {table.about.strip()}", ""]
    lines += [f"- a row: {table.grain}", f"- on the page: {page.title} (`{page.name}`)", f"- {_who(page, view)}"]
    lines += ["", "| column | what it means | unit | range |", "|---|---|---|---|", *_rows(table.columns)]
    return "\n".join(lines)


def _who(page: ReportPage, view: View | None) -> str:
    audience = ", ".join(ROLE[role] for role in page.audience)
    if view is None:
        return f"who sees it: {audience}; all of them the same rows, by the group `mart_readers`"
    return f"who sees it: {audience}; each their own rows, by `{page.filter}` (`{view.of}` itself is nobody's to read)"


def _rows(columns: Sequence[Column]) -> Iterator[str]:
    for column in columns:
        measure = column.measure
        if measure is None:
            raise ValueError(f"{column.name} has neither unit nor range")
        number = measure.range if column.type in ("INTEGER", "FLOAT") else ""
        yield f"| `{column.name}` | {column.description} | {measure.unit} | {number} |"


def _recipe(tables: Catalogue, page: ReportPage) -> str:
    rows = "everybody's the same" if page.filter is None else f"those whose `{page.filter}` is the viewer's address"
    lines = [f"### {page.title}", "", f"Page `{page.name}`, for {', '.join(ROLE[role] for role in page.audience)}.", ""]
    lines += [f"- credentials: the {page.credentials}'s; rows: {rows} ({page.why})"]
    lines += [f"- filters: {', '.join(f'`{column}`' for column in page.filters)}"]
    lines += ["", "| chart | answers | data source (alias) | columns, in this order |", "|---|---|---|---|"]
    for chart in page.charts:
        columns = ", ".join(f"`{column}`" for column in chart.shows)
        question = tables.mart(chart.mart).question
        lines.append(f"| {chart.chart} | {question} | `{chart.source}` (`{chart.mart}`) | {columns} |")
    return "\n".join(lines)


def documents(tables: Catalogue) -> Iterator[tuple[Path, str]]:
    """Yields both documents as they should be."""
    for path, what, text in ((DICTIONARY, "tables", dictionary(tables)), (RECIPES, "pages", recipes(tables))):
        yield path, written(path.read_text("utf-8"), what, text)


def main(arguments: Sequence[str]) -> int:
    refuse_arguments("generate_dictionary", __doc__, arguments)
    for path, text in documents(catalogue()):
        path.write_text(text, "utf-8")
    return 0
