"""Times both speeds of the tests, and lists the slowest tests of the full suite."""

from __future__ import annotations

import os
import re

from tests.proofs.suite import ROOT, Run, run

SLOWEST = 30


def report(fast: Run, full: Run) -> str:
    load = os.getloadavg()[2]
    lines = [
        f"| speed | tests | skipped | failed | seconds on {os.cpu_count()} cores, load {load:.1f} |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, one in (("`./scripts/test --fast`", fast), ("`./scripts/test`", full)):
        skipped = sum(test.skipped for test in one.tests)
        lines.append(f"| {name} | {len(one.tests):,} | {skipped} | {len(one.failed)} | {one.seconds:.0f} |")
    lines += ["", f"| the slowest {SLOWEST} | seconds, with what they set up |", "|---|---:|"]
    slowest = sorted(full.tests, key=lambda test: -test.seconds)[:SLOWEST]
    return "\n".join([*lines, *(f"| {_path(test.name)} | {test.seconds:.1f} |" for test in slowest)])


def _path(name: str) -> str:
    """Returns a test as pytest takes it: tests/a/test_b/TestC::test_d → tests/a/test_b.py::TestC::test_d."""
    return re.sub(r"/(test_\w+)(/(\w+))?::", r"/\1.py::\3::", name, count=1).replace("::::", "::").replace("|", "/")


def main() -> int:
    script = ROOT / "scripts" / "test"
    fast, full = run([script, "--fast"], "fast"), run([script, "tests"], "full")
    print(report(fast, full))
    return 1 if fast.failed or full.failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
