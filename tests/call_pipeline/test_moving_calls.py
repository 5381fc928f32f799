"""A part in a call moves to the right person: nothing stays about the wrong one, and no later analysis forgets it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.call_pipeline.contract import CallMoveBody
from shared.conversations.domain.conversation import Affiliation
from shared.conversations.domain.recorded_call import CallParty
from shared.conversations.records import CallRecord
from shared.kernel.access import Caller
from shared.kernel.errors import Conflict, Forbidden, Rejected
from shared.ports.documents import Delete, Merge, Query
from shared.privacy.records.access import EscalationRecord, EscalationRecords
from tests.call_pipeline.test_email_threads import take
from tests.call_pipeline.told_calls import FRAMEWORK, calls
from tests.harness.call_world import JOE, MIA, CallWorld, new_call_world
from tests.harness.crash_harness import ADMINISTRATOR, MACHINE, Died, Fuse, unavailable

__all__ = ["calls"]

ABOVE, ELSEWHERE = "vic@example.com", "eli@example.com"
WHY = "Mia spoke; Joe's laptop was in the room"
REASON = f"Another person's call: {WHY}"


def observed(calls: CallWorld, *employees: str) -> None:
    """A call in which these are taken for the speakers, analysed."""
    calls.recorder.add("1", employees=employees or [JOE])
    calls.process().discovery.daily()
    calls.work()


def move(
    calls: CallWorld, speaker_id: str = "s0", to: str | None = MIA, fuse: Fuse | None = None, record_id: str = "gong-1"
) -> CallRecord:
    body = CallMoveBody(speaker_id=speaker_id, employee_id=to, reason=WHY)
    return calls.process(fuse).calls.move_call.move(ADMINISTRATOR, record_id, body)


def counting(calls: CallWorld, call_id: str = "1") -> dict[str, list[str]]:
    """How everything that was recorded about a call stands, by employee."""
    found: dict[str, list[str]] = {}
    for one in calls.events(call_id):
        found.setdefault(one["employee_id"], []).append(one["standing"])
    return {who: sorted(standings) for who, standings in found.items()}


def entries(calls: CallWorld, employee_id: str) -> dict[str, str]:
    state = calls.world.store.get(f"states/{employee_id}")
    return {} if state is None else dict(state.data["observations"])


def picture(calls: CallWorld) -> list[Any]:
    """What a move leaves: who counts, what the call's record says, who is told of it, and whose quotes are kept."""
    record = calls.record("1")
    kept = calls.process().transcripts
    return [
        counting(calls),
        sorted(entries(calls, JOE)),
        len(entries(calls, MIA)),
        (record.state, record.analysis, record.employees, record.participants, record.voices),
        [(one["analysis"], one["employees"]) for one in calls.facts()][-1],
        [kept.latest_analysis("gong", "1", who) is not None for who in (JOE, MIA)],
        len(calls.recorder.asked),
    ]


