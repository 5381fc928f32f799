"""Whose a number is, as they told us; who may say so; and what is left of them after an erasure and a move."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from infra.demonstration import apprentice_feeding
from infra.demonstration.whatsapp_payloads import Writer
from infra.wiring.coaching import coaching
from infra.wiring.environment import environment
from shared.coaching.domain import agreement_text
from shared.coaching.records.celebrations import Celebration, Celebrations
from shared.coaching.records.hand_overs import HandOver, HandOverRecords, Line
from shared.coaching.records.identities import Identities
from shared.coaching.records.inbox import inbox_of
from shared.coaching.records.nudges import Given, NudgeRecords, NudgeState, united_nudges
from shared.coaching.usecases.agree import Agree
from shared.kernel.access import Caller
from shared.kernel.errors import Conflict, Forbidden, Rejected
from shared.ports.documents import Document, Query
from tests.coaching.coach_world import KIT, NOTHING_NEXT, STRANGER, UNKNOWN, CoachWorld, coach_world
from tests.functions.conftest import Deployed
from tests.functions.test_coach_reply import JPEG, go_on
from tests.functions.test_erase_person import Shelf
from tests.functions.test_health_check import Letters
from tests.functions.test_move_person import NEW
from tests.functions.test_move_person import Shelf as MovingShelf
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


def test_a_number_that_was_given_up_can_be_agreed_to_anew_by_who_has_it_now(world: CoachWorld, agree: Agree) -> None:
    agree.give(KIT_HIMSELF, JOE, "+44 7700 900461", 1)
    with pytest.raises(Conflict):
        agree.give(ANOTHER, MIA, "+44 7700 900461", 1)
    world.later(minutes=5)
    new = Writer(phone="447700900888")
    old = Writer(phone=KIT.phone)
    world.whatsapp.write(old, "system", system={"type": "user_changed_number", "wa_id": new.phone})
    go_on(world)
    world.later(hours=24 * 90)
    assert agree.give(ANOTHER, MIA, "+44 7700 900461", 1).phones == ("447700900461",)
    identities = Identities(world.deployed.calls.integrations)
    assert identities.person("phone:447700900461").contact.employee == MIA
    assert identities.person("phone:447700900888").contact.employee == JOE
    with pytest.raises(Conflict):
        agree.give(KIT_HIMSELF, JOE, "+44 7700 900461", 1)


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
    erase(world)
    integrations = world.deployed.calls.integrations
    left = [one.data for name in integrations.collections() for one in integrations.query(Query(name))]
    for trace in (JOE, str(KIT.phone), str(KIT.user_id), "my words", "my caption"):
        assert trace not in json.dumps(left, default=str)


def test_an_erasure_finds_what_says_no_more_than_the_id_it_came_from(world: CoachWorld, agree: Agree) -> None:
    """A user id that was seen beside the number, what the coach answered before it knew them, what nobody has answered
    yet; what another person wrote stays."""
    world.whatsapp.write(KIT, text="before")
    world.whatsapp.write(STRANGER, text="a strangers words")
    go_on(world)
    agree.give(KIT_HIMSELF, JOE, "+44 7700 900461", 1)
    world.later(minutes=1)
    world.whatsapp.write(KIT, text="my last words")
    world.whatsapp.write(STRANGER, text="a strangers last words")
    world.deliver()
    before = {name: len(world.stored(name)) for name in ("coach_outgoing", "coach_statuses")}
    assert all(count > 1 for count in before.values()), before
    theirs = {one["wamid"] for one in world.stored("coach_outgoing") if one["inbox"] in inboxes_of(KIT)}
    erase(world)
    left = {name: world.stored(name) for name in world.deployed.calls.integrations.collections()}
    for trace in (JOE, str(KIT.phone), str(KIT.user_id), "my last words", *inboxes_of(KIT), *theirs):
        assert trace not in json.dumps(left, default=str)
    assert [one["message"]["text"] for one in left["coach_inbox"] if one["open"]] == ["a strangers last words"]
    assert left["coach_outgoing"]
    assert left["coach_statuses"]


def test_a_mentor_with_another_id_answers_what_was_theirs_and_a_nudge_is_not_given_again(world: CoachWorld) -> None:
    integrations, once = world.deployed.calls.integrations, world.now
    nudges = NudgeRecords(integrations)
    given = Given(kind="streak", why="why", day=once.date(), at=once, via="text")
    integrations.commit([nudges.put_of(nudges.of(JOE, once).given(given, "milestone"))])
    reached = Celebration(employee_id=JOE, framework_id="f", milestone="m", wamid="w1", at=once)
    assert Celebrations(integrations).claim(reached)
    hand_over = HandOver(
        hand_over_id="h1",
        employee_id=MIA,
        answerer_id=JOE,
        reason="asked",
        wamids=("w2",),
        opened_at=once,
        last_at=once,
        lines=(Line(line_id="l1", speaker="answerer", text="words", at=once, by=JOE),),
        expires_at=once,
    )
    integrations.transact(lambda transaction: HandOverRecords.put(transaction, hand_over))
    move(world, JOE, NEW)
    assert nudges.of(NEW, once).last == given
    assert nudges.of(JOE, once).last is None
    assert not Celebrations(integrations).claim(reached.changed(employee_id=NEW, wamid="w3"))
    (answered,) = HandOverRecords(integrations).to_answer(NEW, limit=2)
    assert answered.lines[0].by == NEW
    left = [one.data for name in integrations.collections() for one in integrations.query(Query(name))]
    assert JOE not in json.dumps(left, default=str)


def test_nudges_under_two_ids_become_one_and_forget_nothing() -> None:
    first, then = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)
    stays, goes = (NudgeState(employee_id=MIA, expires_at=first) for _ in range(2))
    older, newer = (Given(kind="streak", why="why", day=at.date(), at=at, via="text") for at in (first, then))
    stays, goes = stays.given(older, "a"), goes.given(newer, "b")
    one, other = (Document("coach_nudges/x", state.stored(), "1") for state in (stays, goes))
    united = NudgeState.read(replace(one, data=united_nudges(one, other)))
    assert (united.last, set(united.told), united.unanswered_since) == (newer, {"a", "b"}, first)
    assert united.expires_at == goes.expires_at
    assert NudgeState.read(replace(one, data=united_nudges(other, one))).changed(told=()) == united.changed(told=())


def inboxes_of(writer: Writer) -> list[str]:
    return [inbox_of(key) for key in (f"phone:{writer.phone}", f"user:{writer.user_id}")]


def move(world: CoachWorld, former_id: str, new_id: str) -> None:
    """Renames somebody, to the end."""
    world.deployed.ports |= {"warehouse": MovingShelf()}
    path, body = f"/api/v1/employees/{former_id}/rename", {"new_id": new_id, "reason": "Took another name"}
    status, run = world.deployed.ask("skills_api", "POST", path, body, who=ADMINISTRATOR.email)
    assert status == 202
    for _ in range(2):
        _, did = world.deployed.deliver("move_person", {"run_id": run["run_id"]})
        world.later(hours=3)
    assert did["state"] == "finished"


def erase(world: CoachWorld) -> None:
    """Erases the learner, to the end."""
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


def test_the_demonstration_agrees_to_the_text_in_force() -> None:
    assert apprentice_feeding.COACH == agreement_text.CURRENT
