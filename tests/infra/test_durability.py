"""Commits wait for a sync that began after them, and share it."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from infra.local.durability import SyncedLog
from shared.domain.errors import Retryable


class SlowLog(SyncedLog):
    """Notes when each sync began, takes a while for it, and fails as it is told."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.began: list[float] = []
        self.fail = False

    def _sync_now(self) -> None:
        self.began.append(time.monotonic())
        time.sleep(0.02)
        if self.fail:
            raise OSError(5, "Input/output error")
        super()._sync_now()


@pytest.fixture
def log(tmp_path: Path) -> SlowLog:
    (tmp_path / "db-wal").write_bytes(b"frames")
    return SlowLog(tmp_path / "db")


def test_each_waits_for_a_sync_that_began_after_it_and_many_share_one(log: SlowLog) -> None:
    waits: list[tuple[float, float]] = []

    def commit() -> None:
        for _ in range(5):
            asked = time.monotonic()
            log.wait()
            waits.append((asked, time.monotonic()))

    threads = [threading.Thread(target=commit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    assert len(waits) == 40
    for asked, answered in waits:
        assert any(asked <= began <= answered - 0.02 for began in log.began)
    assert len(log.began) < 20


def test_a_disk_that_refuses_means_later_and_blocks_nobody(log: SlowLog) -> None:
    log.fail = True
    for _ in range(2):
        with pytest.raises(Retryable, match="disk"):
            log.wait()
    log.fail = False
    log.wait()
    log.close()
