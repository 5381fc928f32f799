"""The restore is rehearsed: what the platform stores leaves one database as an export, and comes back in another one.

Google's emulator writes and reads the format of Firestore's own exports. docs/recovery.md says what surrounds this.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from infra.gcp.firestore import FirestoreDocuments
from shared.observations.records import Ledger
from shared.ports.documents import Delete, Merge, Put, Query
from tests.golden.documents import GOLDEN
from tests.harness.web import variables
from tests.ports.google import emulators, new_project
from tests.ports.harness import Unavailable

COLLECTIONS = ("events", "employees", "ratings", "states", "reviews", "audit", "framework_versions")
MOMENT = "\x01"
"""Begins a moment in a golden document."""


def typed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: typed(one) for name, one in value.items()}
    if isinstance(value, list):
        return [typed(one) for one in value]
    if isinstance(value, str) and value.startswith(MOMENT):
        return datetime.fromisoformat(value.removeprefix(MOMENT))
    return value


def stored() -> Iterator[tuple[str, dict[str, Any]]]:
    for collection in COLLECTIONS:
        documents = json.loads((GOLDEN / "documents" / f"{collection}.json").read_text("utf-8"))
        for name, data in documents.items():
            yield f"{collection}/{name}", typed(data)


@pytest.fixture(scope="module")
def firestore() -> Iterator[str]:
    try:
        running = emulators()
    except Unavailable as reason:
        pytest.skip(str(reason))
    with variables(**running.environment):
        yield f"http://{running.environment['FIRESTORE_EMULATOR_HOST']}/emulator/v1/projects"


def everything(documents: FirestoreDocuments) -> dict[str, Any]:
    return {found.path: found.data for name in COLLECTIONS for found in documents.query(Query(name))}


def ask(address: str, database: str, folder: Path) -> None:
    body = {"database": database, "export_directory": str(folder)}
    headers = {"Content-Type": "application/json", "Authorization": "Bearer owner"}
    request = urllib.request.Request(address, json.dumps(body).encode(), headers, method="POST")
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200


def test_a_copy_comes_back_whole_in_another_database_after_the_first_is_damaged(firestore: str, tmp_path: Path) -> None:
    lost, found = new_project(), new_project()
    live = FirestoreDocuments(lost)
    kept = dict(stored())
    assert len(kept) > 60
    live.commit([Put(path, data) for path, data in kept.items()])
    before = everything(live)
    assert before.keys() == kept.keys()

    ask(f"{firestore}/{lost}:export", f"projects/{lost}/databases/live", tmp_path)
    first, *_, last = sorted(before)
    live.commit([Delete(first), Merge(last, {"damaged": True})])
    (copy,) = tmp_path.rglob("*.overall_export_metadata")
    ask(f"{firestore}/{found}:import", f"projects/{found}/databases/live", copy)

    assert everything(live) != before
    assert everything(FirestoreDocuments(found)) == before


def test_the_platform_reads_what_came_back(firestore: str, tmp_path: Path) -> None:
    lost, found = new_project(), new_project()
    events = {path: data for path, data in stored() if path.startswith("events/")}
    FirestoreDocuments(lost).commit([Put(path, data) for path, data in events.items()])
    ask(f"{firestore}/{lost}:export", f"projects/{lost}/databases/live", tmp_path)
    (copy,) = tmp_path.rglob("*.overall_export_metadata")
    ask(f"{firestore}/{found}:import", f"projects/{found}/databases/live", copy)

    latest = Ledger(FirestoreDocuments(found)).latest("validation", len(events), None)
    assert {event.event_id for event in latest.items} == {
        data["event_id"] for data in events.values() if data["kind"] == "validation"
    }
