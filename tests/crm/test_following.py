"""What becomes of a deal as its record changes: whoever hints at it, the record is the truth."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from shared.crm.records import ReadRecords
from shared.ports.crm import Scalar
from tests.crm.crm_in_memory import CrmInMemory, record_id
from tests.crm.deals import ACCOUNT, DEAL, ENGINEER, MEETING, crm_with_a_deal, meet, reach
from tests.crm.followed import FollowedCrm
from tests.crm.outbound_messages import envelope, notification
from tests.harness.call_world import JOE, MIA
from tests.harness.crash_harness import Died
from tests.harness.sent_events import NOON

YESTERDAY = NOON - timedelta(days=1)


class Told(FollowedCrm):
    """Hints with numbers of their own."""

    def __init__(self, folder: Path, crm: CrmInMemory, settings: dict[str, str] | None = None) -> None:
        super().__init__(folder, crm, settings)
        self._numbers = count(1)

    def hint(self, identity: str = DEAL, kind: str = "Opportunity") -> None:
        """Tells that a record may have changed, and lets the platform work, two minutes later."""
        self.world.clock.forward(minutes=2)
        assert self.send(envelope([notification(record_id("04l", next(self._numbers)), identity, kind=kind)])) == 200
        self.settle()

    def change(self, **fields: Scalar) -> None:
        """Changes the deal's record, and hints at it."""
        self.crm.put("Opportunity", DEAL, fields, self.world.clock.now())
        self.hint()


@pytest.fixture
def told(tmp_path: Path) -> Told:
    made = Told(tmp_path, crm_with_a_deal())
    made.hint()
    return made


def stages(told: Told) -> list[tuple[str, datetime]]:
    return [(one["stage"], one["at"]) for one in told.deal(DEAL)["stages"]]


def test_j01_a_cleared_field_is_cleared_by_what_the_record_says(told: Told) -> None:
    assert told.deal(DEAL)["deal"]["value"] == 300_000
    told.change(Amount=None)
    assert told.deal(DEAL)["deal"]["value"] is None
    assert [one["dimension"] for one in told.deal(DEAL)["deal"]["words"]] == ["industry", "buyer_persona"], "no size"


def test_j14_a_persons_account_has_no_industry_and_that_is_all_right(tmp_path: Path) -> None:
    told = Told(tmp_path, crm_with_a_deal({"Account.Name": "Robin Invented", "Account.Industry": None}))
    told.hint()
    found = told.deal(DEAL)
    assert (found["deal"]["account"], found["context"].get("industry")) == ("Robin Invented", None)
    assert told.assignments() == [("open", "")]
    assert not any("Robin" in str(line) for line in told.world.log.lines)


def test_a_deal_of_no_account_is_called_by_its_own_name(tmp_path: Path) -> None:
    told = Told(tmp_path, crm_with_a_deal({"AccountId": None, "Account.Name": None, "Account.Industry": None}))
    told.hint()
    assert told.deal(DEAL)["deal"]["account"] == "Northwind - expansion"


@pytest.mark.parametrize("odd", ["\u200b", "\ufeff", "\u00ad", "\u202e", "\U000e0041", "\x00", "\ud800"])
def test_what_does_not_show_in_a_copied_name_keeps_no_deal_back(tmp_path: Path, odd: str) -> None:
    """Spaces without width, byte order marks and soft hyphens come along when somebody copies a name."""
    names = ("Account.Name", "Name", "StageName", "Account.Industry")
    told = Told(tmp_path, crm_with_a_deal(dict.fromkeys(names, f"{odd}Health{odd}care {odd}")))
    told.hint()
    found = told.deal(DEAL)
    assert found["deal"]["account"].replace(" ", "") == "Healthcare"
    assert told.assignments() == [("open", "")]


def test_a_number_that_is_none_counts_nothing(tmp_path: Path) -> None:
    told = Told(tmp_path, crm_with_a_deal({"Demos__c": float("inf"), "Amount": float("nan")}))
    told.hint()
    assert told.deal(DEAL)["outcome"]["demo_calls"] == 0
    assert told.deal(DEAL)["deal"]["value"] is None


