"""A call of which a later look finds that nothing counts takes back what was observed in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.call_pipeline.messages import CallTask
from shared.conversations.domain.call_analysis import CallAnalysis
from shared.conversations.domain.call_state import State
from shared.conversations.domain.conversation import Conversation
from tests.call_pipeline.test_email_threads import take
from tests.call_pipeline.told_calls import calls
from tests.harness.call_world import JOE, MIA, Asking, CallWorld
from tests.harness.crash_harness import ADMINISTRATOR, MACHINE, Died, Fuse
from tests.harness.sent_events import NOON, call, sent_of

__all__ = ["calls"]

HOME = frozenset({"acme.example", "example.com"})


def observed(calls: CallWorld, *employees: str) -> None:
    calls.recorder.add("1", employees=employees or [JOE])
    calls.process().discovery.daily()
    calls.work()
    assert set(standings(calls)) == {"counted"}


def standings(calls: CallWorld) -> list[str]:
    return sorted(one["standing"] for one in calls.events("1"))


def ask_again(calls: CallWorld) -> None:
    calls.world.clock.forward(seconds=7200)
    calls.process().calls.reanalyse_call.ask("gong-1", ADMINISTRATOR)


def becomes_internal(calls: CallWorld) -> None:
    """The company's domains are known better, and somebody asks for the call again."""
    calls.settings = replace(calls.settings, home_domains=HOME)
    ask_again(calls)


def decided(calls: CallWorld) -> None:
    """A person has corrected the scores."""
    said = call("decided", source_id="1", scores={"discovery": 90}, reviewed=1, at=NOON - timedelta(hours=24))
    calls.process().events.one(sent_of(said), ADMINISTRATOR)
    assert calls.standing("1").human


class ObservesNothing(Asking):
    """The analyst, who observes nothing of one person."""

    def __init__(self, calls: CallWorld, employee_id: str) -> None:
        assert calls.model is not None
        super().__init__(calls.model)
        self._of = employee_id

    def read(self, conversation: Conversation, speaker_id: str, *more: Any) -> CallAnalysis:
        found = super().read(conversation, speaker_id, *more)
        whose = {one.speaker_id: one.email for one in conversation.parties}
        return replace(found, scores=()) if whose[speaker_id] == self._of else found


def analysed_again(calls: CallWorld, analyst: Asking) -> None:
    ask_again(calls)
    _, task = calls.world.tasks.pop(0)
    calls.process(analyst=analyst).analysis.import_call.run(CallTask.model_validate(task))


def test_a_call_that_turns_out_internal_takes_its_scores_back(calls: CallWorld) -> None:
    observed(calls)
    becomes_internal(calls)
    calls.work()

    record = calls.record("1")
    assert (record.state, record.observations, record.scorer) == ("internal", (), None)
    (event,) = calls.events("1")
    assert (event["standing"], event["voided"]["by"]) == ("void", MACHINE.email)
    assert event["voided"]["reason"] == "Internal: a later look finds that nobody of outside took part"
    assert calls.world.store.get(f"states/{JOE}").data["observations"] == {}  # type: ignore[union-attr]
    assert calls.facts()[-1]["scores"] == 0


def test_what_a_person_decided_about_the_scores_of_an_internal_call_goes_with_them(calls: CallWorld) -> None:
    observed(calls)
    decided(calls)
    becomes_internal(calls)
    calls.work()
    assert standings(calls) == ["void", "void"]


def test_what_was_refused_and_lies_in_the_quarantine_does_not_count_later(calls: CallWorld) -> None:
    observed(calls)
    refused = calls.record("1").observations[0].changed(observation_id="refused")
    calls.process().call_records.change("gong-1", lambda known: known.changed(observations=(refused,)))
    becomes_internal(calls)
    calls.work()
    late = call("refused", source_id="1", analysis=2_000_000, at=NOON - timedelta(hours=24))
    calls.process().events.one(sent_of(late), MACHINE)
    assert standings(calls) == ["void", "void"]


