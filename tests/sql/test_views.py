"""Marts of which everybody reads their own, and the authorised views through which they do: a manager the own team, a
leader the own organisation."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from infra.bigquery import catalogue as warehouse
from infra.bigquery.catalogue import Catalogue, View
from infra.local.duckdb_warehouse import DuckDBWarehouse
from tests.sql.googlesql import GoogleSQL
from tests.sql.stopped_clock import StoppedClock

each_view = pytest.mark.parametrize("view", warehouse.catalogue().views.values(), ids=list(warehouse.catalogue().views))
ABOUT_PEOPLE = {"employee_id", "manager_id", "mentor_id", "actor", "subject", "name_of_person"}


def whose(view: View) -> tuple[str, str]:
    """The column by which rows are a viewer's, and another that tells them apart."""
    return ("leader_id", "framework_id") if view.of.startswith("organisations.") else ("manager_id", "employee_id")


def seen_by(viewer: str, view: View, tables: Catalogue) -> list[tuple[str, str]]:
    """Those two of the rows that a viewer sees of a few teams.

    The embedded engine has no accounts: who asks is a parameter there.
    """
    store = DuckDBWarehouse(":memory:", StoppedClock(date(2026, 3, 4)), tables)
    teams = [("dana@example.com", "joe"), ("dana@example.com", "sue"), ("eli@example.com", "kim"), ("", "ada")]
    filtered, other = whose(view)
    store.load(view.of, [{filtered: above, other: below} for above, below in teams])
    rows = store.query(view.sql.replace("SESSION_USER()", "@viewer"), {"viewer": viewer})
    store.close()
    return sorted((str(row[filtered]), str(row[other])) for row in rows)


@each_view
def test_a_viewer_sees_the_own_rows_and_nobody_elses(view: View, tables: Catalogue) -> None:
    assert view.sql.count("SESSION_USER()") == 1
    dana = [("dana@example.com", "joe"), ("dana@example.com", "sue")]
    assert seen_by("dana@example.com", view, tables) == dana
    assert seen_by("Dana@Example.com", view, tables) == dana
    assert seen_by("stranger@example.com", view, tables) == []


@each_view
def test_a_view_shows_every_column_of_its_mart_and_reads_nothing_else(view: View, tables: Catalogue) -> None:
    assert set(tables.addresses_in(view.sql)) == {view.of}
    assert tables.tables[view.of].rows_about == view.of.split(".")[0] != "aggregates"
    assert view.about


@pytest.mark.googlesql
@each_view
def test_googlesql_accepts_a_view_and_gives_the_columns_of_its_mart(
    view: View, tables: Catalogue, analyser: GoogleSQL
) -> None:
    columns = tables.tables[view.of].columns
    assert sorted(analyser.analyse(view.sql)) == sorted((column.name, column.googlesql) for column in columns)


def test_every_mart_about_individuals_says_so_and_has_a_view(tables: Catalogue) -> None:
    individual = {mart.address for mart in tables.marts if ABOUT_PEOPLE & set(mart.column_names)}
    assert individual == {mart.address for mart in tables.marts if mart.rows_about == "individuals"}
    own = {mart.address for mart in tables.marts if mart.rows_about != "aggregates"}
    assert {view.of for view in tables.views.values()} == own > individual


@pytest.mark.parametrize(
    ("dataset", "said"),
    [
        ("marts", "rows_about: individuals\n"),
        ("individuals", "rows_about: aggregates\n"),
        ("individuals", "rows_about: organisations\n"),
    ],
)
def test_a_mart_about_individuals_stands_in_a_dataset_that_nobody_reads(
    tmp_path: Path, dataset: str, said: str
) -> None:
    folder = tmp_path / "bigquery"
    shutil.copytree(warehouse.DIRECTORY, folder)
    individual, moved = (folder / "ratings" / f"{place}.team_skill_matrix.yaml" for place in ("individuals", dataset))
    declared = individual.read_text("utf-8")
    shutil.copy(individual.with_suffix(".sql"), folder / "ratings" / "marts.team_skill_matrix.sql")
    moved.write_text(
        declared.replace("individuals.team", f"{dataset}.team").replace("rows_about: individuals\n", said), "utf-8"
    )
    with pytest.raises(ValueError, match="rows about individuals or organisations, and no others"):
        warehouse.load(folder)
