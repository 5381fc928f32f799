"""The declaration of the platform, held to its own rules and to the code that it names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.declarations.pipeline import (
    PIPELINE_FILE,
    Pipeline,
    PipelineError,
    Retry,
    as_json,
    load_pipeline,
    pipeline_from,
)
from infra.declarations.topic_contracts import contract_of
from infra.local.scheduler import Cron
from shared.kernel.messages import Fact

FUNCTIONS = Path(__file__).parents[3] / "functions"


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return load_pipeline()


@pytest.fixture
def declared() -> dict[str, Any]:
    """The declaration as it is written, to be broken by a test."""
    value: dict[str, Any] = yaml.safe_load(PIPELINE_FILE.read_text("utf-8"))
    return value


class TestTheDeclaration:
    def test_every_topic_has_a_contract_among_the_messages(self, pipeline: Pipeline) -> None:
        for topic in pipeline.topics.values():
            assert issubclass(contract_of(topic.contract), Fact)

    def test_every_topic_has_a_name_that_pubsub_takes(self, pipeline: Pipeline) -> None:
        taken = re.compile(r"(?!goog)[A-Za-z][\w.~+%-]{2,254}")
        names = [*pipeline.topics, *(f"{one.name}--dead-letters" for one in pipeline.subscriptions)]
        assert [name for name in names if not taken.fullmatch(name)] == []

    def test_every_topic_is_carried_into_the_warehouse(self, pipeline: Pipeline) -> None:
        carried = {subscription.topic for subscription in pipeline.subscriptions if subscription.function is None}
        assert carried == {name for name, topic in pipeline.topics.items() if not topic.from_outside}

    def test_a_function_that_only_the_platform_calls_is_on_no_route(self, pipeline: Pipeline) -> None:
        inner = {name for name, function in pipeline.functions.items() if function.edge == "iam"}
        assert inner
        assert inner.isdisjoint(route.function for route in pipeline.routes)

    def test_every_schedule_can_be_evaluated(self, pipeline: Pipeline) -> None:
        for schedule in pipeline.schedules.values():
            assert Cron.parse(schedule.cron).minutes

    def test_defaults_apply_where_a_function_says_nothing(self, pipeline: Pipeline) -> None:
        assert pipeline.functions["rating_update"].timeout_seconds == 60
        assert pipeline.functions["recalculate_shard"].timeout_seconds == 540
        assert pipeline.queues["recalculation"].retry.max_attempts == 20
        assert pipeline.functions["rating_update"].retry.max_attempts == 15

    def test_an_expiring_collection_names_one_field(self, pipeline: Pipeline) -> None:
        assert all(isinstance(name, str) and name for name in pipeline.documents.expires.values())

    @pytest.mark.parametrize(
        ("host", "path", "method", "owner"),
        [
            ("api", "/api/v1/validation-events", "POST", "ingest"),
            ("api", "/api/v1/validation-events", "GET", "skills_api"),
            ("api", "/api/v1/validation-events", "HEAD", "skills_api"),
            ("api", "/api/v1/validation-events", "DELETE", "skills_api"),
            ("api", "/api/v1/validation-events-of-mine", "POST", "skills_api"),
            ("api", "/api/v1/employees/e1/skills", "GET", "skills_api"),
            ("api", "/api/v10", "GET", None),
            ("api", "/", "GET", None),
            ("portal", "/", "GET", "portal"),
            ("portal", "/people/e1", "POST", "portal"),
            ("elsewhere", "/", "GET", None),
        ],
    )
    def test_the_longest_path_owns_a_request(
        self, pipeline: Pipeline, host: str, path: str, method: str, owner: str | None
    ) -> None:
        found = pipeline.owner(host, path, method)
        assert (found.name if found else None) == owner


class TestTheFunctions:
    def test_each_folder_is_a_declared_function_and_its_entry_point(self, pipeline: Pipeline) -> None:
        folders = {path.parent.name for path in FUNCTIONS.glob("*/main.py")}
        assert folders <= pipeline.functions.keys()
        for name in folders:
            source = (FUNCTIONS / name / "main.py").read_text("utf-8")
            assert f"\ndef {name}(" in source, f"functions/{name}/main.py defines no function {name}"

    def test_each_declared_function_has_its_folder(self, pipeline: Pipeline) -> None:
        missing = [name for name in pipeline.functions if not (FUNCTIONS / name / "main.py").exists()]
        assert missing == []


def broken(declared: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The declaration with the entry at a dotted path replaced (or, for None, removed)."""
    *parents, last = path.split(".")
    place: Any = declared
    for parent in parents:
        place = place.setdefault(parent, {})
    if value is None:
        del place[last]
    else:
        place[last] = value
    return declared


