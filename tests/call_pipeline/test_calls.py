"""Calls are found once, fetched when they are there, scored for who spoke, linked to their deal, and posted."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.analysts.claude.scoring import ClaudeAnalyst
from shared.analysts.claude.view import AnalystSettings
from shared.analysts.ports.language_model import Completion, Overloaded, Prompt, PromptRefused
from shared.analysts.records import Scorers
from shared.analysts.usecases.analyst import Analyst
from shared.call_pipeline.messages import CallTask
from shared.call_pipeline.usecases.keep_analyses import KeepAnalyses
from shared.conversations.domain.analysis_version import MOST_ANALYSES, analysis_version
from shared.conversations.domain.call_state import MOST_TRIES
from shared.conversations.domain.conversation import Turn
from shared.conversations.domain.cost import Usage
from shared.conversations.ports.calls import BudgetSpent, RateLimited, UnreadableAnswer
from shared.kernel.errors import Rejected, Retryable, TooManyRequests
from shared.operations.usecases.quarantined_input import QuarantinedInputs
from shared.operations.usecases.taking_in import take_in
from shared.platform.records.quarantine import QuarantineRecords
from shared.platform.records.tombstones import SALT, path_of
from shared.ports.documents import Delete, Put, Query
from tests.analysts.sales_call import answer, completion
from tests.call_pipeline.told_calls import ACCOUNT, DEAL, calls, tokens
from tests.harness.call_world import BEGINNING, JOE, MIA, SCORER, Asking, CallWorld, Model
from tests.harness.crash_harness import ADMINISTRATOR
from tests.harness.sent_events import NOON

__all__ = ["calls"]


ABOUT_ONE = b'{"record_id": "gong-1", "analysis": 0}'


class Talking:
    """A model that sees nothing to score. trouble: raised, in this order, before answers; None: none"""

    def __init__(self, trouble: list[Exception | None]) -> None:
        self._trouble = trouble

    def complete(self, prompt: Prompt) -> Completion:
        trouble = self._trouble.pop(0) if self._trouble else None
        if trouble is not None:
            raise trouble
        return completion(answer())


def run(calls: CallWorld, task: tuple[str, Mapping[str, Any]], analyst: Analyst) -> None:
    """A call's task, with another analyst."""
    process = calls.process(analyst=analyst)
    process.analysis.import_call.run(CallTask.model_validate({**task[1], "route": "immediate", "attempt": 0}))


