"""Which requests Google's logs leave out: those whose address names a person."""

from __future__ import annotations

import re

import pytest

from functions.portal.shell.routes import ROUTES as PAGES
from functions.skills_api.routes import ROUTES
from shared.notifications.domain.invitation_link import PATH
from tests.terraform.conftest import ROOT

MODULE = ROOT / "terraform" / "modules" / "observability" / "main.tf"
ABOUT_PEOPLE = {"employee", "employee_id", "manager", "actor", "subject", "cursor"}
"""A cursor says where a page ended: in a list of people, at one of them."""
PERSON = re.compile(r"<(?:employee_id|former_id)>")
NOBODYS = {
    "assignment_id", "authorisation_id", "certificate_id", "competency", "deal_id", "delivery_id", "dimension",
    "escalation_id", "event_id", "evidence_id", "file_id", "framework_id", "grant_id", "hand_over_id", "held_id",
    "item_id", "key", "lesson_id", "letter_id", "name", "notification_id", "quarantine_id", "record_id", "review_id",
    "run_id", "skill_id", "subscription_id",
}  # fmt: skip
"""What else an address names. An event's id is its sender's: with an e-mail address in it it is left out."""


def excluded(address: str) -> bool:
    [pattern] = re.findall(r'names_a_person\s*= "(.*)"', MODULE.read_text("utf-8"))
    return re.search(pattern, address) is not None


@pytest.mark.parametrize("person", ["joe", "joe@example.com", "joe%40example.com"])
def test_every_address_with_a_person_is_left_out(person: str) -> None:
    paths = {route.path for route in ROUTES} | {page.path for page in PAGES}
    named = [PERSON.sub(person, path) for path in paths if PERSON.search(path)]
    assert len(named) >= 8
    assert [path for path in named if not excluded(f"https://api.example.com{path}")] == []


def test_what_an_address_names_is_a_person_or_known_to_be_none() -> None:
    paths = {route.path for route in ROUTES} | {page.path for page in PAGES}
    named = {name for path in paths for name in re.findall(r"<(?:path:)?(\w+)>", PERSON.sub("", path))}
    assert named == NOBODYS


def test_every_parameter_about_a_person_is_left_out() -> None:
    named = {(route.path, one.name) for route in ROUTES for one in route.query if one.name in ABOUT_PEOPLE}
    assert len(named) >= 4
    for path, name in named:
        assert excluded(f"https://api.example.com{path}?limit=5&{name}=joe")
        assert excluded(f"https://api.example.com{path}?{name}=joe")


def test_a_name_that_is_looked_for_is_left_out() -> None:
    assert excluded("https://portal.example.com/people?order=name&search=Joe+Quillfeather")


def test_an_invitation_is_left_out_since_who_has_its_address_comes_in_by_it() -> None:
    assert excluded(f"https://portal.example.com{PATH}abc.def")


@pytest.mark.parametrize(
    "path", ["/api/v1/skills", "/api/v1/employees", "/api/v1/employees?limit=5", "/readiness", "/"]
)
def test_the_rest_is_logged(path: str) -> None:
    assert not excluded(f"https://api.example.com{path}")
