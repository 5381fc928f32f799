"""What a learner answered follows them to another id, and goes with them."""

from __future__ import annotations

from typing import Any

import pytest

from shared.ports.documents import Query
from tests.harness.api_client import ADA, ApiClient
from tests.learning.apprentices import ANA, BEN, people
from tests.learning.lesson_files import answer_body, lesson_body
from tests.learning.test_answers import AT, answered, entries
from tests.learning.test_lessons import publish

NEW = "ana.married@jointers.example"


@pytest.fixture
def learning(api: ApiClient) -> ApiClient:
    """Two apprentices who have each answered a question, both under their own keys."""
    assert api.import_people(people()).json["rejected"] == 0
    assert publish(api, lesson_body()).status == 200
    answered(api, answer_body(1, AT, key="the-answer-of-ana"))
    answered(api, answer_body(2, AT, key="the-answer-of-ben"), who=BEN)
    api.deliver()
    return api


def seen(api: ApiClient, who: str) -> Any:
    return api.get("learning/feed", who=who).json["progress"]["seen"]


def test_answers_follow_to_another_id_and_are_known_there(learning: ApiClient) -> None:
    told = learning.post(f"employees/{ANA}/rename", {"new_id": NEW, "reason": "Married"}, who=ADA)
    assert told.status == 202
    learning.deliver()
    assert (seen(learning, NEW), len(entries(learning, NEW)), entries(learning, ANA)) == (1, 1, {})
    (again,) = answered(learning, answer_body(1, AT, key="the-answer-of-ana"), who=NEW)
    assert again["status"] == "duplicate"


def test_the_answers_of_two_records_of_one_person_are_all_theirs(learning: ApiClient) -> None:
    assert learning.post(f"employees/{ANA}/merge", {"into": BEN, "reason": "One person"}, who=ADA).status == 202
    learning.deliver()
    assert (seen(learning, BEN), len(entries(learning, BEN))) == (2, 2)
    answered(learning, answer_body(1, AT, key="a-further-answer"), who=BEN)
    assert len(entries(learning, BEN)) == 3


def test_answers_go_with_who_is_erased(learning: ApiClient) -> None:
    assert learning.post(f"employees/{ANA}/erasure", {"employee_id": ANA}, who=ADA).status == 202
    for _ in range(3):
        learning.deliver()
        learning.clock.move(hours=3)
    pages = learning.platform.documents.query(Query("learner_reviews"))
    assert [page.data["employee_id"] for page in pages] == [BEN]
    assert learning.get("learning/lessons/prove_dead", who=ADA).status == 200
    assert learning.get("learning/feed", who=ANA).status in {401, 403}
