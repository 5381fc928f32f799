"""Tries ten times as many examples of every property as the full suite does, and each style of mail three times."""

from __future__ import annotations

from tests.proofs.crashes import report
from tests.proofs.suite import ROOT, run


def main() -> int:
    with_examples = sorted(
        path.relative_to(ROOT)
        for path in (ROOT / "tests").rglob("test_*.py")
        if "from tests.harness.speed import" in path.read_text("utf-8")
    )
    done = run([ROOT / ".venv/bin/python", "-m", "pytest", "-n", "2", "-m", "not matrix", *with_examples], "whole")
    print(report(list(done.tests)).replace("| matrix | histories | moments |", "| properties of | tests | moments |"))
    return 1 if done.failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
