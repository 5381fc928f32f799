"""What a function may load before its first answer: a cold start costs what is imported, not what lies in the zip."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from infra.pipeline import load_pipeline
from tests.benchmarks.cold_start import EMPTY, Start, empty_function, functions, start, unpacked

CONTRACTS: Final = frozenset(
    {"annotated_types", "pydantic", "pydantic_core", "typing_inspection", "typing_extensions", "cython_runtime"}
)
"""What reads a body, a message or a task. What the clock starts reads none and loads nothing beyond
functions-framework's own; the pipeline's declaration needs no YAML in a package."""
HEAVY: Final = (
    "anthropic", "cryptography", "duckdb", "google.api_core", "google.auth", "google.cloud.bigquery",
    "google.cloud.firestore_v1", "google.cloud.storage", "google.cloud.tasks_v2", "google.pubsub_v1", "grpc", "httpx",
    "jwt", "requests", "shared.domain.lexicon", "sqlglot", "waitress",
)  # fmt: skip
"""SDKs and libraries that are imported where they are used, and the lexical analyst's many patterns."""
CLIENTS: Final = {
    "documents._store": "google.cloud.firestore_v1",
    "bus._publisher": "google.pubsub_v1",
}
TIME: Final = {
    "schedule": 2.0,
    "topic": 2.8,
    "task": 2.8,
    "ingest": 3.2,
    "skills_api": 3.6,
    "email_threads": 3.6,
    "gong_webhook": 3.2,
    "portal": 4.5,
}
"""Processor time to the first answer over the empty function's, by what triggers a function; those that the outside
calls have each its own. About 1.7 times what is measured on a quiet machine, for a busy one; an SDK too many costs one
to six times the empty function."""
TURNS: Final = 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every function's package, and an empty function."""
    return unpacked(empty_function(tmp_path_factory.mktemp("functions")), list(functions()))


@cache
def empty_start(folder: Path) -> Start:
    return start(EMPTY, folder)


@cache
def first_start(folder: Path, name: str) -> Start:
    return start(name, folder)


def third_party(modules: frozenset[str]) -> set[str]:
    ours = {"functions", "infra", "main", "shared", *functions()}
    packages = {name.split(".")[0] for name in modules} - set(sys.stdlib_module_names) - ours
    return {name for name in packages if not name.startswith("_")}


@pytest.mark.parametrize("name", functions())
def test_a_function_answers_first_with_its_budget_of_packages(name: str, folder: Path) -> None:
    answer = first_start(folder, name)
    assert answer.status < 500
    by_the_clock = load_pipeline().functions[name].trigger == "schedule"
    allowed = third_party(empty_start(folder).modules) | (frozenset() if by_the_clock else CONTRACTS)
    assert third_party(answer.modules) <= allowed
    assert [module for module in HEAVY if module in answer.modules - allowed] == []


@pytest.mark.parametrize("name", functions())
def test_a_function_answers_first_in_its_budget_of_time(name: str, folder: Path) -> None:
    trigger = load_pipeline().functions[name].trigger
    budget = TIME[name if trigger == "http" else trigger]
    empty, answer = empty_start(folder).cpu, first_start(folder, name).cpu
    turns = 1
    while answer > budget * empty and turns < TURNS:  # a neighbour may have had the caches: both again, in turns
        empty, answer = start(EMPTY, folder).cpu, min(answer, start(name, folder).cpu)
        turns += 1
    assert answer <= budget * empty


@pytest.mark.parametrize("name", functions())
def test_the_clients_of_a_function_bring_no_other_sdk(name: str, folder: Path) -> None:
    pytest.importorskip("google.cloud.firestore_v1")
    wanted = functions()[name]
    loaded = start(name, folder, clients=wanted).modules
    assert {CLIENTS[client] for client in wanted} <= loaded
    others = {"google.cloud.bigquery", "google.cloud.storage", "google.cloud.tasks_v2", "duckdb", "sqlglot", "httpx"}
    if "bus._publisher" not in wanted:
        others.add("google.pubsub_v1")
    assert loaded & others == set()


def test_every_function_of_the_pipeline_has_a_budget() -> None:
    declared = load_pipeline().functions
    assert set(functions()) == set(declared)
    assert {f.name if f.trigger == "http" else f.trigger for f in declared.values()} == set(TIME)
