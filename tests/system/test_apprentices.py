"""The demonstration's apprentices on a whole platform: fed as ./scripts/run does, and each role finds its answer."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest

from infra.demonstration import apprentices
from infra.demonstration.apprentice_feeding import feed_apprentices
from infra.demonstration.apprentices import address
from infra.demonstration.learning_standards import import_standards
from infra.local.environment import ADMINISTRATOR, API
from infra.web.calling import Caller
from tests.harness.embedded_platform import EmbeddedPlatform, embedded
from tests.harness.speed import SPEED

KIT, NEW = address("Kit Lennox"), address(apprentices.NEW)
MOIRA, EMPLOYER = address(apprentices.MENTORS[0]), address(apprentices.EMPLOYER)
FED = (
    apprentices.APPRENTICES
    if SPEED == "whole"
    else ("Kit Lennox", "Liam Hartley", apprentices.AWAY, apprentices.NEW, apprentices.QUIET, apprentices.UNSAFE)
)
"""Of each mentor, who reached the milestone, and who differs on purpose; `./scripts/prove examples` feeds all."""

pytestmark = pytest.mark.xdist_group("apprentices")


class School:
    def __init__(self, platform: EmbeddedPlatform) -> None:
        self._platform = platform
        self._callers: dict[str, Caller] = {}

    def calls_as(self, email: str) -> Caller:
        if email not in self._callers:
            token = self._platform.person(email, API)
            self._callers[email] = Caller(self._platform.address, lambda _: token)
        return self._callers[email]

    def asked(self, email: str, path: str) -> Any:
        answer = self.calls_as(email).get(path)
        assert answer.status == 200, (path, answer.status, answer.body[:300])
        return json.loads(answer.body)


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    with embedded(tmp_path_factory.mktemp("apprentices"), sys.stderr) as runtime:
        one = School(EmbeddedPlatform(runtime))
        office = one.calls_as(ADMINISTRATOR)
        import_standards(office.post)
        today = datetime.now(UTC).date()
        given = feed_apprentices(office, one.calls_as, as_of=today, names=FED)
        assert given > 10 * len(FED)
        assert feed_apprentices(office, one.calls_as, as_of=today, names=FED) == given, "fed again, nothing is refused"
        assert runtime.settle(60)
        yield one


def test_every_apprentice_has_a_feed_that_begins_with_what_keeps_people_from_harm(school: School) -> None:
    for name in FED:
        feed = school.asked(address(name), "/api/v1/learning/feed")
        reasons = [one["reason"] for one in feed["items"]]
        assert feed["agreed"]
        assert feed["progress"]["seen"] > 0, name
        assert reasons == sorted(reasons, key=["safety", "review", "gap", "new"].index)


def test_mentors_see_what_their_own_may_do_and_what_ends_soon(school: School) -> None:
    listed = school.asked(MOIRA, "/api/v1/learning/authorisations/in-force")["learners"]
    kit = next(one for one in listed if one["employee_id"] == KIT)
    assert [one["scope"] for one in kit["authorisations"]] == ["supervised", "supervised", "alone"]
    assert kit["authorisations"][0]["days_left"] <= 16
    assert len(kit["authorisations"]) == len(apprentices.MAY), "fed twice, given once"


def test_answers_are_kept_once_and_quick_checks_became_ratings(school: School) -> None:
    profile = school.asked(KIT, f"/api/v1/employees/{quote(KIT)}/skills")
    assert profile["framework_id"] == apprentices.FRAMEWORK
    text = json.dumps(profile)
    assert '"K1"' in text
    assert '"S1"' in text
    assert '"B1"' in text


def test_a_mentor_sees_who_may_need_help_and_why(school: School) -> None:
    answers = [school.asked(address(one), "/api/v1/learning/at-risk") for one in apprentices.MENTORS]
    found = {one["employee_id"]: one for answer in answers for one in answer["learners"]}
    assert set(found) == {address(one) for one in FED}, "each mentor their own, all together all"
    assert any(one["risk"] == "quiet" for one in found[address(apprentices.QUIET)]["reasons"])
    assert not any(one["risk"] == "quiet" for one in found[address(apprentices.AWAY)]["reasons"]), "they are away"


def test_time_to_the_milestone_is_counted_from_when_they_began(school: School) -> None:
    times = school.asked(ADMINISTRATOR, "/api/v1/learning/milestones")["milestones"]
    one = next(one for one in times if one["milestone"] == "first_site_visit")
    assert one["learners"] == len(FED)
    assert one["reached"] + one["censored"] == one["learners"]
    assert one["steps"], "some have reached it"
    assert all(step["days"] <= apprentices.DAYS for step in one["steps"])


def test_evidence_lies_with_each_learner_for_mentor_and_employer(school: School) -> None:
    for who in (KIT, MOIRA, EMPLOYER):
        kinds = {one["kind"] for one in school.asked(who, f"/api/v1/evidence?employee_id={quote(KIT)}")["items"]}
        assert "verification" in kinds or who != EMPLOYER
        assert "observation" in kinds or who != MOIRA


def test_a_new_apprentice_is_offered_the_first_lessons(school: School) -> None:
    feed = school.asked(NEW, "/api/v1/learning/feed")
    assert feed["progress"]["finished"] < feed["progress"]["lessons"] or feed["progress"]["lessons"] < 5
