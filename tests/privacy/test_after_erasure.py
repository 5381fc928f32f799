"""Whoever was erased stays away, until an administrator says otherwise."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from shared.kernel.errors import Conflict, ErasedPerson, Rejected
from shared.people.contract import EmployeeBody
from shared.people.messages import DirectoryTask
from shared.ports.ambient import DirectoryPage, DirectoryPerson
from shared.ports.documents import Query
from tests.harness.crash_harness import ADMINISTRATOR
from tests.harness.sent_events import role_play
from tests.privacy.organisation import (
    DANA,
    JOE,
    SAM,
    House,
    data,
    house,
    template,
    template_without_joe,
    traced,
    without_joe,
)

__all__ = ["house", "template", "template_without_joe", "without_joe"]


class TestAfterwards:
    def test_a_late_event_is_refused_and_kept_nowhere(self, without_joe: House) -> None:
        process = without_joe.process()
        with pytest.raises(ErasedPerson) as error:
            process.record(role_play("late"))
        assert JOE not in error.value.detail
        [refused, taken] = process.record(role_play("late"), role_play("s9", employee=SAM))
        assert isinstance(refused, ErasedPerson)
        assert taken.status == 201
        assert process.ratings.update(JOE) is None
        without_joe.world.log.lines.clear()
        without_joe.world.facts.clear()
        assert [place for place, content in without_joe.everything() if traced(content)] == []

    def test_neither_an_import_nor_the_directory_brings_the_person_back(self, without_joe: House) -> None:
        process = without_joe.process()
        answer = process.people.import_people.from_csv(
            ADMINISTRATOR,
            f"name,email,manager\nJoe Smith,{JOE},\nSam Low,{SAM},{JOE}\nNew One,new@example.com,{DANA}\n".encode(),
        )
        assert [line.result for line in answer.lines] == ["rejected", "rejected", "created"]
        assert ["erased" in (line.detail or "") for line in answer.lines] == [True, True, False]
        process.people.synchronise(
            Workspace([DirectoryPerson(JOE, "Joe Smith"), DirectoryPerson(SAM, "Sam Low", manager=JOE)])
        ).page(DirectoryTask(run="2026-03-04", part=0))
        store = without_joe.world.store
        assert store.get(f"employees/{JOE}") is None
        assert data(store, f"employees/{SAM}")["manager_id"] is None
        with pytest.raises(Rejected, match="manager: this person has been erased"):
            process.people.change_employee.put(ADMINISTRATOR, SAM, EmployeeBody(name="Sam Low", manager=JOE))

    def test_an_administrator_readmits(self, without_joe: House) -> None:
        process = without_joe.process()
        process.people.change_employee.put(ADMINISTRATOR, JOE, EmployeeBody(name="Joe Smith"))
        assert process.record(role_play("new"))[0].status == 201
        actions = [document.data["action"] for document in without_joe.world.store.query(Query("audit"))]
        assert actions.count("employee.readmitted") == 1

    def test_nobody_is_readmitted_before_the_run_has_finished(self, house: House) -> None:
        house.erase().start()
        with pytest.raises(Conflict, match="being erased"):
            house.process().people.change_employee.put(ADMINISTRATOR, JOE, EmployeeBody(name="Joe Smith"))


class Workspace:
    """The `Directory` port."""

    def __init__(self, people: Sequence[DirectoryPerson]) -> None:
        self._people = people

    def page(self, following: str | None = None) -> DirectoryPage:
        return DirectoryPage(self._people)

    def has(self, email: str) -> bool:
        return any(person.email == email for person in self._people)
