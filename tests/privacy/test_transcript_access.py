"""Who reads what was said in a call: on which ground, for how long, and who learns of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.kernel.errors import Forbidden, NotFound, Rejected, Retryable
from shared.kernel.pages import Page
from shared.ports.documents import Put
from tests.harness.call_records import call_record
from tests.harness.crash_harness import ADMINISTRATOR, Fuse, unavailable
from tests.privacy.transcript_house import (
    CALL_ID,
    CRO,
    DANA,
    ELI,
    ENID,
    GONG,
    JOE,
    MO,
    RECORD,
    SARAH,
    VIC,
    WALT,
    House,
    house,
)

__all__ = ["house"]


class TestGrants:
    @pytest.mark.parametrize("who", [DANA, MO])
    def test_lets_a_manager_or_mentor_read_for_thirty_days(self, house: House, who: str) -> None:
        house.access.grants.give(ADMINISTRATOR, JOE, who, purpose="coaching on discovery")
        assert house.access.open(house.caller(who), RECORD).ground == "grant"
        house.world.clock.forward(days=30)
        with pytest.raises(Forbidden, match="needs a grant in force"):
            house.access.open(house.caller(who), RECORD)
        assert house.access.grants.in_force(house.caller(who)) == []

    def test_the_employee_learns_of_it_and_of_every_reading(self, house: House) -> None:
        house.access.grants.give(ADMINISTRATOR, JOE, DANA, purpose="coaching", days=90)
        for _ in range(3):
            house.world.clock.forward(hours=1)
            house.access.open(house.caller(DANA), RECORD)
        assert [kind for kind, _ in house.told()] == ["transcript.opened", "grant.given"]
        assert len(house.audited()) == 3
        assert "coaching" not in str(house.audited("grant.given"))
        house.world.clock.forward(days=1)
        house.access.open(house.caller(DANA), RECORD)
        assert len(house.told()) == 3

    def test_ends_when_it_is_revoked(self, house: House) -> None:
        given = house.access.grants.give(ADMINISTRATOR, JOE, DANA, purpose="coaching")
        house.access.grants.end(ADMINISTRATOR, given.grant_id)
        again = house.access.grants.end(ADMINISTRATOR, given.grant_id)
        assert again.revoked_at == house.world.clock.now()
        with pytest.raises(Forbidden):
            house.access.open(house.caller(DANA), RECORD)
        assert sorted(kind for kind, _ in house.told()) == ["grant.given", "grant.revoked"]

    def test_ends_with_the_reporting_line(self, house: House) -> None:
        house.access.grants.give(ADMINISTRATOR, JOE, DANA, purpose="coaching")
        people = f"name,email,manager\nJoe Smith,{JOE},{ELI}\n"
        house.process.people.import_people.from_csv(ADMINISTRATOR, people.encode())
        with pytest.raises(Forbidden):
            house.access.open(house.caller(DANA), RECORD)

    @pytest.mark.parametrize("to", [ELI, VIC, ENID, JOE, SARAH])
    def test_goes_to_nobody_but_manager_and_mentor(self, house: House, to: str) -> None:
        with pytest.raises(Rejected, match="neither") as error:
            house.access.grants.give(ADMINISTRATOR, JOE, to, purpose="coaching")
        assert error.value.field == "to"

    @pytest.mark.parametrize("days", [0, -1, 91])
    def test_lasts_ninety_days_at_most(self, house: House, days: int) -> None:
        with pytest.raises(Rejected, match="1 to 90"):
            house.access.grants.give(ADMINISTRATOR, JOE, DANA, purpose="coaching", days=days)

    @pytest.mark.parametrize("who", [JOE, DANA, VIC, ENID, CRO, MO])
    def test_is_an_administrators_to_give(self, house: House, who: str) -> None:
        with pytest.raises(Forbidden, match=r"grants\.write"):
            house.access.grants.give(house.caller(who), JOE, DANA, purpose="coaching")

    def test_is_seen_by_those_whom_it_concerns(self, house: House) -> None:
        house.access.grants.give(ADMINISTRATOR, JOE, DANA, purpose="coaching")
        seen = {
            who: len(house.access.grants.in_force(house.caller(who)))
            for who in (JOE, DANA, SARAH, ELI, "ada@example.com")
        }
        assert seen == {JOE: 1, DANA: 1, SARAH: 0, ELI: 0, "ada@example.com": 1}


class TestEscalations:
    def test_lets_a_senior_manager_read_one_call_for_seven_days(self, house: House) -> None:
        house.access.escalations.escalate(house.caller(DANA), RECORD, VIC, reason="the customer complained")
        assert house.access.open(house.caller(VIC), RECORD).ground == "escalation"
        assert [kind for kind, _ in house.told()].count("escalation.raised") == 1
        house.world.clock.forward(days=7)
        with pytest.raises(Forbidden, match="needs an escalation"):
            house.access.open(house.caller(VIC), RECORD)

    def test_is_about_that_call_alone(self, house: House) -> None:
        house.access.escalations.escalate(ADMINISTRATOR, RECORD, VIC, reason="the customer complained")
        other = call_record(GONG, "2", house.world.clock.now(), state="observed", employees=[JOE])
        house.integrations.commit([Put(f"calls/{GONG}-2", other.stored())])
        with pytest.raises(Forbidden):
            house.access.open(house.caller(VIC), f"{GONG}-2")

    def test_ends_when_whoever_raised_it_says_so(self, house: House) -> None:
        raised = house.access.escalations.escalate(house.caller(DANA), RECORD, VIC, reason="the customer complained")
        with pytest.raises(Forbidden):
            house.access.escalations.end(house.caller(ELI), raised.escalation_id)
        house.access.escalations.end(house.caller(DANA), raised.escalation_id)
        with pytest.raises(Forbidden):
            house.access.open(house.caller(VIC), RECORD)

    @pytest.mark.parametrize(("who", "to"), [(ELI, VIC), (DANA, WALT), (DANA, ELI), (JOE, VIC), (VIC, VIC)])
    def test_is_raised_by_the_manager_to_somebody_above(self, house: House, who: str, to: str) -> None:
        with pytest.raises((Forbidden, Rejected)):
            house.access.escalations.escalate(house.caller(who), RECORD, to, reason="curious")
        assert house.access.escalations.in_force(ADMINISTRATOR) == []

    def test_is_seen_by_those_whom_it_concerns(self, house: House) -> None:
        house.access.escalations.escalate(house.caller(DANA), RECORD, VIC, reason="the customer complained")
        seen = {who: len(house.access.escalations.in_force(house.caller(who))) for who in (JOE, DANA, VIC, SARAH, WALT)}
        assert seen == {JOE: 1, DANA: 1, VIC: 1, SARAH: 0, WALT: 0}


class TestTheWords:
    def test_are_answered_only_when_it_is_on_record_and_told(self, house: House) -> None:
        passed = 0
        while True:
            fuse = Fuse(passed, unavailable)
            before = len(house.audited())
            try:
                house.with_fuse(fuse).open(ADMINISTRATOR, RECORD)
            except Retryable:
                passed += 1
                continue
            assert not fuse.blown
            assert len(house.audited()) > before
            assert [kind for kind, _ in house.told()] == ["transcript.opened"]
            break
        assert passed >= 4

    def test_that_are_gone_leave_no_record_of_a_reading(self, house: House) -> None:
        house.world.clock.forward(days=365)
        for who in (house.caller(JOE), ADMINISTRATOR):
            with pytest.raises(NotFound, match="twelve months"):
                house.access.open(who, RECORD)
        assert house.audited() == []

    @pytest.mark.parametrize("record_id", ["gong-1", f"no-{CALL_ID}", "a/b-c", "", ".", "x" * 300])
    def test_of_an_unknown_call_are_not_found(self, house: House, record_id: str) -> None:
        with pytest.raises(NotFound):
            house.access.open(ADMINISTRATOR, record_id)

    def test_of_a_call_of_two_are_read_by_both_and_both_are_told(self, house: House) -> None:
        call = call_record(GONG, CALL_ID, house.world.clock.now(), state="observed", employees=[JOE, SARAH])
        house.integrations.commit([Put(f"calls/{GONG}-{CALL_ID}", call.stored())])
        assert house.access.open(house.caller(SARAH), RECORD).ground == "own"
        house.access.grants.give(ADMINISTRATOR, JOE, DANA, purpose="coaching")
        assert house.access.open(house.caller(DANA), RECORD).ground == "grant"
        assert sorted(record["subject"] for record in house.audited()) == [JOE, SARAH]
        assert [kind for kind, _ in house.told(SARAH)] == ["transcript.opened"]


class TestNotifications:
    def test_are_read_once_by_the_person_alone(self, house: House) -> None:
        joe = house.caller(JOE)
        house.access.open(ADMINISTRATOR, RECORD)
        assert house.notifications.unread(joe, JOE) == 1
        page = house.notifications.list(joe, JOE)
        [notice] = page.items
        assert page.next is None
        read = house.notifications.mark_read(joe, JOE, notice.notification_id)
        house.world.clock.forward(hours=1)
        assert house.notifications.mark_read(joe, JOE, notice.notification_id) == read
        assert house.notifications.unread(joe, JOE) == 0
        for other in (DANA, "ada@example.com"):
            with pytest.raises(Forbidden):
                house.notifications.list(house.caller(other), JOE)
            with pytest.raises(NotFound):
                house.notifications.mark_read(house.caller(other), other, notice.notification_id)

    def test_come_page_by_page_and_end_after_a_year(self, house: House) -> None:
        joe = house.caller(JOE)
        for number in range(5):
            house.world.clock.forward(minutes=1)
            assert house.notifications.tell(JOE, "grant.given", {"n": str(number)}, once=str(number))
            assert not house.notifications.tell(JOE, "grant.given", {"n": str(number)}, once=str(number))
        first = house.notifications.list(joe, JOE, limit=3)
        second = house.notifications.list(joe, JOE, limit=3, after=first.next)
        assert [notice.facts["n"] for notice in (*first.items, *second.items)] == ["4", "3", "2", "1", "0"]
        assert second.next is None
        house.world.clock.time += timedelta(days=366)
        assert house.notifications.list(joe, JOE) == Page((), None)
        assert house.notifications.unread(joe, JOE) == 0
