"""The coach (`coach_reply`) answers in order, each message once, whoever dies when; files are fetched in time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from infra.demonstration.whatsapp_interface import Template
from infra.demonstration.whatsapp_payloads import Writer, status_of, statuses
from infra.vendors.whatsapp import WhatsApp
from shared.coaching.domain.conversation import Answered, Context, State
from shared.coaching.domain.inbound import InboundMessage
from shared.coaching.domain.outbound import Content
from shared.coaching.usecases.converse import ConversationCoach
from shared.learning.enrolment_records import Enrolment, EnrolmentRecords
from shared.ports.documents import Query
from tests.coaching.coach_world import (
    HELP,
    KIT,
    NO_QUESTIONS,
    NOTHING_NEXT,
    SAYS,
    UNKNOWN,
    CoachWorld,
    coach_world,
    employ,
)
from tests.coaching.coach_world import STRANGER as NOBODY
from tests.coaching.whatsapp_json import body, change
from tests.functions.conftest import Deployed
from tests.harness.call_world import JOE, MIA
from tests.harness.crash_harness import Died, Fuse

KEPT_AS_IT_IS = f"{SAYS.text('kept')} {SAYS.text('about_what')}"
PHONE_ONLY = Writer(phone=KIT.phone)
USER_ONLY = Writer(user_id=KIT.user_id)


@pytest.fixture
def world(deployed: Deployed) -> Iterator[CoachWorld]:
    for made in coach_world(deployed):
        made.enrol()
        yield made


@pytest.fixture
def parrot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the coach answer each message with its own words, so that answers can be told apart."""

    def reply(self: ConversationCoach, state: State, message: InboundMessage, context: Context) -> Answered:
        return Answered((Content(f"to {message.text}"),), State(message.text))

    monkeypatch.setattr(ConversationCoach, "reply", reply)


def go_on(world: CoachWorld, *, hours: int = 3) -> None:
    """Lets the coach work, and WhatsApp tell of it, until nothing is left to do."""
    for _ in range(hours * 30):
        world.deliver()
        if not world.tasks:
            return
        world.drain_once()
        world.later(minutes=2)
    raise AssertionError("the coach is never done")


def test_a_learner_is_answered_and_nobody_else_is_told_anything_of_theirs(world: CoachWorld) -> None:
    world.whatsapp.write(KIT, text="what can you do? my words")
    world.whatsapp.write(NOBODY, text="and me?")
    go_on(world)
    assert world.said() == [HELP]
    assert world.said(NOBODY) == [UNKNOWN]
    [kits] = [one for one in world.items if one["employee_id"] == JOE]
    assert (kits["message"], kits["open"]) == (None, False)
    assert "my words" not in json.dumps([world.items, world.stored("coach_outgoing")], default=str)
    assert [one["status"] for one in world.stored("coach_outgoing")] == ["read", "read"]
    lines = json.dumps(world.deployed.calls.world.log.lines, default=str)
    assert "my words" not in lines
    assert str(KIT.phone) not in lines


def test_l01_somebody_without_a_phone_is_answered_by_their_user_id(world: CoachWorld, parrot: None) -> None:
    world.whatsapp.write(USER_ONLY, text="hi")
    go_on(world)
    assert world.said(USER_ONLY) == ["to hi"]
    assert world.whatsapp.taken[0].content["recipient"] == KIT.user_id
    assert "to" not in world.whatsapp.taken[0].content


def test_l02_one_person_under_user_id_phone_and_new_phone(world: CoachWorld) -> None:
    new = Writer(phone="447700900888", user_id=KIT.user_id)
    world.whatsapp.write(KIT, text="hi")
    go_on(world)
    world.whatsapp.write(USER_ONLY, text="quiz me")
    go_on(world)
    world.whatsapp.write(PHONE_ONLY, "system", system={"type": "user_changed_number", "wa_id": new.phone})
    world.later(minutes=1)
    world.whatsapp.write(new, text="progress")
    go_on(world)
    assert [one["employee_id"] for one in world.items] == [JOE, JOE, JOE]
    assert [one.to for one in world.whatsapp.taken] == [KIT.phone, KIT.phone, new.phone]
    assert all(one.text for one in world.whatsapp.taken)


