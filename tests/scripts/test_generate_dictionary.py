"""The data dictionary and the dashboards' recipes are what is declared, whole."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from infra.bigquery.catalogue import Table, catalogue
from infra.looker.pages import pages
from scripts.commands.generate_dictionary import DICTIONARY, RECIPES, dictionary, documents

each_mart = pytest.mark.parametrize("mart", catalogue().marts, ids=[mart.address for mart in catalogue().marts])


def test_both_documents_are_as_the_generator_writes_them() -> None:
    for path, text in documents(catalogue()):
        assert path.read_text("utf-8") == text, "run ./scripts/generate_dictionary"


def sections() -> dict[str, list[list[str]]]:
    """Address → the cells of its rows, as the document has them."""
    parts = re.split(r"^## `([\w.]+)`$", DICTIONARY.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return {
        address: [
            [cell.strip() for cell in row.strip("| ").split(" | ")]
            for row in re.findall(r"^\| `.*$", text, re.MULTILINE)
        ]
        for address, text in zip(parts[::2], parts[1::2], strict=True)
    }


def test_the_dictionary_has_the_tables_and_columns_that_dashboards_read_and_no_others() -> None:
    views = {view.of: view.address for view in catalogue().views.values()}
    declared = {
        views.get(mart.address, mart.address): [f"`{name}`" for name in mart.column_names] for mart in catalogue().marts
    }
    assert {address: [row[0] for row in rows] for address, rows in sections().items()} == declared


def test_no_column_lacks_a_meaning_or_a_unit() -> None:
    for address, rows in sections().items():
        for name, meaning, unit, *_ in rows:
            assert len(meaning.split()) > 1, f"{address}: {name} means {meaning!r}"
            assert unit, f"{address}: {name} has no unit"


@each_mart
def test_a_number_that_says_a_unit_in_words_has_it_declared(mart: Table) -> None:
    for column in mart.columns:
        if ", fraction 0-1" in column.description:
            assert column.measure is not None
            assert (column.measure.unit, column.measure.low, column.measure.high) == ("fraction", 0, 1), column.name
        if "points 0-100" in column.description:
            assert column.measure is not None
            assert (column.measure.unit, column.measure.low, column.measure.high) == ("points", 0, 100), column.name


def test_a_table_without_units_stops_the_generator() -> None:
    [mart] = [mart for mart in catalogue().marts if mart.name == "skill_coverage"]
    bare = replace(mart, columns=tuple(replace(column, measure=None) for column in mart.columns))
    tables = type(catalogue())([bare], views=[])
    with pytest.raises(ValueError, match="neither unit nor range"):
        dictionary(tables)


def test_every_page_has_its_recipe_with_every_chart() -> None:
    text = RECIPES.read_text("utf-8")
    for page in pages().values():
        recipe = text.partition(f"### {page.title}\n")[2].partition("\n### ")[0]
        assert f"Page `{page.name}`" in recipe
        for chart in page.charts:
            assert f"| {chart.chart} |" in recipe
            assert ", ".join(f"`{column}`" for column in chart.shows) in recipe
