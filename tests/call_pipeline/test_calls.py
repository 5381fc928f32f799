"""Calls are found once, fetched when they are there, scored for who spoke, linked to their deal, and posted."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.analysts.claude.scoring import ClaudeAnalyst
from shared.analysts.claude.view import AnalystSettings
from shared.analysts.ports.language_model import Completion, Overloaded, Prompt, PromptRefused
from shared.analysts.records import Scorers
from shared.analysts.usecases.analyst import Analyst
from shared.call_pipeline.messages import CallTask
from shared.call_pipeline.usecases.import_call import MOST_TRIES
from shared.call_pipeline.usecases.keep_analyses import KeepAnalyses
from shared.call_pipeline.usecases.take_calls import Taken
from shared.conversations.domain.analysis_version import MOST_ANALYSES, analysis_version
from shared.conversations.domain.conversation import Turn
from shared.conversations.domain.cost import Usage
from shared.conversations.domain.recorded_call import CrmObject, UnreadableCall
from shared.conversations.ports.calls import BudgetSpent, CursorExpired, RateLimited, UnreadableAnswer
from shared.conversations.records import CallDeal
from shared.conversations.usecases.call_settings import CallSettings
from shared.kernel.errors import Rejected, Retryable
from shared.operations.usecases.quarantined_input import QuarantinedInputs
from shared.operations.usecases.taking_in import take_in
from shared.platform.records.quarantine import QuarantineRecords
from shared.platform.records.tombstones import SALT, path_of
from shared.ports.documents import Delete, Put, Query
from tests.analysts.sales_call import answer, completion
from tests.harness.call_world import BEGINNING, JOE, MIA, SCORER, Asking, CallWorld, Model, new_call_world
from tests.harness.crash_harness import ADMINISTRATOR, NOON, Died, Fuse
from tests.ratings.builders import GENERAL_DISCOVERY, framework

FRAMEWORK = replace(framework(GENERAL_DISCOVERY), framework_id="sales_engineering")
DEAL = CrmObject("Opportunity", "006A", (("StageName", "Discovery"), ("Amount", 300_000)))
ACCOUNT = CrmObject("Account", "001A", (("Name", "Acme Health"), ("Industry", "Healthcare")))

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


def discovered(calls: CallWorld) -> Taken:
    """What a daily run finds."""
    found = calls.process().discovery.daily()
    assert found is not None
    return found.taken


def tokens(calls: CallWorld, call_id: str) -> int:
    """The tokens that were paid for a call's prompts."""
    usage = calls.record(call_id).usage
    assert usage is not None
    return usage.input_tokens


@pytest.fixture
def calls(tmp_path: Path) -> CallWorld:
    return new_call_world(tmp_path, FRAMEWORK)


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
        again = take_in(lambda: process.take_in, lambda: process.calls.reanalyse_call)
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
            calls.process().calls.reanalyse_call.ask("gong-1", ADMINISTRATOR)
            calls.work()
            standing.append((calls.standing("1").scores[0].hundredths, calls.record("1").scorer))
        assert standing == [
            (4000, newer.scorer_id),
            (6400, older.scorer_id),
            (5500, newer.scorer_id),
            (7000, older.scorer_id),
        ]

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


class TestDeals:
    def test_a_call_without_crm_context_is_linked_by_account_and_date(self, calls: CallWorld) -> None:
        calls.recorder.add("1", crm=[DEAL, ACCOUNT], hours_ago=48)
        calls.recorder.add("2", crm=[ACCOUNT], hours_ago=24)
        calls.recorder.add("3", hours_ago=20)
        calls.process().discovery.daily()
        calls.work()

        assert calls.record("1").deal == CallDeal(deal_id="006A", account_name="Acme Health", how="crm")
        assert calls.record("2").deal.deal_id == "006A"
        assert calls.record("3").deal_link == "account_and_date", "by the customer's domain"

    def test_unmatched_calls_count_and_are_listed(self, calls: CallWorld) -> None:
        calls.recorder.add("1")
        calls.process().discovery.daily()
        calls.work()

        listed = calls.process().call_records.page(deal_link="unmatched")

        assert [one.record_id for one in listed.items] == ["gong-1"]
        assert len(calls.events("1")) == 1

    def test_a_person_links_a_call_and_later_ones_of_the_account_follow(self, calls: CallWorld) -> None:
        calls.recorder.add("1", hours_ago=48)
        calls.process().discovery.daily()
        calls.work()

        for _ in range(2):
            calls.process().calls.link_call.link("gong-1", "006B", "Acme Health", ADMINISTRATOR)
        calls.work()

        record = calls.record("1")
        assert record.deal == CallDeal(deal_id="006B", account_name="Acme Health", how="person")
        assert [(one["deal_id"], one["deal_link"]) for one in calls.facts()] == [
            (None, "unmatched"),
            ("006B", "person"),
        ]
        audited = [document.data for document in calls.world.store.query(Query("audit"))]
        assert [(one["subject"], one["detail"]) for one in audited if one["action"] == "call.deal_linked"] == [
            ("gong-1", "006B")
        ], "once"
        assert len(calls.posted) == 1, "nobody is analysed or scored again"
        assert calls.process().call_records.page(deal_link="unmatched").items == ()

        calls.recorder.add("2", crm=[ACCOUNT], hours_ago=-2)
        calls.world.clock.forward(hours=24)
        calls.process().discovery.daily()
        calls.work()
        assert calls.record("2").deal == CallDeal(deal_id="006B", account_name="Acme Health", how="account_and_date")

    def test_what_a_person_said_is_kept_when_the_call_is_fetched_and_analysed(self, calls: CallWorld) -> None:
        calls.recorder.add("1", crm=[DEAL, ACCOUNT], hours_ago=48)
        calls.process().discovery.daily()
        calls.process().calls.link_call.link("gong-1", "006B", None, ADMINISTRATOR)
        calls.work()

        assert calls.record("1").deal == CallDeal(deal_id="006B", account_name=None, how="person")
        assert calls.posted[0]["context"]["deal_id"] == "006B"

    @pytest.mark.parametrize("point", range(6))
    def test_a_crash_while_linking_is_mended_by_saying_it_again(self, calls: CallWorld, point: int) -> None:
        calls.recorder.add("1", hours_ago=48)
        calls.process().discovery.daily()
        calls.work()

        with suppress(Died):
            calls.process(Fuse(point)).calls.link_call.link("gong-1", "006B", "Acme Health", ADMINISTRATOR)
        calls.process().calls.link_call.link("gong-1", "006B", "Acme Health", ADMINISTRATOR)
        calls.work()

        assert [one["deal_id"] for one in calls.facts()][-1] == "006B"
        assert calls.integrations.get("deals/006B") is not None


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

    def test_calls_in_a_batch_that_the_vendor_has_lost_are_analysed_by_themselves(self, calls: CallWorld) -> None:
        assert calls.model is not None
        calls.recorder.add("1")
        calls.recorder.add("2")
        self.send(calls)
        calls.model.gone = True
        calls.work()

        assert [calls.record(n).state for n in "12"] == ["observed", "observed"]
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
