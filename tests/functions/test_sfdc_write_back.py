"""What the opportunity in Salesforce shows of its preparation, where that is wanted: once, and in no circle."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from infra.demonstration.salesforce_interface import INTEGRATION_USER
from infra.demonstration.salesforce_records import Organisation
from infra.vendors.salesforce import SalesforceRecords
from shared.ports.documents import Query
from tests.crm.deals import SECRETS, SETTINGS
from tests.enablement.deals import acme
from tests.functions.conftest import Deployed
from tests.functions.test_deals import MEETING, PATH
from tests.harness.call_world import JOE
from tests.harness.salesforce import Connected, salesforce
from tests.harness.sent_events import NOON
from tests.harness.web import FixedClock

SHOWN = {
    "AUGMENT_SALESFORCE_SHOW_READINESS": "Readiness__c",
    "AUGMENT_SALESFORCE_SHOW_TIER": "Readiness_Tier__c",
    "AUGMENT_SALESFORCE_SHOW_PREPARATION": "Open_Preparation__c",
}


class World:
    """The functions over an organisation with one deal of Joe's."""

    def __init__(self, deployed: Deployed, connected: Connected, clock: FixedClock) -> None:
        self.deployed, self.connected, self.clock = deployed, connected, clock
        organisation = connected.organisation
        account = organisation.add("Account", {"Name": "Acme Health", "Industry": "Healthcare"})
        engineer = organisation.add("User", {"Email": JOE})
        self.deal = organisation.add(
            "Opportunity",
            {
                "Name": "Acme: platform",
                "StageName": "Discovery",
                "AccountId": account,
                "Sales_Engineer__c": engineer,
                "Next_Meeting__c": NOON + timedelta(days=7),
                "IsClosed": False,
                "IsWon": False,
            },
        )

    @property
    def writes(self) -> int:
        return self.connected.interface.answered[204]

    @property
    def shown(self) -> list[Any]:
        row = self.connected.organisation.row("Opportunity", self.deal)
        assert row is not None
        return [row.get(name) for name in SHOWN.values()]

    def change(self, **fields: Any) -> None:
        """Changes the deal as a bulk job does: nothing tells of it."""
        self.clock.time += timedelta(minutes=1)
        self.connected.organisation.change("Opportunity", self.deal, fields, quietly=True)

    def poll(self) -> list[str]:
        """Finds what has changed, reads it, and has what follows done; what became of each reading."""
        tasks = self.deployed.calls.world.tasks
        known = len(tasks)
        self.clock.time += timedelta(minutes=15)
        self.deployed.deliver("sfdc_poll", {})
        polled = [task for _, task in tasks[known:]]
        return [self.deployed.deliver("sfdc_record", task)[1]["told"] for task in polled]

    def follow(self) -> list[str]:
        """Delivers each fact about deals that there is now; what was done."""
        world = self.deployed.calls.world
        facts = [data for topic, data in world.facts if topic == "deal-changed"]
        world.facts.clear()
        return [self.deployed.deliver("sfdc_write_back", fact)[1]["done"] for fact in facts]


@pytest.fixture
def world(deployed: Deployed) -> Iterator[World]:
    clock = FixedClock(NOON)
    with salesforce(Organisation(clock.now)) as served:
        deployed.ports["crm"] = served.records
        deployed.settings = {
            **SETTINGS,
            **SHOWN,
            "AUGMENT_SALESFORCE_DEMOS": "",
            "AUGMENT_SALESFORCE_MEETING": "Next_Meeting__c",
        }
        deployed.secrets = dict(SECRETS)
        yield World(deployed, served, clock)


