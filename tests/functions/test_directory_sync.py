"""A task reads a page of the company's directory, where one is connected, and asks for the next."""

from __future__ import annotations

from shared.ports.ambient import DirectoryPage, DirectoryPerson
from tests.functions.conftest import Deployed
from tests.harness.call_world import JOE, MIA


class Company:
    """The `Directory` port."""

    def page(self, following: str | None = None) -> DirectoryPage:
        if following is None:
            return DirectoryPage([DirectoryPerson(JOE, "Joseph Smith")], "more")
        assert following == "more"
        return DirectoryPage([DirectoryPerson(MIA, "Mia Mine"), DirectoryPerson("unknown@example.com", "Una Known")])

    def has(self, email: str) -> bool:
        return email in (JOE, MIA, "unknown@example.com")


FIRST = {"run": "2026-03-04", "part": 0}


def test_without_a_directory_nothing_is_done(deployed: Deployed) -> None:
    assert deployed.deliver("directory_sync", FIRST) == (200, {"configured": False})
    assert deployed.calls.world.tasks == []


def test_a_task_that_cannot_be_read_is_quarantined(deployed: Deployed) -> None:
    assert deployed.deliver("directory_sync", {}) == (200, None)
    assert deployed.quarantined() == ["directory_sync"]


def test_the_directory_names_whom_it_knows_page_by_page_and_brings_nobody(deployed: Deployed) -> None:
    deployed.ports["directory"] = Company()
    status, answer = deployed.deliver("directory_sync", FIRST)
    assert (status, answer["known"]) == (200, 1)
    assert deployed.stored(f"employees/{JOE}")["name"] == "Joseph Smith"
    [(_, following)] = deployed.calls.world.tasks
    assert following == {"run": "2026-03-04", "part": 1, "following": "more"}
    assert deployed.deliver("directory_sync", following)[1] == {"known": 1, "changed": 1, "unknown": 1}
    assert deployed.stored(f"employees/{MIA}")["name"] == "Mia Mine"
    assert deployed.calls.world.store.get("employees/unknown@example.com") is None
    assert len(deployed.calls.world.tasks) == 1, "nothing follows the last page"


def test_a_page_that_comes_again_changes_nothing_and_asks_for_the_same_task(deployed: Deployed) -> None:
    deployed.ports["directory"] = Company()
    deployed.deliver("directory_sync", FIRST)
    before = deployed.stored(f"employees/{JOE}")
    assert deployed.deliver("directory_sync", FIRST)[1]["changed"] == 0
    assert deployed.stored(f"employees/{JOE}") == before
    assert len({name for name, _ in deployed.calls.world.tasks}) == 1


def test_a_page_that_dies_anywhere_is_done_when_it_comes_again(deployed: Deployed) -> None:
    deployed.ports["directory"] = Company()
    assert deployed.again_after_a_failure("directory_sync", FIRST)[0] == 200
    assert deployed.stored(f"employees/{JOE}")["name"] == "Joseph Smith"
    assert len({name for name, _ in deployed.calls.world.tasks}) == 1
