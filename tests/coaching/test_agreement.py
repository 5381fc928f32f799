"""Whether the coach may write is asked with the text that is agreed to, over the route and in the portal."""

from __future__ import annotations

import pytest

from shared.coaching.domain.agreement_text import CURRENT
from tests.api.conftest import api, loaded
from tests.harness.api_client import ENID, ApiClient
from tests.learning.apprentices import ANA, enrolled, prepare

__all__ = ["api", "loaded"]
PATH = f"learning/enrolments/{ANA}/coach-agreement"


@pytest.fixture
def asked(api: ApiClient) -> ApiClient:
    prepare(api)
    enrolled(api)
    return api


def test_a_learner_reads_the_text_agrees_and_ends_it(asked: ApiClient) -> None:
    view = asked.get(PATH, who=ANA).json
    assert (view["agreed"], view["phones"], view["connected"]) == (False, [], False)
    assert "Write STOP" in view["text"]["text"]
    body = {"agreed": True, "version": view["text"]["version"], "phone": "+44 7700 900123"}
    assert asked.post(PATH, body, who=ANA).json["phones"] == ["447700900123"]
    assert asked.get(PATH, who=ENID).json["agreed"] is True
    ended = asked.post(PATH, {"agreed": False, "version": 1}, who=ANA).json
    assert (ended["agreed"], ended["phones"]) == (False, [])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"agreed": True, "version": CURRENT}, "phone"),
        ({"agreed": True, "version": CURRENT, "phone": "07700 900123"}, "phone"),
        ({"agreed": True, "version": CURRENT, "phone": "+44" * 30}, "phone"),
        ({"agreed": True, "version": CURRENT + 1, "phone": "+44 7700 900123"}, "version"),
        ({"agreed": "yes", "version": CURRENT}, "agreed"),
    ],
)
def test_what_cannot_be_agreed_to_is_refused_by_its_field(
    asked: ApiClient, body: dict[str, object], field: str
) -> None:
    refused = asked.post(PATH, body, who=ANA)
    assert refused.status in (400, 422)
    assert refused.fields == [field]
    assert asked.get(PATH, who=ANA).json["agreed"] is False
