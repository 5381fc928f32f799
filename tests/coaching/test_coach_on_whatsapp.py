"""Learner, coach and mentor over WhatsApp's protocol: webhooks in disorder and twice, and whoever dies when."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from infra.demonstration.whatsapp_payloads import Writer
from infra.wiring.coaching import coaching
from infra.wiring.environment import environment
from shared.coaching.domain.hand_over import Outcome
from shared.ports.documents import Query
from tests.coaching.coach_world import SAYS, CoachWorld, coach_world
from tests.coaching.school import KIM, KIMS, MAREK, MAREKS, answers, evidence, school
from tests.functions.conftest import Deployed
from tests.functions.test_coach_reply import JPEG, go_on
from tests.harness.crash_harness import Died, Fuse

KIM_WRITES = Writer(phone=KIMS, user_id="GB.1")
MAREK_WRITES = Writer(phone=MAREKS)


@pytest.fixture
def world(deployed: Deployed) -> Iterator[CoachWorld]:
    for made in coach_world(deployed):
        school(made)
        yield made


def write(world: CoachWorld, writer: Writer, text: str) -> list[str]:
    """What the writer is answered."""
    before = len(world.said(writer))
    world.whatsapp.write(writer, text=text)
    go_on(world)
    world.later(seconds=30)
    return world.said(writer)[before:]


def choices(world: CoachWorld, writer: Writer) -> list[tuple[str, str]]:
    """What the last message to somebody offers: (what comes back, title)."""
    [*_, last] = [one for one in world.whatsapp.taken if one.to == writer.name]
    action: Any = last.content.get("interactive", {})
    action = action.get("action", {})
    rows = [row for section in action.get("sections", []) for row in section["rows"]]
    buttons = [one["reply"] for one in action.get("buttons", [])]
    return [(one["id"], one["title"]) for one in (*rows, *buttons)]


def press(world: CoachWorld, writer: Writer, title: str, *, later: bool = False) -> list[str]:
    before = len(world.said(writer))
    payload_id, shown = next(one for one in choices(world, writer) if one[1].startswith(title))
    reply = {"id": payload_id, "title": shown}
    world.whatsapp.write(writer, "interactive", None, interactive={"type": "button_reply", "button_reply": reply})
    if later:
        return []
    go_on(world)
    world.later(seconds=30)
    return world.said(writer)[before:]


def test_a_learner_is_taught_over_whatsapp(world: CoachWorld) -> None:
    assert write(world, KIM_WRITES, "what's next?")[0].startswith("Next: Prove dead")
    assert "A) Guess" in press(world, KIM_WRITES, "Ask me")[0]
    assert press(world, KIM_WRITES, "B)")[0].startswith("Right.")
    assert "What comes 2.?" in press(world, KIM_WRITES, "Next")[0]
    assert write(world, KIM_WRITES, "a")[0].startswith("Not this time")
    assert len(answers(world)) == 2


@pytest.mark.parametrize("seed", range(3))
def test_whatever_comes_twice_and_in_disorder_is_answered_once(world: CoachWorld, seed: int) -> None:
    write(world, KIM_WRITES, "quiz me")
    for _ in range(3):
        press(world, KIM_WRITES, "B)", later=True)
        world.whatsapp.write(KIM_WRITES, text="log 3 hours")
        world.later(seconds=1)
    world.deliver(seed=seed)
    random.Random(seed).shuffle(world.tasks)
    go_on(world)
    assert len(answers(world)) == 1
    assert len([one for one in evidence(world) if one["kind"] == "note"]) == 3
    said = world.said(KIM_WRITES)
    assert len(said) == 1 + 6
    assert sum(one.startswith("Noted: 3 h") for one in said) == 3


@pytest.mark.parametrize("step", range(0, 40, 3))
def test_l08_whoever_dies_when_hours_are_kept_once_and_answered_once(world: CoachWorld, step: int) -> None:
    world.whatsapp.write(KIM_WRITES, "text", "wamid.D1", text="log 3 hours")
    raw = world.whatsapp.owed[0]
    world.deliver()
    world.hook(raw)
    dies_once(world, step)
    assert [one.startswith("Noted: 3 h of training") for one in world.said(KIM_WRITES)] == [True]
    [item] = evidence(world)
    assert b"(180 minutes)" in (world.deployed.calls.files.read(item["stored_as"]) or b"")


@pytest.mark.parametrize("step", range(0, 44, 3))
def test_whoever_dies_when_of_a_stop_the_mentor_is_told_once_on_every_way(world: CoachWorld, step: int) -> None:
    world.whatsapp.write(KIM_WRITES, text="my hand is burnt")
    world.deliver()
    dies_once(world, step)
    assert [one.startswith("If anybody is hurt, call 999") for one in world.said(KIM_WRITES)] == [True]
    told = [one.data for one in world.deployed.calls.world.store.query(Query("notifications"))]
    assert [(one["employee_id"], one["kind"]) for one in told] == [(MAREK, "coach.safety_stop")]
    assert [one.kind for one in world.whatsapp.taken if one.to == MAREKS] == ["template"]
    [stop] = world.stored("coach_hand_overs")
    assert (stop["employee_id"], stop["answerer_id"], stop["reason"], stop["open"]) == (KIM, MAREK, "injury", True)


def dies_once(world: CoachWorld, step: int) -> None:
    tasks = list(world.tasks)
    with suppress(Died):
        world.reply(tasks[0][1], Fuse(step))
    world.tasks[:] = [*tasks, *(one for one in world.tasks if one not in tasks)]
    go_on(world)


def test_a_mentor_answers_from_whatsapp_and_gives_the_learner_back(world: CoachWorld) -> None:
    write(world, MAREK_WRITES, "hello")
    assert write(world, KIM_WRITES, "can I talk to my mentor")[0].startswith("I have told Marek Ryan")
    assert write(world, KIM_WRITES, "it is about friday") == []
    alerts = world.said(MAREK_WRITES)[1:]
    assert alerts[0].startswith("Kim Kerr: the coach was asked for you.")
    assert alerts[1] == "Kim Kerr: it is about friday"
    assert press(world, MAREK_WRITES, "Answer")[0].startswith("Write what you want Kim Kerr to read")
    assert write(world, MAREK_WRITES, "Ring me at noon, and treat it as live")[0] == "Kim Kerr has it."
    assert world.said(KIM_WRITES)[-1] == "Marek Ryan: Ring me at noon, and treat it as live"
    assert write(world, MAREK_WRITES, "Bring the drawing")[0] == "Kim Kerr has it."
    assert write(world, KIM_WRITES, "quiz me") == [SAYS.text("beside", name="Marek Ryan")]
    assert press(world, MAREK_WRITES, "Settled")[0].startswith("Settled. Kim Kerr")
    assert world.said(KIM_WRITES)[-1] == SAYS.text("hand_over_closed")
    assert "A) Guess" in write(world, KIM_WRITES, "quiz me")[0]
    assert [one["outcome"] for one in world.stored("coach_hand_overs")] == ["answered"]


def test_what_came_of_a_stop_is_said_by_a_person(world: CoachWorld) -> None:
    write(world, MAREK_WRITES, "hello")
    write(world, KIM_WRITES, "my hand is burnt")
    assert press(world, MAREK_WRITES, "Settled")[0].startswith("What came of it with Kim Kerr?")
    assert [title for _, title in choices(world, MAREK_WRITES)] == ["All safe", "Reported", "A misunderstanding"]
    press(world, MAREK_WRITES, "Reported")
    outcome: Outcome = world.stored("coach_hand_overs")[0]["outcome"]
    assert outcome == "reported"


def test_of_two_learners_the_mentor_says_whom_words_are_for(world: CoachWorld) -> None:
    from tests.coaching.coach_world import employ

    employ(world, "lou@jointers.example", "Lou Lamb", framework_id="cable_jointing_demo", mentor_id=MAREK)
    world.enrol("lou@jointers.example", "447700900124")
    lou = Writer(phone="447700900124")
    write(world, MAREK_WRITES, "hello")
    for one in (KIM_WRITES, lou):
        write(world, one, "talk to my mentor")
    assert write(world, MAREK_WRITES, "On my way")[0] == SAYS.text("whom")
    press(world, MAREK_WRITES, "2. Lou")
    write(world, MAREK_WRITES, "On my way")
    assert world.said(lou)[-1] == "Marek Ryan: On my way"
    assert "Marek Ryan: On my way" not in world.said(KIM_WRITES)


def test_a_photo_is_asked_about_and_labelled_by_a_tap(world: CoachWorld) -> None:
    world.whatsapp.photograph(KIM_WRITES, JPEG, caption="from today")
    go_on(world)
    assert len(choices(world, KIM_WRITES)) == 10
    assert press(world, KIM_WRITES, "S3")[0].startswith("Kept as it is, as evidence for S3")
    [item] = evidence(world)
    assert (item["competencies"], item["caption"], item["kind"]) == (["S3"], "from today", "photo")
    facts = [data for topic, data in world.deployed.calls.world.facts if topic == "evidence-recorded"]
    assert [one["competencies"] for one in facts] == [[], ["S3"]]


def test_any_file_is_kept_as_it_came(world: CoachWorld) -> None:
    for kind, mime in (("document", "application/pdf"), ("video", "video/mp4")):
        media_id = world.whatsapp.photograph(KIM_WRITES, JPEG + kind.encode())
        raw = world.whatsapp.owed.pop()
        world.whatsapp.owed.append(
            raw.replace(b'"type":"image","image"', f'"type":"{kind}","{kind}"'.encode()).replace(
                b"image/jpeg", mime.encode()
            )
        )
        world.whatsapp.media[media_id].mime_type = mime
        go_on(world)
        world.later(minutes=1)
    assert sorted((one["kind"], one["claimed_type"]) for one in evidence(world)) == [
        ("note", "application/pdf"),
        ("voice", "video/mp4"),
    ]


def test_nothing_that_was_written_is_left_where_it_was_answered(world: CoachWorld) -> None:
    write(world, KIM_WRITES, "explain my secret word zebra")
    assert "zebra" not in str([world.items, world.stored("coach_outgoing"), world.stored("coach_identities")])
    assert "zebra" not in str(world.deployed.calls.world.log.lines)
    assert coaching(environment()).hand_overs.open_of(KIM) is None
