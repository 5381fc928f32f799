"""What somebody chose, the night, the summary, later attempts, and addresses that refuse for ever."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.wiring.platform import platform
from shared.kernel.access import Caller
from shared.kernel.errors import Forbidden
from shared.notifications.contract import SettingsBody
from shared.notifications.domain.letter import Letter
from shared.notifications.ports.channel import Sent
from shared.ports.documents import Query
from tests.notifications.house import DANA, JOE, House

CALLER = Caller(email=JOE, role="employee", employee_id=JOE, name="Joe")
NIGHT = datetime(2026, 3, 4, 22, tzinfo=UTC)


class Answers:
    """A channel that answers as it is told, and keeps what it was sent."""

    def __init__(self, *answers: Sent, repeats: int | None = 0) -> None:
        self.answers = list(answers)
        self.repeats: int | None = repeats
        self.letters: list[Letter] = []

    def send(self, letter: Letter) -> Sent:
        self.letters.append(letter)
        return self.answers.pop(0) if self.answers else Sent("arrived")

    # Never asked: it keeps nothing.
    def list(self, employee_id: str | None, *, limit: int) -> list[Any]:
        return []

    def get(self, key: str) -> None:
        return None


def choose(house: House, choices: Mapping[str, str], **more: Any) -> None:
    """Has Joe choose. choices: kind → mode, of e-mail"""
    listed = [{"channel": "email", "kind": kind, "mode": mode} for kind, mode in choices.items()]
    body = SettingsBody.model_validate({"choices": listed, "quiet_from": "20:00", "quiet_until": "07:00", **more})
    house.use_cases().settings.change(CALLER, JOE, body)


def sending(house: House, *answers: Sent, repeats: int | None = 0) -> Answers:
    made = Answers(*answers, repeats=repeats)
    house.outbox = made
    return made


class TestChoice:
    def test_what_is_off_is_not_sent_and_stays_in_the_portal(self, house: House) -> None:
        choose(house, {"preparation.assigned": "off"})
        house.tell()
        house.run()
        assert house.deliveries() == []
        assert len(house.world.store.query(Query("notifications"))) == 1

    def test_what_is_switched_off_while_it_waits_is_not_sent(self, house: House) -> None:
        house.world.clock.time = NIGHT
        house.tell()
        house.run()
        choose(house, {"preparation.assigned": "off"})
        house.run(hours=24)
        assert (house.mails(), house.states()) == ([], [("email", "withdrawn", "off")])

    def test_what_must_be_sent_cannot_be_switched_off(self, house: House) -> None:
        choose(house, {"escalation.raised": "off"})
        house.tell(kind="escalation.raised", facts={"by": DANA, "to": DANA})
        house.run()
        [mail] = house.mails()
        assert "List-Unsubscribe" not in mail["source"]
        assert "This is always sent" in mail["html"]

    def test_choices_are_the_persons_own(self, house: House) -> None:
        settings = house.use_cases().settings
        with pytest.raises(Forbidden):
            settings.show(CALLER, DANA)
        with pytest.raises(Forbidden):
            settings.change(CALLER, DANA, SettingsBody.model_validate({}))

    @pytest.mark.parametrize(
        "body",
        [
            {"zone": "Europe/Nowhere"},
            {"daily_at": "24:00"},
            {"daily_at": "8"},
            {"quiet_from": "20:00"},
            {"slack_address": "https://169.254.169.254/latest"},
            {"slack_address": "https://hooks.slack.com.example.org/services/x"},
            {"choices": [{"channel": "pigeon", "kind": "deal.at_risk", "mode": "now"}]},
        ],
    )
    def test_what_cannot_be_meant_is_refused(self, body: dict[str, Any]) -> None:
        with pytest.raises(ValueError):
            SettingsBody.model_validate(body)


class TestNight:
    def test_it_waits_until_the_morning_where_the_person_is(self, house: House) -> None:
        choose(house, {}, zone="America/New_York")
        house.world.clock.time = datetime(2026, 3, 5, 3, tzinfo=UTC)  # ten in the evening there
        house.tell()
        house.run(hours=8.9)
        assert house.mails() == []
        house.run(hours=0.2)
        assert [mail["at"] for mail in house.mails()] == [datetime(2026, 3, 5, 12, tzinfo=UTC)]

    def test_the_organisations_zone_holds_for_who_named_none(self, house: House) -> None:
        house.settings["AUGMENT_WORK_ZONE"] = "Asia/Tokyo"
        house.world.clock.time = datetime(2026, 3, 4, 12, tzinfo=UTC)  # nine in the evening there
        house.tell()
        house.run(hours=24)
        assert [mail["at"] for mail in house.mails()] == [datetime(2026, 3, 4, 22, tzinfo=UTC)]

    def test_what_is_urgent_comes_at_night(self, house: House) -> None:
        house.world.clock.time = NIGHT
        house.tell(DANA, "deal.at_risk", facts={"to": JOE, "account": "Acme", "risk": "high"})
        house.run()
        assert [mail["subject"] for mail in house.mails()] == ["Joe may not be ready for the deal with Acme"]

    def test_an_attempt_that_failed_in_the_evening_waits_for_the_morning_too(self, house: House) -> None:
        made = sending(house, Sent("later", "unreachable"))
        house.world.clock.time = datetime(2026, 3, 4, 19, 59, 30, tzinfo=UTC)
        house.tell()
        house.run(hours=10)
        assert len(made.letters) == 1
        house.run(hours=2)
        assert len(made.letters) == 2


class TestSummary:
    def test_a_days_notices_come_in_one_mail_at_the_chosen_hour(self, house: House) -> None:
        choose(house, {"preparation.assigned": "daily", "grant.revoked": "daily"}, daily_at="16:30")
        for number in range(3):
            house.tell(once=str(number), facts={"account": f"Account {number}"})
        house.tell(kind="grant.revoked", facts={"by": DANA, "to": DANA})
        house.run(hours=4.4)
        assert house.mails() == []
        house.run(hours=20)
        [mail] = house.mails()
        assert mail["subject"] == "4 notifications of the last day"
        assert [mail["text"].count(f"Account {number}") for number in range(3)] == [1, 1, 1]
        assert "Dana has ended that Dana may read your calls" in mail["text"]
        assert sorted(state for _, state, _ in house.states()) == ["delivered", *["summarised"] * 4]
        house.run(hours=48)
        assert len(house.mails()) == 1

    def test_what_was_read_meanwhile_is_not_told_again(self, house: House) -> None:
        choose(house, {"preparation.assigned": "daily"})
        house.tell()
        [notice] = house.world.store.query(Query("notifications"))
        platform(house.on()).notifications.mark_read(CALLER, JOE, notice.id)
        house.run(hours=24)
        assert house.mails() == []
        assert ("email", "withdrawn", "read") in house.states()

    def test_what_is_urgent_is_never_kept_for_it(self, house: House) -> None:
        choose(house, {"webhook.paused": "daily"})
        house.tell(kind="webhook.paused", facts={"subscription_id": "s", "because": "gone"})
        house.run()
        assert len(house.mails()) == 1


class TestLater:
    def test_it_is_tried_for_most_of_a_day_and_then_given_up(self, house: House) -> None:
        made = sending(house, *[Sent("later", "unreachable")] * 20)
        choose(house, {}, quiet_from=None, quiet_until=None)
        house.tell()
        house.run(hours=72)
        assert len(made.letters) == 7
        assert len({letter.key for letter in made.letters}) == 1
        assert house.states() == [("email", "failed", "given_up")]
        [kept] = house.deliveries()
        assert kept.fault == "unreachable"

    def test_the_other_side_may_ask_to_be_left_alone(self, house: House) -> None:
        made = sending(house, Sent("later", "ratelimited", 1_800.0))
        house.tell()
        house.run(hours=0.4)
        assert len(made.letters) == 1
        house.run(hours=0.2)
        assert len(made.letters) == 2

    def test_what_is_wrong_with_the_settings_is_tried_again_and_pauses_nobody(self, house: House) -> None:
        made = sending(house, Sent("configuration", "login_refused"))
        house.tell()
        house.run(hours=1)
        assert (len(made.letters), house.states()) == (2, [("email", "delivered", None)])

    def test_an_answer_that_was_lost_is_repeated_as_often_as_the_channel_allows(self, house: House) -> None:
        choose(house, {}, quiet_from=None, quiet_until=None)
        for repeats, expected in ((0, ("unknown", 1)), (1, ("unknown", 2)), (None, ("delivered", 4))):
            made = sending(house, *[Sent("uncertain", "no_answer")] * 3, repeats=repeats)
            house.tell(once=f"r{repeats}")
            house.run(hours=6)
            last = house.deliveries()[-1]
            assert ((last.state, len(made.letters)), last.repeated) == (expected, len(made.letters) - 1)


class TestAddress:
    def test_an_address_that_refuses_for_ever_is_paused_and_the_person_told_once(self, house: House) -> None:
        made = sending(house, *[Sent("address", "no_mailbox")] * 9)
        for number in range(3):
            house.tell(once=str(number))
            house.run(hours=1)
        assert len(made.letters) == 1
        assert [why for _, _, why in house.states()] == ["address", "paused", "paused"]
        told = [one.data for one in house.world.store.query(Query("notifications"))]
        assert [one["facts"] for one in told if one["kind"] == "notifications.paused"] == [{"channel": "email"}]
        shown = house.use_cases().settings.show(CALLER, JOE)
        assert shown.channels[0].paused_at is not None
        assert JOE not in str(house.world.log.lines)

    def test_who_asks_for_it_is_sent_to_again(self, house: House) -> None:
        made = sending(house, Sent("address", "no_mailbox"))
        house.tell()
        house.run(hours=1)
        house.use_cases().settings.resume(CALLER, JOE, "email")
        house.tell(once="2")
        house.run(hours=1)
        assert len(made.letters) == 2
        assert house.states()[-1] == ("email", "delivered", None)

    def test_what_it_will_not_take_is_not_the_address(self, house: House) -> None:
        sending(house, Sent("refused", "policy"))
        house.tell()
        house.run(hours=1)
        house.tell(once="2")
        house.run(hours=1)
        assert [state for _, state, _ in house.states()] == ["failed", "delivered"]


def test_of_many_tasks_at_once_one_sends(house: House) -> None:
    """While one is at it, another finds that out and comes back when it must have ended."""
    made = sending(house)
    seen: list[str] = []

    def meanwhile(letter: Letter) -> Sent:
        if not seen:
            seen.append(letter.key)
            house.queue.again({"step": "delivery", "name": letter.key, "attempt": 0})
            house.queue.again({"step": "delivery", "name": letter.key, "attempt": 1})
            house.run()
        return Answers.send(made, letter)

    made.send = meanwhile  # type: ignore[method-assign]
    house.tell()
    house.run(hours=1)
    assert len(made.letters) == 1
    assert house.world.clock.now() - house.deliveries()[0].created_at >= timedelta(hours=1)
