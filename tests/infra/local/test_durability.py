"""Commits wait for a sync that began after them, and share it."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.local.durability import SyncedLog, Together
from shared.kernel.errors import Retryable


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


class TestTogether:
    def test_one_works_for_all_who_came_meanwhile_in_their_order(self) -> None:
        batches: list[list[int]] = []
        began, go_on = threading.Event(), threading.Event()

        def work(items: Sequence[int]) -> list[None]:
            batches.append(list(items))
            began.set()
            assert go_on.wait(5)
            return [None] * len(items)

        together = Together(work, most=3)
        threads = [threading.Thread(target=together.do, args=(0,))]
        threads[0].start()
        assert began.wait(5)
        for number in range(1, 6):
            threads.append(threading.Thread(target=together.do, args=(number,)))
            threads[-1].start()
            while len(together._waiting) < number:
                time.sleep(0.001)
        go_on.set()
        for thread in threads:
            thread.join(5)
        assert batches == [[0], [1, 2, 3], [4, 5]]

    def test_each_gets_its_own_error(self) -> None:
        together: Together[int] = Together(
            lambda items: [ValueError(f"{item}") if item % 2 else None for item in items]
        )

        def do(item: int) -> str:
            try:
                together.do(item)
            except ValueError as error:
                return str(error)
            return ""

        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(do, range(200))) == [f"{item}" if item % 2 else "" for item in range(200)]

    def test_work_that_fails_fails_for_all_and_blocks_nobody(self) -> None:
        failing = True

        def work(items: Sequence[int]) -> list[None]:
            if failing:
                raise Retryable("not now")
            return [None] * len(items)

        together = Together(work)
        with ThreadPoolExecutor(8) as threads:
            errors = [future.exception(5) for future in [threads.submit(together.do, item) for item in range(40)]]
        assert all(isinstance(error, Retryable) for error in errors)
        failing = False
        together.do(1)
