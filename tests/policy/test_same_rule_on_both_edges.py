"""A rule holds in the API and in the portal alike: who may, what is shown or withheld, what is recorded.

Each capability's rules stand in a module of its name beside this one. Add a `Rule` there, or a module here.
"""

from __future__ import annotations

import pytest

from tests.api.conftest import loaded, seen
from tests.harness.api_client import ApiClient
from tests.policy import operations, people, platform, ratings
from tests.policy.both_edges import PEOPLE, BothEdges, Rule

__all__ = ["loaded", "seen"]

RULES: tuple[Rule, ...] = (*operations.RULES, *people.RULES, *platform.RULES, *ratings.RULES)


@pytest.fixture(scope="module")
def edges(seen: ApiClient) -> BothEdges:
    return BothEdges(seen)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_same_rule_holds_on_both_edges(edges: BothEdges, rule: Rule) -> None:
    expected = {role: edges.expected(rule, role) for role in PEOPLE}

    assert {role: edges.over_the_api(rule, role) for role in PEOPLE} == expected
    assert {role: edges.on_the_page(rule, role) for role in PEOPLE} == expected
