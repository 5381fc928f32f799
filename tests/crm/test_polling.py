"""What changed in the CRM is found, whether anything told of it or not: over Salesforce's interface, served by us."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.demonstration.salesforce_interface import Answer, Trouble
from infra.demonstration.salesforce_records import Organisation
from infra.demonstration.salesforce_soql import Value
from infra.local.sqlite_documents import SqliteDocuments
from shared.crm.domain.deal_mapping import DealMapping, Engineer
from shared.crm.records import PollRecords, ReadRecords
from shared.crm.usecases import poll_changes
from shared.crm.usecases.follow_record import Ambient
from shared.crm.usecases.poll_changes import Found, Kept, PollChanges
from shared.crm.usecases.read_deal import ReadDeal
from shared.crm.usecases.record_tasks import RecordTasks
from shared.kernel.errors import Retryable
from tests.harness.salesforce import Connected, salesforce
from tests.harness.web import FixedClock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TEAM = Engineer("team", ("Sales Engineer",))
BY_TEAM = DealMapping(TEAM, personas="Name", meeting=("Next_Meeting__c", None))
"""Deals are read from their accounts and teams, and from nothing else beside themselves."""


class Queue:
    """Keeps tasks; one of a name that was known is not added. failing: how many are taken before one is refused"""

    def __init__(self) -> None:
        self.tasks: list[Mapping[str, Any]] = []
        self.failing: int | None = None
        self._names: set[str | None] = set()

    def enqueue(
        self,
        queue: str,
        function: str,
        payload: Mapping[str, Any],
        *,
        name: str | None = None,
        run_at: datetime | None = None,
    ) -> bool:
        if name in self._names:
            return False
        if self.failing == 0:
            self.failing = None
            raise Retryable("the queue does not answer")
        self.failing = None if self.failing is None else self.failing - 1
        self._names.add(name)
        self.tasks.append(payload)
        return True

    def take(self) -> list[str]:
        """The deals that are to be read, in order; from now on none."""
        taken = [str(one["record_id"]) for one in self.tasks]
        self.tasks.clear()
        return taken


class Lines:
    """Keeps what is logged."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, Any]]] = []

    def event(self, name: str, severity: str = "INFO", **fields: Any) -> None:
        self.lines.append((str(name), fields))


class Polled:
    """An organisation whose changes are looked through, four records at a time."""

    def __init__(self, connected: Connected, clock: FixedClock, documents: SqliteDocuments) -> None:
        self.connected, self.clock = connected, clock
        self.organisation = connected.organisation
        self.queue, self.log = Queue(), Lines()
        self.reads = ReadRecords(documents)
        reading = ReadDeal(connected.records, BY_TEAM)
        kept, ambient = Kept(self.reads, PollRecords(documents)), Ambient(clock, self.log)
        self._polling = PollChanges(reading, kept, RecordTasks(self.queue), ambient, first=timedelta(days=30))

    def poll(self, **later: float) -> Found:
        self.clock.time += timedelta(**later)
        return self._polling.poll(BY_TEAM)

    def add(self, modified: datetime, **fields: Value) -> str:
        return self.organisation.add("Opportunity", {"Name": "Deal", **fields}, modified=modified)

    def read(self, deal_id: str, about: str) -> None:
        """Notes that a deal was read, from another record too."""
        begun = self.reads.begin(deal_id, self.clock.time, self.clock.time)
        assert begun is not None
        assert self.reads.end(deal_id, begun, [about])


@pytest.fixture
def polled(tmp_path: Path) -> Iterator[Polled]:
    clock = FixedClock(NOON)
    documents = SqliteDocuments(tmp_path / "integrations.sqlite", durable=False)
    with salesforce(Organisation(clock.now), page=4) as connected:
        yield Polled(connected, clock, documents)
    documents.close()


def test_j12_ties_and_rows_that_came_late_are_found_and_each_once(polled: Polled) -> None:
    """J12: stamps within one second on both sides of a cursor, and a bulk job that stamps more than a page alike."""
    seen = [polled.add(NOON - 4 * MINUTE), polled.add(NOON - MINUTE)]
    polled.poll()
    assert polled.queue.take() == seen
    # Both became visible only now: one stamped before the place that was noted, one at the same moment.
    late = [polled.add(NOON - MINUTE - timedelta(seconds=2)), polled.add(NOON - MINUTE)]
    polled.poll(hours=1)
    assert polled.queue.take() == late
    bulk = [polled.add(NOON + timedelta(days=1)) for _ in range(6)]
    polled.poll(days=2)
    assert polled.queue.take() == bulk
    assert polled.poll(minutes=15).queued == 0


def test_what_was_deleted_and_undeleted_is_found(polled: Polled) -> None:
    deal = polled.add(NOON - MINUTE)
    polled.poll()
    polled.queue.take()
    for change in (polled.organisation.delete, polled.organisation.undelete):
        polled.clock.time += MINUTE
        change("Opportunity", deal)
        polled.poll(minutes=15)
        assert polled.queue.take() == [deal]


