"""Measures how many of the domains' lines the fast tests run."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.proofs.suite import ROOT, run

LEAST = 85
"""Per cent of all domains' lines."""


def report(files: dict[str, dict[str, dict[str, int]]]) -> tuple[str, float]:
    """Returns the table, and the per cent of all lines. files: coverage's, by path"""
    lines: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for path, found in files.items():
        domain = re.match(r"shared/(\w+)/domain/", path)
        if domain:
            for name in (domain[1], "all"):
                lines[name][0] += found["summary"]["covered_lines"]
                lines[name][1] += found["summary"]["num_statements"]
    rows = sorted(lines.items(), key=lambda item: (item[0] == "all", item[0]))
    table = ["| domain | lines | run by the fast tests |", "|---|---:|---:|"]
    table += [f"| {name} | {number:,} | {100 * covered / number:.0f} % |" for name, (covered, number) in rows]
    covered, number = lines["all"]
    return "\n".join(table), 100 * covered / number


def main() -> int:
    with TemporaryDirectory(prefix="coverage-") as folder:
        kept = Path(folder) / "coverage.json"
        arguments = ["--fast", "--cov=shared", f"--cov-report=json:{kept}"]
        done = run([ROOT / "scripts" / "test", *arguments], "fast", {"COVERAGE_FILE": str(Path(folder) / "data")})
        table, share = report(json.loads(kept.read_text("utf-8"))["files"])
    print(table)
    return 1 if done.failed or share < LEAST else 0


if __name__ == "__main__":
    raise SystemExit(main())
