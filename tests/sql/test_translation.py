"""What the translation to DuckDB puts right, on values where sqlglot's own answer is wrong or fails."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import pytest

from infra.local.googlesql_on_duckdb import translated

MESSAGE = {
    "at": "2026-11-24T11:30:00+02:00",
    "flag": False,
    "number": 81.25,
    "nothing": None,
    "people": [
        {"name": "ann", "tags": {"b": ["y", "x"], "a": ["z"]}, "skill": {"q": "1", "p": "2"}},
        {"name": None, "tags": {}},
        {},
    ],
}


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    connection.execute("SET TimeZone = 'UTC'; CREATE SCHEMA raw; CREATE TABLE raw.page_viewed (data VARCHAR)")
    connection.execute("INSERT INTO raw.page_viewed VALUES (?)", [json.dumps(MESSAGE)])
    return connection


def _one(connection: duckdb.DuckDBPyConnection, expression: str) -> Any:
    statement, _ = translated(f"SELECT {expression} AS answer FROM raw.page_viewed")
    (row,) = connection.execute(statement).fetchall()
    return row[0]


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("CAST(SAFE_CAST(JSON_VALUE(data, '$.at') AS TIMESTAMP) AS STRING)", "2026-11-24 09:30:00"),
        ("SAFE_CAST(JSON_VALUE(data, '$.number') AS FLOAT64)", 81.25),
        ("SAFE_CAST(JSON_VALUE(data, '$.flag') AS BOOL)", False),
        ("JSON_VALUE(data, '$.nothing')", None),
        ("JSON_VALUE(data, '$.absent')", None),
        ("SAFE_CAST(JSON_VALUE(data, '$.at') AS INT64)", None),
    ],
)
def test_a_field_is_read(connection: duckdb.DuckDBPyConnection, expression: str, answer: Any) -> None:
    assert _one(connection, expression) == answer


def test_an_array_of_records_is_read_as_a_comprehension(connection: duckdb.DuckDBPyConnection) -> None:
    expression = """ARRAY(
      SELECT AS STRUCT
        JSON_VALUE(person, '$.name') AS name,
        ARRAY(
          SELECT AS STRUCT tag, value
          FROM UNNEST(JSON_KEYS(PARSE_JSON(JSON_QUERY(person, '$.tags')), 1)) AS tag,
            UNNEST(JSON_VALUE_ARRAY(PARSE_JSON(JSON_QUERY(person, '$.tags'))[tag])) AS value
          ORDER BY tag, value
        ) AS tags,
        ARRAY(
          SELECT AS STRUCT k, JSON_VALUE(PARSE_JSON(JSON_QUERY(person, '$.skill'))[k]) AS v
          FROM UNNEST(JSON_KEYS(PARSE_JSON(JSON_QUERY(person, '$.skill')), 1)) AS k ORDER BY k
        ) AS skill
      FROM UNNEST(JSON_QUERY_ARRAY(data, '$.people')) AS person
    )"""
    tags = [{"tag": "a", "value": "z"}, {"tag": "b", "value": "x"}, {"tag": "b", "value": "y"}]
    assert _one(connection, expression) == [
        {"name": "ann", "tags": tags, "skill": [{"k": "p", "v": "2"}, {"k": "q", "v": "1"}]},
        {"name": None, "tags": [], "skill": []},
        {"name": None, "tags": [], "skill": []},
    ]
    statement, _ = translated(f"SELECT {expression} AS answer FROM raw.page_viewed")
    assert "UNNEST" not in statement


def test_an_absent_array_is_empty(connection: duckdb.DuckDBPyConnection) -> None:
    expression = (
        "ARRAY(SELECT AS STRUCT JSON_VALUE(p, '$.name') AS name FROM UNNEST(JSON_QUERY_ARRAY(data, '$.no')) AS p)"
    )
    assert _one(connection, expression) == []


@pytest.mark.parametrize(
    "clause", ["WHERE JSON_VALUE(p, '$.name') = 'ann'", "ORDER BY JSON_VALUE(p, '$.name') DESC", "LIMIT 1"]
)
def test_a_subquery_that_does_more_than_go_through_stays_a_subquery(
    connection: duckdb.DuckDBPyConnection, clause: str
) -> None:
    expression = f"""ARRAY(
      SELECT AS STRUCT JSON_VALUE(p, '$.name') AS name FROM UNNEST(JSON_QUERY_ARRAY(data, '$.people')) AS p {clause}
    )"""
    assert _one(connection, expression)[0] == {"name": "ann"}


def test_a_count_of_nothing_but_nulls_is_zero(connection: duckdb.DuckDBPyConnection) -> None:
    assert _one(connection, "COUNTIF(JSON_VALUE(data, '$.nothing') = 'x')") == 0


def test_parameters_are_named() -> None:
    statement, names = translated("SELECT @one + @two AS sum, @one AS one")
    assert names == {"one", "two"}
    assert duckdb.connect().execute(statement, {"one": 1, "two": 2}).fetchall() == [(3, 1)]
