"""The clock reads the company's directory, where one is connected."""

from __future__ import annotations

from collections.abc import Iterator

from shared.ports.ambient import DirectoryPerson
from tests.functions.conftest import Deployed
from tests.harness.call_world import JOE


class Company:
    """The `Directory` port."""

    def people(self) -> Iterator[DirectoryPerson]:
        yield DirectoryPerson(JOE, "Joseph Smith")
        yield DirectoryPerson("unknown@example.com", "Una Known")


def test_without_a_directory_nothing_is_done(deployed: Deployed) -> None:
    assert deployed.deliver("directory_sync", {}) == (200, {"configured": False})


def test_the_directory_names_whom_it_knows_and_brings_nobody(deployed: Deployed) -> None:
    deployed.ports["directory"] = Company()
    status, answer = deployed.deliver("directory_sync", {})
    assert (status, answer["known"]) == (200, 1)
    assert deployed.stored(f"employees/{JOE}")["name"] == "Joseph Smith"
    assert deployed.calls.world.store.get("employees/unknown@example.com") is None
    assert deployed.deliver("directory_sync", {})[1]["changed"] == 0