def test_l02_who_takes_over_another_learners_number_is_not_taken_for_them(world: CoachWorld) -> None:
    world.whatsapp.write(NOBODY, text="I was here before")
    go_on(world)
    world.later(minutes=5)
    world.whatsapp.write(KIT, text="hi")
    world.whatsapp.write(PHONE_ONLY, "system", system={"type": "user_changed_number", "wa_id": NOBODY.phone})
    go_on(world)
    world.whatsapp.write(NOBODY, text="who am I?")
    go_on(world)
    assert world.said(NOBODY) == [UNKNOWN, UNKNOWN]
    assert world.said() == [NOTHING_NEXT]


def test_who_gets_a_number_that_was_given_up_is_a_stranger_and_its_former_owner_is_known(world: CoachWorld) -> None:
    new = Writer(phone="447700900888")
    world.whatsapp.write(PHONE_ONLY, text="hello")
    go_on(world)
    world.later(minutes=5)
    world.whatsapp.write(PHONE_ONLY, "system", system={"type": "user_changed_number", "wa_id": new.phone})
    go_on(world)
    world.later(hours=24 * 90)
    for _ in range(2):
        world.whatsapp.write(PHONE_ONLY, text="hello")
        world.whatsapp.write(new, text="hello")
        go_on(world)
        world.later(minutes=5)
    assert UNKNOWN not in world.said(new)
    assert len(world.said(new)) == 2
    assert world.said(PHONE_ONLY)[-2:] == [UNKNOWN, UNKNOWN]


def test_an_id_of_nobody_who_is_known_has_an_end_and_a_learners_has_none(world: CoachWorld) -> None:
    world.whatsapp.write(NOBODY, text="hello")
    world.whatsapp.write(KIT, text="hello")
    go_on(world)
    kept = {one["key"]: one["expires_at"] for one in world.stored("coach_identities")}
    written = {one["at"] for one in world.items}
    assert kept[f"phone:{KIT.phone}"] is None
    assert kept[f"user:{KIT.user_id}"] is None
    [ends] = [at for key, at in kept.items() if key == f"phone:{NOBODY.phone}"]
    assert ends is not None
    assert ends >= max(written) + timedelta(days=399)
    world.enrol(JOE, str(NOBODY.phone))
    world.later(minutes=1)
    world.whatsapp.write(NOBODY, text="hello")
    go_on(world)
    assert {one["expires_at"] for one in world.stored("coach_identities")} == {None}


def test_messages_are_answered_in_the_order_in_which_they_were_written(world: CoachWorld, parrot: None) -> None:
    for number in range(9):
        world.whatsapp.write(KIT if number % 3 else PHONE_ONLY, text=f"m{number}")
        world.later(seconds=1)
    world.deliver(seed=7)
    go_on(world)
    assert world.said() == [f"to m{number}" for number in range(9)]


def test_messages_of_one_second_are_answered_in_the_order_of_their_webhook(world: CoachWorld, parrot: None) -> None:
    for number in range(5):
        world.whatsapp.write(KIT, text=f"m{number}")
    go_on(world)
    assert world.said() == [f"to m{number}" for number in range(5)]


def test_one_that_comes_late_is_answered_when_it_comes(world: CoachWorld, parrot: None) -> None:
    world.whatsapp.write(KIT, text="first")
    late = world.whatsapp.owed.pop()
    world.later(seconds=5)
    world.whatsapp.write(KIT, text="second")
    go_on(world)
    world.whatsapp.owed.append(late)
    go_on(world)
    assert world.said() == ["to second", "to first"]
    [identity] = [one for one in world.stored("coach_identities") if one["talk"]]
    assert identity["talk"]["state"]["intent"] == "second", "what is older does not turn the conversation back"


def test_l08_the_same_message_many_times_is_one_answer(world: CoachWorld, parrot: None) -> None:
    world.whatsapp.write(KIT, text="log 3 hours")
    raw = world.whatsapp.owed[-1]
    for _ in range(3):
        assert world.hook(raw) == 200
    [(_, payload)] = world.tasks
    for _ in range(3):
        world.reply(payload)
    go_on(world)
    assert world.hook(raw) == 200
    go_on(world)
    assert world.said() == ["to log 3 hours"]


