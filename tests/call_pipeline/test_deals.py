"""Which deal a call belongs to, and who says so."""

from __future__ import annotations

from contextlib import suppress

import pytest

from shared.conversations.records import CallDeal
from shared.ports.documents import Query
from tests.call_pipeline.told_calls import ACCOUNT, DEAL, calls
from tests.harness.call_world import CallWorld
from tests.harness.crash_harness import ADMINISTRATOR, Died, Fuse

__all__ = ["calls"]


class TestDeals:
    def test_a_call_without_crm_context_is_linked_by_account_and_date(self, calls: CallWorld) -> None:
        calls.recorder.add("1", crm=[DEAL, ACCOUNT], hours_ago=48)
        calls.recorder.add("2", crm=[ACCOUNT], hours_ago=24)
        calls.recorder.add("3", hours_ago=20)
        calls.process().discovery.daily()
        calls.work()

        assert calls.record("1").deal == CallDeal(deal_id="006A", account_name="Acme Health", how="crm")
        assert calls.record("2").deal.deal_id == "006A"
        assert calls.record("3").deal_link == "account_and_date", "by the customer's domain"

    def test_unmatched_calls_count_and_are_listed(self, calls: CallWorld) -> None:
        calls.recorder.add("1")
        calls.process().discovery.daily()
        calls.work()

        listed = calls.process().call_records.page(deal_link="unmatched")

        assert [one.record_id for one in listed.items] == ["gong-1"]
        assert len(calls.events("1")) == 1

    def test_a_person_links_a_call_and_later_ones_of_the_account_follow(self, calls: CallWorld) -> None:
        calls.recorder.add("1", hours_ago=48)
        calls.process().discovery.daily()
        calls.work()

        for _ in range(2):
            calls.process().calls.link_call.link("gong-1", "006B", "Acme Health", ADMINISTRATOR)
        calls.work()

        record = calls.record("1")
        assert record.deal == CallDeal(deal_id="006B", account_name="Acme Health", how="person")
        assert [(one["deal_id"], one["deal_link"]) for one in calls.facts()] == [
            (None, "unmatched"),
            ("006B", "person"),
        ]
        audited = [document.data for document in calls.world.store.query(Query("audit"))]
        assert [(one["subject"], one["detail"]) for one in audited if one["action"] == "call.deal_linked"] == [
            ("gong-1", "006B")
        ], "once"
        changes = [document.data for document in calls.world.store.query(Query("changes"))]
        assert {one["employee_id"] for one in changes if one["about"] == ["deals"]} == {
            one.employee_id for one in record.speakers
        }
        assert len(calls.posted) == 1, "nobody is analysed or scored again"
        assert calls.process().call_records.page(deal_link="unmatched").items == ()

        calls.recorder.add("2", crm=[ACCOUNT], hours_ago=-2)
        calls.world.clock.forward(hours=24)
        calls.process().discovery.daily()
        calls.work()
        assert calls.record("2").deal == CallDeal(deal_id="006B", account_name="Acme Health", how="account_and_date")

    def test_what_a_person_said_is_kept_when_the_call_is_fetched_and_analysed(self, calls: CallWorld) -> None:
        calls.recorder.add("1", crm=[DEAL, ACCOUNT], hours_ago=48)
        calls.process().discovery.daily()
        calls.process().calls.link_call.link("gong-1", "006B", None, ADMINISTRATOR)
        calls.work()

        assert calls.record("1").deal == CallDeal(deal_id="006B", account_name=None, how="person")
        assert calls.posted[0]["context"]["deal_id"] == "006B"

    @pytest.mark.parametrize("point", range(6))
    def test_a_crash_while_linking_is_mended_by_saying_it_again(self, calls: CallWorld, point: int) -> None:
        calls.recorder.add("1", hours_ago=48)
        calls.process().discovery.daily()
        calls.work()

        with suppress(Died):
            calls.process(Fuse(point)).calls.link_call.link("gong-1", "006B", "Acme Health", ADMINISTRATOR)
        calls.process().calls.link_call.link("gong-1", "006B", "Acme Health", ADMINISTRATOR)
        calls.work()

        assert [one["deal_id"] for one in calls.facts()][-1] == "006B"
        assert calls.integrations.get("deals/006B") is not None
