"""Who starts an empty platform: administrators by configuration, until a record says otherwise."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from infra.local.sqlite_documents import SqliteDocuments
from infra.wiring.google_environment import addresses
from shared.kernel.access import require
from shared.kernel.errors import Forbidden, Retryable
from shared.people.records import EmployeeRecords
from shared.people.usecases.callers import Callers
from shared.people.usecases.people_in_sight import PeopleInSight
from shared.platform.usecases.audit import Audit
from shared.ports.documents import Put, Query
from shared.ports.identity import Identity
from shared.ports.messages import Message

ADA = "ada@example.com"


class Moving:
    """A clock that a test moves."""

    moment = datetime(2026, 3, 4, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


class Numbers:
    def __init__(self) -> None:
        self._numbers = count(1)

    def new(self) -> str:
        return f"audit-{next(self._numbers)}"


class Sent:
    """A bus that keeps what it carries, and fails while it is told to."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, Message]] = []
        self.failing = False

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        if self.failing:
            raise Retryable("the bus does not answer")
        self.messages += [(topic, message) for message in messages]


class House:
    """An empty platform with its administrators by configuration."""

    def __init__(self, folder: Path, administrators: Collection[str] = (ADA,)) -> None:
        self.documents = SqliteDocuments(folder / "live.sqlite", durable=False)
        self.clock, self.bus = Moving(), Sent()
        audit = Audit(self.documents, self.bus, self.clock, Numbers())
        employees = EmployeeRecords(self.documents)
        self.callers = Callers(employees, audit, self.clock, {}, administrators)
        self.in_sight = PeopleInSight(employees)

    def record(self, email: str, **more: Any) -> None:
        fields: dict[str, Any] = {
            "employee_id": email,
            "name": "Ada",
            "role": "employee",
            "framework_id": "cable_jointing",
        }
        fields |= {"updated_at": self.clock.moment, **more}
        self.documents.commit([Put(f"employees/{email}", fields)])

    def audited(self) -> list[tuple[str, str, str]]:
        found = self.documents.query(Query("audit", order_by=[("at", "asc")]))
        return [(d.data["actor"], d.data["actor_role"], d.data["action"]) for d in found]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.documents.close()


def test_a_named_address_is_an_administrator_of_an_empty_platform(house: House) -> None:
    caller = house.callers.of(Identity(email=ADA, kind="person", subject="1"))
    assert (caller.email, caller.role, caller.employee_id) == (ADA, "administrator", None)
    require(caller, "people.write")
    records, following = house.in_sight.page(caller)
    assert (records, following) == ([], None)


def test_it_is_audited_once_a_day_and_published(house: House) -> None:
    for _ in range(3):
        house.callers.person(ADA)
    assert house.audited() == [(ADA, "administrator", "administrator.admitted")]
    house.clock.moment += timedelta(days=1)
    house.callers.person(ADA)
    assert len(house.audited()) == 2
    assert [topic for topic, _ in house.bus.messages] == ["audit-recorded"] * 2


def test_nobody_is_admitted_whose_audit_record_fails(house: House) -> None:
    house.bus.failing = True
    for _ in range(2):
        with pytest.raises(Retryable):
            house.callers.person(ADA)
    house.bus.failing = False
    assert house.callers.person(ADA).role == "administrator"


def test_a_record_says_otherwise(house: House) -> None:
    house.record(ADA)
    caller = house.callers.person(ADA)
    assert (caller.role, caller.employee_id) == ("employee", ADA)
    house.record(ADA, active=False)
    with pytest.raises(Forbidden, match="not an active person"):
        house.callers.person(ADA)
    assert house.audited() == []


@pytest.mark.parametrize("stranger", ["eve@example.com", "ada@example.com.evil.example", ""])
def test_other_people_stay_strangers(house: House, stranger: str) -> None:
    with pytest.raises(Forbidden):
        house.callers.person(stranger or "nobody")


def test_a_service_account_of_that_address_gets_nothing(house: House) -> None:
    with pytest.raises(Forbidden, match="allow-list"):
        house.callers.of(Identity(email=ADA, kind="service", subject="1"))


def test_without_configuration_nobody_is_let_in(tmp_path: Path) -> None:
    house = House(tmp_path, ())
    with pytest.raises(Forbidden):
        house.callers.person(ADA)
    house.documents.close()


def test_the_setting_is_a_list_with_commas() -> None:
    assert addresses(" Ada@Example.com, bo@example.com ,") == {ADA, "bo@example.com"}
    assert addresses("") == frozenset()


@pytest.mark.parametrize("setting", ["ada", "ada@localhost", "@example.com", "a@b@example.com", "a/b@example.com"])
def test_what_is_no_address_is_refused(setting: str) -> None:
    with pytest.raises(ValueError, match="no e-mail address"):
        addresses(f"bo@example.com,{setting}")
