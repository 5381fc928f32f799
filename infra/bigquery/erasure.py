"""Erases one person from the warehouse, table by table: statements in GoogleSQL for either engine.

    raw        messages about the person go, in others a mention is replaced
    staging    rows about the person go, in others a mention is replaced; two tables stay under the pseudonym:
               employee_changed (role and framework) and ratings_snapshotted (readiness by day, without the skills)
    marts      about individuals: like staging; aggregates hold nobody and stay

In others the person is looked for in the fields and columns that are declared to hold people, an address in every
text, and any id in what the audit says in words. `"score":90` stays what it is, whoever is called so.

The two tables keep the past's aggregates as they were told: without them, the difference between two readings of a
small team's mean would be what the erased person had. Every statement may run twice with the effect of once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from infra.bigquery.catalogue import Catalogue, Column, Table
from infra.bigquery.person_patterns import (
    ACTS_ABOUT_A_PERSON,
    ACTS_SAYING_WHO,
    AROUND,
    in_detail,
    in_fields,
    in_subject,
    is_person,
    names_in,
)
from shared.people.domain.person_fields import is_address
from shared.ports.warehouse import Row

_KEPT: Mapping[str, str] = {
    "staging.employee_changed": (
        "employee_id = @instead, manager_id = NULL, hire_date = NULL, active = FALSE, changed_at = @now"
    ),
    "staging.ratings_snapshotted": "employee_id = @instead, skills = []",
}
_EMPTIED = ("manager_id", "mentor_id")
_NOTHING = r"[^\s\S]"
"""A pattern that finds nothing."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """Says what is done to one table. count: how many rows it concerns, as `concerned`; statements: in this order."""

    address: str
    count: str
    statements: tuple[str, ...]


def erasures(catalogue: Catalogue) -> Iterator[Erasure]:
    """Yields what is to be done, for every table that can hold something of a person.

    The statements take what `parameters` returns.
    """
    for _, table in sorted(catalogue.tables.items()):
        erasure = _of_raw(table) if table.refresh == "subscription" else _of_rows(table)
        if erasure is not None:
            yield erasure


def parameters(employee_id: str, instead: str, now: datetime) -> Row:
    """Returns what finds the id, as RE2 writes it, with what is around it in groups, and @put: those around the
    pseudonym. @mention: an address anywhere; @word: the id in a sentence; @field, @subject, @detail: in raw messages"""
    written = re.escape(employee_id)
    word = rf"(?i)(^|\\[nrt]|[^A-Za-z0-9_.%+@-]){written}(\.?(?:[^A-Za-z0-9_.@-]|$))"
    return {
        "employee_id": employee_id,
        "instead": instead,
        "now": now,
        "mention": word if is_address(employee_id) else _NOTHING,
        "word": word,
        "field": in_fields(employee_id),
        "subject": in_subject(employee_id),
        "detail": in_detail(employee_id),
        "put": AROUND.format(put=instead),
    }


def _of_raw(table: Table) -> Erasure:
    about = "JSON_VALUE(data, '$.employee_id') = @employee_id"
    places = [("data", "@field", ""), ("attributes", "@field", ""), ("data", "@mention", "")]
    places += [("attributes", "@mention", "")]
    if table.topic == "audit-recorded":
        action = " AND JSON_VALUE(data, '$.action') IN "
        places += [("data", "@subject", action + ACTS_ABOUT_A_PERSON), ("data", "@detail", action + ACTS_SAYING_WHO)]
    conditions = [f"REGEXP_CONTAINS({column}, {pattern}){where}" for column, pattern, where in places]
    updates = [
        f"UPDATE {table.address} SET {column} = {_replaced(column, pattern)} WHERE {condition}"
        for (column, pattern, _), condition in zip(places, conditions, strict=True)
    ]
    return Erasure(
        table.address,
        f"SELECT COUNT(*) AS concerned FROM {table.address} WHERE {' OR '.join([about, *conditions])}",
        (f"DELETE FROM {table.address} WHERE {about}", *updates),
    )


def _of_rows(table: Table) -> Erasure | None:
    texts = [column.name for column in table.columns if column.type == "STRING" and column.mode != "REPEATED"]
    _refuse_hidden(table.columns, table.address)
    if table.rows_about == "aggregates" and table.dataset == "marts":
        return None
    people = names_in(table)
    conditions, statements = [], []
    if "employee_id" in texts:
        conditions.append("employee_id = @employee_id")
        kept = _KEPT.get(table.address)
        change = f"UPDATE {table.address} SET {kept}" if kept else f"DELETE FROM {table.address}"
        statements.append(f"{change} WHERE employee_id = @employee_id")
    changes = [change for column in texts if column != "employee_id" for change in _of_column(column, people)]
    changes += [_of_list(one.name) for one in table.columns if one.name in people and one.mode == "REPEATED"]
    conditions += [where for _, where in changes]
    statements += [f"UPDATE {table.address} SET {change} WHERE {where}" for change, where in changes]
    if not statements:
        return None
    where = " OR ".join(conditions)
    return Erasure(table.address, f"SELECT COUNT(*) AS concerned FROM {table.address} WHERE {where}", tuple(statements))


def _of_column(column: str, people: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yields what is set, and where, in a column of text."""
    if column in _EMPTIED:
        yield f"{column} = NULL", is_person(column)
        return
    if column in people:
        yield f"`{column}` = @instead", is_person(column)
    name = f"`{column}`"
    yield f"{name} = {_replaced(name, '@mention')}", f"REGEXP_CONTAINS({name}, @mention)"
    if column == "detail":
        yield (
            f"{name} = {_replaced(name, '@word')}",
            f"action IN {ACTS_SAYING_WHO} AND REGEXP_CONTAINS({name}, @word)",
        )


def _of_list(column: str) -> tuple[str, str]:
    kept = f"ARRAY(SELECT element FROM UNNEST(`{column}`) AS element WHERE element != @employee_id)"
    return f"`{column}` = {kept}", f"@employee_id IN UNNEST(`{column}`)"


def _replaced(column: str, pattern: str) -> str:
    """Returns the text with what a pattern finds replaced: twice, since of two mentions with one character between
    them, the first pass takes the character for the first one."""
    return f"REGEXP_REPLACE(REGEXP_REPLACE({column}, {pattern}, @put), {pattern}, @put)"


def _refuse_hidden(columns: tuple[Column, ...], address: str) -> None:
    """Refuses a person inside a list or a record, who would be missed. Raises ValueError."""
    for column in columns:
        for inner in column.fields:
            if inner.name in ("employee_id", "actor", "subject", *_EMPTIED):
                raise ValueError(f"{address}: {column.name}.{inner.name} hides a person where erasing does not look")
        _refuse_hidden(column.fields, address)