def test_the_deals_of_accounts_that_were_merged_are_found(polled: Polled) -> None:
    kept, lost = (polled.organisation.add("Account", {"Name": name}) for name in ("Acme", "ACME Inc"))
    deal = polled.add(NOON - timedelta(days=60), AccountId=lost)
    polled.read(deal, about=lost)
    polled.poll(minutes=1)
    polled.queue.take()
    polled.clock.time += 20 * MINUTE
    polled.organisation.delete("Account", lost, into=kept)
    polled.poll(minutes=1)
    assert set(polled.queue.take()) == {deal}


def test_who_joins_a_team_or_leaves_it_hints_at_the_deal(polled: Polled) -> None:
    deal = polled.add(NOON - timedelta(days=60))
    member = polled.organisation.add(
        "OpportunityTeamMember", {"OpportunityId": deal, "TeamMemberRole": "Sales Engineer"}
    )
    polled.poll()
    assert polled.queue.take() == [deal]
    polled.clock.time += MINUTE
    polled.organisation.delete("OpportunityTeamMember", member)
    polled.poll(minutes=15)
    assert polled.queue.take() == [deal]


def test_one_change_that_was_read_since_is_known_by_the_hint(polled: Polled) -> None:
    """The reading would see that the record was read after all that the change could have been late by."""
    polled.add(NOON - 5 * MINUTE)
    polled.poll()
    hinted = datetime.fromisoformat(str(polled.queue.tasks[0]["hinted_at"]))
    assert hinted == NOON + 5 * MINUTE


def test_a_kind_that_is_switched_off_keeps_no_other_back(polled: Polled) -> None:
    del polled.organisation.kinds["OpportunityTeamMember"]
    deal = polled.add(NOON - MINUTE)
    assert polled.poll() == Found(records=1, queued=1, refused=("OpportunityTeamMember",))
    assert polled.queue.take() == [deal]
    [(name, fields)] = polled.log.lines
    assert (name, fields["kind"]) == ("crm.refused", "OpportunityTeamMember")
    assert "switched off (team selling, splits)" in fields["mend"]


def test_j10_a_spent_allowance_ends_the_run_and_the_next_goes_on(polled: Polled) -> None:
    """J10: the daily limit is no wrong credential: the place is kept, and somebody is told."""
    deals = [polled.add(NOON - at * MINUTE) for at in range(9, 0, -1)]
    spent = Answer(403, [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}])
    assert polled.poll().queued == 9
    polled.queue.take()
    polled.clock.time += timedelta(hours=1)
    for deal in deals:
        polled.organisation.change("Opportunity", deal, {"Name": "Renamed"})
    polled.connected.interface.order(Trouble(spent))
    stopped = polled.poll()
    assert (stopped.records, "credentials are right" in (stopped.stopped or "")) == (0, True)
    assert [name for name, _ in polled.log.lines] == ["crm.limited"]
    assert polled.poll(minutes=15).queued == 9


def test_j10_the_run_slows_down_before_the_wall(polled: Polled) -> None:
    for at in range(9, 0, -1):
        polled.add(NOON - at * MINUTE)
    polled.connected.interface.used = 14_950
    first = polled.poll()
    assert (first.records, first.stopped is not None) == (4, True)
    assert polled.poll().records == 4, "it goes on from where it was"
    polled.connected.interface.used = 0
    assert polled.poll().records == 1
    assert len(polled.queue.take()) == 9


def test_j10_a_busy_moment_has_the_run_made_again(polled: Polled) -> None:
    busy = Answer(403, [{"message": "ConcurrentRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}])
    polled.connected.interface.order(Trouble(busy))
    with pytest.raises(Retryable):
        polled.poll()


def test_whatever_fails_on_the_way_nothing_is_missed_and_nothing_comes_twice(polled: Polled) -> None:
    deals = [polled.add(NOON - at * MINUTE) for at in range(9, 0, -1)]
    for before in (0, 3, 5):
        polled.queue.failing = before
        with pytest.raises(Retryable):
            polled.poll()
    assert polled.poll().queued == 1
    assert polled.queue.take() == deals


def test_more_of_one_moment_than_a_run_takes_does_not_hold_it_for_ever(
    polled: Polled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bulk job stamps everything alike. Whoever began before that moment again each time would never pass it; what
    is committed late meanwhile is found when the last run began anew."""
    monkeypatch.setattr(poll_changes, "MOST_PAGES", 2)
    bulk = [polled.add(NOON - MINUTE) for _ in range(20)]
    assert [polled.poll(minutes=5).queued for _ in range(2)] == [8, 8]
    late = polled.add(NOON - 3 * MINUTE)
    later = [polled.add(NOON + 40 * MINUTE) for _ in range(2)]
    assert polled.poll(minutes=45).queued == 6
    assert polled.queue.take() == [*bulk, *later]
    for _ in range(4):
        polled.poll(minutes=1)
    assert polled.queue.take() == [late]