class TestAMove:
    def test_takes_everything_from_the_wrong_person_and_has_the_right_one_observed(self, calls: CallWorld) -> None:
        observed(calls)
        assert counting(calls) == {JOE: ["counted"]}
        move(calls)
        assert (calls.record("1").state, calls.record("1").observations) == ("discovered", ())
        calls.work()

        assert counting(calls) == {JOE: ["void"], MIA: ["counted"]}
        assert entries(calls, JOE) == {}
        assert calls.standing("1", MIA).source_id == "1"
        record = calls.record("1")
        assert record.employees == (MIA,)
        assert [(one.employee_id, one.speaker_id, one.spoke) for one in record.participants] == [(MIA, "s0", True)]
        assert [one.employee_id for one in record.observations] == [MIA]
        assert [one["employees"] for one in calls.facts()] == [[JOE], [MIA]]

    def test_says_in_the_history_of_the_wrong_person_who_when_and_why(self, calls: CallWorld) -> None:
        observed(calls)
        move(calls)

        (event,) = calls.events("1")
        assert event["voided"] == {"by": ADMINISTRATOR.employee_id, "at": calls.world.clock.now(), "reason": REASON}
        told = [data for topic, data in calls.world.facts if topic == "observation-recorded"]
        assert [(one["employee_id"], one["standing"]) for one in told] == [(JOE, "counted"), (JOE, "void")]

    def test_stands_on_the_record_with_who_when_and_why(self, calls: CallWorld) -> None:
        observed(calls)
        (said,) = move(calls).corrections

        assert (said.speaker_id, said.to, said.by) == ("s0", MIA, ADMINISTRATOR.employee_id)
        assert (said.at, said.reason) == (calls.world.clock.now(), WHY)
        assert [one.employee_id for one in said.was] == [JOE]

    def test_leaves_the_wrong_persons_name_and_quotes_in_no_file(self, calls: CallWorld) -> None:
        observed(calls)
        assert calls.process().transcripts.latest_analysis("gong", "1", JOE) is not None
        move(calls)
        calls.work()

        said = calls.process().transcripts.conversation("gong", "1")
        assert said is not None
        assert {party.speaker_id: party.email for party in said.parties}["s0"] == MIA
        assert calls.process().transcripts.latest_analysis("gong", "1", JOE) is None
        assert calls.process().transcripts.latest_analysis("gong", "1", MIA) is not None
        assert calls.recorder.asked.count("transcript 1") == 1, "what was kept is not fetched again"

    def test_is_said_once_however_often(self, calls: CallWorld) -> None:
        observed(calls)
        for _ in range(3):
            move(calls)
        calls.work()
        before = picture(calls)
        move(calls)
        calls.work()

        assert picture(calls) == before
        audited = [one.data for one in calls.world.store.query(Query("audit")) if one.data["action"] == "call.moved"]
        assert sorted((one["subject"], one["detail"]) for one in audited) == [
            (JOE, f"gong-1: {WHY}"),
            (MIA, f"gong-1: {WHY}"),
        ]
        assert len(calls.posted) == 2

    def test_is_honoured_by_every_later_analysis(self, calls: CallWorld) -> None:
        observed(calls)
        move(calls)
        calls.work()
        calls.process().calls.reanalyse_call.ask("gong-1", ADMINISTRATOR)
        calls.work()
        run = calls.process().calls.reanalyse_period.start(
            calls.record("1").started_at, calls.record("1").started_at + timedelta(hours=1), None, ADMINISTRATOR
        )
        calls.work()
        submitting = calls.process().analysis.submit_batches
        assert submitting is not None
        submitting.submit()
        calls.work()

        assert calls.process().calls.reanalyse_period.progress(run.run_id, ADMINISTRATOR).total == 1
        assert calls.record("1").analysis == 3
        assert counting(calls) == {JOE: ["void"], MIA: ["counted"] * 3}
        assert [one["employee_id"] for one in calls.posted] == [JOE, MIA, MIA, MIA]


