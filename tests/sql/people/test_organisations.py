"""Whom a leader's aggregates are about is one thing in the warehouse and in the product, whatever the records say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import cast

import pytest

from infra.bigquery.catalogue import Catalogue
from infra.local.duckdb_warehouse import DuckDBWarehouse, RawMessage
from shared.kernel.access import Caller, Role
from shared.people.domain.reporting_lines import ReportingLines
from shared.people.messages import EmployeeChanged
from shared.people.records import Employee, EmployeeRecords
from shared.people.usecases.people_in_sight import PeopleInSight
from tests.sql.googlesql import GoogleSQL
from tests.sql.stopped_clock import StoppedClock

DAY = date(2026, 11, 25)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ADDRESS = "staging.organisation_members"
ROLES_HERE: tuple[Role, ...] = ("employee", "employee", "employee", "manager", "senior_manager", "cro", "enablement")
Organisations = set[tuple[str, str]]


class Records:
    """As much of the employee records as sight needs."""

    def __init__(self, people: list[Employee]) -> None:
        self._people = people

    def reports_of(self, *managers: str) -> list[Employee]:
        return [one for one in self._people if one.manager_id in managers]

    def active(self) -> list[Employee]:
        return [one for one in self._people if one.active]


def company(chance: Random, size: int = 30) -> list[Employee]:
    """Random people under random managers: leavers, people without one, one who is nobody, and circles."""
    ids = [f"p{number}" for number in range(size)]
    return [
        Employee(
            employee_id=one,
            name=one,
            role=chance.choice(ROLES_HERE),
            manager_id=chance.choice([None, "nobody", *ids, *ids]),
            framework_id="sales",
            active=chance.random() < 0.85,
            updated_at=NOON,
        )
        for one in ids
    ]


def seen_by_the_product(people: list[Employee]) -> Organisations:
    sight = PeopleInSight(cast(EmployeeRecords, Records(people)))
    return {
        (leader.employee_id, one.employee_id)
        for leader in people
        if leader.active and leader.role in ("senior_manager", "cro")
        for one in sight.all(Caller(email="x", role=leader.role, employee_id=leader.employee_id))
        if one.active and one.role == "employee"
    }


def rows(people: list[Employee]) -> list[Mapping[str, object]]:
    return [
        {
            "employee_id": one.employee_id,
            "framework_id": one.framework_id,
            "role": one.role,
            "manager_id": one.manager_id,
            "active": one.active,
        }
        for one in people
    ]


def pairs(found: list[Mapping[str, object]]) -> Organisations:
    told = [(str(row["leader_id"]), str(row["employee_id"])) for row in found]
    assert len(set(told)) == len(told), "somebody counts twice"
    return set(told)


@pytest.mark.parametrize("seed", range(12))
def test_the_warehouse_and_the_product_agree_before_and_after_a_reorganisation(seed: int, tables: Catalogue) -> None:
    chance = Random(seed)
    store = DuckDBWarehouse(":memory:", StoppedClock(DAY), tables)
    for turn in (1, 2):
        people = company(chance)
        at = NOON + timedelta(hours=turn)
        arrived = [
            RawMessage(
                f"{turn}-{one.employee_id}",
                at,
                EmployeeChanged(
                    employee_id=one.employee_id,
                    framework_id=one.framework_id,
                    role=one.role,
                    manager_id=one.manager_id,
                    active=one.active,
                    changed_at=at,
                ).model_dump_json(),
            )
            for one in people
        ]
        store.ingest_raw("employee-changed", arrived)
        store.refresh("staging.employee_changed")
        store.refresh(ADDRESS)
        found = pairs(list(store.query(f"SELECT leader_id, employee_id FROM {ADDRESS}")))
        assert found == seen_by_the_product(people)
    store.close()


@pytest.mark.googlesql
@pytest.mark.parametrize("seed", range(2))
def test_bigquerys_own_engine_agrees(seed: int, tables: Catalogue, analyser: GoogleSQL) -> None:
    people = company(Random(seed), 12)
    found = analyser.run(tables.tables[ADDRESS].sql or "", {"staging.employee_changed": rows(people)}, {})
    assert pairs(list(found)) == seen_by_the_product(people)


@pytest.mark.parametrize("seed", range(12))
def test_the_nights_count_walks_the_same_lines(seed: int) -> None:
    people = company(Random(seed))
    lines = ReportingLines(people)
    above = {
        (leader, one.employee_id)
        for one in people
        if one.active and one.role == "employee"
        for leader in lines.senior_managers_above(one.employee_id)
    }
    seniors = {one.employee_id for one in people if one.role == "senior_manager"}
    assert above == {pair for pair in seen_by_the_product(people) if pair[0] in seniors}


def test_a_line_of_sixteen_levels_and_a_large_company_are_walked_quickly(tables: Catalogue) -> None:
    height, size = 16, 3_000
    line = [("p0", "senior_manager", None), *((f"p{n}", "manager", f"p{n - 1}") for n in range(1, height))]
    line += [(f"e{n}", "employee", f"p{height - 1}") for n in range(size)]
    store = DuckDBWarehouse(":memory:", StoppedClock(DAY), tables)
    store.load(
        "staging.employee_changed",
        [
            {"employee_id": one, "framework_id": "sales", "role": role, "manager_id": above, "active": True}
            for one, role, above in line
        ],
    )
    store.refresh(ADDRESS)
    (row,) = store.query(f"SELECT COUNT(*) AS people FROM {ADDRESS} WHERE leader_id = 'p0'")
    assert row["people"] == size
    store.close()
