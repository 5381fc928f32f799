"""Answers are kept once each, marked against what was seen, and refused one by one."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from shared.ports.documents import Query
from tests.harness.api_client import ADA, DANA, ENID, JOE, MO, NOW, ApiClient
from tests.learning.apprentices import ANA, BEN, EMPLOYER, enrolled, invite, people, prepare
from tests.learning.lesson_files import answer_body, lesson_body
from tests.learning.test_lessons import publish

AT = (NOW - timedelta(hours=1)).isoformat()


def answered(api: ApiClient, *answers: dict[str, Any], who: str = ANA) -> list[dict[str, Any]]:
    reply = api.post("learning/answers", {"answers": list(answers)}, who=who)
    assert reply.status == 200, reply
    found: list[dict[str, Any]] = reply.json["results"]
    return found


@pytest.fixture
def learning(api: ApiClient) -> ApiClient:
    """A platform with two apprentices, and a lesson of two questions."""
    assert api.import_people(people()).json["rejected"] == 0
    assert publish(api, lesson_body()).status == 200
    return api


def entries(api: ApiClient, who: str = ANA) -> dict[str, str]:
    """What is kept of somebody's answers."""
    pages = [one.data for one in api.platform.documents.query(Query("learner_reviews"))]
    return {key: text for page in pages if page["employee_id"] == who for key, text in page["answers"].items()}


def test_an_answer_is_marked_and_told_why(learning: ApiClient) -> None:
    right, wrong = answered(learning, answer_body(1, AT), answer_body(2, AT, right=False))
    assert (right["status"], right["right"], right["marked_against"]) == ("taken", True, 1)
    assert (wrong["status"], wrong["right"]) == ("taken", False)
    assert wrong["because"] == "A cable is live until it is proved dead."


def test_an_answer_that_is_sent_again_is_kept_once(learning: ApiClient) -> None:
    first = answer_body(1, AT)
    assert [one["status"] for one in answered(learning, first, first)] == ["taken", "duplicate"]
    before = entries(learning)
    learning.clock.move(hours=5)
    assert [one["status"] for one in answered(learning, first)] == ["duplicate"]
    assert entries(learning) == before
    assert len(before) == 1


def test_another_answer_under_a_known_key_is_refused_and_kept_aside(learning: ApiClient) -> None:
    first = answer_body(1, AT)
    answered(learning, first)
    (other,) = answered(learning, first | {"option": 1})
    assert (other["status"], other["problem"]["status"]) == ("refused", 409)
    assert "right" not in other, "what the other would have been worth is not told"
    kept = learning.get(f"quarantine/{other['problem']['quarantine_id']}", who=ADA).json
    assert kept["source"] == "answer_questions"
    assert len(entries(learning)) == 1


def test_an_answer_is_marked_against_the_version_that_was_seen(learning: ApiClient) -> None:
    swapped = lesson_body(version=2)
    for question in swapped["questions"]:
        question["right"] = 1
    assert publish(learning, swapped).status == 200
    old, new = answered(learning, answer_body(1, AT), answer_body(2, AT, lesson_version=2))
    assert (old["right"], old["marked_against"]) == (True, 1)
    assert (new["right"], new["marked_against"]) == (False, 2)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"lesson_id": "unknown"}, "lesson_id"),
        ({"lesson_version": 7}, "lesson_id"),
        ({"question_id": "q9"}, "question_id"),
        ({"option": 4}, "option"),
        ({"option": "2"}, "option"),
        ({"answered_at": "yesterday"}, "answered_at"),
        ({"answered_at": "2026-02-10T10:00:00"}, "answered_at"),
        ({"key": "short"}, "key"),
        ({"key": None}, "key"),
        ({"more": 1}, "more"),
    ],
)
def test_one_that_cannot_be_taken_keeps_no_other_back(learning: ApiClient, changed: dict[str, Any], field: str) -> None:
    bad = answer_body(2, AT) | changed
    good, refused = answered(learning, answer_body(1, AT), bad)
    assert good["status"] == "taken"
    assert refused["status"] == "refused"
    assert refused["problem"]["errors"][0]["field"] == field
    assert len(entries(learning)) == 1


