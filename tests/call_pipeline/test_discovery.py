"""Finished calls are found, each once."""

from __future__ import annotations

import pytest

from shared.call_pipeline.usecases.take_calls import Taken
from shared.conversations.domain.recorded_call import UnreadableCall
from shared.conversations.ports.calls import CursorExpired, UnreadableAnswer
from shared.conversations.usecases.call_settings import CallSettings
from shared.kernel.errors import Retryable
from shared.ports.documents import Query
from tests.call_pipeline.told_calls import calls
from tests.harness.call_world import MIA, CallWorld

__all__ = ["calls"]


def discovered(calls: CallWorld) -> Taken:
    """What a daily run finds."""
    found = calls.process().discovery.daily()
    assert found is not None
    return found.taken


class TestDiscovery:
    def test_only_calls_with_employees_are_taken_and_each_once(self, calls: CallWorld) -> None:
        calls.recorder.add("1")
        calls.recorder.add("2", employees=["stranger@example.com"])
        calls.recorder.add("3", employees=[], silent=[MIA])

        first = discovered(calls)
        again = discovered(calls)

        assert (first.seen, first.new, first.queued) == (3, 2, 2)
        assert (again.new, again.queued) == (0, 0)
        assert [payload["record_id"] for _, payload in calls.world.tasks] == ["gong-1", "gong-3"]

    def test_nothing_from_before_the_beginning_is_imported(self, calls: CallWorld) -> None:
        calls.recorder.add("old", hours_ago=24 * 3 + 1)
        calls.recorder.add("new", hours_ago=24 * 3 - 1)

        assert discovered(calls).new == 1

    def test_nor_is_it_when_the_recorder_reports_it_as_finished(self, calls: CallWorld) -> None:
        old = calls.recorder.add("old", hours_ago=24 * 3 + 1)
        new = calls.recorder.add("new", hours_ago=24 * 3 - 1)

        assert [calls.process().finished.take(one).queued for one in (old, new)] == [0, 1]

    def test_without_a_configured_beginning_it_is_the_first_run(self, calls: CallWorld) -> None:
        calls.settings = CallSettings()
        calls.recorder.add("before", hours_ago=1)
        assert discovered(calls).seen == 0

        calls.recorder.add("after", hours_ago=-2)
        calls.world.clock.forward(hours=24)

        assert discovered(calls).new == 1

    def test_a_call_that_was_recorded_long_after_its_scheduled_time_is_found_by_the_overlap(
        self, calls: CallWorld
    ) -> None:
        calls.process().discovery.daily()
        calls.world.clock.forward(hours=24)
        calls.recorder.add("late", hours_ago=2)

        assert discovered(calls).new == 1

    def test_all_pages_are_read_and_an_expired_cursor_begins_again(self, calls: CallWorld) -> None:
        calls.recorder.page_size = 2
        for number in range(5):
            calls.recorder.add(str(number))
        answers = iter([None, CursorExpired("old"), None, None, None])
        asked = calls.recorder._ask

        def ask(what: str) -> None:
            asked(what)
            trouble = next(answers)
            if trouble is not None:
                raise trouble

        calls.recorder._ask = ask  # type: ignore[method-assign]

        assert discovered(calls).new == 5

    def test_a_listing_that_always_expires_is_tried_again_later(self, calls: CallWorld) -> None:
        calls.recorder.trouble = [CursorExpired("old") for _ in range(9)]

        with pytest.raises(Retryable):
            calls.process().discovery.daily()
        calls.recorder.trouble.clear()
        calls.recorder.add("1")
        assert discovered(calls).new == 1

    def test_one_call_that_cannot_be_read_is_set_aside_and_holds_up_no_other(self, calls: CallWorld) -> None:
        calls.recorder.add("1")
        calls.recorder.unreadable = [UnreadableCall("9", "started is no time", "calls.0.metaData.started", b"{}")]

        assert discovered(calls).new == 1
        (set_aside,) = calls.world.store.query(Query("quarantine"))
        assert (set_aside.data["source"], set_aside.data["field"]) == ("gong_batch", "calls.0.metaData.started")

    def test_a_listing_that_nobody_can_read_is_set_aside_and_the_next_run_begins_there(self, calls: CallWorld) -> None:
        calls.recorder.add("1")
        calls.recorder.trouble = [UnreadableAnswer("no calls here", field="calls", raw=b"{odd}")]

        assert calls.process().discovery.daily().until is None  # type: ignore[union-attr]
        (set_aside,) = calls.world.store.query(Query("quarantine"))
        assert (set_aside.data["source"], calls.files.read(set_aside.id)) == ("gong_batch", b"{odd}")
        assert discovered(calls).new == 1

    def test_a_private_call_is_not_even_noted(self, calls: CallWorld) -> None:
        calls.recorder.add("1", private=True)

        found = discovered(calls)

        assert (found.private, found.new) == (1, 0)

    def test_a_finished_call_is_taken_at_once_and_the_daily_run_leaves_it_alone(self, calls: CallWorld) -> None:
        call = calls.recorder.add("1")
        assert calls.process().finished.take(call).queued == 1
        assert calls.process().finished.take(call).queued == 0
        calls.work()

        assert discovered(calls).queued == 0
        assert len(calls.events("1")) == 1
