"""The log of changes over both stores: in order, from a position on, and entered in a bounded transaction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

from shared.platform.records.changes import KEPT, Change, Changes, change, erasure
from shared.ports.documents import Documents, Transaction

AT = datetime(2026, 2, 12, 12, tzinfo=UTC)
BEFORE, BEHIND = "-", "~"
"""Stand before and behind every entry of a moment."""


def test_entries_are_read_in_order_a_page_at_a_time(documents: Documents) -> None:
    log = Changes(documents)
    late, early = change(AT + timedelta(seconds=1), "skills", employee_id="a"), change(AT, "person", employee_id="b")
    same, gone = change(AT, "deals", employee_id="a"), erasure(AT + timedelta(seconds=2), "c@example.com")
    for entry in (gone, late, early, same):
        documents.transact(partial(enter, entry))

    first = log.between((AT, BEFORE), AT + timedelta(seconds=5), 2)
    rest = log.between(first[-1].place, AT + timedelta(seconds=5), 9)

    assert [one.place for one in first] == sorted([early.place, same.place])
    assert rest == [late, gone]
    assert log.between((AT, BEHIND), AT + timedelta(seconds=1), 9) == [late]
    assert log.between((AT + timedelta(seconds=9), BEHIND), AT + timedelta(seconds=5), 9) == []


def test_what_nobody_can_follow_any_more_is_collected(documents: Documents) -> None:
    log = Changes(documents)
    log.enter(lambda: AT, "settings")
    log.enter(lambda: AT + timedelta(hours=1), "settings")
    limit = AT + KEPT + timedelta(days=1)

    assert log.collect(limit) == 0
    assert log.collect(limit + timedelta(seconds=1)) == 1
    assert [one.at for one in log.between((AT, BEFORE), AT + KEPT, 9)] == [AT + timedelta(hours=1)]


def test_what_enters_alone_says_what_it_is_about(documents: Documents) -> None:
    log = Changes(documents)

    log.enter(lambda: AT, "settings")

    (entry,) = log.between((AT, BEFORE), AT, 9)
    assert (entry.employee_id, entry.about) == (None, ("settings",))
    assert log.about(entry.change_id) == ("settings",)
    assert log.about("unknown") == ()


def enter(entry: Change, transaction: Transaction) -> None:
    transaction.get("changes/none")
    transaction.write(entry.written())
