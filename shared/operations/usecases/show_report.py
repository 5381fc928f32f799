"""Shows a mart to whom it is for: the same rows to everybody, or to each leader the rows of the own organisation.

Marts are made without what is closed to others and without groups of fewer than five people, so that nothing of a
person can be told by them. Rows about individuals are not shown here: a profile is opened one by one, and recorded.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from shared.kernel.access import Caller, Role, require
from shared.kernel.errors import Forbidden
from shared.ports.warehouse import Row, Warehouse


class ShowReport:
    """Reads marts."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    def rows(self, caller: Caller, mart: str, *, audience: Collection[Role], own: str | None) -> Sequence[Row]:
        """Returns a mart's rows in the order of its key.

        own: the column that names whose rows they are; None: everybody's. Raises Forbidden, NotFound, Retryable.
        """
        require(caller, "readiness.read")
        if caller.role not in audience:
            raise Forbidden("this report is for others")
        rows = self._warehouse.mart(mart)
        return rows if own is None else [row for row in rows if row[own] == caller.employee_id]