class Sending:
    """WhatsApp's client, with a moment before and one after each message that goes out."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.fuse = Fuse()
        send = WhatsApp.send

        def fused(this: WhatsApp, *given: Any, **named: Any) -> Any:
            self.fuse.point()
            sent = send(this, *given, **named)
            self.fuse.point()
            return sent

        monkeypatch.setattr(WhatsApp, "send", fused)


@pytest.mark.parametrize("step", range(34))
def test_whoever_dies_when_each_message_is_answered_once_and_in_order(
    world: CoachWorld, parrot: None, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    sending = Sending(monkeypatch)
    for number in range(3):
        world.whatsapp.write(KIT, text=f"m{number}")
        world.later(seconds=1)
    world.deliver()
    sending.fuse = fuse = Fuse(step)
    (_, payload), *_ = tasks = list(world.tasks)
    try:
        world.reply(payload, fuse)
    except Died:
        assert fuse.blown
    world.tasks[:] = [
        *tasks,
        *(one for one in world.tasks if one not in tasks),
    ]  # what was not acknowledged comes again
    sending.fuse = Fuse()
    go_on(world)
    assert world.said() == ["to m0", "to m1", "to m2"]
    assert {one["state"] for one in world.stored("coach_outgoing")} == {"sent"}
    assert not any(one["open"] for one in world.items)


def test_the_crashes_above_reach_the_end_of_the_work(
    world: CoachWorld, parrot: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending = Sending(monkeypatch)
    for number in range(3):
        world.whatsapp.write(KIT, text=f"m{number}")
    world.deliver()
    sending.fuse = fuse = Fuse()
    world.reply(world.tasks[0][1], fuse)
    assert 12 <= fuse.passed <= 34


def test_two_workers_at_once_answer_each_message_once(world: CoachWorld, parrot: None) -> None:
    """The second one begins while the first is sending, and has a message of its own to bring."""
    world.whatsapp.write(KIT, text="m0")
    world.deliver()
    (_, payload) = world.tasks[0]
    seen: list[Any] = []

    def meanwhile() -> None:
        if not seen:
            seen.append(None)
            world.later(seconds=1)
            world.whatsapp.write(KIT, text="m1")
            world.deliver()
            seen[0] = world.reply(payload)[1]

    world.whatsapp.before_taking = meanwhile
    did = world.reply(payload)[1]
    assert (did["answered"], did["sent"], seen[0]["ended"]) == (2, 2, "busy")
    go_on(world)
    assert world.said() == ["to m0", "to m1"]


def test_a_worker_whose_lease_is_over_writes_and_sends_nothing(
    world: CoachWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It thinks about its first answer for longer than its lease; another has answered meanwhile."""
    thought: list[int] = []

    def reply(self: ConversationCoach, state: State, message: InboundMessage, context: Context) -> Answered:
        if not thought:
            thought.append(1)
            world.later(minutes=3)
            go_on(world)
            return Answered((Content("too late"),), State("too late"))
        return Answered((Content(f"to {message.text}"),), State(message.text))

    monkeypatch.setattr(ConversationCoach, "reply", reply)
    world.whatsapp.write(KIT, text="m0")
    world.deliver()
    tasks = list(world.tasks)
    assert world.reply(tasks[0][1])[1]["answered"] == 0
    go_on(world)
    assert world.said() == ["to m0"]


def test_what_whatsapp_does_not_take_now_is_sent_later_and_before_what_follows(world: CoachWorld, parrot: None) -> None:
    world.whatsapp.faults.extend([130429, 131056, 131016])
    world.whatsapp.write(KIT, text="m0")
    world.deliver()
    world.drain_once()
    assert world.said() == []
    world.later(seconds=2)
    world.whatsapp.write(KIT, text="m1")
    go_on(world)
    assert world.said() == ["to m0", "to m1"]


def test_danger_is_told_at_once_while_an_answer_of_ours_cannot_be_sent(world: CoachWorld) -> None:
    employ(world, MIA, "Mia Chen", role="mentor")
    employ(world, JOE, "Kit Moss", mentor_id=MIA)
    world.enrol()
    world.whatsapp.faults.extend([131016] * 3)
    world.whatsapp.write(KIT, text="hi")
    world.deliver()
    world.drain_once()
    world.later(seconds=1)
    world.whatsapp.write(KIT, text="I got a shock off that cable")
    world.deliver()
    world.drain_once()
    told = world.deployed.calls.world.store.query(Query("notifications"))
    assert [(one.data["employee_id"], one.data["kind"]) for one in told] == [(MIA, "coach.safety_stop")]
    assert world.said() == []
    go_on(world)
    assert "999" in world.said()[-1]
    assert len(world.said()) == 2


