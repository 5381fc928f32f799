"""What a learner answered follows them to another id, and goes with them."""

from __future__ import annotations

from typing import Any

import pytest

from shared.learning.enrolment_records import Enrolment, EnrolmentRecords
from shared.ports.documents import Query
from tests.harness.api_client import ADA, ENID, ApiClient
from tests.learning.apprentices import ANA, BEN, enrolled, invite, people, prepare
from tests.learning.lesson_files import answer_body, lesson_body
from tests.learning.test_answers import AT, answered, entries
from tests.learning.test_lessons import publish
from tests.learning.test_phone_items import held, send_photo, tell

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


def enrolment_of(api: ApiClient, who: str) -> Enrolment | None:
    return EnrolmentRecords(api.platform.documents).get(who)


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


def test_two_enrolled_records_of_one_person_become_one_learner(api: ApiClient) -> None:
    """Ana has learned for a while; of Ben's record somebody thought that it was another person."""
    prepare(api)
    assert publish(api, lesson_body()).status == 200
    enrolled(api, ANA)
    api.clock.move(days=1)
    invite(api, BEN, gateway_on="2029-01-01")
    breaks = {ANA: ("2026-03-01", "2026-03-10"), BEN: ("2026-03-08", "2026-03-20")}
    for who, (begins, ends) in breaks.items():
        body = {"begins": begins, "ends": ends, "reason": "illness"}
        assert api.post(f"learning/enrolments/{who}/breaks", body, who=ENID).status == 200
    for number in (1, 2):
        answered(api, answer_body(number, AT))
    send_photo(api, "photo-of-ana")
    EnrolmentRecords(api.platform.documents).note_first_lesson(ANA, api.clock.now())
    streak = api.get("learning/feed", who=ANA).json["streak"]
    tell(api, held("voice-of-ana", "voice"))
    api.deliver()
    before = enrolment_of(api, ANA)

    assert api.post(f"employees/{ANA}/merge", {"into": BEN, "reason": "One person"}, who=ADA).status == 202
    for _ in range(2):
        api.deliver()
        api.clock.move(hours=3)

    after = enrolment_of(api, BEN)
    assert enrolment_of(api, ANA) is None
    assert before is not None
    assert after is not None
    assert (after.gateway_on, after.consented) == (before.gateway_on, before.consented), (
        "it was Ana's that was agreed to"
    )
    assert before.first_lesson_at is not None
    assert after.first_lesson_at == before.first_lesson_at
    assert [(str(one.begins), str(one.ends)) for one in after.breaks] == [("2026-03-01", "2026-03-20")]
    assert seen(api, BEN) == 2
    assert [one["kind"] for one in api.get("evidence", who=BEN).json["items"]] == ["photo"]
    assert api.get("learning/feed", who=BEN).json["streak"] == streak
    assert streak["longest"] == 1
    assert [one["key"] for one in tell(api, who=BEN)["missing"]] == ["voice-of-ana"]


@pytest.mark.parametrize("agreed_first", [ANA, BEN])
def test_of_two_who_agreed_the_record_that_stays_says_what_and_the_first_since_when(
    api: ApiClient, agreed_first: str
) -> None:
    prepare(api)
    other = BEN if agreed_first == ANA else ANA
    enrolled(api, agreed_first, gateway_on=f"202{8 if agreed_first == BEN else 9}-01-01")
    begun = api.clock.now()
    api.clock.move(days=3)
    enrolled(api, other, gateway_on=f"202{8 if other == BEN else 9}-01-01")
    assert api.post(f"employees/{ANA}/merge", {"into": BEN, "reason": "One person"}, who=ADA).status == 202
    api.deliver()

    after = enrolment_of(api, BEN)
    assert after is not None
    assert (str(after.gateway_on), after.begun_on, len(after.consents)) == ("2028-01-01", begun, 2)


def test_answers_go_with_who_is_erased(learning: ApiClient) -> None:
    assert learning.post(f"employees/{ANA}/erasure", {"employee_id": ANA}, who=ADA).status == 202
    for _ in range(3):
        learning.deliver()
        learning.clock.move(hours=3)
    pages = learning.platform.documents.query(Query("learner_reviews"))
    assert [page.data["employee_id"] for page in pages] == [BEN]
    assert learning.get("learning/lessons/prove_dead", who=ADA).status == 200
    assert learning.get("learning/feed", who=ANA).status in {401, 403}