def test_what_is_planned_is_shown_and_a_repetition_sends_nothing(world: World) -> None:
    assert world.poll() == ["assigned"]
    facts = list(world.deployed.calls.world.facts)
    assert world.follow() == ["written"]
    assert world.shown == [40, "Low", "2 open, 20 minutes, due 2026-03-10"]
    row = world.connected.organisation.row("Opportunity", world.deal)
    assert row is not None
    assert row["LastModifiedById"] == INTEGRATION_USER
    world.deployed.calls.world.facts.extend(facts * 3)
    assert set(world.follow()) == {"equal"}
    assert world.writes == 1
    read = [one.data for one in world.deployed.calls.world.store.query(Query("audit"))]
    assert [one["subject"] for one in read if one["actor"] == "salesforce-write-back"] == [JOE]


def test_our_own_change_comes_back_and_ends_there(world: World) -> None:
    world.poll()
    world.follow()
    before = world.deployed.stored(f"deal_records/{world.deal}")["revision"]
    assert world.poll() == ["assigned"], "our change is one, and its record is read"
    assert set(world.follow()) == {"equal"}
    assert world.poll() == []
    assert (world.deployed.stored(f"deal_records/{world.deal}")["revision"], world.writes) == (before, 1)


def test_somebody_elses_change_before_ours_is_not_taken_for_ours(world: World) -> None:
    """The record then says that we changed it last, and of the change before nobody has told."""
    world.poll()
    world.change(StageName="Demo")
    assert world.follow() == ["written"]
    assert world.poll() == ["assigned"]
    assert world.deployed.stored(f"deal_records/{world.deal}")["deal"]["stage"] == "Demo"


def test_a_deal_that_is_nobodys_shows_nothing_and_a_closed_one_stays_as_it_was(world: World) -> None:
    world.poll()
    world.follow()
    world.change(Sales_Engineer__c=None)
    assert world.poll() == ["unassigned"]
    assert world.follow() == ["written"]
    assert world.shown == [None, None, None]
    world.change(IsClosed=True, IsWon=True, StageName="Closed Won", Readiness__c=77)
    assert world.poll() == ["closed"]
    world.follow()
    assert world.shown == [77, None, None]


