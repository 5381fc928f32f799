"""Calls that are analysed together, when nobody waits for them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest

from shared.conversations.domain.conversation import Said
from shared.identities.domain.moved_data import Moving
from shared.ports.documents import Put
from tests.call_pipeline.told_calls import calls, tokens
from tests.harness.call_world import JOE, MIA, CallWorld
from tests.harness.crash_harness import ADMINISTRATOR, Died, Fuse

__all__ = ["calls"]


class TestBatches:
    @pytest.fixture(autouse=True)
    def batched(self, calls: CallWorld) -> None:
        calls.settings = replace(calls.settings, daily_route="batch")

    def send(self, calls: CallWorld) -> None:
        calls.process().discovery.daily()
        calls.work()
        assert calls.process().analysis.submit_batches is not None
        calls.process().analysis.submit_batches.submit()  # type: ignore[union-attr]

    def test_the_days_calls_go_together_and_results_are_joined_by_their_id(self, calls: CallWorld) -> None:
        assert calls.model is not None
        for number in range(3):
            calls.recorder.add(str(number), employees=[JOE, MIA])
        calls.model.polls = 3
        self.send(calls)
        assert [calls.record(str(n)).state for n in range(3)] == ["batched"] * 3

        calls.work()

        assert len(calls.model.batches) == 1
        assert len(calls.model.batches["vendor-0"]) == 6
        for number in range(3):
            assert [one["employee_id"] for one in calls.events(str(number))] == [JOE, MIA]
            assert tokens(calls, str(number)) == 2000
        (fact, *_) = calls.facts()
        assert fact["route"] == "batch"

    def test_a_task_that_comes_twice_at_once_has_a_call_asked_for_once(
        self, calls: CallWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert calls.model is not None
        calls.recorder.add("1")
        calls.process().discovery.daily()
        ((name, task),) = calls.world.tasks
        transcript = calls.recorder.transcript

        def overtaken(call_id: str) -> Said | None:
            monkeypatch.setattr(calls.recorder, "transcript", transcript)
            calls.run(name, task)
            calls.process().analysis.submit_batches.submit()  # type: ignore[union-attr]
            return transcript(call_id)

        monkeypatch.setattr(calls.recorder, "transcript", overtaken)
        calls.run(name, task)
        assert calls.record("1").state == "batched"
        calls.process().analysis.submit_batches.submit()  # type: ignore[union-attr]
        calls.work()
        assert (calls.record("1").state, len(calls.model.batches)) == ("observed", 1)

    def test_answers_about_who_was_given_another_id_meanwhile_are_theirs(self, calls: CallWorld) -> None:
        """The batch was asked under the former id; the record says the present one when it comes back."""
        assert calls.model is not None
        calls.recorder.add("1", employees=[JOE, MIA])
        self.send(calls)
        store, moved = calls.integrations, "joanna@example.com"
        asked = list(calls.world.tasks)
        calls.process().identities.start_move.rename(ADMINISTRATOR, JOE, moved, "Took another name")
        calls.world.tasks[:] = asked
        found = store.get("calls/gong-1")
        assert found is not None
        store.commit([Put("calls/gong-1", Moving(JOE, moved).data("calls", found.data))])

        calls.work()

        assert calls.record("1").state == "observed"
        assert [one["employee_id"] for one in calls.events("1")] == [moved, MIA]
        assert len(calls.model.batches) == 1, "nobody is asked, nor paid, twice"

    @pytest.mark.parametrize("outcome", ["expired", "errored", "canceled"])
    def test_what_did_not_come_through_goes_into_the_next_batch(self, calls: CallWorld, outcome: str) -> None:
        assert calls.model is not None
        calls.recorder.add("1")
        calls.recorder.add("2")
        calls.model.outcomes = [outcome]
        self.send(calls)
        calls.work()
        states = sorted(calls.record(n).state for n in "12")
        assert states == ["observed", "ready"]

        calls.process().analysis.submit_batches.submit()  # type: ignore[union-attr]
        calls.work()

        assert [calls.record(n).state for n in "12"] == ["observed", "observed"]
        assert len(calls.model.batches["vendor-1"]) == 1

    def test_what_never_comes_through_is_asked_for_at_once_the_third_time(self, calls: CallWorld) -> None:
        assert calls.model is not None
        calls.recorder.add("1")
        calls.model.outcomes = ["expired"] * 3
        self.send(calls)
        for _ in range(2):
            calls.work()
            calls.process().analysis.submit_batches.submit()  # type: ignore[union-attr]
        calls.work()

        record = calls.record("1")
        assert (record.state, record.route) == ("observed", "immediate")

    def test_a_refusal_in_a_batch_is_one(self, calls: CallWorld) -> None:
        assert calls.model is not None
        calls.recorder.add("1")
        self.send(calls)
        calls.model.stop_reason = "refusal"
        calls.work()

        assert calls.record("1").state == "refused"

    def test_a_call_about_which_nothing_can_be_asked_does_not_wait_in_a_batch_that_is_never_sent(
        self, calls: CallWorld
    ) -> None:
        assert calls.model is not None
        calls.recorder.add("1")
        calls.model.withheld = True
        self.send(calls)
        calls.work()

        record = calls.record("1")
        assert (record.state, record.last_error) == ("refused", "withheld")
        assert calls.model.batches == {}

    def test_a_batch_that_the_vendor_does_not_know_for_a_while_is_waited_for(self, calls: CallWorld) -> None:
        assert calls.model is not None
        calls.recorder.add("1")
        self.send(calls)
        calls.model.gone = True
        for _ in range(3):
            calls.run(*calls.world.tasks.pop(0))
            calls.world.clock.forward(hours=1)
        assert (calls.record("1").state, len(calls.world.tasks)) == ("batched", 1)
        calls.model.gone = False
        calls.work()

        assert (calls.record("1").state, calls.record("1").route, calls.model.asked) == ("observed", "batch", 1)

    def test_calls_in_a_batch_that_the_vendor_has_lost_go_into_the_next_one(self, calls: CallWorld) -> None:
        assert calls.model is not None
        calls.recorder.add("1")
        calls.recorder.add("2")
        self.send(calls)
        calls.model.gone = True
        calls.run(*calls.world.tasks.pop(0))
        calls.world.clock.forward(hours=7)
        calls.work()
        assert [calls.record(n).state for n in "12"] == ["ready", "ready"]
        assert len(calls.world.log.named("analysis.batch_gone")) == 1

        calls.model.gone = False
        calls.process().analysis.submit_batches.submit()  # type: ignore[union-attr]
        calls.work()
        assert [(calls.record(n).state, calls.record(n).route) for n in "12"] == [("observed", "batch")] * 2
        assert [len(calls.events(n)) for n in "12"] == [1, 1]

    def test_what_came_through_is_noted_and_not_asked_for_again(self, calls: CallWorld) -> None:
        assert calls.model is not None
        calls.recorder.add("1", employees=[JOE, MIA])
        calls.model.outcomes = ["succeeded", "expired"]
        self.send(calls)
        calls.work()
        assert calls.record("1").state == "ready"
        assert tokens(calls, "1") == 1000

        calls.process().analysis.submit_batches.submit()  # type: ignore[union-attr]
        calls.work()

        assert len(calls.model.batches["vendor-1"]) == 1
        assert calls.record("1").state == "observed"
        assert tokens(calls, "1") == 2000
        assert [one["employee_id"] for one in calls.events("1")] == [JOE, MIA]

    def test_a_batch_that_is_read_twice_is_paid_for_once(self, calls: CallWorld) -> None:
        assert calls.model is not None
        calls.recorder.add("1")
        self.send(calls)
        ((name, payload),) = calls.world.tasks
        calls.model.stop_reason = "refusal"
        with suppress(Died):
            # Dies between what was spent and the record's next state.
            calls.run(name, payload, Fuse(2))
        calls.work()

        assert calls.record("1").state == "refused"
        assert tokens(calls, "1") == 1000

    def test_calls_that_are_analysed_at_once_do_not_keep_others_from_the_batch(
        self, calls: CallWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("shared.call_pipeline.usecases.batched_calls.MOST_CALLS", 2)
        assert calls.model is not None
        for number in range(3):
            calls.recorder.add(str(number), hours_ago=10 + number)
        calls.process().discovery.daily()
        calls.work()
        for newest in ("0", "1"):
            calls.process().call_records.change(f"gong-{newest}", lambda known: known.changed(route="immediate"))

        assert calls.process().analysis.submit_batches.submit().calls == 1  # type: ignore[union-attr]
