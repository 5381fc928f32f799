"""A document store of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import strategies as st

from infra.declarations.pipeline import load_pipeline
from infra.local.sqlite_documents import SqliteDocuments


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteDocuments]:
    declared = load_pipeline().documents
    opened = SqliteDocuments(tmp_path / "documents.sqlite", indexes=declared.indexes, excerpts=declared.excerpts)
    yield opened
    opened.close()


names = st.sampled_from(["a", "b", "a.b", "ключ", '"', "\\", "é", "\x01", "$", "[0]", " "])