@pytest.mark.parametrize("odd", [None, 3, "x", [], {"key": {"key": "x"}}])
def test_what_is_no_answer_is_refused_by_itself(learning: ApiClient, odd: Any) -> None:
    (refused, good) = answered(learning, odd, answer_body(1, AT))
    assert (refused["status"], good["status"]) == ("refused", "taken")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"answers": []}, 422),
        ({"answers": {}}, 422),
        ({"answers": [{}] * 201}, 413),
        ({"answers": [{}], "more": 1}, 422),
        ([], 400),
    ],
)
def test_what_is_no_list_of_answers_is_refused(learning: ApiClient, body: Any, status: int) -> None:
    assert learning.post("learning/answers", body, who=ANA).status == status


def test_a_lesson_of_another_framework_is_none(learning: ApiClient) -> None:
    (refused,) = answered(learning, answer_body(1, AT), who=JOE)
    assert (refused["status"], refused["problem"]["status"]) == ("refused", 404)
    assert "because" not in refused


def test_a_clock_that_is_ahead_is_kept_as_claimed_and_counts_as_received(learning: ApiClient) -> None:
    ahead = (NOW + timedelta(days=2)).isoformat()
    answered(learning, answer_body(1, ahead))
    (entry,) = entries(learning).values()
    claimed, received, *_ = entry.split("|")
    assert int(claimed) - int(received) == 2 * 86_400_000
    feed = learning.get("learning/feed", who=ANA).json
    assert (feed["streak"]["days"], feed["streak"]["today"]) == (1, True)


def states_after(api: ApiClient, batches: Sequence[Sequence[dict[str, Any]]]) -> tuple[Any, Any, list[Any]]:
    """What a learner sees after batches in an order, and what is recorded of them, apart from which was first.

    Of finished checks their number: they are made of answers as these come, and stay as they are.
    """
    for batch in batches:
        answered(api, *batch)
    feed, mastery = (api.get(f"learning/{one}", who=ANA).json for one in ("feed", "mastery"))
    for item in mastery["items"]:
        item["evidence"] = [(one["kind"], one["lesson_id"], one["questions"]) for one in item["evidence"]]
    return feed, mastery, sorted(text.split("|")[2:] for text in entries(api).values())


def test_any_order_and_any_repetition_comes_to_the_same(learning: ApiClient, tmp_path: Any) -> None:
    """The same answers over three days, in twenty orders with repetitions: the same feed and mastery, byte for byte."""
    days = [(NOW - timedelta(days=days, hours=2)).isoformat() for days in (6, 3, 1)]
    batches = [
        [answer_body(1, days[0]), answer_body(2, days[0], right=False)],
        [answer_body(1, days[1], right=False)],
        [answer_body(2, days[1]), answer_body(1, days[2])],
    ]
    orders = list(itertools.permutations(batches))
    dice = random.Random(7)
    results = []
    store = learning.platform.documents
    for order in orders:
        repeated = [batch for batch in order for _ in range(dice.randint(1, 2))]
        results.append(states_after(learning, repeated))
        for one in store.query(Query("learner_reviews")):
            store.commit([_gone(one.path)])
    for result in results[1:]:
        assert result == results[0]


def _gone(path: str) -> Any:
    from shared.ports.documents import Delete

    return Delete(path)


