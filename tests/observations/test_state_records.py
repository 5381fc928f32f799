"""Ids of everybody who has a state: in order, by pages, without a look at what the states hold."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from infra.declarations.pipeline import load_pipeline
from infra.local.sqlite_documents import SqliteDocuments
from shared.observations.state_records import States
from shared.platform.records.document_pages import pages_of
from shared.ports.documents import Put, Query

PEOPLE = [f"person-{number:03}@example.com" for number in range(250)]


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def test_everybody_is_listed_once_in_order_and_no_state_is_read(tmp_path: Path) -> None:
    documents = SqliteDocuments(tmp_path / "documents.sqlite", indexes=load_pipeline().documents.indexes)
    entries = {f"o{number}": "x" * 100 for number in range(300)}
    documents.commit(
        [Put(f"states/{one}", {"employee_id": one, "framework_id": "f", "observations": entries}) for one in PEOPLE]
    )
    listed = list(States(documents).ids(100))
    assert [len(page) for page in listed] == [100, 100, 50]
    assert [one for page in listed for one in page] == PEOPLE
    everything = Query("states", order_by=[("employee_id", "asc")], limit=100, fields=("employee_id",))
    ids = min(seconds(lambda: list(States(documents).ids(100))) for _ in range(3))
    assert ids < seconds(lambda: list(pages_of(documents, everything))) / 5
    documents.close()