@pytest.mark.parametrize(("faults", "state"), [(10, "sent"), (40, "failed")])
def test_what_whatsapp_does_not_take_is_tried_for_about_an_hour(
    world: CoachWorld, parrot: None, faults: int, state: str
) -> None:
    world.whatsapp.faults.extend([131016] * faults)
    world.whatsapp.write(KIT, text="m0")
    began = world.now
    go_on(world)
    assert [one["state"] for one in world.stored("coach_outgoing")] == [state]
    assert timedelta(minutes=30) < world.now - began < timedelta(minutes=100)


def test_an_attempt_that_whatsapp_refused_is_no_worker_that_died(world: CoachWorld, parrot: None) -> None:
    def drop() -> None:
        if not world.whatsapp.faults:
            world.whatsapp.before_taking = lambda: None
            raise ConnectionAbortedError

    world.whatsapp.faults.extend([131016] * 5)
    world.whatsapp.before_taking = drop
    world.whatsapp.write(KIT, text="m0")
    go_on(world)
    assert [(one["state"], one["attempts"]) for one in world.stored("coach_outgoing")] == [("sent", 7)]
    assert world.said() == ["to m0"]


@pytest.mark.parametrize("code", [131026, 131050, 131049, 190, 131047])
def test_what_no_repetition_mends_is_sent_once_and_blocks_nobody(world: CoachWorld, parrot: None, code: int) -> None:
    world.whatsapp.faults.append(code)
    world.whatsapp.write(KIT, text="m0")
    world.later(seconds=1)
    world.whatsapp.write(KIT, text="m1")
    go_on(world)
    assert world.said() == ["to m1"]
    failed = [one for one in world.stored("coach_outgoing") if one["state"] == "failed"]
    assert [(one["error_code"], one["attempts"], one["content"]) for one in failed] == [(code, 1, None)]


def test_a_failure_that_is_told_later_is_kept_with_its_code(world: CoachWorld, parrot: None) -> None:
    world.whatsapp.write(KIT, text="m0")
    go_on(world)
    [taken] = world.whatsapp.taken
    told = status_of(KIT, taken.wamid, "failed", world.now, taken.tracker, errors=[{"code": 131026}])
    assert world.hook(statuses(world.whatsapp.number_id, KIT, told)) == 200
    [outgoing] = world.stored("coach_outgoing")
    assert (outgoing["state"], outgoing["status"], outgoing["error_code"]) == ("failed", "failed", 131026)


def test_statuses_that_come_before_our_own_record_are_joined_to_it(world: CoachWorld, parrot: None) -> None:
    """The webhook is faster than the answer to our own request."""
    world.whatsapp.after_taking = lambda: world.deliver(seed=3)
    world.whatsapp.write(KIT, text="m0")
    go_on(world)
    [outgoing] = world.stored("coach_outgoing")
    assert (outgoing["state"], outgoing["status"], outgoing["open"]) == ("sent", "read", False)
    assert world.said() == ["to m0"]


def test_stop_ends_and_start_begins_it_again(world: CoachWorld) -> None:
    for text in ("STOP", "start"):
        world.whatsapp.write(KIT, text=text)
        world.later(seconds=5)
        go_on(world)
    assert world.said() == [SAYS.text("stopped"), SAYS.text("started")]
    chosen = [one["chosen"]["choice"] for one in world.stored("coach_identities") if one["chosen"]]
    assert chosen == ["resume"]


def test_while_a_person_writes_the_coach_is_silent(world: CoachWorld) -> None:
    echo = {"id": "wamid.e", "from": "441632960990", "to": KIT.phone, "timestamp": str(int(world.now.timestamp()))}
    raw = body(change("smb_message_echoes", message_echoes=[echo])).replace(
        b"300200100", world.whatsapp.number_id.encode()
    )
    assert world.hook(raw) == 200
    world.whatsapp.write(KIT, text="thanks!")
    go_on(world)
    assert world.said() == []
    world.later(hours=5)
    world.whatsapp.write(KIT, text="quiz me")
    go_on(world)
    assert world.said() == [NO_QUESTIONS]


