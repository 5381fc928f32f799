"""What is over a year old is deleted, once a day, where no bucket's rule does it."""

from __future__ import annotations

from pathlib import Path

from infra.local.files import LocalFiles
from infra.local.sqlite_documents import SqliteDocuments
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.privacy.usecases.transcript_retention import TranscriptRetention
from tests.conversations.test_transcripts import ANALYSIS, CALL, JOE
from tests.harness.crash_harness import Watch


def test_what_is_a_year_old_goes_and_the_rest_stays(tmp_path: Path) -> None:
    clock, files = Watch(), LocalFiles(tmp_path / "transcripts")
    store = TranscriptStore(files, clock)
    retention = TranscriptRetention(SqliteDocuments(tmp_path / "documents.sqlite"), store, clock)
    store.keep("gong", CALL)
    store.keep_analysis("gong", JOE, 3000, ANALYSIS)
    clock.forward(days=200)
    store.keep("email", CALL)
    assert retention.daily() == 0
    clock.forward(days=164, hours=23)
    assert retention.daily() == 0
    clock.forward(hours=1)
    assert retention.daily() == 0  # looked an hour ago
    assert store.conversation("gong", CALL.call_id) is None  # too old to read, though it is still there
    assert len(files.list()) == 7
    clock.forward(days=1)
    assert retention.daily() == 1
    assert [name for name in files.list() if not name.startswith("due/")] == [
        f"conversations/email/{CALL.call_id}.json",
        f"kept/email/{CALL.call_id}",
    ]
    assert store.conversation("email", CALL.call_id) == CALL