class TestThere:
    def test_and_back_again_counts_for_the_first_person(self, calls: CallWorld) -> None:
        observed(calls)
        move(calls)
        calls.work()
        move(calls, to=JOE)
        calls.work()

        assert counting(calls) == {JOE: ["counted", "void"], MIA: ["void"]}
        assert (list(calls.record("1").misheard), calls.record("1").employees) == ([MIA], (JOE,))
        assert calls.standing("1", JOE).analysis > 1

    def test_two_who_were_taken_for_each_other_change_places_through_nobody(self, calls: CallWorld) -> None:
        observed(calls, JOE, MIA)
        with pytest.raises(Conflict, match="heard as 's1'"):
            move(calls)
        move(calls, "s1", None)
        calls.work()
        move(calls, "s0", MIA)
        calls.work()
        move(calls, "s1", JOE)
        calls.work()

        assert calls.record("1").voices == {"s0": MIA, "s1": JOE}
        assert {who: "counted" in standings for who, standings in counting(calls).items()} == {JOE: True, MIA: True}
        assert [(one.employee_id, one.speaker_id) for one in calls.record("1").participants] == [
            (JOE, "s1"),
            (MIA, "s0"),
        ]

    def test_a_voice_that_is_nobodys_of_ours_is_scored_for_nobody(self, calls: CallWorld) -> None:
        observed(calls)
        move(calls, to=None)
        calls.work()

        assert counting(calls) == {JOE: ["void"]}
        assert (calls.record("1").state, calls.record("1").employees) == ("nobody", ())
        assert calls.facts()[-1]["employees"] == []
        calls.process().calls.reanalyse_call.ask("gong-1", ADMINISTRATOR)
        calls.work()
        assert (calls.record("1").state, counting(calls)) == ("nobody", {JOE: ["void"]})
        assert calls.recorder.asked.count("transcript 1") == 1

    def test_the_customers_voice_that_was_a_colleagues_is_observed(self, calls: CallWorld) -> None:
        call = calls.recorder.add("1")
        dan = CallParty(speaker_id="d", name="Dan", affiliation=Affiliation.EXTERNAL)
        calls.recorder.calls["1"] = replace(call, parties=(*call.parties, dan))
        calls.process().discovery.daily()
        calls.work()
        move(calls, "c", MIA)
        calls.work()

        assert {who: standings[-1:] for who, standings in counting(calls).items()} == {
            JOE: ["counted"],
            MIA: ["counted"],
        }

    def test_a_call_in_which_only_colleagues_are_left_is_internal(self, calls: CallWorld) -> None:
        observed(calls)
        move(calls, "c", MIA)
        calls.work()

        assert calls.record("1").state == "internal"
        assert counting(calls) == {JOE: ["void"]}, "it was no field performance"

    def test_a_call_in_which_nobody_was_found_is_fetched_and_observed(self, calls: CallWorld) -> None:
        calls.recorder.add("1", employees=["stranger@example.com"], silent=[JOE])
        calls.process().discovery.daily()
        calls.work()
        assert (calls.record("1").state, counting(calls)) == ("nobody", {})
        move(calls, "s0", MIA)
        calls.work()

        assert counting(calls) == {MIA: ["counted"]}
        record = calls.record("1")
        assert (record.state, record.employees) == ("observed", (JOE, MIA))
        assert calls.integrations.query(Query("recorder_users")) == [], "nothing is learnt from a corrected party"


class TestThreads:
    def test_a_longer_export_of_a_thread_keeps_to_what_was_said(self, calls: CallWorld) -> None:
        take(calls, JOE, "carla@acme.example")
        calls.work()
        move(calls, JOE, MIA, record_id="email-acme-1")
        calls.work()
        assert counting(calls, "acme-1") == {JOE: ["void"], MIA: ["counted"]}

        same = take(calls, JOE, "carla@acme.example")
        assert (same.duplicate, same.record.employees) == (True, (MIA,))
        longer = take(calls, JOE, "carla@acme.example", JOE)
        calls.work()

        assert (longer.duplicate, longer.record.employees) == (False, (MIA,))
        assert counting(calls, "acme-1") == {JOE: ["void"], MIA: ["counted", "counted"]}


