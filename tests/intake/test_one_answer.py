"""An event is answered once and for all, whatever is sent again."""

from __future__ import annotations

from typing import Any

import pytest

from shared.kernel.errors import Conflict, Rejected
from shared.ports.documents import Create, Delete, Documents, Write
from tests.harness.crash_harness import ADMINISTRATOR, MACHINE, CrashHarness, Process
from tests.harness.sent_events import answer_of, role_play, sent_of
from tests.ratings.nights import STRICTER, data, world

__all__ = ["world"]


class Raced:
    """Documents in which somebody else is first with the next commit, once."""

    def __init__(self, inner: Documents, *first: Write) -> None:
        self._inner, self._first = inner, list(first)
        self.get, self.get_many, self.query = inner.get, inner.get_many, inner.query
        self.transact, self.read_together = inner.transact, inner.read_together
        self.collections = inner.collections

    def commit(self, writes: Any) -> None:
        if self._first:
            self._inner.commit(self._first)
            self._first.clear()
        self._inner.commit(writes)


class TestOneAnswer:
    def test_a_duplicate_answers_as_the_first_time_whatever_happened_since(self, world: CrashHarness) -> None:
        first = one(world.process(), role_play("p1", score=70))
        world.process().record(*[role_play(f"q{n}", score=95) for n in range(5)])
        world.process().change_skills.change("sales_engineering", "discovery", STRICTER, ADMINISTRATOR)
        world.clock.forward(days=30)
        again = one(world.process(), role_play("p1", score=70))
        (listed, _) = world.process().record(role_play("p1", score=70), role_play("r1"))
        assert answer_of(again) == answer_of(listed) == {**answer_of(first), "duplicate": True}
        assert (first.status, again.status, listed.status) == (201, 200, 200)
        assert first.message == again.message == listed.message

    def test_another_content_under_the_same_id_is_refused_and_changes_nothing(self, world: CrashHarness) -> None:
        one(world.process(), role_play("p1", score=70))
        before = world.documents()
        with pytest.raises(Conflict):
            one(world.process(), role_play("p1", score=71))
        listed = world.process().record(role_play("p1", score=71), role_play("p1", score=72))
        assert all(isinstance(outcome, Conflict) for outcome in listed)
        assert world.documents() == before

    def test_a_list_with_an_event_that_somebody_else_was_first_with_keeps_its_other_items(
        self, world: CrashHarness
    ) -> None:
        """The same id with other content appears between reading and writing, and the list names it twice."""
        rival = world.process()
        one(rival, role_play("p1", score=10))
        found = next(d for d in world.documents() if d.startswith("events/"))
        event = data(world, found)
        world.store.commit([Delete(found)])
        process = world.process()
        process.event_lists._ledger._outbox._documents = Raced(world.store, Create(found, event))
        items = [sent_of(raw) for raw in (role_play("p1"), role_play("p2"), role_play("p1"))]
        mine, other, repeated = process.event_lists.several(items, MACHINE)
        assert isinstance(mine, Rejected)
        assert not isinstance(other, Rejected)
        assert other.status == 201
        assert isinstance(repeated, Rejected)


def one(process: Process, raw: dict[str, Any]) -> Any:
    (outcome,) = process.record(raw)
    return outcome
