"""What a function may load before its first answer: a cold start costs what is imported, not what lies in the zip."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from infra.pipeline import load_pipeline
from tests.benchmarks.cold_start import EMPTY, ROOT, Start, empty_function, functions, start, unpacked

BASE: Final = frozenset(
    {"annotated_types", "pydantic", "pydantic_core", "typing_inspection", "typing_extensions", "cython_runtime", "yaml"}
)
"""Beyond functions-framework's own: the contracts and the pipeline's declaration."""
MORE: Final = {"portal": frozenset({"cryptography", "itsdangerous", "jinja2", "jwt", "markupsafe"})}
"""The portal renders pages and signs people in."""
HEAVY: Final = (
    "anthropic", "cryptography", "duckdb", "google.api_core", "google.auth", "google.cloud.bigquery",
    "google.cloud.firestore_v1", "google.cloud.storage", "google.cloud.tasks_v2", "google.pubsub_v1", "grpc", "httpx",
    "jwt", "requests", "sqlglot", "waitress",
)  # fmt: skip
"""SDKs and libraries that are imported where they are used."""
CLIENTS: Final = {
    "documents._store": "google.cloud.firestore_v1",
    "bus._publisher": "google.pubsub_v1",
}
FIRST_ANSWER: Final = {"ingest": 4.0, "skills_api": 4.0, "portal": 6.0}
"""Processor time to the first answer over the empty function's, with room for a busy machine; 3.5 for the others. An
SDK too many costs one to six times the empty function."""


@cache
def first_answer(folder: Path, name: str) -> Start:
    unpacked(folder, [name])
    return min((start(name, folder) for _ in range(2)), key=lambda one: one.cpu)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("functions")


@pytest.fixture(scope="module")
def empty(folder: Path) -> Start:
    empty_function(folder)
    return min((start(EMPTY, folder) for _ in range(2)), key=lambda one: one.cpu)


def third_party(modules: frozenset[str]) -> set[str]:
    ours = {"functions", "infra", "main", "shared", *functions()}
    packages = {name.split(".")[0] for name in modules} - set(sys.stdlib_module_names) - ours
    return {name for name in packages if not name.startswith("_")}


@pytest.mark.parametrize("name", functions())
def test_a_function_answers_first_with_its_budget_of_packages(name: str, empty: Start, folder: Path) -> None:
    answer = first_answer(folder, name)
    assert answer.status < 500
    allowed = third_party(empty.modules) | BASE | MORE.get(name, frozenset())
    assert third_party(answer.modules) <= allowed
    assert [module for module in HEAVY if module in answer.modules - allowed] == []


@pytest.mark.parametrize("name", functions())
def test_a_function_answers_first_in_its_budget_of_time(name: str, empty: Start, folder: Path) -> None:
    assert first_answer(folder, name).cpu <= FIRST_ANSWER.get(name, 3.5) * empty.cpu


@pytest.mark.parametrize("name", functions())
def test_the_clients_of_a_function_bring_no_other_sdk(name: str, folder: Path) -> None:
    pytest.importorskip("google.cloud.firestore_v1")
    wanted = functions()[name]
    unpacked(folder, [name])
    loaded = start(name, folder, clients=wanted).modules
    assert {CLIENTS[client] for client in wanted} <= loaded
    others = {"google.cloud.bigquery", "google.cloud.storage", "google.cloud.tasks_v2", "duckdb", "sqlglot", "httpx"}
    if "bus._publisher" not in wanted:
        others.add("google.pubsub_v1")
    assert loaded & others == set()


def test_every_function_of_the_pipeline_is_measured() -> None:
    assert set(functions()) == set(load_pipeline().functions)
    assert all((Path(ROOT) / "functions" / name / "main.py").exists() for name in functions())
