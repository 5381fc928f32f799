"""Erases one person from the warehouse, table by table: statements in GoogleSQL for either engine.

    raw        messages about the person go, in others a mention is replaced
    staging    rows about the person go, in others a mention is replaced; two tables stay under the pseudonym:
               employee_changed (role and framework) and ratings_snapshotted (readiness by day, without the skills)
    marts      about individuals: like staging; aggregates hold nobody and stay

The two tables keep the past's aggregates as they were told: without them, the difference between two readings of a
small team's mean would be what the erased person had. Every statement may run twice with the effect of once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from infra.bigquery.catalogue import Catalogue, Column, Table
from shared.ports.warehouse import Row

_KEPT: Mapping[str, str] = {
    "staging.employee_changed": (
        "employee_id = @instead, manager_id = NULL, hire_date = NULL, active = FALSE, changed_at = @now"
    ),
    "staging.ratings_snapshotted": "employee_id = @instead, skills = []",
}
_EMPTIED = ("manager_id", "mentor_id")
_MENTIONED = "REGEXP_REPLACE(REGEXP_REPLACE({column}, @mention, @put), @mention, @put)"
"""Twice: of two mentions with one character between them, the first pass takes the character for the first one."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """Says what is done to one table. count: how many rows it concerns, as `concerned`; statements: in this order."""

    address: str
    count: str
    statements: tuple[str, ...]


def erasures(catalogue: Catalogue) -> Iterator[Erasure]:
    """Yields what is to be done, for every table that can hold something of a person.

    The statements take @employee_id, @instead (the pseudonym), @mention and @put (see `parameters`) and @now.
    """
    for _, table in sorted(catalogue.tables.items()):
        erasure = _of_raw(table) if table.refresh == "subscription" else _of_rows(table)
        if erasure is not None:
            yield erasure


def parameters(employee_id: str, instead: str, now: datetime) -> Row:
    """Returns @mention: the id where it stands for itself, as RE2 writes it, with what is around it in groups; @put:
    those groups around the pseudonym."""
    written = re.escape(employee_id)
    return {
        "employee_id": employee_id,
        "instead": instead,
        "now": now,
        "mention": rf"(?i)(^|\\[nrt]|[^A-Za-z0-9_.%+@-]){written}(\.?(?:[^A-Za-z0-9_.@-]|$))",
        "put": rf"\1{instead}\2",
    }


def _of_raw(table: Table) -> Erasure:
    about = "JSON_VALUE(data, '$.employee_id') = @employee_id"
    mentioned = "REGEXP_CONTAINS({column}, @mention)"
    updates = [
        f"UPDATE {table.address} SET {column} = {_MENTIONED.format(column=column)} "
        f"WHERE {mentioned.format(column=column)}"
        for column in ("data", "attributes")
    ]
    return Erasure(
        table.address,
        f"SELECT COUNT(*) AS concerned FROM {table.address} WHERE {about} OR {mentioned.format(column='data')} "
        f"OR {mentioned.format(column='attributes')}",
        (f"DELETE FROM {table.address} WHERE {about}", *updates),
    )


def _of_rows(table: Table) -> Erasure | None:
    texts = [column.name for column in table.columns if column.type == "STRING" and column.mode != "REPEATED"]
    _refuse_hidden(table.columns, table.address)
    if table.rows_about == "aggregates" and table.dataset == "marts":
        return None
    conditions, statements = [], []
    if "employee_id" in texts:
        conditions.append("employee_id = @employee_id")
        kept = _KEPT.get(table.address)
        change = f"UPDATE {table.address} SET {kept}" if kept else f"DELETE FROM {table.address}"
        statements.append(f"{change} WHERE employee_id = @employee_id")
    for column in texts:
        if column in _EMPTIED:
            conditions.append(f"{column} = @employee_id")
            statements.append(f"UPDATE {table.address} SET {column} = NULL WHERE {column} = @employee_id")
        elif column != "employee_id":
            conditions.append(f"REGEXP_CONTAINS(`{column}`, @mention)")
            statements.append(
                f"UPDATE {table.address} SET `{column}` = {_MENTIONED.format(column=f'`{column}`')} "
                f"WHERE REGEXP_CONTAINS(`{column}`, @mention)"
            )
    for column in (one.name for one in table.columns if one.type == "STRING" and one.mode == "REPEATED"):
        conditions.append(f"@employee_id IN UNNEST(`{column}`)")
        statements.append(
            f"UPDATE {table.address} SET `{column}` = "
            f"ARRAY(SELECT element FROM UNNEST(`{column}`) AS element WHERE element != @employee_id) "
            f"WHERE @employee_id IN UNNEST(`{column}`)"
        )
    if not statements:
        return None
    where = " OR ".join(conditions)
    return Erasure(table.address, f"SELECT COUNT(*) AS concerned FROM {table.address} WHERE {where}", tuple(statements))


def _refuse_hidden(columns: tuple[Column, ...], address: str) -> None:
    """Refuses a person inside a list or a record, who would be missed. Raises ValueError."""
    for column in columns:
        for inner in column.fields:
            if inner.name in ("employee_id", "actor", "subject", *_EMPTIED):
                raise ValueError(f"{address}: {column.name}.{inner.name} hides a person where erasing does not look")
        _refuse_hidden(column.fields, address)
