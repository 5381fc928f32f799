"""Analytics: GoogleSQL over the raw tables, staging and marts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol, TypeAlias

from shared.kernel.errors import AugmentError

Cell: TypeAlias = "str | int | float | bool | date | datetime | Sequence[Cell] | Row | None"
Row: TypeAlias = "Mapping[str, Cell]"
"""A row by its columns, which the SQL names; a record within a row is such a mapping as well."""


class TooMuchToRead(AugmentError):
    """A statement would have read more than the platform may pay for, and was not begun.

    refused: of a refresh, the tables that were not filled; filled: those that were
    """

    def __init__(self, refused: Sequence[str] = (), filled: Sequence[str] = ()) -> None:
        super().__init__(f"more to read than the warehouse's limit allows: {', '.join(refused) or 'a query'}")
        self.refused, self.filled = refused, filled


class Warehouse(Protocol):
    """The warehouse: BigQuery in the cloud, DuckDB embedded, both reading the same GoogleSQL of `infra/bigquery`."""

    def query(self, sql: str, parameters: Row | None = None) -> Sequence[Row]:
        """Returns the rows; `@name` in the SQL takes the parameter of that name. Raises Retryable, TooMuchToRead."""
        ...

    def mart(self, name: str) -> Sequence[Row]:
        """Returns all rows of a mart, by its name in `infra/bigquery`. Raises NotFound for an unknown one."""
        ...

    def check(self, name: str) -> Sequence[Row]:
        """Finds what is wrong by a check of `infra/bigquery`; empty when all is well. Raises NotFound."""
        ...

    def ask(self, question: str) -> Sequence[Row]:
        """Answers a named query (`questions.*` in `infra/bigquery`), as of today. Raises NotFound, Retryable."""
        ...

    def refresh(self, name: str | None = None) -> list[str]:
        """Materialises one staging table or mart (and nothing else), or all in order; the names, as done.

        Raises TooMuchToRead, after all the others have been filled; Retryable.
        """
        ...

    def mentions(self, employee_id: str) -> dict[str, int]:
        """Counts each table's rows that are about a person or name them by id; tables without any are left out."""
        ...

    def erase(self, employee_id: str, instead: str) -> None:
        """Deletes what is about a person and puts `instead` where another row names them; what groups were told stays
        (see `infra/warehouse_erasure`). Has the effect of once when it is done again.

        Raises Retryable, with a long `after_seconds` while rows are still in BigQuery's streaming buffer, which no
        statement can change; then some tables may be done and others not.
        """
        ...

    def move(self, employee_id: str, to: str) -> None:
        """Puts another id in the place of a person's everywhere; what is rated anew goes (see `infra/bigquery/moves`).
        Has the effect of once when it is done again.

        Raises Retryable like `erase`.
        """
        ...

    def load(self, table: str, rows: Sequence[Row]) -> None:
        """Appends rows to a declared table (`dataset.table`), all or none."""
        ...
