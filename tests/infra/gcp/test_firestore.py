"""What is Firestore's own, beyond the contract of the port."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.gcp.firestore import FirestoreDocuments
from shared.kernel.errors import Retryable
from shared.ports.documents import (
    AlreadyExists,
    Contended,
    Create,
    Documents,
    Merge,
    Put,
    Query,
    Transaction,
    Where,
    Write,
)
from tests.ports import google
from tests.ports.conftest import from_google
from tests.ports.harness import Unavailable

pytestmark = pytest.mark.emulator


@pytest.fixture
def documents() -> Iterator[Documents]:
    yield from from_google("documents", {})


def test_names_the_document_that_exists_among_several(documents: Documents) -> None:
    documents.commit([Create("events/e.1", {})])
    creates: list[Write] = [
        Create("events/e.", {}),
        Create("events/e.10", {}),
        Create("events/e.1", {}),
        Merge("states/p", {"n": 1}),
    ]
    with pytest.raises(AlreadyExists) as found:
        documents.commit(creates)
    assert found.value.path == "events/e.1"


def test_in_takes_more_values_than_firestore_does(documents: Documents) -> None:
    people = [Put(f"people/p{n:03d}", {"manager": f"m{n % 70}", "rank": n % 3, "x": n}) for n in range(140)]
    documents.commit(people)
    managers = [f"m{n}" for n in range(65)]
    query = Query(
        "people",
        where=[Where("manager", "in", managers)],
        order_by=[("rank", "desc")],
        limit=50,
        fields=["x"],
    )
    first = documents.query(query)
    chosen = [n for n in range(140) if n % 70 < 65]
    expected = sorted(chosen, key=lambda n: (n % 3, n), reverse=True)
    assert [document.data for document in first] == [{"x": n} for n in expected[:50]]
    last = expected[49]
    following = Query(
        "people",
        where=[Where("manager", "in", managers)],
        order_by=[("rank", "desc")],
        after=[last % 3, f"p{last:03d}"],
    )
    assert [document.data["x"] for document in documents.query(following)] == expected[50:]


def test_in_takes_no_values(documents: Documents) -> None:
    documents.commit([Put("people/p1", {"manager": "m1"})])
    assert documents.query(Query("people", where=[Where("manager", "in", [])])) == []


def test_a_state_of_700_kilobytes_is_read_and_merged(documents: Documents) -> None:
    entries = {f"e{number:05d}.{number:x}": "x" * 120 for number in range(5000)}
    documents.commit([Merge("states/p1", {"observations": entries})])
    documents.commit([Merge("states/p1", {"observations": {"one.more": "y"}})])
    state = documents.get("states/p1")
    assert state is not None
    assert state.data["observations"] == {**entries, "one.more": "y"}


def test_databases_of_one_project_are_apart() -> None:
    address = next(emulator_address())
    project = google.new_project()
    live = FirestoreDocuments(project, "live", emulator=address)
    integrations = FirestoreDocuments(project, "integrations", emulator=address)
    live.commit([Put("cursors/gong", {"n": 1})])
    integrations.commit([Put("cursors/gong", {"n": 2})])
    assert [store.query(Query("cursors"))[0].data for store in (live, integrations)] == [{"n": 1}, {"n": 2}]


def test_a_transaction_that_always_loses_gives_up() -> None:
    pauses: list[float] = []
    store = FirestoreDocuments(google.new_project(), emulator=next(emulator_address()), sleep=pauses.append)
    attempts = 0

    def work(transaction: Transaction) -> None:
        nonlocal attempts
        attempts += 1
        raise Contended("another one was faster")

    with pytest.raises(Contended, match="12 times"):
        store.transact(work)
    assert attempts == 12
    assert len(pauses) == 11
    assert max(pauses) <= 1


def test_an_emulator_that_is_not_there_is_retryable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.gcp.firestore._PATIENCE_SECONDS", 0.3)
    store = FirestoreDocuments("demo", emulator="127.0.0.1:9")
    with pytest.raises(Retryable, match="Firestore is not available"):
        store.commit([Put("things/a", {"n": 1})])
    with pytest.raises(Retryable, match="Firestore is not available"):
        store.get("things/a")


def emulator_address() -> Iterator[str]:
    """The emulator's address, skipping the test where it is not installed."""
    try:
        yield google.emulators().firestore
    except Unavailable as reason:
        pytest.skip(str(reason))
