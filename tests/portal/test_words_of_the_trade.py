"""Pages say where people are observed in their trade's own words, which the framework gives."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import api, loaded
from tests.harness.api_client import JOE, ApiClient, call_seen, role_play
from tests.learning.apprentices import ANA, enrolled, prepare
from tests.portal.test_worlds import browser

__all__ = ["api", "loaded"]


def seen_on_site(api: ApiClient) -> None:
    """Ana is seen at work four times, by a mentor's assessments."""
    for number in range(4):
        seen: list[dict[str, Any]] = [{"competency": "S2", "score": 80, "evidence": "Stripped to the mark"}]
        work = call_seen(number, employee=ANA, observation_source="supervised_work", competency_scores=seen)
        api.record(work | {"context": {"voltage": "11kv"}})


def test_an_apprentice_is_seen_on_site_and_a_sales_engineer_with_customers(api: ApiClient) -> None:
    prepare(api)
    enrolled(api, ANA)
    seen_on_site(api)
    api.record(
        *(role_play(number, score=95) for number in range(3)),
        *(call_seen(number + 10, score=60) for number in range(4)),
    )
    api.deliver()
    api.clock.move(days=3)

    apprentice, seller = browser(api, ANA).text("/me"), browser(api, JOE).text("/me")

    assert "4 supervised jobs" in apprentice
    assert "where the level on site lies" in apprentice
    assert "customer" not in apprentice
    assert "4 customer conversations" in seller
    assert "where the level with customers lies" in seller
    assert "What was observed on site." in browser(api, ANA).text(f"/people/{ANA}/field")


@pytest.mark.parametrize("wrong", ["", " ", "x" * 41])
def test_words_are_bounded(api: ApiClient, wrong: str) -> None:
    framework = api.get("frameworks/sales_engineering").json["framework"]
    answer = api.put("frameworks/sales_engineering", {"framework": framework | {"field_words": wrong}})
    assert (answer.status, answer.fields) == (422, ["framework.field_words"])


def test_a_framework_that_says_nothing_is_in_the_field(api: ApiClient) -> None:
    framework = api.get("frameworks/sales_engineering").json["framework"]
    plain = {name: value for name, value in framework.items() if name not in {"field_words", "field_unit"}}
    assert api.put("frameworks/sales_engineering", {"framework": plain}).status == 200
    api.record(*(call_seen(number, score=60) for number in range(4)))
    api.deliver()
    api.clock.move(days=3)
    assert "where the level in the field lies" in browser(api, JOE).text("/me")
