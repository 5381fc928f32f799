"""Moves one person's rows to another id, table by table: statements in GoogleSQL for either engine.

    raw        messages say the new id; those go that say how the person was rated, since all of it is published anew
    staging    rows are about the new id, where it has none of the same key; what is published anew goes
    marts      about individuals: like staging; they are filled anew with the next refresh

It is replaced in the fields and columns that are declared to hold people (see shared.people.domain.person_fields), and
nowhere else. Every statement may run twice with the effect of once.
"""

from __future__ import annotations

from collections.abc import Iterator

from infra.bigquery.catalogue import Catalogue, Table
from infra.bigquery.person_patterns import ACTS_ABOUT_A_PERSON, AROUND, in_fields, in_subject, is_person, names_in
from shared.ports.warehouse import Row

_ANEW = frozenset({"skill-changed", "discrepancy-changed", "employee-changed"})
"""Topics whose facts are published again under the new id; of a former one no later fact would take them back."""
_RATED = _ANEW | {"ratings-snapshotted"}
"""Those whose raw messages go: their revisions are counted anew. Days that have been merged stay, under the new id."""


def moves(catalogue: Catalogue) -> Iterator[str]:
    """Yields the statements. They take @employee_id, @instead, @field, @subject and @put (see `parameters`)."""
    for _, table in sorted(catalogue.tables.items()):
        if table.refresh == "subscription":
            yield from _of_raw(table)
        elif not (table.dataset == "marts" and table.rows_about == "aggregates"):
            yield from _of_rows(table)


def parameters(employee_id: str, instead: str) -> Row:
    """Returns both ids, and what finds the first in raw messages with what is put there."""
    return {
        "employee_id": employee_id,
        "instead": instead,
        "field": in_fields(employee_id),
        "subject": in_subject(employee_id),
        "put": AROUND.format(put=instead),
    }


def _of_raw(table: Table) -> Iterator[str]:
    if table.topic in _RATED:
        yield f"DELETE FROM {table.address} WHERE JSON_VALUE(data, '$.employee_id') = @employee_id"
    for column in ("data", "attributes"):
        yield (
            f"UPDATE {table.address} SET {column} = REGEXP_REPLACE({column}, @field, @put) "
            f"WHERE REGEXP_CONTAINS({column}, @field)"
        )
    if table.topic == "audit-recorded":
        yield (
            f"UPDATE {table.address} SET data = REGEXP_REPLACE(data, @subject, @put) "
            f"WHERE JSON_VALUE(data, '$.action') IN {ACTS_ABOUT_A_PERSON} AND REGEXP_CONTAINS(data, @subject)"
        )


def _of_rows(table: Table) -> Iterator[str]:
    people = [one for one in table.columns if one.type == "STRING" and one.name in names_in(table)]
    texts = [column.name for column in people if column.mode != "REPEATED"]
    if "employee_id" in texts and table.topic in _ANEW:
        yield f"DELETE FROM {table.address} WHERE employee_id = @employee_id"
    elif "employee_id" in table.key:
        others = [f"kept.`{one}` IS NOT DISTINCT FROM gone.`{one}`" for one in table.key if one != "employee_id"]
        same = " AND ".join(["kept.employee_id = @instead", *others])
        yield (
            f"DELETE FROM {table.address} AS gone WHERE gone.employee_id = @employee_id "
            f"AND EXISTS (SELECT 1 FROM {table.address} AS kept WHERE {same})"
        )
    for column in texts:
        yield f"UPDATE {table.address} SET `{column}` = @instead WHERE {is_person(column)}"
    for column in (one.name for one in people if one.mode == "REPEATED"):
        yield (
            f"UPDATE {table.address} SET `{column}` = "
            f"ARRAY(SELECT DISTINCT IF(element = @employee_id, @instead, element) FROM UNNEST(`{column}`) AS element) "
            f"WHERE @employee_id IN UNNEST(`{column}`)"
        )