def test_it_is_taken_back_wherever_the_process_dies(calls: CallWorld) -> None:
    observed(calls, JOE, MIA)
    becomes_internal(calls)
    name, task = calls.world.tasks[0]
    for point in range(60):
        try:
            calls.run(name, task, Fuse(point))
        except Died:
            continue
        break
    assert point > 3
    assert (standings(calls), calls.record("1").state) == (["void", "void"], "internal")


@pytest.mark.parametrize("state", ["internal", "failed"])
def test_a_task_that_another_one_overtook_ends_nothing(calls: CallWorld, state: State) -> None:
    """It had begun before the call was asked for again, or its delivery came twice."""
    calls.recorder.add("1")
    calls.process().discovery.daily()
    before = calls.record("1")
    calls.work()
    ending = calls.process().analysis._ending
    assert ending.end(before, state, "too late") is False, "the other one is done with it"
    ask_again(calls)
    assert ending.end(before, state, "too late") is False, "another analysis is asked for"
    calls.work()

    record = calls.record("1")
    assert (record.state, record.last_error, len(record.observations)) == ("observed", None, 1)
    assert "void" not in standings(calls)


@pytest.mark.parametrize("asked", ["again", "in vain"])
def test_a_call_of_a_customer_stays_one_whose_voice_nobody_knows(calls: CallWorld, asked: str) -> None:
    """What showed the customer, a phone call say, is not kept with the words; the recorder shows it anew, if it can."""
    observed(calls)
    kept = calls.process().transcripts.conversation("gong", "1")
    assert kept is not None
    unknown = tuple(one for one in kept.parties if one.speaker_id != "c")
    calls.process().transcripts.keep("gong", replace(kept, parties=unknown))
    if asked == "again":
        shown = calls.recorder.calls["1"]
        parties = tuple(one for one in shown.parties if one.speaker_id != "c")
        calls.recorder.calls["1"] = replace(shown, parties=parties, direction="Inbound")
    else:
        del calls.recorder.calls["1"]
    becomes_internal(calls)
    calls.work()
    assert calls.record("1").state == "observed"


def test_of_whom_nothing_is_observed_any_more_nothing_counts(calls: CallWorld) -> None:
    observed(calls, JOE, MIA)
    analysed_again(calls, ObservesNothing(calls, JOE))

    (of_joe,) = [one for one in calls.events("1") if one["employee_id"] == JOE]
    assert of_joe["standing"] == "void"
    assert of_joe["voided"]["reason"] == "A later analysis observes nothing of this person in it"
    assert calls.standing("1", MIA).source_id == "1"
    assert calls.world.store.get(f"states/{JOE}").data["observations"] == {}  # type: ignore[union-attr]


def test_a_persons_decision_outranks_an_analysis_that_observes_nothing(calls: CallWorld) -> None:
    observed(calls)
    decided(calls)
    analysed_again(calls, ObservesNothing(calls, JOE))
    assert "void" not in standings(calls)


def test_a_thread_whose_words_turn_out_not_to_be_an_employees_counts_for_the_others(calls: CallWorld) -> None:
    take(calls, JOE, "carla@acme.example", MIA)
    calls.work()
    known = calls.process().call_records.get("email-acme-1")
    assert [one.employee_id for one in known.observations] == [JOE, MIA]
    # A whole export shows that the words were quoted.
    others = tuple(one for one in known.participants if one.employee_id == MIA)
    calls.process().call_records.change("email-acme-1", lambda record: record.changed(participants=others))
    calls.world.clock.forward(seconds=7200)
    calls.process().calls.reanalyse_call.ask("email-acme-1", ADMINISTRATOR)
    calls.work()
    assert [one["standing"] for one in calls.events("acme-1") if one["employee_id"] == JOE] == ["void"]
    assert calls.standing("acme-1", MIA).source == "email"