def test_a_new_owner_takes_the_deal_and_the_former_ones_preparation_ends(told: Told) -> None:
    assert told.assignments() == [("open", "")]
    told.change(**{ENGINEER: MIA})
    assert told.deal(DEAL)["employee_id"] == MIA
    assert told.assignments() == [("cancelled", "reassigned"), ("open", "")]


def test_a_deal_of_nobody_ends_the_preparation_and_comes_back(told: Told) -> None:
    told.change(**{ENGINEER: None})
    assert (told.deal(DEAL)["released"], told.deal(DEAL)["risk"]) == ("unassigned", None)
    assert told.assignments() == [("cancelled", "reassigned")]
    told.change(**{ENGINEER: JOE})
    assert told.deal(DEAL)["released"] is None
    assert told.assignments() == [("open", "")]


def test_whoever_is_no_employee_of_ours_has_nothing_to_prepare(tmp_path: Path) -> None:
    told = Told(tmp_path, crm_with_a_deal({ENGINEER: "partner@elsewhere.example"}))
    told.hint()
    assert told.stored() == {}


def test_j02_a_deleted_deal_ends_the_preparation_and_an_undeleted_one_begins_it_again(told: Told) -> None:
    held = dict(told.crm.records["Opportunity"][DEAL])
    told.crm.delete("Opportunity", DEAL)
    told.hint()
    assert told.deal(DEAL)["released"] == "deleted"
    assert told.assignments() == [("cancelled", "deal_gone")]
    told.crm.put("Opportunity", DEAL, held)
    told.hint()
    assert told.deal(DEAL)["released"] is None
    assert told.assignments() == [("open", "")]


def test_a_record_that_was_deleted_before_anybody_heard_of_it_is_nothing(tmp_path: Path) -> None:
    told = Told(tmp_path, CrmInMemory())
    told.hint()
    assert told.stored() == {}


@pytest.mark.parametrize(("won", "closed"), [(True, "won"), (False, "lost")])
def test_a_deal_that_closes_keeps_what_came_of_it(told: Told, won: bool, closed: str) -> None:
    reach(told.crm, DEAL, "Closed at last", NOON, 2)
    told.change(StageName="Closed at last", IsClosed=True, IsWon=won, CloseDate="2026-03-02", Demos__c=3.0)
    outcome = told.deal(DEAL)["outcome"]
    assert (outcome["closed"], outcome["closed_on"], outcome["demo_calls"]) == (closed, "2026-03-02", 3)
    assert stages(told)[-1] == (f"closed_{closed}", NOON)
    assert told.assignments() == [("cancelled", "deal_closed")]
    told.change(StageName="Discovery", IsClosed=False, IsWon=False)
    assert told.deal(DEAL)["outcome"]["closed"] is None
    assert told.assignments() == [("open", "")]


def test_every_stage_is_kept_with_its_time_by_the_history_also_those_that_nobody_told(told: Told) -> None:
    began = NOON - timedelta(days=29, hours=3)
    assert stages(told) == [("Discovery", began)]
    reach(told.crm, DEAL, "Demo", NOON - timedelta(hours=2), 2)
    reach(told.crm, DEAL, "Demo", NOON - timedelta(hours=1), 3)  # the amount changed, the stage did not
    reach(told.crm, DEAL, "Proposal", NOON, 4)
    told.change(StageName="Proposal")
    assert stages(told) == [("Discovery", began), ("Demo", NOON - timedelta(hours=2)), ("Proposal", NOON)]


def test_without_a_history_a_stage_has_the_time_of_the_change(tmp_path: Path) -> None:
    told = Told(tmp_path, crm_with_a_deal(), {"AUGMENT_SALESFORCE_HISTORY": "no"})
    told.hint()
    assert stages(told) == [("Discovery", YESTERDAY)]
    told.change(Amount=1.0)
    at = told.world.clock.now()
    told.change(StageName="Demo")
    assert stages(told) == [("Discovery", YESTERDAY), ("Demo", at)]


