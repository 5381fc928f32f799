"""Every address, as every role, on an empty platform, in a small organisation and among 1,000 people."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.demonstration.model import framework
from shared.kernel.access import ROLES
from shared.ports.documents import Put, Query
from tests.harness.browser import Person
from tests.portal.call_samples import analysed_call
from tests.portal.conftest import ADMINISTRATION, House
from tests.portal.walk import BUDGETS, grow, visited, walk

LEADERS_PAGES = ("/", "/people", "/activity", "/calls", "/reviews", "/analysts", "/people?search=a&order=name")


def known(house: House, review: str = "none", record: str = "none") -> dict[str, str]:
    return {
        "employee_id": house.people["employee"][0],
        "competency": "discovery",
        "framework_id": "sales_engineering",
        "skill_id": "discovery",
        "review_id": review,
        "record_id": record,
        "name": "organisation",
    }


def as_role(house: House, role: str) -> Person:
    """Somebody of that role: one who has it, else an engineer who is given it."""
    if house.people.get(role):
        return house.visit(role)
    record = house.platform.employee(house.people["employee"][-3])
    house.parts.documents.commit([Put(f"employees/{record.employee_id}", record.changed(role=role).stored())])
    person = house.stranger()
    person.sign_in(record.employee_id)
    return person


def test_a_small_organisation(tmp_path_factory: pytest.TempPathFactory, built: Path) -> None:
    house = House(tmp_path_factory.mktemp("small"), built)
    joe = house.people["employee"][0]
    review = analysed_call(house, joe, "call-walked")
    house.platform.health.check()
    events = [one.data["event_id"] for one in house.parts.documents.query(Query("events", limit=3))]
    there = known(house, review, "gong-call-walked")

    wrong = [
        told for role in ROLES for seen in walk(as_role(house, role), role, there, events) for told in seen.wrong()
    ]

    house.parts.close()
    assert wrong == []


def test_an_empty_platform(tmp_path_factory: pytest.TempPathFactory) -> None:
    house = Bare(tmp_path_factory.mktemp("empty"))

    seen = [one for role in ROLES for one in walk(house.visit(role), role, known(house))]
    wrong = [told for one in seen for told in one.wrong()]

    house.parts.close()
    assert wrong == []


class Bare(House):
    """A platform with one person of each role, of whom nothing was ever observed."""

    def _fill(self, people: str, engineers: object) -> None:
        self.people = {role: [f"{role}@augmentcode.com"] for role in ROLES}
        rows = [f"{role.title()} Person,{role}@augmentcode.com,{role},," for role in ROLES]
        self.platform.publish_frameworks.install(framework(), ADMINISTRATION)
        told = "\n".join(["name,email,role,manager,hire_date", *rows])
        self.platform.people.import_people.from_csv(ADMINISTRATION, told.encode())


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory, built: Path) -> Iterator[dict[int, House]]:
    """The same organisation with 100 and with 1,000 people."""
    made = {}
    for number in (100, 1_000):
        larger = tmp_path_factory.mktemp(f"larger-{number}")
        shutil.copytree(built, larger, dirs_exist_ok=True)
        grow(larger, number)
        made[number] = House(tmp_path_factory.mktemp(f"of-{number}"), larger)
    yield made
    for house in made.values():
        house.parts.close()


def test_a_leader_s_pages_at_1000_people_are_hardly_larger_than_at_100(grown: dict[int, House]) -> None:
    """A page costs what it shows: only what everybody's ratings are read for may cost more."""
    wrong = []
    leader = {number: house.visit("cro") for number, house in grown.items()}
    for address in LEADERS_PAGES:
        name = address.partition("?")[0].strip("/") or "readiness"
        few, many = (visited(leader[number], "cro", name, address) for number in (100, 1_000))
        for what, least, most in (
            ("bytes", few.bytes, many.bytes),
            ("elements", few.elements, many.elements),
            ("milliseconds", 1_000 * few.seconds, 1_000 * many.seconds),
        ):
            factor = BUDGETS["from_100_to_1000_people"][what]
            if most > factor * max(least, BUDGETS["from_100_to_1000_people"][f"from_{what}"]):
                wrong.append(f"{address}: {least:,.0f} to {most:,.0f} {what}, more than {factor} times")
        wrong += many.wrong()
    assert wrong == []


def test_nobody_is_offered_a_thousand_people(grown: dict[int, House]) -> None:
    house = grown[1_000]
    for person, address in ((house.visit("cro"), "/calls"), (house.stranger(), "/sign-in")):
        page = visited(person, "cro", address.strip("/").replace("-", "_"), address)
        assert page.wrong() == []
        assert page.text.count("<option") < 40
