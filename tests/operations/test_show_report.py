"""A report is shown to its audience, and a leader sees the own organisation's rows and nobody else's."""

from __future__ import annotations

from typing import Any, cast

import pytest

from shared.kernel.access import Caller, Role
from shared.kernel.errors import Forbidden
from shared.operations.usecases.show_report import ShowReport
from shared.ports.warehouse import Warehouse

ROWS = [{"leader_id": "vic@example.com", "people": 9}, {"leader_id": "ned@example.com", "people": 7}]


class Shelf:
    """The `Warehouse` port, as far as a report needs it."""

    def mart(self, name: str) -> list[dict[str, Any]]:
        assert name == "organisation_teams"
        return ROWS


LEADERS: tuple[Role, ...] = ("senior_manager", "cro")
REPORTS = ShowReport(cast(Warehouse, Shelf()))


def caller(role: Role | None, name: str) -> Caller:
    return Caller(email=f"{name}@example.com", role=role, employee_id=f"{name}@example.com" if role else None)


def test_a_leader_reads_the_own_rows() -> None:
    for name, rows in (("vic", ROWS[:1]), ("new", [])):
        asking = caller("senior_manager", name)
        assert REPORTS.rows(asking, "organisation_teams", audience=LEADERS, own="leader_id") == rows


def test_what_is_everybodys_is_read_whole() -> None:
    assert REPORTS.rows(caller("cro", "lea"), "organisation_teams", audience=LEADERS, own=None) == ROWS


@pytest.mark.parametrize("role", ["manager", "employee", "mentor", "administrator", None])
def test_a_report_is_for_nobody_but_its_audience(role: Role | None) -> None:
    with pytest.raises(Forbidden):
        REPORTS.rows(caller(role, "vic"), "organisation_teams", audience=LEADERS, own="leader_id")