def test_what_belongs_to_a_deal_has_it_read(told: Told) -> None:
    """An account's industry, a new meeting, and one that is gone: each tells of its own record alone."""
    told.crm.put("Opportunity", DEAL, {"Account.Industry": "Retail"}, YESTERDAY)
    told.hint(ACCOUNT, "Account")
    assert told.deal(DEAL)["context"]["industry"] == ["retail"]
    first, later = MEETING, MEETING + timedelta(days=3)
    new = meet(told.crm, DEAL, later, 2)
    told.hint(new, "Event")
    assert told.deal(DEAL)["deal"]["meeting"]["at"] == first
    told.crm.delete("Event", record_id("00U", 1))
    told.hint(record_id("00U", 1), "Event")
    assert told.deal(DEAL)["deal"]["meeting"]["at"] == later
    told.crm.delete("Event", new)
    told.hint(new, "Event")
    assert told.deal(DEAL)["deal"]["meeting"] is None
    assert told.assignments() == [("cancelled", "meeting_gone")]


def test_when_a_meeting_begins_the_next_one_is_prepared_though_nobody_tells(told: Told) -> None:
    meet(told.crm, DEAL, MEETING + timedelta(days=3), 2)
    assert told.send(envelope([notification(record_id("04l", 99), DEAL)])) == 200
    told.world.clock.forward(minutes=2)
    (payload,) = told.readings()
    told.forget(payload)
    told.run(payload)
    (at_meeting,) = told.readings()
    assert at_meeting["hinted_at"] == MEETING.isoformat().replace("+00:00", "Z")
    told.world.clock.time = MEETING + timedelta(seconds=1)
    told.settle()
    assert told.deal(DEAL)["deal"]["meeting"]["at"] == MEETING + timedelta(days=3)
    assert told.deal(DEAL)["number"] == 2


def test_a_record_that_was_read_since_the_hint_is_not_read_again(told: Told) -> None:
    raw = envelope([notification(record_id("04l", 50), DEAL)])
    told.send(raw)
    (task,) = told.readings()
    told.world.clock.forward(minutes=1)
    told.settle()
    asked = len(told.crm.asked)
    assert told.run(task) == {"told": "read_since", "queued": 0}
    assert len(told.crm.asked) == asked


def test_a_reading_that_another_one_overtakes_does_not_tell_what_was(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one has read the old stage when the record changes and the second one reads, tells and ends."""
    reading = told.crm.read
    overtaken: list[bool] = []

    def slow(*asked: Any) -> Any:
        found = reading(*asked)
        if not overtaken:
            overtaken.append(True)
            told.change(Amount=77.0, StageName="Demo")
        return found

    monkeypatch.setattr(told.crm, "read", slow)
    told.hint()
    assert overtaken
    found = told.deal(DEAL)["deal"]
    assert (found["stage"], found["value"]) == ("Demo", 77.0)


def test_a_change_that_is_taken_back_while_it_is_read_leaves_no_trace(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the second one reads is what is known, so that its telling is none: the first one has to look again."""
    reading = told.crm.read
    overtaken: list[bool] = []
    told.crm.put("Opportunity", DEAL, {"Amount": 5.0})

    def slow(*asked: Any) -> Any:
        found = reading(*asked)
        if not overtaken:
            overtaken.append(True)
            told.change(Amount=300_000.0)
        return found

    monkeypatch.setattr(told.crm, "read", slow)
    told.hint()
    assert overtaken
    assert told.deal(DEAL)["deal"]["value"] == 300_000.0


def test_a_reading_that_dies_after_it_told_what_was_is_done_again(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """As above, and its process dies before it can look: its task comes again, and may not be taken for done."""
    reading, ending = told.crm.read, ReadRecords.end
    told.crm.put("Opportunity", DEAL, {"Amount": 5.0})
    told.send(envelope([notification(record_id("04l", 60), DEAL)]))
    (task,) = told.readings()
    told.forget(task)
    told.world.clock.forward(minutes=2)
    deaths: list[str] = []

    def slow(*asked: Any) -> Any:
        found = reading(*asked)
        monkeypatch.setattr(told.crm, "read", reading)
        told.change(Amount=300_000.0)
        monkeypatch.setattr(ReadRecords, "end", dies)
        return found

    def dies(*_: Any) -> bool:
        deaths.append("before the end")
        raise Died

    monkeypatch.setattr(told.crm, "read", slow)
    with pytest.raises(Died):
        told.run(task)
    assert deaths
    assert told.deal(DEAL)["deal"]["value"] == 5.0
    monkeypatch.setattr(ReadRecords, "end", ending)
    told.world.clock.forward(minutes=2)
    assert told.run(task)["told"] == "assigned"
    assert told.deal(DEAL)["deal"]["value"] == 300_000.0
