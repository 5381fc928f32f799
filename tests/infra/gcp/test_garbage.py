"""When Python looks for garbage; in an interpreter of its own, since it is a setting of the process."""

from __future__ import annotations

import subprocess
import sys

from infra.gcp.garbage import A_START, AFTERWARDS

PROGRAM = """
import gc
from infra.gcp.garbage import spare_the_start
before = sum(one["collections"] for one in gc.get_stats())
spare_the_start()
spare_the_start()
kept = [[] for _ in range({made})]
searches = sum(one["collections"] for one in gc.get_stats()) - before
print(searches, gc.get_threshold()[0], len(gc.callbacks))
"""


def told(made: int) -> list[int]:
    """[searches, the threshold, callbacks that are left] after making that many objects."""
    done = subprocess.run([sys.executable, "-c", PROGRAM.format(made=made)], capture_output=True, text=True, check=True)
    return [int(word) for word in done.stdout.split()]


def test_a_start_is_spared() -> None:
    assert told(A_START - 10_000) == [0, A_START, 1]


def test_after_it_garbage_is_looked_for_regularly() -> None:
    assert told(A_START + 1_000) == [1, AFTERWARDS, 0]
    searches, *_ = told(A_START + 5 * AFTERWARDS)
    assert 4 <= searches <= 7
