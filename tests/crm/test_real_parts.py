"""Salesforce's messages and records, all parts real: whatever happens on the way, deals end as they are there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest

from infra.demonstration.dice import Dice
from infra.demonstration.salesforce_interface import ORGANISATION_ID
from infra.demonstration.salesforce_records import Organisation
from infra.demonstration.salesforce_sender import GIVEN_UP, OutboundSender
from infra.demonstration.salesforce_soql import Value
from shared.ports.documents import Query
from tests.crm.deals import SECRETS, SETTINGS, WEBHOOK
from tests.functions.conftest import Deployed, deployed
from tests.harness.call_world import JOE
from tests.harness.salesforce import Connected, salesforce

__all__ = ["deployed"]

DEALS: Final = 8
STAGES: Final = ("Discovery", "Demo", "Proof of Concept", "Negotiation")


class Followed:
    """The functions over an organisation whose messages mostly arrive, and sometimes never."""

    def __init__(self, deployed: Deployed, connected: Connected) -> None:
        self.deployed, self.connected = deployed, connected
        self.organisation = connected.organisation
        # One clock for both sides: a hint says when, by theirs, and a reading when, by ours.
        self.clock = deployed.calls.world.clock
        self.sender = OutboundSender(self.organisation, {"Opportunity": ["Name"]}, now=self.clock.now, twice=0.3)
        self.dice = Dice(7, "real parts")
        self.engineer = self.organisation.add("User", {"Email": JOE})
        self._done = 0

    def post(self, content: bytes) -> bytes:
        """Takes an envelope to the function; one in three is lost on the way, or its answer is."""
        if self.dice.chance(0.2):
            raise OSError("lost on the way")
        status, text = self.deployed.ask("sfdc_webhook", "POST", WEBHOOK, content, who=None)
        if status != 200 or self.dice.chance(0.15):
            raise OSError("the answer is lost")
        return str(text).encode()

    def settle(self) -> None:
        """Has every task done, in any order."""
        tasks = self.deployed.calls.world.tasks
        while self._done < len(tasks):
            some = tasks[self._done :]
            self._done = len(tasks)
            for _, task in sorted(some, key=lambda one: self.dice.between(0, 1)):
                self.deployed.deliver("sfdc_record", task)

    def held(self) -> dict[str, str]:
        """What the platform has of each deal: its stage, or why it is nobody's."""
        found = (one.data for one in self.deployed.calls.world.store.query(Query("deal_records")))
        return {one["deal_id"]: str(one["released"] or one["deal"]["stage"]) for one in found}

    def true(self) -> dict[str, str]:
        """What the organisation has of each."""
        rows: list[Any] = [dict(row) for row in self.organisation.rows("Opportunity")]
        return {row["Id"]: "deleted" if row["IsDeleted"] else row["StageName"] for row in rows}

    def change_something(self, deals: list[str]) -> None:
        self.clock.forward(seconds=self.dice.whole(1, 40))
        deal = self.dice.pick(deals)
        if self.true()[deal] == "deleted":
            self.organisation.undelete("Opportunity", deal)
        elif self.dice.chance(0.1):
            self.organisation.delete("Opportunity", deal)
        else:
            told = self.dice.chance(0.8)
            self.organisation.change("Opportunity", deal, {"StageName": self.dice.pick(STAGES)}, quietly=not told)


@pytest.fixture
def followed(deployed: Deployed) -> Iterator[Followed]:
    with salesforce(Organisation(deployed.calls.world.clock.now)) as served:
        deployed.ports["crm"] = served.records
        deployed.settings = {
            **SETTINGS,
            "AUGMENT_SALESFORCE_ORGANIZATION": ORGANISATION_ID,
            "AUGMENT_SALESFORCE_DEMOS": "",
            "AUGMENT_SALESFORCE_MEETING": "Next_Meeting__c",
        }
        deployed.secrets = dict(SECRETS)
        yield Followed(deployed, served)


def test_deals_end_as_the_organisation_has_them(followed: Followed) -> None:
    who: dict[str, Value] = {"Sales_Engineer__c": followed.engineer}
    fields: dict[str, Value] = {"StageName": "Discovery", "IsClosed": False, "IsWon": False, **who}
    deals = [followed.organisation.add("Opportunity", {"Name": f"Deal {n}", **fields}) for n in range(DEALS)]
    for step in range(40):
        followed.change_something(deals)
        if step % 8 == 7:
            followed.sender.send(followed.post)
            followed.settle()
    # The rest of the messages is given up; what only they would have told of is found all the same.
    followed.clock.forward(seconds=GIVEN_UP.total_seconds())
    followed.sender.send(followed.post)
    assert followed.sender.waiting == 0
    status, found = followed.deployed.deliver("sfdc_poll", {})
    assert (status, found["refused"], found["stopped"]) == (200, [], None)
    followed.settle()
    held, true = followed.held(), followed.true()
    assert held == {deal: state for deal, state in true.items() if deal in held}
    assert {state for deal, state in true.items() if deal not in held} <= {"deleted"}, "before anybody knew of it"
    assert len(held) >= DEALS - 2
