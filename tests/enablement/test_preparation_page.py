"""What somebody is to do is shown with what it would do, where they look: on preparation, and on their own home."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from functions.portal.preparation import page as preparation
from functions.portal.shell.rendering import render
from infra.declarations.content import shipped_content
from infra.wiring.enablement import enablement
from infra.wiring.people import people
from infra.wiring.ratings import ratings
from shared.enablement.records import AssignmentRecords
from shared.enablement.usecases.open_preparation import OpenedPreparation, OpenPreparation
from shared.kernel.access import Caller
from shared.kernel.errors import Forbidden
from shared.people.records import EmployeeRecords
from shared.people.usecases.open_profile import OpenProfile
from shared.ports.documents import Document, Put
from tests.enablement.deals import CRM, acme
from tests.harness.api_client import DANA, JOE, SARAH, ApiClient, call_analysed, call_seen, role_play
from tests.portal import samples

JOE_HIMSELF = Caller(email=JOE, role="employee", employee_id=JOE)
HIS_MANAGER = Caller(email=DANA, role="manager", employee_id=DANA)


class Counting:
    """The store, counting how often each document is read by itself."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.read: Counter[str] = Counter()

    def get(self, path: str) -> Document | None:
        self.read[path] += 1
        found: Document | None = self._inner.get(path)
        return found

    def get_many(self, paths: Iterable[str], fields: Sequence[str] | None = None) -> dict[str, Document]:
        wanted = list(paths)
        self.read.update(wanted)
        found: dict[str, Document] = self._inner.get_many(wanted, fields)
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


@pytest.fixture
def joe(api: ApiClient) -> ApiClient:
    """Joe is to prepare for a healthcare deal; he was seen a little there."""
    api.record(call_seen(1, score=65, context={"industry": "healthcare"}))
    api.deliver()
    answer = api.post("deal-assignments", acme(), who=CRM)
    assert answer.json["assignments"]
    api.deliver()
    return api


def opened(api: ApiClient, caller: Caller = JOE_HIMSELF) -> OpenedPreparation:
    return enablement(api.platform.on).preparation.open(caller, JOE, limit=50)


def test_each_activity_says_what_it_would_do(joe: ApiClient) -> None:
    found = opened(joe)
    (assignment,) = found.assignments.items
    assert set(found.effects) == {one.content_id for one in assignment.activities}
    primer = found.effects["healthcare-discovery-primer"]
    assert (primer.competency, primer.context, primer.practised) == ("Discovery", (("industry", "healthcare"),), False)
    # To hear something moves nothing: it is the meeting after it that does.
    assert primer.then.observed
    assert primer.then.moves


def test_what_it_would_do_is_said_of_the_skill_that_it_was_chosen_for(joe: ApiClient) -> None:
    """The battlecard is about product knowledge most; who lacks handling objections gets it for that."""
    documents = joe.platform.documents
    (kept,) = AssignmentRecords(documents).page(JOE, limit=5).items
    chosen_for = {one.content_id: one.competency for one in kept.activities}
    assert chosen_for["healthcare-discovery-primer"] == "discovery"
    for one in kept.activities:
        assert f"healthcare {(one.competency or '').replace('_', ' ')} experience" in one.reason
    battlecard = next(one for one in kept.activities if one.content_id == "hipaa-battlecard")
    for competency, said in (("objection_handling", "Objection handling"), (None, "Product knowledge")):
        about = kept.changed(activities=(battlecard.changed(competency=competency),))
        documents.commit([Put(f"assignments/{kept.assignment_id}", about.stored())])
        assert opened(joe).effects["hipaa-battlecard"].competency == said


def test_it_is_what_the_profile_says_once_the_meeting_has_gone_so(joe: ApiClient) -> None:
    primer = opened(joe).effects["healthcare-discovery-primer"].then
    joe.record(call_seen(2, score=primer.score / 100, context={"industry": "healthcare"}, days_ago=0))
    joe.deliver()
    profile = joe.get(f"employees/{JOE}/skills", who=JOE, view="all").json
    (row,) = (
        one
        for one in profile["skills"]
        if one["competency"] == "discovery" and one["context"] == {"industry": "healthcare"}
    )
    assert primer.after.rating is not None
    assert row["current_rating"] == primer.after.rating / 100
    assert row["interval"] == pytest.approx([(primer.after.low or 0) / 100, (primer.after.high or 0) / 100])


def test_a_profile_shows_the_same_by_the_ratings_it_shows(joe: ApiClient) -> None:
    profile = ratings(joe.platform.on).profiles.open(JOE_HIMSELF, JOE, page="profile", named=str)
    beside = enablement(joe.platform.on).preparation.beside(profile)
    found = opened(joe)
    assert beside.effects == found.effects
    assert beside.assignments.items == found.assignments.items


def test_what_is_done_is_not_worked_out_again(joe: ApiClient) -> None:
    (assignment,) = opened(joe).assignments.items
    first = assignment.activities[0].content_id
    path = f"assignments/{assignment.assignment_id}/completions"
    assert joe.post(path, {"content_id": first}, who=JOE).status == 200
    assert first not in opened(joe).effects


def test_a_page_opens_a_person_once(joe: ApiClient) -> None:
    on = joe.platform.on
    counting: Any = Counting(joe.platform.documents)
    opening = OpenProfile(EmployeeRecords(counting), joe.platform.audit)
    preparation = OpenPreparation(AssignmentRecords(counting), opening, ratings(on).projecting, shipped_content())
    assert preparation.open(HIS_MANAGER, JOE, limit=50).employee.name == people(on).records.names([JOE])[JOE]
    assert counting.read[f"employees/{JOE}"] == 1


def test_only_who_may_see_the_profile(joe: ApiClient) -> None:
    assert opened(joe, HIS_MANAGER).effects == opened(joe).effects
    with pytest.raises(Forbidden):
        opened(joe, Caller(email=SARAH, role="employee", employee_id=SARAH))


def test_who_does_not_see_some_calls_yet_is_told_that_they_count_for_nothing(joe: ApiClient) -> None:
    assert (opened(joe, HIS_MANAGER).scores_open_at, opened(joe).scores_open_at) == (None, None)
    joe.record(call_analysed(7, confidence=0.9))
    assert opened(joe).scores_open_at is None
    until = opened(joe, HIS_MANAGER).scores_open_at
    assert until is not None
    for closed in (None, until):
        page = preparation.present(replace(samples.PREPARATION, scores_open_at=closed))
        html = render(page.template, frame=samples.frame(), here=page.place, **page.variables)
        assert ("The employee sees their scores first" in html) is (closed is not None)


def test_practice_that_no_list_knows_any_more_has_no_effect(joe: ApiClient) -> None:
    on = joe.platform.on
    bare = OpenPreparation(
        AssignmentRecords(joe.platform.documents), people(on).profile_access, ratings(on).projecting, ()
    )
    joe.record(role_play(1))
    found = bare.open(JOE_HIMSELF, JOE, limit=50)
    assert found.assignments.items
    assert not set(found.effects) & {"healthcare-discovery-primer", "hipaa-battlecard"}
