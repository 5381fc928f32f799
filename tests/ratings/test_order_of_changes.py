"""What happened is read in the log's order, and the ledger no further than a page of the log goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from shared.kernel.pages import Position
from shared.platform.records.changes import Change, Changes, change
from shared.privacy.usecases.first_sight import FirstSight, Opening
from shared.ratings.usecases.list_changes import FIRST, Sources

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ENTRIES = [change(NOON + timedelta(minutes=number), "skills", employee_id=f"p-{number}") for number in range(5)]


class Log(Changes):
    def __init__(self) -> None:
        pass

    def between(self, after: Position, until: datetime, limit: int) -> list[Change]:
        return [one for one in ENTRIES if one.place > after and one.at <= until][:limit]


class Sight(FirstSight):
    """An opening every half minute."""

    def __init__(self) -> None:
        self.last: datetime | None = None

    def opened(self, after: Position, until: datetime, limit: int) -> list[Opening]:
        self.last = until
        moments = [NOON + timedelta(seconds=30 * number) for number in range(20)]
        found = [Opening(at, f"e-{at:%M%S}", "joe") for at in moments if at <= until]
        return [one for one in found if (one.at, one.event_id) > after][:limit]


def happened(until: datetime, limit: int) -> tuple[list[str | None], datetime | None]:
    sight = Sight()
    found = Sources(Log(), sight).between((NOON - timedelta(seconds=1), FIRST), until, limit)
    assert found == sorted(found, key=lambda one: one.position)
    return [one.employee_id for one in found], sight.last


def test_openings_stand_between_entries() -> None:
    people, last = happened(NOON + timedelta(minutes=9), 30)
    assert (people.count("joe"), len(people)) == (19, 24)
    assert last == NOON + timedelta(minutes=9)


def test_a_full_page_reads_the_ledger_to_its_last_entry_and_loses_nothing() -> None:
    people, last = happened(NOON + timedelta(days=3), 3)
    assert last == NOON + timedelta(minutes=2)
    assert sorted(map(str, people)) == ["joe", "joe", "p-0"]
