"""A rule holds in the API and in the portal alike: who may, what is shown or withheld, what is recorded.

Each capability's rules stand in a module of its name beside this one. Add a `Rule` there, or a module here.
"""

from __future__ import annotations

import re
from collections.abc import Collection

import pytest

from functions.portal.shell.routes import ROUTES as PAGES
from functions.skills_api.routes import ROUTES
from shared.platform.edges.routes import Route
from tests.api.conftest import loaded, seen
from tests.harness.api_client import ApiClient
from tests.policy import (
    calls,
    enablement,
    enrolment,
    evidence,
    intake,
    learning,
    operations,
    people,
    platform,
    privacy,
    ratings,
    reviews,
    subscriptions,
    taxonomy,
)
from tests.policy.both_edges import PEOPLE, BothEdges, Rule

__all__ = ["loaded", "seen"]

CAPABILITIES = (
    calls,
    enablement,
    enrolment,
    evidence,
    intake,
    learning,
    operations,
    people,
    platform,
    privacy,
    ratings,
    reviews,
    subscriptions,
    taxonomy,
)
RULES: tuple[Rule, ...] = tuple(rule for capability in CAPABILITIES for rule in capability.RULES)


@pytest.fixture(scope="module")
def edges(seen: ApiClient) -> BothEdges:
    return BothEdges(seen)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_same_rule_holds_on_both_edges(edges: BothEdges, rule: Rule) -> None:
    expected = {role: edges.expected(rule, role) for role in PEOPLE}

    assert {role: edges.over_the_api(rule, role) for role in PEOPLE} == expected
    if rule.page is not None:
        assert {role: edges.on_the_page(rule, role) for role in PEOPLE} == expected


PAGES_WITHOUT = {
    ("GET", "/"): "whoever may not see readiness is sent to what is theirs; tests/portal/test_pages.py",
    ("GET", "/me"): "the address of the own profile, whose rule is the profile's",
    ("GET", "/preparation"): "the address of the own preparation, whose rule is the one of others'",
    (
        "POST",
        "/team",
    ): "assigns as a person's page does, whose rule it is, to the own team; tests/portal/test_assigning.py",
    ("GET", "/notification-deliveries"): "everybody's on one page; tests/notifications/test_pages.py",
    ("POST", "/notifications/settings"): "the own ones alone, as the rule of the route has it; tests/notifications",
    ("GET", "/outbox"): "embedded alone; tests/notifications/test_pages.py",
    ("GET", "/outbox/<key>"): "embedded alone; tests/notifications/test_pages.py",
    (
        "GET",
        "/observe",
    ): "no route: the own learners' names, each leading to a page with a rule; tests/portal/test_observing.py",
    ("GET", "/coach"): "no route: counts, and whose chats were stopped, on record; tests/portal/test_coach.py",
    ("GET", "/hand-overs"): "no route: the own learners alone; tests/portal/test_coach.py",
    ("POST", "/hand-overs/<hand_over_id>/answer"): "no route: to the own learners alone; tests/portal/test_coach.py",
    ("POST", "/hand-overs/<hand_over_id>/outcome"): "no route: of the own learners alone; tests/portal/test_coach.py",
    ("GET", "/verify"): "no route: the own apprentices' names, likewise; tests/portal/test_observing.py",
    ("GET", "/people/<employee_id>/observation"): "a form alone; the rule is what it sends",
    ("GET", "/people/<employee_id>/verification"): "a form alone; the rule is what it sends",
    ("GET", "/people"): "no route: beside the names that the API lists it shows ratings, and records that",
    ("GET", "/reports"): "no route: the names of reports; tests/portal/test_reports.py",
    ("GET", "/reports/<name>"): "no route: each report has its audience; tests/portal/test_reports.py",
    ("GET", "/activity"): "no route: it lists what the histories of single people show",
    (
        "GET",
        "/people/<employee_id>/identity",
    ): "no route: former ids, to who may change them; tests/portal/test_privacy.py",
    ("GET", "/health/integrations"): "no route: it says how to connect what health shows",
    ("GET", "/learners/invitation"): "a form alone; the rule is what it sends",
    ("GET", "/standards/import"): "a form alone; the rule is what the next step keeps",
    (
        "POST",
        "/standards/import",
    ): "sends a file for the next step, which has the rule; tests/portal/test_standards_import.py",
    (
        "GET",
        "/standards/import/<file_id>",
    ): "no route: a dry run of the sent file; tests/portal/test_standards_import.py",
    ("GET", "/lessons/<lesson_id>"): "tells nobody the answers; whose lessons people see: tests/portal",
    ("GET", "/calls/analyses"): "a form alone; the rule is what it sends",
    ("GET", "/calls/<record_id>/transcript"): "shows the own words at once and to others the door: tests/portal",
    ("GET", "/skills/<framework_id>/add"): "a form alone; the rule is what it sends",
    ("GET", "/skills/<framework_id>/<skill_id>/rule"): "a form alone; the rule is what it sends",
}
"""Why a page has no rule."""
ROUTES_WITHOUT = {
    ("GET", "/api/v1/openapi.json"): "public: it describes the routes, and nobody",
    ("GET", "/api/v1/docs"): "public: it describes the routes, and nobody",
    ("POST", "/webhooks/salesforce/records"): "keyed: by the token of its address, which tests/crm hold",
}
"""Why a route has no rule: it shows nobody's data, and asks for no permission of a role."""


def pages() -> set[tuple[str, str]]:
    """What can be asked of the portal: an address is shown by one route, and another may show it again to act there."""
    shown: dict[object, str] = {}
    for route in PAGES:
        shown.setdefault((route.show.module, route.show.name), route.path)
    return {("GET", path) for path in shown.values()} | {("POST", route.path) for route in PAGES if route.act}


def route_of(patterns: Collection[str], method: str, address: str) -> tuple[str, str]:
    """The address of a rule as a table of routes has it: words before variables."""
    place = re.sub(r"{\w+}", "x", address.partition("?")[0])
    ordered = sorted(patterns, key=lambda path: path.count("<"))
    return method, next(path for path in ordered if re.fullmatch(re.sub("<[^>]+>", "[^/]+", path), place))


def test_every_page_has_a_rule_or_says_why_not() -> None:
    patterns = {route.path for route in PAGES}
    ruled = {route_of(patterns, *rule.page) for rule in RULES if rule.page is not None}

    assert pages() - ruled - PAGES_WITHOUT.keys() == set()
    assert PAGES_WITHOUT.keys() - (pages() - ruled) == set(), "a reason that nothing needs"


def test_every_route_has_a_rule_or_is_public() -> None:
    routes: dict[tuple[str, str], Route] = {(route.method, route.path): route for route in ROUTES}
    patterns = {route.path for route in ROUTES}
    ruled = {route_of(patterns, rule.api[0], f"/api/v1/{rule.api[1]}") for rule in RULES}

    assert routes.keys() - ruled == ROUTES_WITHOUT.keys()
    assert [route for route in ROUTES_WITHOUT if routes[route].permission is not None] == []


def test_every_rule_has_a_name_of_its_own() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