class TestRefused:
    @pytest.mark.parametrize(
        ("speaker_id", "to", "field"),
        [("s9", MIA, "speaker_id"), ("s9", None, "speaker_id"), ("s0", "stranger@example.com", "employee_id")],
    )
    def test_a_voice_or_a_person_that_there_is_not(
        self, calls: CallWorld, speaker_id: str, to: str | None, field: str
    ) -> None:
        observed(calls)
        with pytest.raises(Rejected) as refused:
            move(calls, speaker_id, to)

        assert refused.value.field == field
        assert calls.record("1").corrections == ()

    def test_nobodys_voice_is_left_nobodys(self, calls: CallWorld) -> None:
        observed(calls)
        before = picture(calls)
        move(calls, "c", None)
        calls.work()

        assert picture(calls) == before

    def test_a_call_that_is_being_analysed(self, calls: CallWorld) -> None:
        observed(calls)
        calls.process().calls.reanalyse_call.ask("gong-1", ADMINISTRATOR)
        with pytest.raises(Conflict, match="is being analysed"):
            move(calls)
        calls.work()
        move(calls)

    def test_a_call_whose_words_are_gone(self, calls: CallWorld) -> None:
        observed(calls)
        calls.world.clock.forward(days=400)
        with pytest.raises(Conflict, match="has been deleted"):
            move(calls)
        assert counting(calls) == {JOE: ["counted"]}

    @pytest.mark.parametrize("caller", [MACHINE, Caller(email=JOE, role="manager", employee_id=JOE)])
    def test_whoever_may_not(self, calls: CallWorld, caller: Caller) -> None:
        observed(calls)
        body = CallMoveBody(speaker_id="s0", employee_id=MIA, reason=WHY)
        with pytest.raises(Forbidden):
            calls.process().calls.move_call.move(caller, "gong-1", body)
        with pytest.raises(Forbidden):
            calls.process().calls.voices.of(caller, "gong-1")


def test_a_rejected_observation_of_the_wrong_person_stays_void_when_it_is_taken_in_later(calls: CallWorld) -> None:
    observed(calls)
    (body,) = calls.posted
    (event,) = calls.events("1")
    calls.world.store.commit([Delete(f"events/{event['event_id']}")])
    move(calls)
    calls.process().record(body)

    assert counting(calls) == {JOE: ["void"]}


def escalated(calls: CallWorld) -> None:
    """Two senior managers may read Joe's call: one above Mia too, and one above nobody else."""
    process = calls.process()
    calls.world.store.commit([Merge(f"employees/{MIA}", {"manager_id": ABOVE})])
    records = EscalationRecords(process.documents)
    for to in (ABOVE, ELSEWHERE):
        records.put(
            EscalationRecord(
                escalation_id=EscalationRecords.id_of("gong", "1", to),
                source="gong",
                call_id="1",
                employees=(JOE,),
                to=to,
                reason="A complaint",
                raised_by=ABOVE,
                raised_at=calls.world.clock.now(),
                expires_at=calls.world.clock.now() + timedelta(days=7),
            )
        )


def escalations(calls: CallWorld) -> tuple[list[Any], list[Any]]:
    """Who may read the call and whose it is, and who has been told of it."""
    records = EscalationRecords(calls.process().documents)
    found = [(one.to, one.employees, one.revoked_at is None) for one in records.of_call("gong", "1")]
    told = calls.world.store.query(Query("notifications"))
    return sorted(found), sorted((one.data["employee_id"], one.data["kind"], one.data["facts"]["to"]) for one in told)


def test_an_escalation_stays_with_who_is_above_the_right_person_and_ends_for_others(calls: CallWorld) -> None:
    observed(calls)
    escalated(calls)
    move(calls)

    assert escalations(calls) == (
        [(ELSEWHERE, (MIA,), False), (ABOVE, (MIA,), True)],
        [(JOE, "escalation.revoked", ELSEWHERE), (MIA, "escalation.raised", ABOVE)],
    )


@pytest.mark.parametrize("failure", [Died, unavailable], ids=["dies", "unavailable"])
def test_every_point(calls: CallWorld, tmp_path_factory: pytest.TempPathFactory, failure: Any) -> None:
    untouched = Fuse()
    observed(calls)
    escalated(calls)
    move(calls, fuse=untouched)
    calls.work()
    expected = picture(calls), escalations(calls)
    assert untouched.passed > 8

    for point in range(untouched.passed):
        broken = new_call_world(tmp_path_factory.mktemp("broken"), FRAMEWORK)
        observed(broken)
        escalated(broken)
        with suppress(Died, type(unavailable())):
            move(broken, fuse=Fuse(point, failure))
        move(broken)
        broken.work()
        assert (picture(broken), escalations(broken)) == expected, f"point {point}"
