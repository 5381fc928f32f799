"""Moves one person's rows to another id, table by table: statements in GoogleSQL for either engine.

    raw        messages say the new id; those go that say how the person was rated, since all of it is published anew
    staging    rows are about the new id, where it has none of the same key; what is published anew goes
    marts      about individuals: like staging; they are filled anew with the next refresh

Wherever a value is the id it is replaced; what merely contains it stays. Every statement may run twice with the effect
of once.
"""

from __future__ import annotations

from collections.abc import Iterator

from infra.bigquery.catalogue import Catalogue, Table
from shared.ports.warehouse import Row

_ANEW = frozenset({"skill-changed", "discrepancy-changed", "employee-changed"})
"""Topics whose facts are published again under the new id; of a former one no later fact would take them back."""
_RATED = _ANEW | {"ratings-snapshotted"}
"""Those whose raw messages go: their revisions are counted anew. Days that have been merged stay, under the new id."""


def moves(catalogue: Catalogue) -> Iterator[str]:
    """Yields the statements. They take @employee_id, @instead, @quoted and @quoted_instead (see `parameters`)."""
    for _, table in sorted(catalogue.tables.items()):
        if table.refresh == "subscription":
            yield from _of_raw(table)
        elif not (table.dataset == "marts" and table.rows_about == "aggregates"):
            yield from _of_rows(table)


def parameters(employee_id: str, instead: str) -> Row:
    """Returns both ids, as they are and as JSON writes them."""
    return {
        "employee_id": employee_id,
        "instead": instead,
        "quoted": f'"{employee_id}"',
        "quoted_instead": f'"{instead}"',
    }


def _of_raw(table: Table) -> Iterator[str]:
    if table.topic in _RATED:
        yield f"DELETE FROM {table.address} WHERE JSON_VALUE(data, '$.employee_id') = @employee_id"
    for column in ("data", "attributes"):
        yield (
            f"UPDATE {table.address} SET {column} = REPLACE({column}, @quoted, @quoted_instead) "
            f"WHERE STRPOS({column}, @quoted) > 0"
        )


def _of_rows(table: Table) -> Iterator[str]:
    texts = [column.name for column in table.columns if column.type == "STRING" and column.mode != "REPEATED"]
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
        yield f"UPDATE {table.address} SET `{column}` = @instead WHERE `{column}` = @employee_id"
    for column in (one.name for one in table.columns if one.type == "STRING" and one.mode == "REPEATED"):
        yield (
            f"UPDATE {table.address} SET `{column}` = "
            f"ARRAY(SELECT DISTINCT IF(element = @employee_id, @instead, element) FROM UNNEST(`{column}`) AS element) "
            f"WHERE @employee_id IN UNNEST(`{column}`)"
        )
