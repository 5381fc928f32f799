"""A learner is handed over to a person, both write through the coach, and the learner is given back."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from infra.demonstration.whatsapp_interface import Template
from infra.demonstration.whatsapp_payloads import Writer
from infra.wiring.coaching import coaching
from infra.wiring.environment import environment
from shared.coaching.domain.hand_over import Reason
from shared.coaching.records.hand_overs import HandOverRecords
from shared.coaching.usecases.hand_over import HandOvers
from shared.coaching.usecases.tell_answerer import ALERT, Said
from shared.kernel.access import Caller
from shared.kernel.errors import Conflict, Forbidden, NotFound, Rejected
from shared.platform.usecases.audit import Audit
from shared.ports.documents import Query
from tests.coaching.coach_world import KIT, SAYS, CoachWorld, coach_world, employ
from tests.functions.conftest import Deployed
from tests.functions.test_coach_reply import go_on
from tests.harness.call_world import JOE
from tests.harness.crash_harness import ADMINISTRATOR

MAREK = "marek@example.com"
MENTOR = Caller(email=MAREK, role="mentor", employee_id=MAREK)
OTHER = Caller(email="ola@example.com", role="mentor", employee_id="ola@example.com")
THEIRS = Writer(phone="447700900777", user_id="GB.99")


@pytest.fixture
def world(deployed: Deployed) -> Iterator[CoachWorld]:
    for made in coach_world(deployed):
        employ(made, JOE, "Kit Moss", mentor_id=MAREK)
        employ(made, MAREK, "Marek Ryan", role="mentor")
        made.enrol()
        made.enrol(MAREK, "447700900777")
        made.whatsapp.templates[("coach_mentor_alert", "en_GB")] = Template("utility", places=1)
        made.reply({"inbox": "nobodys"})
        yield made


@pytest.fixture
def hand_overs(world: CoachWorld) -> HandOvers:
    return coaching(environment()).hand_overs


def said(world: CoachWorld, wamid: str = "wamid.1", text: str = "I need a hand with this") -> Said:
    return Said(wamid, text, world.now)


def both_write(world: CoachWorld) -> None:
    """Opens the window of learner and mentor."""
    world.whatsapp.write(KIT, text="hi")
    world.whatsapp.write(THEIRS, text="hi")
    go_on(world)
    world.whatsapp.taken.clear()


def told(world: CoachWorld) -> list[tuple[str, str]]:
    found = world.deployed.calls.world.store.query(Query("notifications"))
    return sorted((one.data["employee_id"], one.data["kind"]) for one in found)


@pytest.mark.parametrize("times", [1, 3])
def test_the_mentor_is_told_once_on_every_way_however_often_it_is_opened(
    world: CoachWorld, hand_overs: HandOvers, times: int
) -> None:
    both_write(world)
    for _ in range(times):
        opened = hand_overs.open(JOE, "asked", said(world))
    go_on(world)
    assert told(world) == [(MAREK, "coach.hand_over")]
    [alert] = world.said(THEIRS)
    assert "Kit Moss: the coach was asked for you" in alert
    assert "I need a hand with this" in alert
    [shown] = hand_overs.of_mentor(MENTOR, 20)
    assert (shown.learner, shown.hand_over.hand_over_id) == ("Kit Moss", opened.hand_over_id)
    assert [one.text for one in shown.hand_over.lines] == ["I need a hand with this"]


def test_outside_the_window_the_alert_is_a_template_without_a_word_of_the_learner(
    world: CoachWorld, hand_overs: HandOvers
) -> None:
    hand_overs.open(JOE, "injury", said(world, text="my hand is burnt"))
    go_on(world)
    [taken] = world.whatsapp.taken
    assert taken.kind == "template"
    assert "burnt" not in json.dumps(taken.content)
    assert "Kit Moss" in json.dumps(taken.content)


def test_what_goes_to_a_mentor_is_in_the_months_cost_once(world: CoachWorld, hand_overs: HandOvers) -> None:
    for _ in range(2):
        hand_overs.open(JOE, "injury", said(world))
    [standing] = [one for one in coaching(environment()).oversee.show(ADMINISTRATOR).templates if one.about == ALERT]
    assert (standing.count, standing.cost) == (1, standing.price)
    go_on(world)
    both_write(world)
    hand_overs.open(JOE, "asked", said(world, "wamid.2", "and this"))
    shown = coaching(environment()).oversee.show(ADMINISTRATOR)
    assert shown.counted == {"template": 1, "text": 1}
    assert shown.cost == standing.price


def test_what_else_is_written_is_added_and_danger_makes_it_graver(world: CoachWorld, hand_overs: HandOvers) -> None:
    both_write(world)
    first = hand_overs.open(JOE, "asked", said(world))
    hand_overs.open(JOE, "asked", said(world, "wamid.2", "are you there"))
    added = hand_overs.open(JOE, "live_work", said(world, "wamid.3", "it is not dead"))
    assert added.hand_over_id == first.hand_over_id
    assert added.reason == "live_work"
    assert [one.text for one in added.lines] == ["I need a hand with this", "are you there", "it is not dead"]
    go_on(world)
    assert len(world.said(THEIRS)) == 3
    assert len(told(world)) == 2


def test_an_answer_reaches_the_learner_once_under_the_name_of_who_wrote_it(
    world: CoachWorld, hand_overs: HandOvers
) -> None:
    both_write(world)
    opened = hand_overs.open(JOE, "asked", said(world))
    for _ in range(3):
        hand_overs.reply(MENTOR, opened.hand_over_id, " Ring me at noon. ", once="form.1")
    go_on(world)
    assert world.said(KIT) == ["Marek Ryan: Ring me at noon."]
    actions = [one.data["action"] for one in world.deployed.calls.world.store.query(Query("audit"))]
    assert actions.count("hand_over.answered") == 1


def test_an_answer_outside_the_window_waits_and_the_learner_is_told_elsewhere(
    world: CoachWorld, hand_overs: HandOvers
) -> None:
    opened = hand_overs.open(JOE, "silent", said(world, text=""))
    hand_overs.reply(MENTOR, opened.hand_over_id, "How are you?", once="form.1")
    assert (JOE, "coach.answered") in told(world)
    world.whatsapp.write(KIT, text="back again")
    go_on(world)
    for _ in range(2):
        hand_overs.send_waiting(JOE, "wamid.9")
    go_on(world)
    assert world.said(KIT).count("Marek Ryan: How are you?") == 1


def test_a_closed_one_has_no_words_and_takes_none(world: CoachWorld, hand_overs: HandOvers) -> None:
    both_write(world)
    opened = hand_overs.open(JOE, "asked", said(world))
    for _ in range(2):
        closed = hand_overs.close(MENTOR, opened.hand_over_id, "answered")
    go_on(world)
    assert (closed.open, closed.lines, closed.closed_by, closed.outcome) == (False, (), MAREK, "answered")
    assert len(world.said(KIT)) == 1
    with pytest.raises(Conflict):
        hand_overs.reply(MENTOR, opened.hand_over_id, "too late", once="form.2")
    assert hand_overs.of_mentor(MENTOR, 20) == []
    assert hand_overs.open(JOE, "asked", said(world)) == closed, "the message that led to it opens no other"


def test_danger_that_comes_while_it_is_settled_stays_open(
    world: CoachWorld, hand_overs: HandOvers, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = hand_overs.open(JOE, "asked", said(world))
    record = Audit.record

    def meanwhile(self: Audit, *told: object, **more: object) -> None:
        monkeypatch.setattr(Audit, "record", record)
        hand_overs.open(JOE, "injury", said(world, "wamid.2", "my hand is burnt"))
        record(self, *told, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Audit, "record", meanwhile)
    with pytest.raises(Rejected, match="accepted: safe, reported, mistaken"):
        hand_overs.close(MENTOR, opened.hand_over_id, "answered")
    kept = hand_overs.open_of(JOE)
    assert kept is not None
    assert (kept.reason, [one.text for one in kept.lines][-1]) == ("injury", "my hand is burnt")


@pytest.mark.parametrize(("reason", "stays"), [("asked", False), ("live_work", True)])
def test_a_learner_goes_back_to_the_coach_and_only_a_person_ends_a_stop(
    world: CoachWorld, hand_overs: HandOvers, reason: Reason, stays: bool
) -> None:
    opened = hand_overs.open(JOE, reason, said(world))
    assert opened.silences(world.now)
    hand_overs.resume(JOE, world.now)
    after = hand_overs.open_of(JOE)
    assert (after is not None) is stays
    assert after is None or not after.silences(world.now)


def test_only_who_answers_the_learner_sees_and_answers_and_says_what_came_of_it(
    world: CoachWorld, hand_overs: HandOvers
) -> None:
    opened = hand_overs.open(JOE, "near_miss", said(world))
    assert hand_overs.of_mentor(OTHER, 20) == []
    for caller in (OTHER, Caller(email=JOE, role="employee", employee_id=JOE)):
        with pytest.raises(Forbidden):
            hand_overs.reply(caller, opened.hand_over_id, "hello", once="1")
    with pytest.raises(Rejected, match="safe, reported, mistaken"):
        hand_overs.close(MENTOR, opened.hand_over_id, "answered")
    with pytest.raises(Rejected, match="1 to 900"):
        hand_overs.reply(MENTOR, opened.hand_over_id, "  ", once="1")
    with pytest.raises(NotFound):
        hand_overs.close(MENTOR, "no-such", "safe")
    hand_overs.close(MENTOR, opened.hand_over_id, "reported")
    [stop] = hand_overs.safety_stops(ADMINISTRATOR, 10)
    assert (stop.hand_over.outcome, stop.hand_over.lines) == ("reported", ())


def test_where_nobody_accompanies_a_learner_administrators_are_told(world: CoachWorld, hand_overs: HandOvers) -> None:
    employ(world, "ada@example.com", "Ada", role="administrator")
    employ(world, JOE, "Kit Moss")
    hand_overs.open(JOE, "self_harm", said(world))
    assert told(world) == [("ada@example.com", "coach.safety_stop")]
    ada = Caller(email="ada@example.com", role="administrator", employee_id="ada@example.com")
    assert [one.learner for one in hand_overs.of_mentor(ada, 20)] == ["Kit Moss"]


def test_whoever_answers_is_told_when_a_learner_wants_them_beside_what_is_open(
    world: CoachWorld, hand_overs: HandOvers
) -> None:
    hand_overs.open(JOE, "silent", said(world, "silent-1", ""))
    for _ in range(2):
        wanted = hand_overs.open(JOE, "asked", said(world, "wamid.2"))
    assert (wanted.reason, wanted.silences(world.now)) == ("asked", True)
    hand_overs.open(JOE, "asked", said(world, "wamid.3", "and this"))
    go_on(world)
    assert told(world) == [(MAREK, "coach.hand_over")] * 2
    assert len(world.said(THEIRS)) == 2, "outside the window what is added while the coach is silent waits for the page"
    world.later(hours=25)
    hand_overs.open(JOE, "asked", said(world, "wamid.4", "are you there"))
    assert told(world) == [(MAREK, "coach.hand_over")] * 3, "after a day without an answer they ask anew"


def test_every_voice_note_is_told_of(world: CoachWorld, hand_overs: HandOvers) -> None:
    for number in range(3):
        for _ in range(2):
            hand_overs.open(JOE, "voice", said(world, f"wamid.{number}", ""))
    assert told(world) == [(MAREK, "coach.hand_over")] * 3


def test_who_said_stop_still_reads_what_their_mentor_answered(world: CoachWorld, hand_overs: HandOvers) -> None:
    world.whatsapp.write(KIT, text="STOP")
    go_on(world)
    opened = hand_overs.open(JOE, "asked", said(world))
    hand_overs.reply(MENTOR, opened.hand_over_id, "Ring me at noon.", once="form.1")
    go_on(world)
    assert "Marek Ryan: Ring me at noon." not in world.said(KIT)
    world.later(minutes=1)
    world.whatsapp.write(KIT, text="hello")
    go_on(world)
    assert world.said(KIT).count("Marek Ryan: Ring me at noon.") == 1


def test_which_danger_it_was_is_said_on_the_page_alone(world: CoachWorld, hand_overs: HandOvers) -> None:
    hand_overs.open(JOE, "self_harm", said(world, text="I cannot go on"))
    go_on(world)
    [notice] = [one.data for one in world.deployed.calls.world.store.query(Query("notifications"))]
    for words in (json.dumps(notice["facts"]), json.dumps([one.content for one in world.whatsapp.taken])):
        assert "stopped a chat for safety" in words
        assert "distress" not in words
    [shown] = hand_overs.of_mentor(MENTOR, 20)
    assert shown.hand_over.reason == "self_harm"


def test_danger_stands_before_whoever_waits_longer(world: CoachWorld, hand_overs: HandOvers) -> None:
    reasons: tuple[Reason, ...] = ("asked", "silent", "live_work", "near_miss", "asked")
    for number, reason in enumerate(reasons):
        employ(world, f"kit{number}@example.com", f"Kit {number}", mentor_id=MAREK)
        hand_overs.open(f"kit{number}@example.com", reason, said(world, f"wamid.{number}"))
        world.later(seconds=1)
    assert [one.learner for one in hand_overs.of_mentor(MENTOR, 4)] == ["Kit 2", "Kit 3", "Kit 0", "Kit 1"]


def test_a_button_of_any_hand_over_that_is_open_can_be_answered(world: CoachWorld, hand_overs: HandOvers) -> None:
    both_write(world)
    for number in range(12):
        employ(world, f"kit{number}@example.com", f"Kit {number}", mentor_id=MAREK)
        opened = hand_overs.open(f"kit{number}@example.com", "asked", said(world, f"wamid.{number}"))
        world.later(seconds=1)
    button = {"id": f"answer_learner:{opened.hand_over_id}", "title": "Answer"}
    world.whatsapp.write(THEIRS, "interactive", None, interactive={"type": "button_reply", "button_reply": button})
    go_on(world)
    world.later(seconds=5)
    world.whatsapp.write(THEIRS, text="Ring me at noon.")
    go_on(world)
    assert world.said(THEIRS)[-2:] == [SAYS.text("answer_now", name="Kit 11"), SAYS.text("passed_on", name="Kit 11")]


def test_whoever_accompanies_the_learner_by_now_takes_a_hand_over(world: CoachWorld, hand_overs: HandOvers) -> None:
    opened = hand_overs.open(JOE, "asked", said(world))
    employ(world, MAREK, "Marek Ryan", role="mentor", active=False)
    employ(world, OTHER.email, "Ola", role="mentor")
    employ(world, JOE, "Kit Moss", mentor_id=OTHER.email)
    hand_overs.open(JOE, "asked", said(world, "wamid.2", "is anybody there"))
    assert told(world) == [(MAREK, "coach.hand_over"), (OTHER.email, "coach.hand_over")]
    assert hand_overs.of_mentor(MENTOR, 20) == []
    [shown] = hand_overs.of_mentor(OTHER, 20)
    assert (shown.hand_over.hand_over_id, len(shown.hand_over.lines)) == (opened.hand_over_id, 2)


def handed_on(world: CoachWorld, **learner: object) -> None:
    """Ola accompanies Kit from now on, or whoever is said."""
    employ(world, OTHER.email, "Ola", role="mentor")
    employ(world, JOE, "Kit Moss", **{"mentor_id": OTHER.email, **learner})


def test_who_answers_is_right_whenever_it_is_read(world: CoachWorld, hand_overs: HandOvers) -> None:
    opened = hand_overs.open(JOE, "injury", said(world))
    handed_on(world)
    assert hand_overs.of_mentor(MENTOR, 20) == [], "who accompanies them no more reads nothing of it"
    with pytest.raises(Forbidden):
        hand_overs.reply(MENTOR, opened.hand_over_id, "hello", once="form.1")
    [shown] = hand_overs.of_mentor(OTHER, 20)
    assert shown.hand_over.hand_over_id == opened.hand_over_id
    assert hand_overs.answerer(opened) == "Ola"
    employ(world, OTHER.email, "Ola", role="mentor", active=False)
    assert hand_overs.of_mentor(OTHER, 20) == []
    [left] = hand_overs.of_mentor(ADMINISTRATOR, 20)
    assert left.hand_over.hand_over_id == opened.hand_over_id, "nobody is there but administrators"


def test_to_whom_it_comes_back_is_told_again(world: CoachWorld, hand_overs: HandOvers) -> None:
    employ(world, "ola@example.com", "Ola Berg", role="mentor")
    hand_overs.open(JOE, "asked", said(world))
    for mentor in ("ola@example.com", MAREK, "ola@example.com"):
        world.later(days=1)
        employ(world, JOE, "Kit Moss", mentor_id=mentor)
        hand_overs.pass_on()
        hand_overs.pass_on()
    assert [one for one, _ in told(world)] == [MAREK, MAREK, "ola@example.com", "ola@example.com"]


def test_whoever_answers_by_now_is_told_once(world: CoachWorld, hand_overs: HandOvers) -> None:
    hand_overs.open(JOE, "injury", said(world))
    assert hand_overs.pass_on() == 0
    handed_on(world)
    assert (hand_overs.pass_on(), hand_overs.pass_on()) == (1, 0)
    assert told(world) == [(MAREK, "coach.safety_stop"), (OTHER.email, "coach.safety_stop")]
    [shown] = hand_overs.of_mentor(OTHER, 20)
    assert shown.hand_over.answerer_id == OTHER.email


def test_whoever_dies_while_it_is_passed_on_leaves_it_to_be_told(
    world: CoachWorld, hand_overs: HandOvers, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_overs.open(JOE, "injury", said(world))
    handed_on(world)
    with monkeypatch.context() as broken:
        broken.setattr(HandOverRecords, "put", staticmethod(lambda transaction, one: 1 / 0))
        with pytest.raises(ZeroDivisionError):
            hand_overs.pass_on()
    assert hand_overs.pass_on() == 1
    assert told(world) == [(MAREK, "coach.safety_stop"), (OTHER.email, "coach.safety_stop")]


def test_all_that_is_open_is_looked_through(
    world: CoachWorld, hand_overs: HandOvers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.coaching.usecases.hand_over.MOST_OPEN", 2)
    for number in range(5):
        employ(world, f"kit{number}@example.com", f"Kit {number}", mentor_id=MAREK)
        hand_overs.open(f"kit{number}@example.com", "asked", said(world, f"wamid.{number}"))
    employ(world, "kit4@example.com", "Kit 4", mentor_id=OTHER.email)
    employ(world, OTHER.email, "Ola", role="mentor")
    assert hand_overs.pass_on() == 1


def test_a_mentor_who_may_answer_nobody_is_passed_over(world: CoachWorld, hand_overs: HandOvers) -> None:
    employ(world, MAREK, "Marek Ryan", role="employee")
    employ(world, "ada@example.com", "Ada", role="administrator")
    opened = hand_overs.open(JOE, "injury", said(world))
    assert (opened.answerer_id, told(world)) == (None, [("ada@example.com", "coach.safety_stop")])


def test_what_could_come_after_the_window_waits_for_the_learner(world: CoachWorld, hand_overs: HandOvers) -> None:
    both_write(world)
    opened = hand_overs.open(JOE, "asked", said(world))
    go_on(world)
    world.later(hours=23, minutes=40)
    after = hand_overs.reply(MENTOR, opened.hand_over_id, "Ring me at noon.", once="form.1")
    assert [one.text for one in after.waiting()] == ["Ring me at noon."]
    assert (JOE, "coach.answered") in told(world)


def test_a_button_that_does_not_fit_stops_nobody(world: CoachWorld, hand_overs: HandOvers) -> None:
    both_write(world)
    opened = hand_overs.open(JOE, "asked", said(world))
    button = {"id": f"close_safe:{opened.hand_over_id}", "title": "All safe"}
    world.whatsapp.write(THEIRS, "interactive", None, interactive={"type": "button_reply", "button_reply": button})
    go_on(world)
    assert world.said(THEIRS)[-1] == SAYS.text("settled", name="Kit Moss")