class TestWhoMaySee:
    @pytest.fixture
    def enrolling(self, api: ApiClient) -> ApiClient:
        prepare(api)
        assert publish(api, lesson_body()).status == 200
        return api

    def test_nothing_is_kept_before_the_learner_agrees(self, enrolling: ApiClient) -> None:
        assert invite(enrolling).status == 201
        refused = enrolling.post("learning/answers", {"answers": [answer_body(1, AT)]}, who=ANA)
        assert (refused.status, entries(enrolling)) == (403, {})
        assert enrolling.get("learning/feed", who=ANA).json["agreed"] is False
        enrolled(enrolling)
        assert answered(enrolling, answer_body(1, AT))[0]["status"] == "taken"
        withdrawn = {"version": 1, "agreed": False}
        assert enrolling.post(f"learning/enrolments/{ANA}/consent", withdrawn, who=ANA).status == 200
        assert enrolling.post("learning/answers", {"answers": [answer_body(2, AT)]}, who=ANA).status == 403

    def test_mastery_is_for_those_beside_the_learner_and_looking_is_recorded(self, enrolling: ApiClient) -> None:
        enrolled(enrolling)
        enrolled(enrolling, BEN, employer_id=None)
        answered(enrolling, answer_body(1, AT), answer_body(2, AT, right=False))
        own = enrolling.get("learning/mastery", who=ANA).json
        k2 = next(one for one in own["items"] if one["competency"] == "K2")
        assert (k2["attained"], k2["seen"], k2["questions"], k2["right"]["value"]) == ("in_progress", 2, 2, 0.5)
        assert k2["right"]["low"] < 0.5 < k2["right"]["high"]
        assert own["gateway_on"] == "2028-02-01"
        statuses = {
            who: enrolling.get(f"learning/mastery/{ANA}", who=who).status
            for who in (ANA, MO, EMPLOYER, ENID, ADA, DANA, JOE)
        }
        assert statuses == {ANA: 200, MO: 200, EMPLOYER: 200, ENID: 200, ADA: 200, DANA: 403, JOE: 403}
        assert enrolling.get(f"learning/mastery/{BEN}", who=MO).status == 403
        assert enrolling.get(f"learning/mastery/{BEN}", who=EMPLOYER).status == 403
        recorded = enrolling.platform.audited.page(limit=100).items
        looked = {one.actor for one in recorded if one.action == "learner.viewed" and one.subject == ANA}
        assert {MO, EMPLOYER, ENID, ADA} <= looked

    def test_who_has_left_learns_no_more(self, enrolling: ApiClient) -> None:
        gone = {"name": "Ana", "framework_id": "cable_jointing_demo", "active": False}
        assert enrolling.put(f"employees/{ANA}", gone).status == 200
        assert enrolling.get("learning/feed", who=ANA).status == 403


def test_a_day_is_the_learners_own(learning: ApiClient) -> None:
    """Half past eleven at night and half past midnight in Auckland are one day in London."""
    person = {"name": "Ana Joiner", "framework_id": "cable_jointing_demo", "zone": "Pacific/Auckland"}
    assert learning.put(f"employees/{ANA}", person).status == 200
    at = ("2026-02-10T10:30:00Z", "2026-02-10T11:30:00Z")
    answered(learning, *(answer_body(1, one) for one in at))
    assert learning.get("learning/feed", who=ANA).json["streak"]["longest"] == 2
    answered(learning, *(answer_body(1, one, key=f"of-ben-at-{one[11:13]}") for one in at), who=BEN)
    assert learning.get("learning/feed", who=BEN).json["streak"]["longest"] == 1


def test_a_refused_answer_is_taken_in_again_as_its_learners_once_it_can_be(learning: ApiClient) -> None:
    """The phone has a version that nobody had published yet: a publication that was cut off."""
    early = answer_body(1, AT, lesson_version=2)
    (refused,) = answered(learning, early)
    path = f"quarantine/{refused['problem']['quarantine_id']}/replay"
    assert learning.post(path, who=ADA).status == 404, "as long as it is not there"
    assert publish(learning, lesson_body(version=2)).status == 200
    learning.clock.move(days=2)

    taken = learning.post(path, who=ADA)

    assert (taken.status, taken.json["answer"]["status"], taken.json["answer"]["marked_against"]) == (200, "taken", 2)
    (entry,) = entries(learning).values()
    assert entry.split("|")[2:4] == ["prove_dead", "2"]
    assert [one["status"] for one in answered(learning, early)] == ["duplicate"]
    assert learning.post(path, who=ADA).json["answer"]["status"] == "duplicate"