@pytest.mark.parametrize("kind", ["sticker", "reaction", "revoke"])
def test_l07_what_nobody_expects_an_answer_to_gets_none(world: CoachWorld, kind: str) -> None:
    world.whatsapp.write(KIT, kind, None, **{kind: {"id": "1"}})
    go_on(world)
    assert (world.said(), [one["open"] for one in world.items]) == ([], [False])


@pytest.mark.parametrize("kind", ["location", "contacts", "order", "edit", "interactive", "unsupported", "tomorrow"])
def test_l07_whatever_else_comes_has_an_answer(world: CoachWorld, kind: str) -> None:
    world.whatsapp.write(KIT, kind, None, **{kind: {}})
    go_on(world)
    assert world.said() == [HELP if kind == "interactive" else SAYS.text("unread")]


JPEG = b"\xff\xd8\xff\xe0" + b"joint" * 40


def kept(world: CoachWorld) -> list[dict[str, Any]]:
    found = world.deployed.calls.world.store.query(Query("evidence"))
    return [dict(one.data) for one in found]


def test_l09_a_photo_is_fetched_at_once_and_kept_as_evidence(world: CoachWorld) -> None:
    world.whatsapp.photograph(KIT, JPEG, caption="joint 4, K12")
    go_on(world)
    assert world.said() == [KEPT_AS_IT_IS]
    [item] = kept(world)
    assert (item["employee_id"], item["kind"], item["caption"]) == (JOE, "photo", "joint 4, K12")
    assert world.deployed.calls.files.read(item["stored_as"]) == JPEG
    [noted] = world.stored("coach_media")
    assert (noted["outcome"], noted["caption"]) == ("kept", ""), "the words go with the evidence, when it is taken back"
    assert noted["expires_at"] > noted["noted_at"]


def test_l09_a_first_answer_without_an_address_and_a_stale_one_are_asked_for_again(world: CoachWorld) -> None:
    media_id = world.whatsapp.photograph(KIT, JPEG, bare=1)
    answer = world.whatsapp._address

    def stale(asked: str) -> Any:
        found = answer(asked)
        media = world.whatsapp.media[media_id]
        if len(media.addresses) == 1:
            media.addresses = dict.fromkeys(media.addresses, world.now)
        return found

    world.whatsapp._address = stale  # type: ignore[assignment, method-assign]
    go_on(world)
    assert world.said() == [KEPT_AS_IT_IS]


def test_l09_other_bytes_than_were_sent_are_no_evidence_and_the_learner_is_told(world: CoachWorld) -> None:
    world.whatsapp.photograph(KIT, JPEG, caption="joint 4, K12", swapped=True)
    go_on(world)
    assert (world.said(), kept(world)) == ([SAYS.text("lost")], [])
    [lost] = world.stored("coach_media")
    assert (lost["outcome"], lost["caption"], lost["employee_id"]) == ("lost", "joint 4, K12", JOE)


def stops(world: CoachWorld) -> list[str]:
    found = world.deployed.calls.world.store.query(Query("notifications"))
    return [one.data["kind"] for one in found]


def accompanied(world: CoachWorld) -> None:
    employ(world, MIA, "Mia Chen", role="mentor")
    employ(world, JOE, "Kit Moss", mentor_id=MIA)


def test_danger_is_told_at_once_while_a_file_before_it_cannot_be_fetched(world: CoachWorld) -> None:
    accompanied(world)
    media_id = world.whatsapp.photograph(KIT, JPEG, bare=60)
    world.later(seconds=1)
    world.whatsapp.write(KIT, text="hello")
    world.later(seconds=1)
    world.whatsapp.write(KIT, text="I got a shock off that cable")
    world.deliver()
    world.drain_once()
    assert stops(world) == ["coach.safety_stop"]
    assert len(world.said()) == 1
    assert "999" in world.said()[0]
    assert [one["open"] for one in world.items] == [True, True, False], "what came between keeps its order"
    world.whatsapp.media[media_id].bare = 0
    go_on(world)
    assert len(kept(world)) == 1
    assert [one["open"] for one in world.items] == [False, False, False]
    assert stops(world) == ["coach.safety_stop"]


