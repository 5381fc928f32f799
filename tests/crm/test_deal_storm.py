"""What people are told of deals while messages come again, in any order and cut off, and processes die."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.wiring.enablement import enablement
from shared.ports.documents import Query
from tests.crm.deal_storm import DealStorm
from tests.harness.crash_harness import Died, Fuse
from tests.proofs.deal_crashes import blown, is_good


def test_a_storm_tells_what_a_quiet_day_tells(tmp_path: Path) -> None:
    quiet = blown(1, 1, 0, 0, deals=8, people=4)
    told = blown(1, 2, 120, 25, deals=8, people=4)
    assert (told.webhooks >= 120, told.kills) == (True, 25)
    assert len(quiet.notices) > 8
    assert is_good(quiet, quiet)
    assert is_good(told, quiet)


def test_who_dies_while_carrying_a_plan_out_has_told_of_it_when_it_is_delivered_again(tmp_path: Path) -> None:
    """At every moment: what is written and not told of yet is told of."""
    storm = DealStorm(tmp_path, 1, 1, deals=1, people=2)
    storm.crm.put("Opportunity", storm.deals[0], {"Sales_Engineer__r.Email": storm.people[1]})
    storm.blow(storm.deals, 0, 0)
    store = storm.outside.world.store
    kept = {one.path: one.data for name in ("notifications", "assignments") for one in store.query(Query(name))}
    assert sorted(data["kind"] for path, data in kept.items() if path.startswith("notif")) == [
        "deal.at_risk",
        "preparation.assigned",
    ]
    moments = 0
    for moment in range(40):
        storm.forget()
        fuse = Fuse(moment)
        try:
            enablement(storm.process(fuse)).carry_out.follow(storm.deals[0])
        except Died:
            moments += 1
        enablement(storm.process(Fuse())).carry_out.follow(storm.deals[0])
        assert {one.path for name in ("notifications", "assignments") for one in store.query(Query(name))} == set(kept)
        if not fuse.blown:
            break
    assert moments >= 6


@pytest.mark.long
def test_a_thousand_webhooks_and_forty_kills_tell_everybody_everything_once() -> None:
    """As `./scripts/prove deal_crashes` does with ten times as many webhooks."""
    quiet = blown(3, 3, 0, 0, deals=40, people=10)
    told = blown(3, 4, 1_000, 40, deals=40, people=10)
    assert (told.webhooks >= 1_000, told.kills) == (True, 40)
    assert is_good(told, quiet)
