"""The sweep of transcripts reads what is due and nothing else, and a sweep that died leaves nothing behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.conversations.usecases.transcript_markers import KEPT
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.ports.ambient import Files
from tests.conversations.test_transcripts import ANALYSIS, CALL, JOE
from tests.harness.crash_harness import Died, Watch


class Watched:
    """Files that note what is read and listed, and die after so many deletions."""

    def __init__(self, inner: Files, deletions: int = 1000) -> None:
        self._inner = inner
        self._deletions = deletions
        self.read_names: list[str] = []
        self.listed: list[str] = []

    def write(self, name: str, content: bytes, *, content_type: str = "application/octet-stream") -> None:
        self._inner.write(name, content, content_type=content_type)

    def replace(
        self, name: str, before: bytes | None, content: bytes, *, content_type: str = "application/octet-stream"
    ) -> bool:
        return self._inner.replace(name, before, content, content_type=content_type)

    def read(self, name: str) -> bytes | None:
        self.read_names.append(name)
        return self._inner.read(name)

    def delete(self, name: str) -> None:
        if self._deletions == 0:
            raise Died
        self._deletions -= 1
        self._inner.delete(name)

    def list(self, prefix: str = "") -> Sequence[str]:
        found = self._inner.list(prefix)
        self.listed += found
        return found


class TestSweep:
    def test_reads_what_is_due_and_nothing_else(self, files: Files) -> None:
        clock = Watch()
        store = TranscriptStore(files, clock)
        store.keep("gong", CALL)
        store.keep_analysis("gong", JOE, 3000, ANALYSIS)
        clock.forward(days=10)
        for number in range(5):
            store.keep("gong", replace(CALL, call_id=f"young-{number}"))
        clock.forward(days=356)
        watched = Watched(files)

        assert TranscriptStore(watched, clock).sweep((clock.now() - timedelta(days=3)).date()) == 1
        assert all(CALL.call_id in name for name in (*watched.read_names, *watched.listed))
        assert not [name for name in files.list() if CALL.call_id in name]
        assert store.conversation("gong", "young-0") is not None

        watched = Watched(files)
        assert TranscriptStore(watched, clock).sweep(clock.now().date()) == 0
        assert (watched.read_names, watched.listed) == ([], [])

    @pytest.mark.parametrize("deletions", range(5))
    def test_one_that_died_is_finished_by_the_next(self, files: Files, deletions: int) -> None:
        clock = Watch()
        store = TranscriptStore(files, clock)
        store.keep("gong", CALL)
        store.keep_analysis("gong", JOE, 3000, ANALYSIS)
        clock.forward(seconds=KEPT.total_seconds())
        today = clock.now().date()
        if deletions < 4:
            with pytest.raises(Died):
                TranscriptStore(Watched(files, deletions), clock).sweep(today)
        store.sweep(today)
        assert list(files.list()) == []

    def test_the_first_one_finds_what_was_kept_before_days_were_noted(self, files: Files) -> None:
        clock = Watch()
        store = TranscriptStore(files, clock)
        for call_id in ("old", "young"):
            store.keep("gong", replace(CALL, call_id=call_id))
            clock.forward(days=100)
        for name in files.list("due/"):
            files.delete(name)
        clock.forward(days=200)

        assert store.sweep(None) == 1
        clock.forward(days=65)
        assert store.sweep(clock.now().date()) == 1
        assert list(files.list()) == []

    def test_what_was_forgotten_and_kept_anew_lives_its_own_year(self, files: Files) -> None:
        clock = Watch()
        store = TranscriptStore(files, clock)
        store.keep("gong", CALL)
        (due,) = files.list("due/")
        clock.forward(days=100)
        store.forget("gong", CALL.call_id)
        store.keep("gong", CALL)
        files.write(due, b"")  # as a process that died while it forgot would have left it
        clock.forward(days=266)

        assert store.sweep((clock.now() - timedelta(days=2)).date()) == 0
        assert store.conversation("gong", CALL.call_id) == CALL
        assert list(files.list("due/")) != [due]
