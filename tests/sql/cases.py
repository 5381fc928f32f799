"""Given/expect cases: yaml files below tests/sql/<capability>/<dataset>.<table>, each one situation.

about   the situation, in a sentence
as_of   the present day
given   rows per table; absent columns are NULL. A row of a raw table has a `message` instead of `data`: the fields
        of the topic's contract, which must accept them. `{1..6}` in a text makes the row six rows.
expect  the rows, in the order of the table's key; a row's absent columns are not compared
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from infra.bigquery.catalogue import Catalogue, Column
from infra.declarations.topic_contracts import contract_of

HERE = Path(__file__).parent
PIPELINE = yaml.safe_load((HERE.parent.parent / "infra" / "declarations" / "pipeline.yaml").read_text(encoding="utf-8"))
_RANGE = re.compile(r"\{(\d+)\.\.(\d+)\}")


@dataclass(frozen=True)
class Case:
    path: Path
    table: str
    about: str
    as_of: date
    given: Mapping[str, Sequence[Mapping[str, Any]]]
    expect: Sequence[Mapping[str, Any]]

    @property
    def name(self) -> str:
        return f"{self.table}-{self.path.stem}"


def cases(tables: Catalogue) -> list[Case]:
    return [_case(path, tables) for path in sorted(HERE.glob("*/*/*.yaml"))]


def _case(path: Path, tables: Catalogue) -> Case:
    declared = yaml.safe_load(path.read_text(encoding="utf-8"))
    given = {
        address: [_row(row, tables, address) for rows in listed for row in _expanded(rows)]
        for address, listed in declared["given"].items()
    }
    expect = [row for listed in declared["expect"] for row in _expanded(listed)]
    return Case(path, path.parent.name, declared["about"], declared["as_of"], given, expect)


def _expanded(row: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    text = json.dumps(row, default=_kept)
    ranges = {(int(first), int(last)) for first, last in _RANGE.findall(text)}
    if not ranges:
        yield row
        return
    [(first, last)] = ranges
    for number in range(first, last + 1):
        yield _replaced(row, str(number))


def _kept(value: object) -> str:
    return str(value)


def _replaced(value: Any, number: str) -> Any:
    if isinstance(value, str):
        return _RANGE.sub(number, value)
    if isinstance(value, Mapping):
        return {name: _replaced(inner, number) for name, inner in value.items()}
    return [_replaced(inner, number) for inner in value] if isinstance(value, list) else value


def _row(row: Mapping[str, Any], tables: Catalogue, address: str) -> dict[str, Any]:
    table = tables.tables[address]
    fields = dict(row)
    if "message" in fields:
        contract = contract_of(PIPELINE["topics"][table.topic]["contract"])
        fields["data"] = json.dumps(contract.model_validate(fields.pop("message")).model_dump(mode="json"))
    unknown = fields.keys() - set(table.column_names)
    assert not unknown, f"{address} has no column {unknown}"
    return {column.name: _typed(column, fields[column.name]) for column in table.columns if column.name in fields}


def _typed(column: Column, value: Any) -> Any:
    """Yaml reads a time without its zone as UTC without saying so."""
    if column.mode == "REPEATED":
        return [_typed_one(column, item) for item in value]
    return _typed_one(column, value)


def _typed_one(column: Column, value: Any) -> Any:
    if column.type == "RECORD":
        return {field.name: _typed(field, value[field.name]) for field in column.fields if field.name in value}
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value


def differences(case: Case, key: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is not as expected, in words; numbers may differ in the seventh digit."""
    found = sorted(rows, key=lambda row: [str(row[column]) for column in key])
    if len(found) != len(case.expect):
        return [f"{len(case.expect)} rows are expected, {len(found)} came: {[[r[k] for k in key] for r in found]}"]
    return [
        f"row {number}, {column}: expected {expected[column]!r}, came {row.get(column)!r}"
        for number, (expected, row) in enumerate(zip(case.expect, found, strict=True))
        for column in expected
        if not _same(expected[column], row.get(column))
    ]


def _same(expected: Any, found: Any) -> bool:
    if isinstance(expected, bool) or expected is None or found is None:
        return expected is found
    if isinstance(expected, int | float) and isinstance(found, int | float):
        return math.isclose(expected, found, rel_tol=1e-7, abs_tol=1e-9)
    if isinstance(expected, datetime):
        aware = expected if expected.tzinfo else expected.replace(tzinfo=UTC)
        return bool(aware == found)
    if isinstance(expected, list):
        return len(expected) == len(found) and all(_same(a, b) for a, b in zip(expected, found, strict=True))
    if isinstance(expected, dict):
        return all(_same(inner, found.get(name)) for name, inner in expected.items())
    return bool(expected == found)
