"""Threads that read records of a type for the first time at once: msgspec alone would bring the process down."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

READERS = '''
import sys, types
from dataclasses import dataclass
from threading import Barrier, Thread

TEXT = """
from __future__ import annotations
from collections.abc import Mapping
from shared.kernel.records import Record
class C(Record, frozen=True, kw_only=True):
    a: int
    b: str | None = None
class B(Record, frozen=True, kw_only=True):
    c: C
    d: tuple[C, ...] = ()
    e: Mapping[str, list[str]] = {}
class A(Record, frozen=True, kw_only=True):
    x: int
    b: B | None
    c: C
    bs: tuple[B, ...] = ()
"""

@dataclass
class Document:
    data: dict
    path: str = "a/1"
    id: str = "1"

HELD = {"x": 1, "b": {"c": {"a": 1}}, "c": {"a": 2}, "bs": [{"c": {"a": 1}, "d": [{"a": 2}], "e": {"k": ["v"]}}]}
sys.setswitchinterval(1e-6)
for number in range(60):
    module = sys.modules[f"m{number}"] = types.ModuleType(f"m{number}")
    exec(TEXT, module.__dict__)
    barrier = Barrier(4)
    def read(kind, data):
        barrier.wait()
        kind.read(Document(data))
    kinds = [(module.A, HELD), (module.B, HELD["b"]), (module.A, HELD), (module.C, HELD["c"])]
    threads = [Thread(target=read, args=one) for one in kinds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print("read")
'''


def test_a_type_that_several_threads_read_first_at_once_is_read_by_all() -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", READERS], capture_output=True, text=True, cwd=root, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, "read\n"), done.stderr[-2000:]