def test_a_deal_that_changes_while_it_is_shown_is_shown_as_it_became(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever read it before the change writes after whoever read it since."""
    world.poll()
    write, written = SalesforceRecords.write, list[Any]()

    def late(records: SalesforceRecords, kind: str, record_id: str, fields: Any) -> bool:
        if not written:
            world.change(Sales_Engineer__c=None)
            assert world.poll() == ["unassigned"]
        written.append(fields)
        return write(records, kind, record_id, fields)

    monkeypatch.setattr(SalesforceRecords, "write", late)
    assert world.follow() == ["written"]
    assert (len(written), world.shown) == (2, [None, None, None])


def test_it_is_off_unless_a_field_is_named(world: World) -> None:
    for name in SHOWN:
        world.deployed.settings[name] = ""
    world.poll()
    used = world.connected.interface.used
    assert world.follow() == ["off"]
    world.deployed.settings["AUGMENT_SALESFORCE_SHOW_TIER"] = "Readiness_Tier__c"
    world.change(NextStep="Call")
    world.poll()
    world.follow()
    assert world.shown == [None, "Low", None]
    assert world.connected.interface.used > used


def test_a_field_that_does_not_exist_is_reported_and_keeps_nothing_else_back(world: World) -> None:
    world.deployed.settings["AUGMENT_SALESFORCE_SHOW_TIER"] = "Tier__c"
    world.poll()
    assert world.follow() == ["refused"]
    [line] = [one for one in world.deployed.calls.world.log.lines if "crm.refused" in str(one)]
    assert "'Tier__c' does not exist on Opportunity" in str(line)


def test_what_could_not_be_shown_is_shown_when_it_is_delivered_again(world: World) -> None:
    world.poll()
    [fact] = [data for topic, data in world.deployed.calls.world.facts if topic == "deal-changed"]
    assert world.deployed.again_after_a_failure("sfdc_write_back", fact) == (200, {"done": "written"})


def done(world: World) -> list[tuple[int, Any]]:
    """Has Joe do everything that he is to do, one after the other; the answers."""
    store = world.deployed.calls.world.store
    [assignment] = store.query(Query("assignments"))
    path = f"/api/v1/assignments/{assignment.id}/completions"
    bodies = [{"content_id": one["content_id"]} for one in assignment.data["activities"]]
    return [world.deployed.ask("skills_api", "POST", path, body, who=JOE) for body in bodies]


def test_what_is_done_is_shown_and_ends_there_and_moves_nothing_else(world: World) -> None:
    assert world.poll() == ["assigned"]
    [fact] = [data for topic, data in world.deployed.calls.world.facts if topic == "deal-changed"]
    world.deployed.deliver("jit_trigger", fact)
    world.follow()
    assert world.shown[2] == "2 open, 20 minutes, due 2026-03-10"
    revision = world.deployed.stored(f"deal_records/{world.deal}")["revision"]
    assert [status for status, _ in done(world)] == [200, 200]
    told = [data for topic, data in world.deployed.calls.world.facts if topic == "deal-changed"]
    assert {one["revision"] for one in told} == {revision}
    for one in told:
        assert world.deployed.deliver("jit_trigger", one) == (200, None)
    assert world.follow() == ["written", "equal"], "both tell of a deal whose preparation is done by then"
    assert world.shown[2] == "Nothing open"
    [assignment] = world.deployed.calls.world.store.query(Query("assignments"))
    assert assignment.data["state"] == "done"
    notices = [one.data["kind"] for one in world.deployed.calls.world.store.query(Query("notifications"))]
    assert notices.count("preparation.assigned") == 1
    assert world.poll() == ["assigned"], "our change is one, and its record is read"
    assert set(world.follow()) == {"equal"}
    assert world.poll() == []
    assert world.deployed.stored(f"deal_records/{world.deal}")["revision"] == revision


def test_what_is_said_again_is_shown_though_who_said_it_first_died_before_telling(world: World) -> None:
    world.poll()
    [fact] = [data for topic, data in world.deployed.calls.world.facts if topic == "deal-changed"]
    world.deployed.deliver("jit_trigger", fact)
    world.follow()
    done(world)
    world.deployed.calls.world.facts.clear()  # as if nothing had been told
    done(world)
    assert world.follow() == ["written", "equal"]
    assert world.shown[2] == "Nothing open"


def test_what_is_done_while_it_is_shown_is_shown_as_it_became(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.poll()
    [fact] = [data for topic, data in world.deployed.calls.world.facts if topic == "deal-changed"]
    world.deployed.deliver("jit_trigger", fact)
    write, written = SalesforceRecords.write, list[Any]()

    def late(records: SalesforceRecords, kind: str, record_id: str, fields: Any) -> bool:
        if not written:
            done(world)
        written.append(fields)
        return write(records, kind, record_id, fields)

    monkeypatch.setattr(SalesforceRecords, "write", late)
    assert world.follow()[0] == "written"
    assert (len(written), world.shown[2]) == (2, "Nothing open")


def test_the_day_that_is_shown_is_the_one_where_the_person_is(world: World) -> None:
    world.deployed.settings["AUGMENT_WORK_ZONE"] = "America/Los_Angeles"
    world.poll()
    world.follow()
    plan = world.deployed.stored(f"deal_plans/{world.deal}")["assignment"]
    assert (plan["due_at"].day, plan["due_at"].hour) == (11, 0), "five in the afternoon of the 10th there"
    assert world.shown[2] == "2 open, 20 minutes, due 2026-03-10"


def test_a_deal_of_another_crm_and_one_that_was_deleted_are_nothing_to_show(world: World) -> None:
    world.poll()
    world.connected.organisation.delete("Opportunity", world.deal)
    assert world.follow() == ["nothing"]
    assert world.deployed.ask("deals", "POST", PATH, acme(employee_id=JOE, next_meeting__date=MEETING))[0] == 201
    assert world.follow() == ["nothing"]
    assert world.writes == 0
