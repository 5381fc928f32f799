"""The coach's nudges: once a day, as WhatsApp allows, else by a notice; a week's silence is handed to a person."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from infra.coaching.shipped_templates import shipped_templates
from infra.demonstration.whatsapp_interface import Template
from infra.demonstration.whatsapp_payloads import Writer
from infra.local.ambient import RandomIds
from infra.wiring.coaching import coaching
from infra.wiring.environment import environment
from infra.wiring.learning import learning
from shared.coaching.usecases.agree import Agree
from shared.kernel.access import Caller
from shared.learning.answer_records import AnswerRecords
from shared.learning.domain.answer_entry import Answer
from shared.learning.domain.review import QuestionKey
from shared.learning.enrolment_records import Consent, Enrolment, EnrolmentRecords, KeptBreak
from shared.learning.records import LessonRecords, PublishedLesson
from shared.people.records import EmployeeRecords
from shared.ports.documents import Query
from tests.coaching.coach_world import KIT, CoachWorld, coach_world
from tests.functions.conftest import Deployed
from tests.functions.test_coach_reply import go_on
from tests.harness.call_world import JOE, MIA
from tests.harness.crash_harness import Fuse, unavailable
from tests.learning.examples import lesson, review

MENTOR = Writer(phone="447700900777")
TASK = {"run": "2026-03-04T12:00:00+00:00"}
DEAR = {"learner_reviews", "lessons", "states"}
"""What is read to say what somebody learned, and to rate them."""
TEMPLATES = shipped_templates().by_about


@dataclass
class Nudging:
    """A learner with a question about a hazard that is two days overdue, and a mentor."""

    world: CoachWorld
    agree: Agree

    def round(self, **task: Any) -> dict[str, int]:
        status, did = self.world.deployed.deliver("coach_nudges", {**TASK, **task})
        assert status == 200, did
        return dict(did)

    def notices(self, who: str = JOE) -> list[tuple[str, str]]:
        found = self.world.deployed.calls.world.store.query(Query("notifications"))
        return [
            (one.data["kind"], one.data["facts"].get("title", "")) for one in found if one.data["employee_id"] == who
        ]

    def says(self, writer: Writer = KIT, text: str = "hi") -> None:
        self.world.whatsapp.write(writer, text=text)
        self.settle()

    def settle(self) -> None:
        tasks = self.world.tasks
        others = [one for one in tasks if one[1].keys() != {"inbox"}]
        tasks[:] = [one for one in tasks if one[1].keys() == {"inbox"}]
        go_on(self.world)
        tasks += others

    def tomorrow(self, days: int = 1) -> None:
        self.world.later(days=days)

    def changed(self, **fields: Any) -> None:
        records = EnrolmentRecords(self.world.deployed.calls.world.store)
        known = records.versioned(JOE)
        assert known is not None
        records.put(known.record.changed(**fields), over=known.stamp)


@pytest.fixture
def nudging(deployed: Deployed) -> Iterator[Nudging]:
    for world in coach_world(deployed):
        for one in TEMPLATES.values():
            world.whatsapp.templates[(one.name, one.language)] = Template(one.category.upper(), places=1)
        teach(deployed, world.now)
        world.reply({"inbox": "nobodys"})
        world.later(seconds=1)
        yield Nudging(world, coaching(environment()).agree)


def teach(deployed: Deployed, now: datetime) -> None:
    store = deployed.calls.world.store
    people = EmployeeRecords(store)
    joe = people.versioned(JOE)
    assert joe is not None
    changed = joe.record.changed(mentor_id=MIA, name="Joe", updated_at=now)
    people.put(changed, lambda: now, new=False, over=joe.stamp)
    mia = people.versioned(MIA)
    assert mia is not None
    people.put(mia.record.changed(role="mentor", updated_at=now), lambda: now, new=False, over=mia.stamp)
    taught = replace(lesson("prove_dead_first", hazard=True, questions=1), framework_id=joe.record.framework_id)
    published = PublishedLesson(framework_id=taught.framework_id, lesson=taught, published_at=now, published_by="e")
    records = LessonRecords(store)
    records.transact(lambda transaction: transaction.write(*records.written([published], [published])))
    agreed = Consent(version=1, agreed=True, at=now - timedelta(days=30))
    EnrolmentRecords(store).put(
        Enrolment(
            employee_id=JOE,
            framework_id=taught.framework_id,
            standard="ST9901@1.0",
            revision=1,
            milestone="gateway",
            invited_by="e",
            invited_at=now - timedelta(days=30),
            consents=(agreed,),
        ),
        over=None,
    )
    wrong = review(now - timedelta(days=3), False, key=QuestionKey("prove_dead_first", "q1"), hazard=True)
    AnswerRecords(store, RandomIds()).add(JOE, [Answer(2, wrong)])


def opted_in(nudging: Nudging, who: str = JOE, phone: str = "+44 7700 900461") -> None:
    nudging.agree.give(Caller(email=who, role="employee", employee_id=who), who, phone, 1)


def test_nobody_is_written_to_who_has_not_agreed_or_said_stop(nudging: Nudging) -> None:
    assert nudging.round() == {"not_agreed": 1}
    opted_in(nudging)
    nudging.world.later(minutes=1)
    nudging.says(text="STOP")
    before = nudging.world.said()
    assert nudging.round() == {"not_agreed": 1}
    nudging.settle()
    assert nudging.world.said() == before
    assert nudging.notices() == []
    nudging.world.later(minutes=1)
    nudging.says(text="START")
    assert nudging.round() == {"hazard_text": 1}


def test_outside_the_window_a_template_goes_once_a_day_and_what_it_costs_is_counted(nudging: Nudging) -> None:
    opted_in(nudging)
    assert nudging.round() == {"hazard_template": 1}
    for _ in range(3):
        nudging.settle()
        assert nudging.round() == {"nudged_before": 1}
    (said,) = nudging.world.said()
    assert said.startswith("coach_hazard_overdue(")
    assert "Prove dead first" in said
    (day,) = nudging.world.stored("coach_days")
    (sent,) = day["sent"].values()
    assert (sent["count"], sent["category"], sent["price"]) == (1, "utility", 0.0159)
    nudging.tomorrow()
    assert nudging.round(run="later") == {"hazard_template": 1}
    nudging.settle()
    assert len(nudging.world.said()) == 2


def test_within_the_window_it_is_free_and_ends_in_a_button(nudging: Nudging) -> None:
    opted_in(nudging)
    nudging.says()
    assert nudging.round() == {"hazard_text": 1}
    nudging.settle()
    taken = nudging.world.whatsapp.taken[-1]
    assert (taken.kind, taken.category) == ("interactive", "service")
    assert "Answer it now" in json.dumps(taken.content)


@pytest.mark.parametrize("event", ["PAUSED", "REJECTED", "DISABLED"])
def test_a_template_that_may_not_go_is_a_notice_instead(nudging: Nudging, event: str) -> None:
    opted_in(nudging)
    template = TEMPLATES["hazard"]
    raw = {
        "event": event,
        "message_template_id": 1,
        "message_template_name": template.name,
        "message_template_language": template.language,
        "reason": "NONE",
    }
    tell(nudging, "message_template_status_update", raw)
    assert nudging.round() == {"hazard_notice": 1}
    nudging.settle()
    assert nudging.world.said() == []
    assert [kind for kind, _ in nudging.notices()] == ["coach.nudge"]
    assert nudging.round() == {"nudged_before": 1}
    assert len(nudging.notices()) == 1


def test_a_template_that_is_refused_at_the_door_is_a_notice_in_the_next_round(nudging: Nudging) -> None:
    opted_in(nudging)
    nudging.world.whatsapp.templates[(TEMPLATES["hazard"].name, "en_GB")].status = "PAUSED"
    assert nudging.round() == {"hazard_template": 1}
    nudging.settle()
    assert nudging.notices() == []
    assert nudging.round() == {"nudged_before": 1}
    assert [kind for kind, _ in nudging.notices()] == ["coach.nudge"]


def test_l13_a_template_that_became_marketing_costs_more_and_goes_to_nobody_who_wants_none(nudging: Nudging) -> None:
    opted_in(nudging)
    template = TEMPLATES["hazard"]
    raw = {
        "message_template_id": 1,
        "message_template_name": template.name,
        "message_template_language": template.language,
        "previous_category": "UTILITY",
        "new_category": "MARKETING",
    }
    tell(nudging, "template_category_update", raw)
    assert nudging.round() == {"hazard_template": 1}
    (day,) = nudging.world.stored("coach_days")
    (sent,) = day["sent"].values()
    assert (sent["category"], sent["price"]) == ("marketing", 0.0382)
    nudging.settle()
    nudging.tomorrow()
    preference = {"wa_id": KIT.phone, "category": "marketing_messages", "value": "stop", "timestamp": stamp(nudging)}
    tell(nudging, "user_preferences", {"messaging_product": "whatsapp", "user_preferences": [preference]})
    assert nudging.round(run="later") == {"hazard_notice": 1}


def test_without_whatsapp_the_notices_carry_it(nudging: Nudging) -> None:
    opted_in(nudging)
    del nudging.world.deployed.secrets["whatsapp-access"]
    assert nudging.round() == {"hazard_notice": 1}
    ((kind, said),) = nudging.notices()
    assert kind == "coach.nudge"
    assert said == "A safety question is overdue for 2 days: “Prove dead first”."


def test_in_a_break_and_at_night_nobody_is_nudged(nudging: Nudging) -> None:
    opted_in(nudging)
    nudging.world.later(hours=9)
    assert nudging.round() == {"nothing": 1}
    nudging.world.later(hours=15)
    today = nudging.world.now.date()
    away = KeptBreak(
        begins=today - timedelta(days=1), ends=None, reason="illness", recorded_by="e", recorded_at=nudging.world.now
    )
    nudging.changed(breaks=(away,))
    assert nudging.round() == {"nothing": 1}


def test_who_can_get_nothing_costs_no_look_at_what_they_learned(nudging: Nudging) -> None:
    opted_in(nudging)

    def looks() -> set[str]:
        return nudging.world.deployed.read_for("coach_nudges", TASK) & DEAR

    assert looks() == {"learner_reviews", "lessons"}, "a hazard presses most, whatever is shown"
    assert looks() == set(), "nudged today"
    nudging.tomorrow()
    nudging.world.later(hours=9)
    assert looks() == set(), "quiet hours"
    nudging.world.later(hours=15)
    today = nudging.world.now.date()
    away = KeptBreak(begins=today, ends=None, reason="illness", recorded_by="e", recorded_at=nudging.world.now)
    nudging.changed(breaks=(away,))
    assert looks() == set(), "a break"
    nudging.changed(breaks=())
    right = review(nudging.world.now, True, key=QuestionKey("prove_dead_first", "q1"), hazard=True)
    AnswerRecords(nudging.world.deployed.calls.world.store, RandomIds()).add(JOE, [Answer(1, right)])
    assert looks() == DEAR, "nothing is due: what is shown may be news"


def test_what_waits_too_long_or_for_who_said_stop_meanwhile_is_not_sent(nudging: Nudging) -> None:
    opted_in(nudging)
    assert nudging.round() == {"hazard_template": 1}
    nudging.world.later(hours=3)
    nudging.settle()
    assert nudging.world.said() == []
    assert [one["state"] for one in nudging.world.stored("coach_outgoing")] == ["withdrawn"]


def test_a_week_without_an_answer_is_the_mentors_and_the_coach_is_silent_until_they_write(nudging: Nudging) -> None:
    opted_in(nudging)
    for day in range(7):
        assert nudging.round(run=f"r{day}") == {"hazard_template": 1}
        nudging.settle()
        nudging.tomorrow()
    assert nudging.round(run="r7") == {"handed_over": 1}
    ((kind, _),) = nudging.notices(MIA)
    assert kind == "coach.hand_over"
    (opened,) = nudging.world.stored("coach_hand_overs")
    assert (opened["employee_id"], opened["answerer_id"], opened["reason"]) == (JOE, MIA, "silent")
    for day in range(8, 20):
        nudging.tomorrow()
        assert nudging.round(run=f"r{day}") == {"nothing": 1}
    assert len(nudging.notices(MIA)) == 1
    assert len(nudging.world.said()) == 7
    nudging.says()
    assert nudging.round(run="back") == {"hazard_text": 1}


def test_nobody_is_woken_up_for_a_week_of_silence(nudging: Nudging) -> None:
    opted_in(nudging)
    for day in range(7):
        nudging.round(run=f"r{day}")
        nudging.settle()
        nudging.tomorrow()
    nudging.world.later(hours=-11)  # an hour after midnight of the day on which the week is over
    assert nudging.round(run="night") == {"nothing": 1}
    assert nudging.notices(MIA) == []
    nudging.world.later(hours=9)
    assert nudging.round(run="morning") == {"handed_over": 1}


def test_a_milestone_is_the_one_whose_day_is_kept(nudging: Nudging) -> None:
    records, days = EnrolmentRecords(nudging.world.deployed.calls.world.store), learning(environment()).day
    known, today = records.get(JOE), nudging.world.now.date()
    assert known is not None
    before = days.of(known)
    records.note_milestone(JOE, "gateway", today)
    kept = records.get(JOE)
    assert kept is not None
    after = days.of(kept)
    assert before is not None
    assert after is not None
    assert (before.reached, after.reached) == ({}, {"gateway": today})


def test_who_flies_west_is_not_nudged_twice(nudging: Nudging) -> None:
    opted_in(nudging)
    lives(nudging, "Pacific/Auckland")
    nudging.world.later(hours=9)  # 10 in the morning of the fifth there, 9 in the evening of the fourth here
    assert nudging.round(run="r0") == {"hazard_template": 1}
    lives(nudging, "America/New_York")
    nudging.world.later(minutes=30)  # half past four in the afternoon of the fourth
    assert nudging.round(run="r1") == {"nudged_before": 1}


def lives(nudging: Nudging, zone: str) -> None:
    people = EmployeeRecords(nudging.world.deployed.calls.world.store)
    joe = people.versioned(JOE)
    assert joe is not None
    people.put(joe.record.changed(zone=zone), lambda: nudging.world.now, new=False, over=joe.stamp)


def test_the_mentor_is_told_on_whatsapp_only_where_they_agreed(nudging: Nudging) -> None:
    opted_in(nudging)
    opted_in(nudging, MIA, "+44 7700 900777")
    for day in range(8):
        nudging.round(run=f"r{day}")
        nudging.settle()
        nudging.tomorrow()
    (said,) = nudging.world.said(MENTOR)
    assert said.startswith("coach_mentor_alert(Joe")
    assert "no answer for a week" in said


def test_rounds_that_are_shuffled_doubled_and_broken_off_nudge_once_a_day(nudging: Nudging) -> None:
    opted_in(nudging)
    chance = random.Random(3)
    for _ in range(3):
        for _ in range(6):
            if chance.random() < 0.5:
                fuse = Fuse(chance.randrange(12), unavailable)
                nudging.world.deployed.deliver("coach_nudges", {"run": str(chance.random())}, fuse)
            else:
                nudging.round(run=str(chance.random()))
            if chance.random() < 0.5:
                nudging.settle()
        nudging.round(run="at last")
        nudging.settle()
        nudging.tomorrow()
    assert len(nudging.world.said()) == 3


def test_a_page_asks_for_the_next_before_it_begins(nudging: Nudging, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.coaching.usecases.nudge_learners.PAGE", 1)
    records = EnrolmentRecords(nudging.world.deployed.calls.world.store)
    joe = records.get(JOE)
    assert joe is not None
    records.put(joe.changed(employee_id=MIA), over=None)
    opted_in(nudging)
    assert nudging.round() == {"hazard_template": 1}
    following = [payload for _, payload in nudging.world.tasks if "run" in payload]
    assert following == [{**TASK, "after": JOE}]
    assert nudging.round(after=JOE) == {"not_agreed": 1}


def test_logs_and_audit_hold_no_word_of_it(nudging: Nudging) -> None:
    opted_in(nudging)
    nudging.round()
    nudging.settle()
    lines = json.dumps(nudging.world.deployed.calls.world.log.lines, default=str)
    assert "Prove dead first" not in lines
    assert "7700" not in lines


def test_an_outside_that_fails_is_asked_again(nudging: Nudging) -> None:
    opted_in(nudging)
    assert nudging.world.deployed.again_after_a_failure("coach_nudges", TASK)[0] == 200


def stamp(nudging: Nudging) -> str:
    return str(int(nudging.world.now.timestamp()))


def tell(nudging: Nudging, field: str, value: dict[str, Any]) -> None:
    """Lets WhatsApp tell something that is no message."""
    number = {"display_phone_number": "15550783881", "phone_number_id": nudging.world.whatsapp.number_id}
    value = {"messaging_product": "whatsapp", "metadata": number, **value}
    entry = {"id": "1", "time": int(nudging.world.now.timestamp()), "changes": [{"field": field, "value": value}]}
    raw = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
    assert nudging.world.hook(raw) == 200
