"""What holds for every file of infra/bigquery."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
import yaml

from infra.bigquery import catalogue as warehouse
from infra.bigquery.catalogue import Catalogue, Column, Table
from infra.declarations.pipeline import load_pipeline
from scripts.commands import generate_tables
from shared.kernel.access import Role
from shared.kernel.errors import NotFound
from tests.sql.cases import PIPELINE
from tests.sql.googlesql import GoogleSQL

FILLED = warehouse.catalogue().order
SELECTS = {address: warehouse.catalogue().tables[address] for address in FILLED}
each_filled = pytest.mark.parametrize("table", SELECTS.values(), ids=SELECTS)
SHARED = Path(__file__).parents[2] / "shared"
each_table = pytest.mark.parametrize(
    "table", warehouse.catalogue().tables.values(), ids=list(warehouse.catalogue().tables)
)


def test_the_generated_files_are_as_the_generator_writes_them() -> None:
    for path, text in generate_tables.generated(load_pipeline()).items():
        committed = (warehouse.DIRECTORY / path).read_text(encoding="utf-8")
        assert committed == text, f"{path}: run scripts/generate_tables"


def test_the_warehouse_is_laid_out_by_the_capabilities() -> None:
    files = [path for path in warehouse.DIRECTORY.rglob("*.*") if path.suffix in {".yaml", ".sql"}]
    assert len(files) > 60
    for path in files:
        assert path.parent.parent == warehouse.DIRECTORY, path
        assert (SHARED / path.parent.name / "__init__.py").is_file(), f"{path.parent.name} is no capability"


def test_a_table_is_declared_once(tables: Catalogue) -> None:
    mart = tables.mart("skill_coverage")
    with pytest.raises(ValueError, match=r"marts\.skill_coverage is declared twice"):
        Catalogue([mart, replace(mart)])


def test_no_generated_file_is_left_of_a_topic_that_went() -> None:
    expected = set(generate_tables.generated(load_pipeline()))
    found = {
        path.relative_to(warehouse.DIRECTORY)
        for path in warehouse.DIRECTORY.rglob("*.*")
        if path.suffix != ".pyc" and generate_tables.NOTE in path.read_text(encoding="utf-8")
    }
    assert found == expected


def test_every_topic_is_carried_into_a_raw_table_that_expires(tables: Catalogue) -> None:
    ours = [topic for topic, told in PIPELINE["topics"].items() if not told.get("from_outside")]
    assert ours
    for topic in ours:
        raw = tables.raw_of(topic)
        assert raw.column_names == ("subscription_name", "message_id", "publish_time", "data", "attributes")
        assert raw.expires_days == PIPELINE["warehouse_subscriptions"]["retention_days"]
        assert tables.reads(tables.tables[raw.address.replace("raw.", "staging.")]) == {raw.address}


@each_filled
def test_the_first_line_of_a_select_states_its_grain(table: Table) -> None:
    assert warehouse.first_comment(table.sql or "") == table.grain


@each_table
def test_a_key_is_made_of_columns_and_every_column_is_described(table: Table) -> None:
    assert table.key
    named = {
        *table.key,
        *table.newest_by,
        *table.cluster_by,
        *([table.partition_by["field"]] if table.partition_by else []),
    }
    assert named <= set(table.column_names)
    assert len(set(table.column_names)) == len(table.column_names)
    for column in _all(table.columns):
        assert len(column.description) > 3, column.name


def _all(columns: tuple[Column, ...]) -> list[Column]:
    return [inner for column in columns for inner in (column, *_all(column.fields))]


@pytest.mark.parametrize("table", warehouse.catalogue().marts, ids=lambda table: table.name)
def test_a_mart_asks_one_question_has_an_owner_and_a_version_and_gives_the_unit_of_every_number(table: Table) -> None:
    [path] = warehouse.DIRECTORY.glob(f"*/{table.address}.yaml")
    declared = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert declared["question"].count("?") == 1
    assert declared["owner"] in get_args(Role)
    assert declared["version"] >= 1
    for column in table.columns:
        if column.type in ("INTEGER", "FLOAT"):
            assert re.search(r"points|fraction|[Nn]umber|People|How many|unit|count", column.description), column.name


def test_marts_read_staging_and_never_raw(tables: Catalogue) -> None:
    for mart in tables.marts:
        assert {address.split(".")[0] for address in tables.reads(mart)} == {"staging"}, mart.name


def test_a_refresh_fills_a_table_after_those_that_it_reads(tables: Catalogue) -> None:
    for place, address in enumerate(tables.order):
        filled_before = set(tables.order[:place])
        for read in tables.reads(tables.tables[address]):
            assert read in filled_before or tables.tables[read].sql is None


@pytest.mark.googlesql
@each_filled
def test_googlesql_accepts_a_select_and_gives_the_declared_columns(table: Table, analyser: GoogleSQL) -> None:
    columns = analyser.analyse(table.sql or "")
    assert columns == [(column.name, column.googlesql) for column in table.columns]


@pytest.mark.googlesql
@each_filled
def test_googlesql_accepts_the_statements_that_fill_a_table(
    table: Table, tables: Catalogue, analyser: GoogleSQL
) -> None:
    for statement in tables.fill(table):
        assert analyser.analyse(statement) == []  # a statement gives no columns, and what is wrong raises


@pytest.mark.googlesql
@pytest.mark.parametrize("name", sorted(warehouse.catalogue().checks))
def test_googlesql_accepts_a_check(name: str, tables: Catalogue, analyser: GoogleSQL) -> None:
    assert analyser.analyse(tables.check(name).sql)


@pytest.mark.googlesql
@pytest.mark.parametrize("name", sorted(warehouse.catalogue().questions))
def test_googlesql_accepts_a_question(name: str, tables: Catalogue, analyser: GoogleSQL) -> None:
    assert analyser.analyse(tables.question(name))


@pytest.mark.parametrize("name", sorted(warehouse.catalogue().questions))
def test_a_question_says_its_grain_and_reads_staging_only(name: str, tables: Catalogue) -> None:
    assert warehouse.first_comment(tables.question(name)).startswith("one row per ")
    assert {address.split(".")[0] for address in tables.addresses_in(tables.question(name))} == {"staging"}


@pytest.mark.googlesql
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT revenue FROM staging.page_viewed",
        "SELECT MAX_BY(page, viewed_at, 3) FROM staging.page_viewed",
        "SELECT employee_id, COUNT(*) FROM staging.page_viewed",
        "SELECT page + 1 FROM staging.page_viewed",
        "SELECT CAST(page AS DOUBLE) FROM staging.page_viewed",
        "SELECT at FROM staging.audit_recorded",
    ],
)
def test_the_analyser_refuses_what_bigquery_refuses(sql: str, analyser: GoogleSQL) -> None:
    with pytest.raises(Exception, match="INVALID_ARGUMENT"):
        analyser.analyse(sql)


def test_names_are_rendered_wherever_a_table_is_named(tables: Catalogue) -> None:
    sql = "SELECT m.page, 'marts' FROM marts.success_metrics AS m -- marts.skill_coverage\nJOIN staging.nothing AS n"
    rendered = tables.render(sql, lambda address: f"`p.{address}`")
    assert rendered.startswith("SELECT m.page, 'marts' FROM `p.marts.success_metrics` AS m")
    assert "staging.nothing" in rendered


def test_unknown_names_are_not_found(tables: Catalogue) -> None:
    for ask in (tables.mart, tables.table, tables.check, tables.question, tables.raw_of):
        with pytest.raises(NotFound, match="nonsense"):
            ask("nonsense")
    with pytest.raises(NotFound, match="subscription"):
        tables.fill(tables.tables["raw.page_viewed"])
