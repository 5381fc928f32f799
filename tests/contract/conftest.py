"""Every port's tests run over both adapters: "embedded" always, "google" where Google's emulators are installed.

`tests.contract.google` supplies the other side. Each of these is a context manager that yields a fresh, empty one, and
raises `Unavailable(reason)` when what it needs is not installed (the test is then skipped with that reason):

    documents(indexes)   -> Documents         indexes as in the pipeline's `documents.indexes`
    bus()                -> ListenedBus       topic TOPIC with one subscriber, retried as soon as can be
    task_queue()         -> WorkedQueue       queue QUEUE, whose tasks the function FUNCTION takes
    dead_letters()       -> PoisonedBus       as bus(), giving up after ATTEMPTS deliveries
    files()              -> Files
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from infra.local.sqlite_documents import SqliteDocuments
from shared.ports.documents import Documents
from tests.contract.harness import Unavailable

INDEXES: Mapping[str, Sequence[Sequence[str]]] = {
    "events": [["person", "kind", "-at"], ["kind", "-at"], ["person", "-at"], ["person", "score"]],
}


@pytest.fixture(params=["embedded", pytest.param("google", marks=pytest.mark.emulator)])
def adapter(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def from_google(name: str, *arguments: Any) -> Iterator[Any]:
    """Yields what `tests.contract.google.<name>` supplies, or skips and says why."""
    try:
        google = importlib.import_module("tests.contract.google")
    except ModuleNotFoundError as error:
        pytest.skip(f"the Google adapters cannot be loaded here: {error}")
    context: AbstractContextManager[Any] = getattr(google, name)(*arguments)
    try:
        supplied = context.__enter__()
    except Unavailable as reason:
        pytest.skip(str(reason))
    try:
        yield supplied
    finally:
        context.__exit__(None, None, None)


@pytest.fixture
def documents(adapter: str, tmp_path: Path) -> Iterator[Documents]:
    if adapter == "google":
        yield from from_google("documents", INDEXES)
        return
    store = SqliteDocuments(tmp_path / "documents.sqlite", indexes=INDEXES)
    yield store
    store.close()
