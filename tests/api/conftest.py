"""The API on real parts. `api` is a new platform for each test; `seen` is one per module, for tests that only look."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infra.declarations.pipeline import Pipeline
from infra.local.runtime import FUNCTIONS_FOLDER, load_applications
from tests.harness.api_client import ApiClient, api_pipeline
from tests.harness.built import built_once

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Loaded = tuple[Pipeline, "dict[str, WSGIApplication]", Path]


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """The pipeline, the functions as Functions Framework serves them, and the data directory of a platform with its
    people, to be copied: making one takes a while."""
    pipeline = api_pipeline()
    applications = load_applications(pipeline, FUNCTIONS_FOLDER)

    def build(directory: Path) -> None:
        first = ApiClient(directory, applications, pipeline, new=True)
        answer = first.import_people()
        assert answer.json["rejected"] == 0, answer
        first.deliver()
        first.close()

    return pipeline, applications, built_once(tmp_path_factory, "api", build)


def _api(directory: Path, loaded: Loaded) -> ApiClient:
    pipeline, applications, first = loaded
    shutil.copytree(first, directory)
    return ApiClient(directory, applications, pipeline)


@pytest.fixture
def api(tmp_path: Path, loaded: Loaded) -> Iterator[ApiClient]:
    made = _api(tmp_path / "data", loaded)
    yield made
    made.close()


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory, loaded: Loaded) -> Iterator[ApiClient]:
    """For a module whose tests do not disturb each other. Do not mix with `api` in a module: a process has one
    platform."""
    made = _api(tmp_path_factory.mktemp("seen") / "data", loaded)
    yield made
    made.close()