class TestOneCall:
    def test_everyone_who_spoke_gets_an_observation_and_who_did_not_gets_none(self, calls: CallWorld) -> None:
        calls.recorder.add("1", employees=[JOE], silent=[MIA])
        calls.recorder.add("2", employees=[JOE, MIA])
        calls.process().discovery.daily()
        calls.work()

        assert [one["employee_id"] for one in calls.events("1")] == [JOE]
        assert [one["employee_id"] for one in calls.events("2")] == [JOE, MIA]
        assert calls.record("1").employees == (JOE, MIA)

    def test_an_observation_says_where_it_comes_from_and_repeats_no_word(self, calls: CallWorld) -> None:
        calls.recorder.add("1", crm=[DEAL, ACCOUNT])
        calls.process().discovery.daily()
        calls.work()

        (body,) = calls.posted
        assert body["source_url"] == "https://recorder.example/call?id=1"
        assert body["context"] == {
            "account_name": "Acme Health",
            "buyer_personas": ["ciso"],
            "deal_id": "006A",
            "deal_size": "enterprise",
            "deal_stage": "discovery",
            "industry": "healthcare",
        }
        metadata = body["analysis_metadata"]
        assert (metadata["model_used"], metadata["analysis_version"]) == (
            SCORER.scorer_id,
            analysis_version(SCORER.number, 0),
        )
        assert metadata["references"]["discovery"][0]["turn"] == 0
        assert body["competency_scores"][0]["evidence"].startswith("quote at turn 0, characters 0-39, sha256 ")
        assert "releases" not in str(calls.posted)
        assert "releases" not in str(calls.record("1"))

    def test_a_call_that_nobody_of_ours_speaks_in_ends_there(self, calls: CallWorld) -> None:
        calls.recorder.add("1", employees=[], silent=[JOE])
        calls.process().discovery.daily()
        calls.work()

        assert calls.record("1").state == "nobody"
        assert [fact["state"] for fact in calls.facts()] == ["nobody"]
        assert calls.files.list() == []

    def test_a_late_transcript_is_waited_for(self, calls: CallWorld) -> None:
        calls.recorder.add("1")
        calls.recorder.late["1"] = 7
        calls.process().discovery.daily()
        calls.work()

        record = calls.record("1")
        assert (record.state, record.tries) == ("observed", 7)

    def test_a_late_transcript_is_asked_for_ever_later_and_then_every_hour(self, calls: CallWorld) -> None:
        calls.recorder.add("1")
        calls.recorder.late["1"] = 10_000
        calls.process().discovery.daily()
        waited: list[int | None] = []
        for attempt in range(7):
            imported = calls.process().analysis.import_call.run(CallTask(record_id="gong-1", attempt=attempt))
            waited.append(imported.again_in_seconds)
        assert waited == [30, 60, 120, 240, 480, 3600, 3600]

    def test_a_transcript_that_never_comes_is_given_up_in_the_end_and_may_be_asked_for(self, calls: CallWorld) -> None:
        calls.recorder.add("1")
        calls.recorder.late["1"] = 10_000
        calls.process().discovery.daily()
        calls.work()

        record = calls.record("1")
        assert (record.state, record.tries) == ("failed", MOST_TRIES)
        assert "in time" in (record.last_error or "")

        calls.recorder.late["1"] = 0
        calls.process().calls.reanalyse_call.ask("gong-1", ADMINISTRATOR)
        calls.work()
        assert calls.record("1").state == "observed"

    def test_a_call_that_turns_out_to_be_private_is_not_read(self, calls: CallWorld) -> None:
        call = calls.recorder.add("1")
        calls.process().discovery.daily()
        calls.recorder.calls["1"] = replace(call, private=True)
        calls.work()

        assert calls.record("1").state == "private"
        assert "transcript 1" not in calls.recorder.asked
        assert calls.files.list() == []

    @pytest.mark.parametrize("busy", [RateLimited("slower", after_seconds=9), BudgetSpent("tomorrow", after_seconds=9)])
    def test_a_busy_recorder_is_asked_again_by_a_later_task(self, calls: CallWorld, busy: Exception) -> None:
        calls.recorder.add("1")
        calls.process().discovery.daily()
        calls.recorder.trouble = [busy]
        (task,) = calls.world.tasks

        assert calls.run(*task).again_in_seconds == 9
        calls.work()

        assert calls.record("1").state == "observed"

    @pytest.mark.parametrize(
        ("answers", "kept"),
        [
            ([UnreadableAnswer("odd", field="calls", raw=b"{as it came}")], b"{as it came}"),
            ([Rejected("Gong finds the request wrong (400)", field="filter")], ABOUT_ONE),
            ([None, UnreadableAnswer("odd", field="transcript", raw=b"what was said")], ABOUT_ONE),
        ],
        ids=["details", "request", "transcript"],
    )
    def test_what_cannot_be_read_fails_the_call_for_a_person_to_see(
        self, calls: CallWorld, answers: list[Exception | None], kept: bytes
    ) -> None:
        calls.recorder.add("1")
        calls.process().discovery.daily()
        calls.recorder.trouble = answers
        calls.work()

        assert calls.record("1").state == "failed"
        (item,) = calls.world.store.query(Query("quarantine"))
        assert (item.data["source"], item.data["reason"]) == ("gong_call", calls.record("1").last_error)
        assert calls.files.read(item.id) == kept, "details as they came, and no word of what was said"
        assert item.data["record_id"] == "gong-1"
        process = calls.process()
        again = take_in(lambda: process.take_in, lambda: process.calls.reanalyse_call, {})
        inputs = QuarantinedInputs(QuarantineRecords(calls.world.store), calls.files, process.audit, again)
        for _ in range(2):
            _, replayed = inputs.replay(ADMINISTRATOR, item.id)
            assert replayed.status == 202
            assert replayed.answer == {"record_id": "gong-1", "state": "discovered", "analysis": 1}
        calls.work()
        assert calls.record("1").state == "observed", "asked for again, it can be read"

    def test_the_same_odd_answer_about_two_calls_is_two_items(self, calls: CallWorld) -> None:
        for number in "12":
            calls.recorder.add(number)
        calls.process().discovery.daily()
        calls.recorder.trouble = [UnreadableAnswer("odd", field="calls", raw=b"{}")] * 2
        calls.work()

        found = [item.data["record_id"] for item in calls.world.store.query(Query("quarantine"))]
        assert sorted(found) == ["gong-1", "gong-2"]

    def test_a_refusal_is_listed_with_what_it_cost(self, calls: CallWorld) -> None:
        assert calls.model is not None
        calls.model.stop_reason = "refusal"
        calls.recorder.add("1")
        calls.process().discovery.daily()
        calls.work()

        record = calls.record("1")
        assert (record.state, record.last_error, record.cost_usd) == ("refused", "refused", 0.00015)
        assert calls.posted == []

    def test_tokens_and_cost_are_noted(self, calls: CallWorld) -> None:
        calls.recorder.add("2", employees=[JOE, MIA])
        calls.process().discovery.daily()
        calls.work()

        record = calls.record("2")
        assert tokens(calls, "2") == 2000
        assert record.cost_usd == 0.0003
        assert calls.facts()[0]["output_tokens"] == 200

    @pytest.mark.parametrize("trouble", [Overloaded("busy", after_seconds=5), Retryable("away"), PromptRefused("413")])
    def test_what_the_first_part_cost_is_known_when_the_second_meets_trouble(
        self, calls: CallWorld, trouble: Exception
    ) -> None:
        calls.recorder.add("1")
        calls.process().discovery.daily()
        (task,) = calls.world.tasks
        in_parts = AnalystSettings(part_characters=200, overlap_turns=0)

        with suppress(Retryable):
            run(calls, task, ClaudeAnalyst(Talking([None, trouble]), Scorers(calls.integrations), in_parts))
        spent = calls.record("1").usage
        assert spent is not None
        assert (spent.input_tokens, spent.output_tokens) == (100, 10)

        if not isinstance(trouble, PromptRefused):
            run(calls, task, ClaudeAnalyst(Talking([]), Scorers(calls.integrations), in_parts))
            assert tokens(calls, "1") == 300, "one request before, two now, each once"
            run(calls, task, ClaudeAnalyst(Talking([]), Scorers(calls.integrations), in_parts))
            assert tokens(calls, "1") == 300

    def test_two_prompts_of_usual_length_are_no_long_one(self, calls: CallWorld) -> None:
        calls.recorder.add("1")
        calls.process().discovery.daily()
        process = calls.process()
        keeping = KeepAnalyses(Asking(Model()), process.call_records, process.transcripts, process.configuration)
        keeping.spend(calls.record("1"), [Usage(80_000), Usage(80_000)])

        assert tokens(calls, "1") == 160_000
        assert calls.record("1").cost_usd == 0.016

    def test_without_a_model_words_are_counted_and_wait_for_a_person(self, calls: CallWorld) -> None:
        calls.model = None
        calls.recorder.add("1")
        calls.settings = replace(calls.settings, daily_route="batch")
        calls.process().discovery.daily()
        calls.work()

        (event,) = calls.events("1")
        assert event["standing"] == "held"
        assert (calls.record("1").scorer or "").startswith("lexical:")

    def test_a_call_is_analysed_again_on_request_and_the_later_analysis_stands(self, calls: CallWorld) -> None:
        assert calls.model is not None
        calls.recorder.add("1")
        calls.process().discovery.daily()
        calls.work()
        calls.model.answer["score"] = 40

        calls.process().calls.reanalyse_call.ask("gong-1", ADMINISTRATOR)
        calls.work()

        versions = [body["analysis_metadata"]["analysis_version"] for body in calls.posted]
        assert versions == [analysis_version(SCORER.number, before) for before in (0, 1)]
        assert len({body["observation_id"] for body in calls.posted}) == 2
        assert calls.recorder.asked.count("transcript 1") == 1, "the words are kept, and not fetched again"

    def test_after_going_back_to_an_older_analyst_its_new_analysis_stands(self, calls: CallWorld) -> None:
        model = calls.model
        assert model is not None
        older, newer = SCORER, replace(SCORER, model="newer-model", number=SCORER.number + 1)
        calls.recorder.add("1")
        calls.process().discovery.daily()
        calls.work()
        standing = []
        for scorer, score in ((newer, 40), (older, 64), (newer, 55), (older, 70)):
            model.scorer, model.answer["score"] = scorer, score
            calls.world.clock.forward(days=1)
            calls.process().calls.reanalyse_call.ask("gong-1", ADMINISTRATOR)
            calls.work()
            standing.append((calls.standing("1").scores[0].hundredths, calls.record("1").scorer))
        assert standing == [
            (4000, newer.scorer_id),
            (6400, older.scorer_id),
            (5500, newer.scorer_id),
            (7000, older.scorer_id),
        ]

    def test_a_person_has_a_call_analysed_again_once_an_hour(self, calls: CallWorld) -> None:
        calls.recorder.add("1")
        calls.process().discovery.daily()
        calls.work()
        calls.process().calls.reanalyse_call.ask("gong-1", ADMINISTRATOR)
        calls.work()
        with pytest.raises(TooManyRequests, match="ask once more in 60 minutes") as refused:
            calls.process().calls.reanalyse_call.ask("gong-1", ADMINISTRATOR)
        assert refused.value.after == 3600
        assert calls.record("1").analysis == 1
        calls.world.clock.forward(days=1)
        calls.process().calls.reanalyse_call.ask("gong-1", ADMINISTRATOR)
        assert calls.record("1").analysis == 2

    def test_a_count_of_words_never_takes_the_place_of_a_models_judgement(self, calls: CallWorld) -> None:
        calls.recorder.add("1")
        calls.process().discovery.daily()
        calls.work()
        calls.model = None
        calls.process().calls.reanalyse_call.ask("gong-1", ADMINISTRATOR)
        calls.work()

        assert (calls.standing("1").standing, calls.standing("1").scores[0].hundredths) == ("counted", 8200)

    def test_a_call_that_was_analysed_the_most_times_keeps_no_other_of_the_period_back(self, calls: CallWorld) -> None:
        for number in range(2):
            calls.recorder.add(str(number))
        calls.process().discovery.daily()
        calls.work()
        calls.process().call_records.change("gong-0", lambda known: known.changed(analysis=MOST_ANALYSES - 1))

        run = calls.process().calls.reanalyse_period.start(BEGINNING, NOON, None, ADMINISTRATOR)
        calls.work()
        calls.process().analysis.submit_batches.submit()  # type: ignore[union-attr]
        calls.work()

        found = calls.process().calls.reanalyse_period.progress(run.run_id, ADMINISTRATOR)
        assert (found.state, found.done, found.failed) == ("done", 2, 1)
        assert calls.record("1").analysis == 1

    def test_who_has_been_erased_is_not_brought_back_by_a_colleagues_call(self, calls: CallWorld) -> None:
        """The recorder goes on to name the person, and has what they said."""
        call = calls.recorder.add("1", employees=[JOE, MIA])
        joe, mia, *others = call.parties
        named = replace(mia, name="Mia Moth", user_id="77")
        calls.recorder.calls["1"] = replace(call, title="Mia Moth and Joe at Acme", parties=(joe, named, *others))
        calls.recorder.turns["1"] += (Turn("c", 990_000, 999_000, "Thanks to Joe, and to Mia Moth."),)
        calls.world.store.commit(
            [
                Put(SALT, {"salt": "s"}),
                Put(path_of("s", MIA), {"run_id": "r", "erased_at": NOON}),
                Delete(f"employees/{MIA}"),
            ]
        )
        calls.process().discovery.daily()
        calls.work()

        assert [one["employee_id"] for one in calls.events("1")] == [JOE]
        conversation = calls.process().transcripts.conversation("gong", "1")
        assert conversation is not None
        assert {turn.text for turn in conversation.turns if turn.speaker_id == "s1"} == {"[removed]"}
        everything = [calls.record("1"), *calls.integrations.query(Query("recorder_users")), str(conversation)]
        for trace in (MIA, "Mia", "Moth"):
            assert trace not in str(everything)

    def test_words_that_went_after_their_year_are_not_fetched_again(self, calls: CallWorld) -> None:
        calls.recorder.add("1")
        calls.process().discovery.daily()
        calls.work()
        calls.world.clock.forward(days=365)
        asked = list(calls.recorder.asked)
        calls.process().calls.reanalyse_call.ask("gong-1", ADMINISTRATOR)
        calls.work()

        record = calls.record("1")
        assert (record.state, "its words are gone" in (record.last_error or "")) == ("failed", True)
        assert calls.recorder.asked == asked
        assert calls.process().transcripts.sweep() == 1
        assert [name for name in calls.files.list() if "/" in name] == []

    def test_a_period_is_analysed_again_with_progress(self, calls: CallWorld) -> None:
        for number in range(3):
            calls.recorder.add(str(number))
        calls.recorder.add("later", hours_ago=1)
        calls.process().discovery.daily()
        calls.work()

        run = calls.process().calls.reanalyse_period.start(BEGINNING, NOON - timedelta(hours=2), None, ADMINISTRATOR)
        assert (run.state, run.total) == ("gathering", 0)
        calls.run(*calls.world.tasks.pop(0))
        halfway = calls.process().calls.reanalyse_period.progress(run.run_id, ADMINISTRATOR)
        assert (halfway.state, halfway.total, halfway.done) == ("running", 3, 0)

        calls.work()
        calls.process().analysis.submit_batches.submit()  # type: ignore[union-attr]
        calls.work()

        done = calls.process().calls.reanalyse_period.progress(run.run_id, ADMINISTRATOR)
        assert (done.state, done.done, done.failed) == ("done", 3, 0)
        assert calls.record("later").analysis == 0