def test_danger_below_a_file_that_cannot_be_fetched_is_told_at_once_and_once(world: CoachWorld) -> None:
    accompanied(world)
    media_id = world.whatsapp.photograph(KIT, JPEG, caption="I got a shock off that cable", bare=60)
    world.deliver()
    world.drain_once()
    assert (stops(world), len(kept(world))) == (["coach.safety_stop"], 0)
    assert len(world.said()) == 1
    world.whatsapp.media[media_id].bare = 0
    go_on(world)
    assert len(kept(world)) == 1, "its file is kept when it can be had"
    assert len(world.said()) == 1
    assert stops(world) == ["coach.safety_stop"]


def test_a_file_that_cannot_be_fetched_holds_the_order_of_what_is_no_danger(world: CoachWorld, parrot: None) -> None:
    world.whatsapp.photograph(KIT, JPEG, bare=6)
    world.later(seconds=1)
    world.whatsapp.write(KIT, text="m1")
    go_on(world)
    assert world.said() == ["to ", "to m1"]


def test_l09_a_photo_that_is_gone_is_told_at_once_with_its_caption_kept(world: CoachWorld) -> None:
    world.whatsapp.photograph(KIT, JPEG, caption="joint 4, K12", gone=True)
    go_on(world)
    assert (world.said(), kept(world)) == ([SAYS.text("lost")], [])
    assert [one["caption"] for one in world.stored("coach_media")] == ["joint 4, K12"]


def test_nothing_is_kept_of_a_photo_of_who_has_not_agreed_and_they_are_told(world: CoachWorld) -> None:
    enrolled = Enrolment(
        employee_id=JOE,
        framework_id="cable_jointing_demo",
        standard="DEMO@1",
        revision=1,
        milestone="gateway",
        invited_by=JOE,
        invited_at=world.now,
    )
    EnrolmentRecords(world.deployed.calls.world.store).put(enrolled, over=None)
    world.whatsapp.photograph(KIT, JPEG, caption="joint 4, K12")
    go_on(world)
    assert (world.said(), kept(world)) == ([SAYS.text("not_agreed")], [])
    assert [(one["outcome"], one["caption"]) for one in world.stored("coach_media")] == [("not_agreed", "")]


def test_a_strangers_photo_is_not_fetched(world: CoachWorld) -> None:
    world.whatsapp.photograph(NOBODY, JPEG)
    go_on(world)
    assert (world.said(NOBODY), kept(world), world.stored("coach_media")) == ([UNKNOWN], [], [])


@pytest.mark.parametrize("step", range(0, 26, 2))
def test_l09_whoever_dies_when_a_photo_is_kept_once(world: CoachWorld, step: int) -> None:
    world.whatsapp.photograph(KIT, JPEG)
    world.deliver()
    tasks = list(world.tasks)
    fuse = Fuse(step)
    try:
        world.reply(tasks[0][1], fuse)
    except Died:
        assert fuse.blown
    world.tasks[:] = [*tasks, *(one for one in world.tasks if one not in tasks)]
    go_on(world)
    assert (world.said(), len(kept(world))) == ([KEPT_AS_IT_IS], 1)


def test_without_whatsapp_connected_nothing_is_sent_and_nothing_waits(world: CoachWorld) -> None:
    world.whatsapp.write(KIT, text="hi")
    world.deliver()
    world.deployed.secrets["whatsapp-access"] = "none"
    world.drain_once()
    assert [one["state"] for one in world.stored("coach_outgoing")] == ["withdrawn"]


def test_an_answer_that_comes_a_day_late_is_outside_the_window_and_says_so(world: CoachWorld, parrot: None) -> None:
    world.whatsapp.templates["nudge", "en_GB"] = Template("UTILITY")
    world.whatsapp.faults.append(131016)
    world.whatsapp.write(KIT, text="m0")
    world.deliver()
    world.drain_once()
    world.later(hours=25)
    go_on(world)
    assert [(one["state"], one["error_code"]) for one in world.stored("coach_outgoing")] == [("failed", 131047)]
    assert world.said() == []


def test_a_task_of_an_inbox_that_nobody_knows_does_nothing(world: CoachWorld) -> None:
    assert world.reply({"inbox": "nobodys"}) == (200, {"answered": 0, "sent": 0, "ended": "nobody"})