class TestContradictions:
    @pytest.mark.parametrize(
        ("path", "value", "problem"),
        [
            ("functions.ingest.edge", "public", "ingest: edge 'public' is neither app nor iam"),
            ("functions.ingest.trigger", "event", "ingest: trigger 'event' is not one of"),
            ("functions.rating_update.edge", "app", "trigger topic does not go with edge app"),
            ("functions.rating_update.topic", "unheard-of", "listens to the unknown topic unheard-of"),
            ("functions.rating_update.topic", None, "rating_update: trigger topic with topic None"),
            ("functions.ingest.publishes", ["unheard-of"], "ingest names the unknown topic unheard-of"),
            ("functions.ingest.enqueues", ["unheard-of"], "ingest names the unknown queue unheard-of"),
            ("functions.portal.secrets", ["unheard-of"], "portal names the unknown secret unheard-of"),
            ("functions.ingest.data", {"documents": "own"}, "data.documents is not one of none, read, write"),
            ("functions.recalculate_shard.queue", "unheard-of", "takes from the unknown queue unheard-of"),
            ("queues.idle", {"rate_per_second": 1, "max_concurrent": 1}, "queue idle has 0 functions"),
            ("topics.silent", {"contract": "X", "about": "x"}, "topic silent has no publisher"),
            (
                "functions.gong_call.posts",
                ["review_queue"],
                "gong_call posts to review_queue, which the API has no route to",
            ),
            ("warehouse_subscriptions.topics", ["observation-recorded"], "topic page-viewed has no reader"),
            ("schedules.pending-sweep.function", "unheard-of", "names the unknown function unheard-of"),
            ("schedules.pending-sweep.function", "ingest", "starts ingest, whose trigger is http"),
            ("schedules.pending-sweep", None, "function pending_sweep has no schedule"),
            ("schedules.pending-sweep.cron", "*/10 * * *", "does not have five fields"),
            ("routes.api./api/v1", "unheard-of", "names the unknown function unheard-of"),
            ("routes.api./api/v1", "rating_update", "leads to rating_update, whose edge is iam"),
            ("routes.portal", {}, "portal: trigger http, with no route to it"),
            ("routes.api./api/v1/", "skills_api", "starts with a slash and does not end with one"),
            ("routes.api./api/v1", {"FETCH": "skills_api"}, "FETCH is not one of"),
            ("functions.ingest.settings", ["unheard-of"], "ingest names the unknown group of settings unheard-of"),
            ("settings.spare", ["AUGMENT_SPARE"], "group of settings spare is named by no function"),
            ("settings.limits", ["AUGMENT_SLACK"], "setting AUGMENT_SLACK is in 2 groups, it belongs to one"),
            ("secrets.spare", {"about": "x"}, "secret spare is used by no function"),
            (
                "documents.indexes.events",
                [["a[]", "b[]", "c"]],
                r"index events: a\[\], b\[\], c: at most one field is an array",
            ),
            ("documents.indexes.events", [["-a[]", "c"]], "what an array contains has no order"),
            ("documents.indexes.events", [["c", "a[]"]], "ends with an array"),
            ("documents.indexes.events", [["employee_id", "-payload"]], "payload is declared as unindexed"),
            ("functions.ingest.memmory", "1Gi", "ingest: .*memmory"),
            ("colour", "green", "unknown section colour"),
            ("routes", None, "section routes is missing"),
        ],
    )
    def test_are_refused_by_name(self, declared: dict[str, Any], path: str, value: Any, problem: str) -> None:
        with pytest.raises(PipelineError, match=problem):
            pipeline_from(broken(declared, path, value))

    def test_a_path_declared_twice_is_refused(self, tmp_path: Path) -> None:
        text = PIPELINE_FILE.read_text("utf-8").replace("    /api/v1: skills_api", "    /api/v1: skills_api\n" * 2)
        (tmp_path / "pipeline.yaml").write_text(text, "utf-8")
        with pytest.raises(PipelineError, match="/api/v1 is declared twice"):
            load_pipeline(tmp_path / "pipeline.yaml")


class TestTheCopyInAPackage:
    def test_is_read_in_place_of_the_yaml_that_it_was_made_from(self, tmp_path: Path, pipeline: Pipeline) -> None:
        declaration, copy = tmp_path / "pipeline.yaml", tmp_path / "pipeline.json"
        declaration.write_bytes(PIPELINE_FILE.read_bytes())
        copy.write_bytes(as_json(declaration.read_bytes()))
        assert load_pipeline(declaration) == pipeline

        copy.write_text(copy.read_text().replace("augment-skills", "read-from-the-copy"))
        assert load_pipeline(declaration).service == "read-from-the-copy"

    def test_counts_for_nothing_beside_another_yaml(self, tmp_path: Path, pipeline: Pipeline) -> None:
        declaration = tmp_path / "pipeline.yaml"
        (tmp_path / "pipeline.json").write_bytes(as_json(PIPELINE_FILE.read_bytes()))
        declaration.write_text(PIPELINE_FILE.read_text("utf-8").replace("augment-skills", "another", 1))
        assert load_pipeline(declaration).service == "another"


def horizon(retry: Retry) -> float:
    """For how many seconds something is tried: what lies between the first attempt and the last."""
    return sum(min(retry.min_backoff * 2.0**gap, retry.max_backoff) for gap in range(retry.max_attempts - 1))


def test_what_is_on_its_way_survives_an_outage_of_an_hour() -> None:
    pipeline = load_pipeline()
    tried = {queue.name: horizon(queue.retry) for queue in pipeline.queues.values()}
    listening = [pipeline.functions[one.function] for one in pipeline.subscriptions if one.function]
    tried |= {function.name: horizon(function.retry) for function in listening}
    assert len(tried) == len(pipeline.queues) + len(listening)
    assert {name: seconds for name, seconds in tried.items() if seconds < 3600} == {}


def test_what_replays_letters_may_make_a_task_again_for_every_queue_and_nothing_else_delivers() -> None:
    pipeline = load_pipeline()
    replaying = pipeline.functions["replay_letter"]
    assert set(replaying.enqueues) == pipeline.queues.keys()
    assert [name for name, one in pipeline.functions.items() if one.data.dead_letters == "write"] == ["replay_letter"]
    asking = {name for name, one in pipeline.functions.items() if "letter-replays" in one.enqueues}
    assert asking == {"portal", "skills_api", "replay_letter"}
