"""Calls that the recorder shows before they are whole, asked for over real HTTP: none is lost, none is scored twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.demonstration.gong_interface import GongInterface, Lack
from infra.demonstration.gong_server import GongServer
from infra.vendors.gong import GongCalls, basic_authorization
from shared.conversations.domain.call_state import MOST_TRIES
from tests.call_pipeline.told_calls import FRAMEWORK
from tests.harness.call_world import JOE, MIA, CallWorld, new_call_world
from tests.harness.crash_harness import ADMINISTRATOR
from tests.harness.sent_events import NOON
from tests.harness.unlimited import Unlimited

LACKS: list[Lack] = ["parties", "voices", "words", "transcript"]
CALL = "7782342274025937895"


def details(*, started: Any = NOON - timedelta(hours=20), others: Any = (), **about: Any) -> Any:
    """A call of Joe with Carla, a customer."""
    joe = {"id": "1", "emailAddress": JOE, "affiliation": "Internal", "userId": "23", "speakerId": "101"}
    carla = {"id": "2", "emailAddress": "carla@acme.example", "affiliation": "External", "speakerId": "102"}
    described = {"id": CALL, "started": started.isoformat(), "duration": 60, "scope": "External", "language": "eng"}
    return {"metaData": {**described, **about}, "parties": [joe, carla, *others]}


def transcript(*more: Any) -> Any:
    asked = {"start": 0, "end": 3000, "text": "What slows your releases down the most?"}
    said = {"start": 4000, "end": 9000, "text": "The tests. They take two hours on a good day."}
    monologues = [{"speakerId": "101", "sentences": [asked, *more]}, {"speakerId": "102", "sentences": [said]}]
    return {"callId": CALL, "transcript": monologues}


class Field:
    """The pipeline, and a recorder on a port of this machine."""

    def __init__(self, world: CallWorld, recorder: GongInterface) -> None:
        self.world = world
        self.recorder = recorder

    def webhook(self) -> int:
        """The recorder reports the call, as it shows it now."""
        call = self.world.recorder.call(CALL)
        assert call is not None
        return self.world.process().finished.take(call).queued

    def daily(self, after: timedelta = timedelta(0)) -> int:
        self.world.world.clock.forward(seconds=after.total_seconds())
        found = self.world.process().discovery.daily()
        assert found is not None
        return found.taken.queued

    def task(self) -> None:
        """Runs the one queued task."""
        self.world.run(*self.world.world.tasks.pop(0))

    @property
    def state(self) -> str:
        return self.world.record(CALL).state

    @property
    def observed(self) -> int:
        return len(self.world.events(CALL))


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Field]:
    world = new_call_world(tmp_path, FRAMEWORK)
    recorder = GongInterface(key="k", secret="s", per_second=10_000, per_day=100_000, now=world.world.clock.now)
    with GongServer(recorder) as server:
        calls = GongCalls(server.url, lambda: basic_authorization("k:s"), Unlimited())
        world.recorder = calls  # type: ignore[assignment]
        yield Field(world, recorder)
        calls.close()


@pytest.mark.parametrize("lack", LACKS)
@pytest.mark.parametrize("order", ["webhook then daily", "daily then webhook", "daily alone", "webhook alone"])
def test_a_half_ready_call_waits_and_is_scored_once(at: Field, lack: Lack, order: str) -> None:
    at.recorder.add(details(), transcript(), lacks=[lack])
    first, _, then = order.partition(" then ")
    queued = at.daily() if first.startswith("daily") else at.webhook()
    assert queued == 1
    at.task()
    assert at.state == "waiting"
    if then:
        assert (at.daily() if then == "daily" else at.webhook()) == 0, "it waits already"

    at.recorder.add(details(), transcript())
    at.world.work()
    assert (at.state, at.observed) == ("observed", 1)
    assert (at.webhook(), at.daily(timedelta(days=1))) == (0, 0)


@pytest.mark.parametrize("lack", LACKS)
@pytest.mark.parametrize("later", ["webhook", "daily"])
def test_what_comes_after_it_was_given_up_is_taken_up(at: Field, lack: Lack, later: str) -> None:
    at.recorder.add(details(), transcript(), lacks=[lack])
    at.webhook()
    at.world.work()
    assert at.world.record(CALL).tries == MOST_TRIES
    assert at.state in ("failed", "nobody")

    at.recorder.add(details(), transcript())
    assert (at.webhook() if later == "webhook" else at.daily(timedelta(days=1))) == 1
    assert (at.webhook(), at.daily()) == (0, 0), "once"
    at.world.work()
    assert (at.state, at.observed) == ("observed", 1)


def test_a_call_that_appears_two_days_late_is_found_by_the_daily_run(at: Field) -> None:
    at.daily()
    started = NOON + timedelta(minutes=5)
    for _ in range(2):
        assert at.daily(timedelta(days=1)) == 0
    at.recorder.add(details(started=started), transcript())
    assert at.daily(timedelta(hours=23)) == 1
    at.world.work()
    assert (at.state, at.observed) == ("observed", 1)


def test_an_employee_who_stays_silent_is_not_waited_for(at: Field) -> None:
    silent = {"id": "3", "emailAddress": MIA, "affiliation": "Internal"}
    said: Any = {"callId": CALL, "transcript": [transcript()["transcript"][1]]}
    at.recorder.add(details(others=[silent]), said)
    at.daily()
    at.task()
    assert at.state == "nobody"


def test_odd_sentences_are_set_aside_and_counted(at: Field) -> None:
    odd = [None, {"start": 9, "end": 3, "text": "x"}, {"start": 9, "text": "x"}, {"start": 1, "end": 2, "text": 7}]
    at.recorder.add(details(), transcript(*odd))
    at.daily()
    at.world.work()
    assert (at.state, at.observed, at.world.record(CALL).set_aside) == ("observed", 1, len(odd))
    (told,) = [fields for name, _, fields in at.world.world.log.lines if name == "call.finished"]
    assert told["set_aside"] == len(odd)


def test_an_internal_call_is_recorded_and_never_scored(at: Field) -> None:
    at.recorder.add(details(scope="Internal"), transcript())
    at.daily()
    at.world.work()
    record = at.world.record(CALL)
    assert (record.state, record.customers, record.scope, record.language) == ("internal", False, "Internal", "eng")
    at.world.model = None  # by counting, then
    at.world.process().calls.reanalyse_call.ask(f"gong-{CALL}", ADMINISTRATOR)
    at.world.work()
    assert (at.state, at.observed, at.world.facts()[-1]["state"]) == ("internal", 0, "internal")
    assert at.recorder.transcripts_given == [], "nobody's words are needed"


def test_a_call_without_customers_is_internal_whatever_its_scope(at: Field) -> None:
    called = details(scope="Unknown")
    called["parties"] = [called["parties"][0], {"id": "4", "emailAddress": MIA, "speakerId": "102"}]
    at.world.settings = replace(at.world.settings, home_domains=frozenset({MIA.rpartition("@")[2]}))
    at.recorder.add(called, transcript())
    at.daily()
    at.world.work()
    assert (at.state, at.observed) == ("internal", 0)
    assert at.world.files.list() == [], "what was said is not kept"


def again(at: Field) -> None:
    at.world.world.clock.forward(seconds=3_601)
    at.world.process().calls.reanalyse_call.ask(f"gong-{CALL}", ADMINISTRATOR)
    at.world.work()


def test_a_re_analysis_fetches_words_that_were_lost_within_their_year(at: Field) -> None:
    at.recorder.add(details(), transcript())
    at.daily()
    at.world.work()
    kept = at.world.process().transcripts
    expires = kept.expires_at("gong", CALL)
    kept.forget("gong", CALL)
    again(at)
    assert (at.state, len(at.recorder.transcripts_given), at.observed) == ("observed", 2, 2)
    assert kept.conversation("gong", CALL) is not None
    found = kept.expires_at("gong", CALL)
    assert found is not None
    assert expires is not None
    assert found <= expires, "their year does not begin anew"


MIAS: Any = {
    "speakerId": "103",
    "sentences": [{"start": 10_000, "end": 12_000, "text": "Shall we meet on Tuesday at 10?"}],
}


def two_speak() -> Any:
    said = transcript()
    return {**said, "transcript": [*said["transcript"], MIAS]}


def test_a_re_analysis_fetches_a_call_of_which_a_voice_was_nobodys(at: Field) -> None:
    mia = {"id": "3", "emailAddress": MIA, "affiliation": "Internal"}
    at.recorder.add(details(others=[mia]), two_speak())
    at.daily()
    at.world.work()
    assert [one["employee_id"] for one in at.world.events(CALL)] == [JOE]

    at.recorder.add(details(others=[{**mia, "speakerId": "103"}]), two_speak())
    again(at)
    assert {one["employee_id"] for one in at.world.events(CALL)} == {JOE, MIA}
    given = len(at.recorder.transcripts_given)
    again(at)
    assert len(at.recorder.transcripts_given) == given, "it is whole now"


def test_a_re_analysis_uses_what_is_kept_where_the_recorder_has_no_more(at: Field) -> None:
    at.recorder.add(details(), transcript(None))
    at.daily()
    at.world.work()
    assert at.world.record(CALL).set_aside == 1
    at.recorder.add(details(), transcript(), lacks=["words"])
    again(at)
    assert (at.state, at.observed) == ("observed", 2)


def test_words_that_went_with_their_year_stay_gone(at: Field) -> None:
    at.recorder.add(details(), transcript())
    at.daily()
    at.world.work()
    at.world.process().transcripts.forget("gong", CALL)
    at.world.world.clock.forward(days=365)
    again(at)
    assert (at.state, len(at.recorder.transcripts_given)) == ("failed", 1)
