"""What has expired is deleted on one machine, too, in every collection that declares when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from infra.declarations.pipeline import load_pipeline
from infra.local.expiry import end_lives
from infra.local.files import LocalFiles
from infra.local.sqlite_documents import SqliteDocuments
from shared.ports.documents import Put
from tests.harness.sent_events import NOON

PIPELINE = load_pipeline()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteDocuments]:
    made = SqliteDocuments(tmp_path / "documents.sqlite", indexes=PIPELINE.documents.indexes, durable=False)
    yield made
    made.close()


def test_what_has_expired_goes_and_the_rest_stays(store: SqliteDocuments, tmp_path: Path) -> None:
    files, expires = LocalFiles(tmp_path / "files"), PIPELINE.documents.expires
    assert {"unknown_values", "sessions", "idempotency_keys", "quarantine"} <= expires.keys()
    for collection, field in expires.items():
        store.commit([Put(f"{collection}/old", {field: NOON - timedelta(seconds=1)})])
        store.commit([Put(f"{collection}/young", {field: NOON + timedelta(days=1)})])
    for name in ("old", "young"):
        files.write(name, b"what was rejected")

    assert end_lives(store, expires, files, NOON) == len(expires)
    assert end_lives(store, expires, files, NOON) == 0
    for collection in expires:
        assert store.get(f"{collection}/old") is None
        assert store.get(f"{collection}/young") is not None
    assert (files.read("old"), files.read("young")) == (None, b"what was rejected")
