"""A rule holds in the API and in the portal alike: who may, what is shown or withheld, what is recorded.

Each capability's rules stand in a module of its name beside this one. Add a `Rule` there, or a module here.
"""

from __future__ import annotations

import re

import pytest

from functions.portal.shell.routes import ROUTES
from tests.api.conftest import loaded, seen
from tests.harness.api_client import ApiClient
from tests.policy import calls, intake, operations, people, platform, privacy, ratings, reviews, taxonomy
from tests.policy.both_edges import PEOPLE, BothEdges, Rule

__all__ = ["loaded", "seen"]

RULES: tuple[Rule, ...] = tuple(
    rule
    for capability in (calls, intake, operations, people, platform, privacy, ratings, reviews, taxonomy)
    for rule in capability.RULES
)


@pytest.fixture(scope="module")
def edges(seen: ApiClient) -> BothEdges:
    return BothEdges(seen)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_same_rule_holds_on_both_edges(edges: BothEdges, rule: Rule) -> None:
    expected = {role: edges.expected(rule, role) for role in PEOPLE}

    assert {role: edges.over_the_api(rule, role) for role in PEOPLE} == expected
    if rule.page is not None:
        assert {role: edges.on_the_page(rule, role) for role in PEOPLE} == expected


REASONS = {
    ("GET", "/"): "whoever may not see readiness is sent to what is theirs; tests/portal/test_pages.py",
    ("GET", "/me"): "the address of the own profile, whose rule is the profile's",
    ("GET", "/people"): "no route: beside the names that the API lists it shows ratings, and records that",
    ("GET", "/activity"): "no route: it lists what the histories of single people show",
    ("GET", "/events"): "answers 404 to whom it is not for, since an id can be guessed; tests/portal/test_events.py",
    ("GET", "/health/integrations"): "no route: it says how to connect what health shows",
    ("GET", "/calls/analyses"): "a form alone; the rule is what it sends",
    ("GET", "/calls/analyses/<run_id>"): "shows the run whose start has a rule, under the same permission",
    ("GET", "/calls/<record_id>/transcript"): "shows the own words at once and to others the door: tests/portal",
    ("GET", "/reviews/<review_id>/contest"): "a form alone; the rule is what it sends",
    ("GET", "/skills/<framework_id>/add"): "a form alone; the rule is what it sends",
    ("POST", "/skills/<framework_id>/add"): "creates what changing publishes, in the same use case and permission",
    ("GET", "/skills/<framework_id>/<skill_id>/rule"): "a form alone; the rule is what it sends",
    ("POST", "/skills/<framework_id>/<skill_id>/rule"): "publishes a skill's change, which has a rule",
    ("POST", "/dimensions/<framework_id>"): "publishes a framework's change, which has a rule",
    ("POST", "/notifications"): "marks what the rule of notifications lists; nobody else's can be named",
}
"""Why a page has no rule."""


def pages() -> set[tuple[str, str]]:
    """What can be asked of the portal: an address is shown by one route, and another may show it again to act there."""
    shown: dict[object, str] = {}
    for route in ROUTES:
        shown.setdefault((route.show.module, route.show.name), route.path)
    return {("GET", path) for path in shown.values()} | {("POST", route.path) for route in ROUTES if route.act}


def route_of(method: str, address: str) -> tuple[str, str]:
    """The address of a rule as the table of routes has it: words before variables."""
    place = address.partition("?")[0].replace("{id}", "x")
    patterns = sorted({route.path for route in ROUTES}, key=lambda path: path.count("<"))
    return method, next(path for path in patterns if re.fullmatch(re.sub("<[^>]+>", "[^/]+", path), place))


def test_every_page_has_a_rule_or_says_why_not() -> None:
    ruled = {route_of(*rule.page) for rule in RULES if rule.page is not None}

    assert pages() - ruled - REASONS.keys() == set()
    assert REASONS.keys() - (pages() - ruled) == set(), "a reason that nothing needs"


def test_every_rule_has_a_name_of_its_own() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
