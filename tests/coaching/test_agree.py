"""Whose a number is, as they told us; who may say so; and what is left of them after an erasure and a move."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from infra.wiring.coaching import coaching
from infra.wiring.environment import environment
from shared.coaching.records.identities import Identities
from shared.coaching.usecases.agree import Agree
from shared.kernel.access import Caller
from shared.kernel.errors import Conflict, Forbidden, Rejected
from shared.ports.documents import Query
from tests.coaching.coach_world import KIT, NOTHING_NEXT, UNKNOWN, CoachWorld, coach_world
from tests.functions.conftest import Deployed
from tests.functions.test_coach_reply import JPEG, go_on
from tests.functions.test_erase_person import Shelf
from tests.functions.test_health_check import Letters
from tests.harness.call_world import JOE, MIA
from tests.harness.crash_harness import ADMINISTRATOR

KIT_HIMSELF = Caller(email=JOE, role="employee", employee_id=JOE)
ANOTHER = Caller(email=MIA, role="employee", employee_id=MIA)


@pytest.fixture
def world(deployed: Deployed) -> Iterator[CoachWorld]:
    yield from coach_world(deployed)


@pytest.fixture
def agree(world: CoachWorld) -> Agree:
    world.reply({"inbox": "nobodys"})
    return coaching(environment()).agree


def audited(world: CoachWorld) -> list[tuple[str, str, str]]:
    found = world.deployed.calls.world.store.query(Query("audit"))
    return [(one.data["actor"], one.data["action"], one.data["detail"]) for one in found]


def test_who_agrees_is_known_by_their_number_and_by_the_user_id_seen_with_it(world: CoachWorld, agree: Agree) -> None:
    world.whatsapp.write(KIT, text="hi")
    go_on(world)
    assert agree.give(KIT_HIMSELF, JOE, "+44 7700 900461", 1).phones == ("447700900461",)
    world.later(minutes=1)
    world.whatsapp.write(KIT, text="hi")
    go_on(world)
    assert world.said() == [UNKNOWN, NOTHING_NEXT]


def test_who_does_not_agree_any_more_is_not_begun_a_conversation_with(world: CoachWorld, agree: Agree) -> None:
    agree.give(KIT_HIMSELF, JOE, "+44 7700 900461", 1)
    world.later(minutes=1)
    assert agree.withdraw(KIT_HIMSELF, JOE).phones == ()
    identities = Identities(world.deployed.calls.integrations)
    person = identities.person("phone:447700900461")
    assert (person.contact.employee, person.stopped) == (JOE, True)
    world.later(minutes=1)
    agree.give(KIT_HIMSELF, JOE, "+44 7700 900461", 2)
    assert not identities.person("phone:447700900461").stopped


def test_only_the_learner_and_who_enrols_people_say_so_and_the_latter_is_on_record(
    world: CoachWorld, agree: Agree
) -> None:
    with pytest.raises(Forbidden):
        agree.give(ANOTHER, JOE, "+44 7700 900461", 1)
    agree.give(ADMINISTRATOR, JOE, "+44 7700 900461", 1)
    assert agree.shown(ADMINISTRATOR, JOE).phones == ("447700900461",)
    assert (ADMINISTRATOR.email, "learner.consented", "coach 1") in audited(world)
    assert (ADMINISTRATOR.email, "learner.viewed", "coach agreement") in audited(world)
    assert "7700" not in json.dumps(audited(world))


def test_another_learners_number_is_refused_and_stays_theirs(agree: Agree) -> None:
    agree.give(KIT_HIMSELF, JOE, "+44 7700 900461", 1)
    with pytest.raises(Conflict):
        agree.give(ANOTHER, MIA, "0044 7700 900461", 1)
    assert agree.shown(ANOTHER, MIA).phones == ()
    assert agree.shown(KIT_HIMSELF, JOE).phones == ("447700900461",)


def test_a_number_without_its_country_is_refused_by_its_field(agree: Agree) -> None:
    with pytest.raises(Rejected, match=r"phone: .*\+44") as refused:
        agree.give(KIT_HIMSELF, JOE, "07700 900461", 1)
    assert refused.value.field == "phone"


def test_an_erasure_leaves_nothing_of_the_person(world: CoachWorld, agree: Agree) -> None:
    agree.give(KIT_HIMSELF, JOE, "+44 7700 900461", 1)
    world.later(minutes=1)
    world.whatsapp.write(KIT, text="my words")
    world.whatsapp.photograph(KIT, JPEG, caption="my caption", gone=True)
    go_on(world)
    world.deployed.ports |= {"dead_letters": Letters(), "warehouse": Shelf()}
    path = f"/api/v1/employees/{JOE}/erasure"
    status, run = world.deployed.ask("skills_api", "POST", path, {"employee_id": JOE}, who=ADMINISTRATOR.email)
    assert status == 202
    for _ in range(12):
        _, did = world.deployed.deliver("erase_person", {"run_id": run["run_id"]})
        world.later(hours=3)
        if did["state"] == "finished":
            break
    assert did["state"] == "finished"
    integrations = world.deployed.calls.integrations
    left = [one.data for name in integrations.collections() for one in integrations.query(Query(name))]
    for trace in (JOE, str(KIT.phone), str(KIT.user_id), "my words", "my caption"):
        assert trace not in json.dumps(left, default=str)
