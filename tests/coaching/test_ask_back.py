"""The coach asks back where it is not certain: yes stops, no answers what was meant, silence is a person's."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from infra.coaching.shipped import shipped_replies, shipped_safety
from infra.demonstration.whatsapp_payloads import Writer
from shared.coaching.domain.doubt import ANSWERED_WITHIN, PRESSED, YesAndNo
from shared.coaching.domain.hand_over import outcomes_of
from shared.coaching.domain.safety import Safety, Stop, StopKind, Unsure
from shared.ports.documents import Query
from tests.coaching.coach_world import SAYS, UNKNOWN, CoachWorld, coach_world
from tests.coaching.school import Talk, school
from tests.coaching.test_coach_on_whatsapp import KIM_WRITES, choices, press, write
from tests.functions.conftest import Deployed
from tests.functions.test_coach_reply import JPEG, go_on
from tests.harness.crash_harness import Died, Fuse

PROGRESS, QUIZ, SAD = "my progress zebra", "quiz me zebra", "what's next, zebra?"
UNSURE: dict[str, StopKind] = {PROGRESS: "live_work", QUIZ: "near_miss", SAD: "self_harm"}
STRANGER = Writer(phone="447700900999")


@pytest.fixture
def world(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Iterator[CoachWorld]:
    """Of three messages it is not sure, whatever the shipped weights say of them; of all others they decide."""
    judged = Safety.judged

    def unsure(self: Safety, text: str) -> Stop | Unsure | None:
        return Unsure(UNSURE[text]) if text in UNSURE else judged(self, text)

    monkeypatch.setattr(Safety, "judged", unsure)
    for made in coach_world(deployed):
        school(made)
        yield made


@pytest.fixture
def talk(world: CoachWorld) -> Talk:
    return Talk(world)


def doubts(world: CoachWorld) -> list[tuple[str, str | None, bool]]:
    """(kind, outcome, whether a word of it is kept), the oldest first."""
    found = sorted(world.stored("coach_doubts"), key=lambda one: one["asked_at"])
    return [(one["kind"], one["outcome"], one["message"] is not None) for one in found]


def opened(world: CoachWorld) -> list[dict[str, Any]]:
    return [one for one in world.stored("coach_hand_overs") if one["open"]]


def deliver(world: CoachWorld) -> None:
    """Answers what has come in, once: time stands still."""
    world.deliver()
    world.drain_once()


def ask(world: CoachWorld, text: str, writer: Writer = KIM_WRITES) -> str:
    world.whatsapp.write(writer, text=text)
    deliver(world)
    world.later(seconds=30)
    return world.said(writer)[-1]


def tap(world: CoachWorld, payload: str, writer: Writer = KIM_WRITES) -> None:
    reply = {"id": payload, "title": "pressed"}
    world.whatsapp.write(writer, "interactive", None, interactive={"type": "button_reply", "button_reply": reply})


def test_it_asks_before_anything_else_in_words_that_are_safe_to_act_on(world: CoachWorld) -> None:
    assert ask(world, PROGRESS) == SAYS.text("ask_danger")
    assert [title for _, title in choices(world, KIM_WRITES)] == ["Yes, there is", "No, there is not"]
    assert SAYS.text("ask_danger").startswith("Stop and keep clear")
    assert (doubts(world), opened(world)) == ([("live_work", None, True)], [])


def test_about_self_harm_it_asks_with_care_and_says_where_to_call(world: CoachWorld) -> None:
    said = ask(world, SAD)
    assert "are you safe right now?" in said
    assert "116 123" in said
    assert [title for _, title in choices(world, KIM_WRITES)] == ["I am safe", "I am not safe", "Tell my mentor"]


@pytest.mark.parametrize("answer", ["", "yes", "aye there's one there", "YES!!", "Yes, there is"])
def test_yes_stops_with_the_kind_suspected_and_the_mentor_reads_what_it_was(world: CoachWorld, answer: str) -> None:
    ask(world, PROGRESS)
    if answer:
        world.whatsapp.write(KIM_WRITES, text=answer)
    else:
        tap(world, choices(world, KIM_WRITES)[0][0])
    said = ask_nothing(world)
    assert said.startswith("Stop, and keep clear")
    [stop] = opened(world)
    assert stop["reason"] == "live_work"
    assert PROGRESS in stop["lines"][0]["text"]
    assert "they said that there is" in stop["lines"][0]["text"]
    assert doubts(world) == [("live_work", "danger", False)]


@pytest.mark.parametrize(
    ("asked", "answer"), [(PROGRESS, "aye what's next"), (PROGRESS, "yes quiz me"), (SAD, "nah quiz me")]
)
def test_a_yes_before_a_request_may_be_no_answer_and_is_asked_about_again(
    world: CoachWorld, asked: str, answer: str
) -> None:
    question = ask(world, asked)
    assert ask(world, answer) == question
    assert ([one[1] for one in doubts(world)], opened(world)) == ([None], [])


@pytest.mark.parametrize("answer", ["yes what do I do", "aye there's one beside me", "yes and quiz my mate, he's hurt"])
def test_a_yes_with_more_of_the_danger_still_stops(world: CoachWorld, answer: str) -> None:
    ask(world, PROGRESS)
    ask(world, answer)
    assert [one["open"] for one in opened(world)] == [True]


def ask_nothing(world: CoachWorld) -> str:
    deliver(world)
    return world.said(KIM_WRITES)[-1]


@pytest.mark.parametrize("answer", ["", "no", "Nope.", "No, there is not", "no, all good mate", "nah just joking"])
def test_no_answers_the_message_as_it_was_meant(world: CoachWorld, answer: str) -> None:
    ask(world, PROGRESS)
    if answer:
        world.whatsapp.write(KIM_WRITES, text=answer)
    else:
        tap(world, choices(world, KIM_WRITES)[1][0])
    assert "are shown" in ask_nothing(world)
    assert (doubts(world), opened(world)) == ([("live_work", "harmless", False)], [])


def test_after_no_the_conversation_goes_on_from_what_was_meant(talk: Talk) -> None:
    talk.say(QUIZ)
    assert "A) Guess" in talk.tap("No")
    assert talk.say("b").startswith("Right.")


def test_a_no_says_what_was_meant_in_the_question_that_was_open(talk: Talk) -> None:
    talk.say("quiz me")
    UNSURE["a zebra of an answer, b"] = "live_work"
    try:
        talk.say("a zebra of an answer, b")
        assert talk.titles[0] == "Yes, there is"
        said = talk.tap("No")
    finally:
        del UNSURE["a zebra of an answer, b"]
    assert said.startswith(("Right.", SAYS.text("asked_again")))


@pytest.mark.parametrize(
    ("answer", "outcome"), [("I am safe", "harmless"), ("I am not safe", "danger"), ("Tell my", "person")]
)
def test_somebody_asked_whether_they_are_safe_says_so_or_has_a_person(
    world: CoachWorld, answer: str, outcome: str
) -> None:
    ask(world, SAD)
    press(world, KIM_WRITES, answer)
    assert doubts(world) == [("self_harm", outcome, False)]
    assert [one["reason"] for one in opened(world)] == ([] if outcome == "harmless" else ["self_harm"])


def test_what_is_said_next_is_judged_by_itself_and_danger_stops(world: CoachWorld) -> None:
    ask(world, PROGRESS)
    assert "999" in ask(world, "no, but my hand is burnt")
    [stop] = opened(world)
    assert stop["reason"] == "injury"
    assert PROGRESS in stop["lines"][0]["text"]
    assert doubts(world) == [("live_work", "stopped", False)]


def test_what_may_be_danger_again_in_place_of_an_answer_stops(world: CoachWorld) -> None:
    ask(world, PROGRESS)
    ask(world, SAD)
    assert [one["reason"] for one in opened(world)] == ["self_harm"]
    assert doubts(world) == [("live_work", "stopped", False)]


def test_something_else_is_answered_and_the_question_stays(world: CoachWorld) -> None:
    ask(world, PROGRESS)
    before = len(world.said(KIM_WRITES))
    ask(world, "what's next?")
    first, again = world.said(KIM_WRITES)[before:]
    assert first.startswith("Next: Prove dead")
    assert again == SAYS.text("ask_danger")
    assert "are shown" in press(world, KIM_WRITES, "No")[0]


def test_no_answer_in_time_is_the_mentors(world: CoachWorld) -> None:
    write(world, Writer(phone="447700900777"), "hello")
    ask(world, PROGRESS)
    go_on(world)
    [waits] = opened(world)
    assert waits["reason"] == "unanswered"
    assert PROGRESS in waits["lines"][0]["text"]
    assert doubts(world) == [("live_work", "no_answer", False)]
    assert world.said(KIM_WRITES)[-1].startswith("You have not answered what I asked. Marek Ryan has been told")
    assert "asked whether there is danger and had no answer" in world.said(Writer(phone="447700900777"))[-1]
    notices = world.deployed.calls.world.store.query(Query("notifications"))
    assert [one.data["kind"] for one in notices] == ["coach.safety_stop"]
    assert "What comes" in write(world, KIM_WRITES, "quiz me")[0], "the coach goes on beside them"


def test_nobody_who_was_asked_whether_they_are_safe_is_told_of_live_work(world: CoachWorld) -> None:
    ask(world, SAD)
    buttons = choices(world, KIM_WRITES)
    go_on(world)
    said = world.said(KIM_WRITES)[-1]
    assert ("116 123" in said, "live" in said) == (True, False)
    for payload, _ in (buttons[0], buttons[1]):
        tap(world, payload)
        go_on(world)
    told = [one["text"].partition(")")[0] for one in opened(world)[0]["lines"]]
    assert told == [
        "(Asked whether they are safe, they have not answered for 10 minutes.",
        "(They say now that they are safe.",
        "(Asked whether they are safe, they said that they are not.",
    ]


@pytest.mark.parametrize("first", [True, False])
def test_who_asks_for_a_person_too_waits_for_them_and_they_say_what_came_of_the_danger(
    world: CoachWorld, first: bool
) -> None:
    if first:
        write(world, KIM_WRITES, "talk to my mentor")
    ask(world, PROGRESS)
    go_on(world)
    if not first:
        write(world, KIM_WRITES, "talk to my mentor")
    [waits] = opened(world)
    assert waits["reason"] == "unanswered"
    assert waits["wanted"], "and the coach keeps silent"
    assert "What comes" not in "".join(write(world, KIM_WRITES, "quiz me"))
    assert outcomes_of(waits["reason"]) == ("safe", "reported", "mistaken")


def test_before_its_time_nobody_is_told(world: CoachWorld) -> None:
    ask(world, PROGRESS)
    world.later(seconds=(ANSWERED_WITHIN - timedelta(minutes=2)).total_seconds())
    world.drain_once()
    assert (opened(world), [outcome for _, outcome, _ in doubts(world)]) == ([], [None])


@pytest.mark.parametrize(("late", "reason"), [(0, "live_work"), (1, "unanswered")])
def test_a_button_of_a_question_that_was_handed_over_still_counts(world: CoachWorld, late: int, reason: str) -> None:
    ask(world, PROGRESS)
    buttons = choices(world, KIM_WRITES)
    go_on(world)
    tap(world, buttons[late][0])
    go_on(world)
    [waits] = opened(world)
    assert waits["reason"] == reason
    assert len(waits["lines"]) == 2, "whoever answers is told what they say now"
    said = world.said(KIM_WRITES)[-1]
    assert said.startswith("Stop, and keep clear" if late == 0 else "Good to know.")


@pytest.mark.parametrize("late", ["yes", "Yes, there is", "yes theres sparks"])
def test_a_yes_in_writing_after_the_mentor_was_told_stops(world: CoachWorld, late: str) -> None:
    ask(world, PROGRESS)
    go_on(world)
    assert ask(world, late).startswith("Stop, and keep clear")
    [waits] = opened(world)
    assert waits["reason"] == "live_work"
    assert late in waits["lines"][-1]["text"]
    assert doubts(world) == [("live_work", "danger", False)]


def test_a_no_in_writing_after_the_mentor_was_told_is_told_them(world: CoachWorld) -> None:
    ask(world, PROGRESS)
    go_on(world)
    assert ask(world, "no").startswith("Good to know.")
    assert [len(one["lines"]) for one in opened(world)] == [2]


def test_a_yes_in_time_that_comes_late_stops(world: CoachWorld) -> None:
    ask(world, PROGRESS)
    world.whatsapp.write(KIM_WRITES, text="yes")
    late = world.whatsapp.owed.pop()
    go_on(world)
    assert [one["reason"] for one in opened(world)] == ["unanswered"]
    world.whatsapp.owed.append(late)
    assert ask_nothing(world).startswith("Stop, and keep clear")


def test_an_answer_to_what_is_asked_since_is_none_to_what_was_left(
    world: CoachWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(world, PROGRESS)
    go_on(world)
    ask(world, "quiz me")
    monkeypatch.setattr(YesAndNo, "written", lambda *_: "danger")
    assert ask(world, "b").startswith("Right.")


def test_a_yes_long_after_that_is_something_new(world: CoachWorld) -> None:
    ask(world, PROGRESS)
    go_on(world)
    world.later(seconds=2.5 * 60 * 60)
    assert not ask(world, "yes").startswith("Stop")


@pytest.mark.parametrize("answer", ["", "yes"])
def test_a_yes_behind_a_file_that_cannot_be_fetched_stops_at_once(world: CoachWorld, answer: str) -> None:
    ask(world, PROGRESS)
    world.whatsapp.photograph(KIM_WRITES, JPEG, bare=60)
    world.later(seconds=1)
    if answer:
        world.whatsapp.write(KIM_WRITES, text=answer)
    else:
        tap(world, choices(world, KIM_WRITES)[0][0])
    assert ask_nothing(world).startswith("Stop, and keep clear")
    assert [one["reason"] for one in opened(world)] == ["live_work"]


def test_it_asks_at_once_behind_a_file_that_cannot_be_fetched(world: CoachWorld) -> None:
    media_id = world.whatsapp.photograph(KIM_WRITES, JPEG, bare=60)
    world.later(seconds=1)
    assert ask(world, PROGRESS) == SAYS.text("ask_danger")
    assert [one["open"] for one in world.items] == [True, False]
    world.whatsapp.media[media_id].bare = 0
    go_on(world)
    assert [one["outcome"] for one in world.stored("coach_media")] == ["kept"]


@pytest.mark.parametrize("order", list(itertools.permutations(("danger_now", "danger_none", "danger_none"))))
def test_of_presses_in_any_order_and_however_often_danger_wins(world: CoachWorld, order: tuple[str, ...]) -> None:
    ask(world, PROGRESS)
    which = choices(world, KIM_WRITES)[0][0].partition(":")[2]
    for name in order:
        tap(world, f"{name}:{which}")
        world.later(seconds=1)
    go_on(world)
    assert doubts(world) == [("live_work", "danger", False)]
    assert [one["reason"] for one in opened(world)] == ["live_work"]


def test_a_webhook_that_comes_twice_asks_and_answers_once(world: CoachWorld) -> None:
    world.whatsapp.write(KIM_WRITES, text=PROGRESS)
    raw = world.whatsapp.owed[-1]
    for _ in range(3):
        assert world.hook(raw) == 200
    deliver(world)
    world.later(seconds=30)
    tap(world, choices(world, KIM_WRITES)[1][0])
    pressed = world.whatsapp.owed[-1]
    for _ in range(3):
        assert world.hook(pressed) == 200
    go_on(world)
    assert world.hook(raw) == world.hook(pressed) == 200
    go_on(world)
    assert len(world.said(KIM_WRITES)) == 2
    assert doubts(world) == [("live_work", "harmless", False)]


def test_one_that_comes_late_is_asked_about_and_turns_nothing_back(world: CoachWorld) -> None:
    world.whatsapp.write(KIM_WRITES, text=PROGRESS)
    late = world.whatsapp.owed.pop()
    world.later(seconds=5)
    write(world, KIM_WRITES, "quiz me")
    world.whatsapp.owed.append(late)
    deliver(world)
    world.later(seconds=30)
    assert world.said(KIM_WRITES)[-1] == SAYS.text("ask_danger")
    assert ask(world, "b") == SAYS.text("ask_danger"), "the lesson's question is answered, and this one asked again"
    assert world.said(KIM_WRITES)[-2].startswith("Right.")
    assert "are shown" in press(world, KIM_WRITES, "No")[0]


def test_a_no_that_was_written_before_it_was_asked_is_no_answer(world: CoachWorld) -> None:
    world.whatsapp.write(KIM_WRITES, text="no")
    late = world.whatsapp.owed.pop()
    world.later(seconds=5)
    ask(world, PROGRESS)
    world.whatsapp.owed.append(late)
    deliver(world)
    assert [outcome for _, outcome, _ in doubts(world)] == [None]


def test_whose_question_it_was_alone_answers_it(world: CoachWorld) -> None:
    ask(world, PROGRESS)
    tap(world, choices(world, KIM_WRITES)[0][0], STRANGER)
    deliver(world)
    assert [outcome for _, outcome, _ in doubts(world)] == [None]
    assert opened(world) == []


@pytest.mark.parametrize(("place", "said"), [(0, "Stop, and keep clear"), (1, UNKNOWN)])
def test_a_stranger_is_asked_too(world: CoachWorld, place: int, said: str) -> None:
    assert ask(world, PROGRESS, STRANGER) == SAYS.text("ask_danger")
    tap(world, choices(world, STRANGER)[place][0], STRANGER)
    go_on(world)
    assert world.said(STRANGER)[-1].startswith(said)
    assert opened(world) == []


def test_no_word_is_kept_of_what_is_decided(world: CoachWorld) -> None:
    ask(world, PROGRESS)
    press(world, KIM_WRITES, "No")
    kept = [world.items, world.stored("coach_doubts"), world.stored("coach_outgoing"), world.stored("coach_identities")]
    assert "zebra" not in str(kept)
    assert "zebra" not in str(world.deployed.calls.world.log.lines)


@pytest.mark.parametrize("step", range(1, 40, 3))
@pytest.mark.parametrize("place", [0, 1, None])
def test_whoever_dies_when_it_is_asked_answered_and_told_once(world: CoachWorld, step: int, place: int | None) -> None:
    world.whatsapp.write(KIM_WRITES, text=PROGRESS)
    dying(world, step)
    world.later(seconds=100)
    deliver(world)
    assert world.said(KIM_WRITES) == [SAYS.text("ask_danger")]
    if place is None:
        world.later(minutes=11)
    else:
        tap(world, choices(world, KIM_WRITES)[place][0])
    dying(world, step)
    go_on(world)
    assert len(world.said(KIM_WRITES)) == 2
    came_of_it = "no_answer" if place is None else ("danger", "harmless")[place]
    assert [outcome for _, outcome, _ in doubts(world)] == [came_of_it]
    assert [len(one["lines"]) for one in opened(world)] == ([] if place == 1 else [1])


def dying(world: CoachWorld, step: int) -> None:
    """Lets the worker die at a step; what was not acknowledged comes again."""
    world.deliver()
    tasks, fuse = list(world.tasks), Fuse(step)
    world.tasks.clear()
    for _, payload in tasks:
        try:
            world.reply(payload, fuse)
        except Died:
            assert fuse.blown
    world.tasks[:] = [*tasks, *(one for one in world.tasks if one not in tasks)]


@pytest.mark.parametrize(
    ("text", "kind", "reply"),
    [
        ("yes", "live_work", "danger"),
        ("Aye mate, it's sparking", "live_work", "danger"),
        ("no", "injury", "harmless"),
        ("No, it's fine, just asking", "injury", "harmless"),
        ("no power and nobody tested it", "live_work", None),
        ("not safe", "live_work", None),
        ("no one is answering", "injury", None),
        ("yes", "self_harm", "harmless"),
        ("yeah im fine thanks", "self_harm", "harmless"),
        ("yes but not for long", "self_harm", None),
        ("no", "self_harm", "danger"),
        ("not really", "self_harm", "danger"),
        ("yes" * 100, "live_work", None),
        ("👍", "live_work", None),
    ],
)
def test_yes_and_no_are_read_with_caution(text: str, kind: StopKind, reply: str | None) -> None:
    assert shipped_replies().yes_and_no.written(text, kind) == reply


@pytest.mark.parametrize(
    "text", ["yes", "no", "yeah", "nope", "aye", "nah", "no thanks", "yes please", "STOP", "START"]
)
def test_a_bare_answer_is_no_danger_by_itself(text: str) -> None:
    assert shipped_safety().judged(text) is None


def test_no_button_of_ours_is_a_danger() -> None:
    titles = [shipped_replies().offered(name)[0].title for name in shipped_replies().buttons]
    assert [one for one in titles if isinstance(shipped_safety().judged(one), Stop)] == []
    assert set(PRESSED) <= set(shipped_replies().buttons)
