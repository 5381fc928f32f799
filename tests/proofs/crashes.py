"""Lets every process die, and every outside fail, at every moment of every crash matrix."""

from __future__ import annotations

from collections import defaultdict

from tests.proofs.suite import ROOT, Tried, run


def report(tests: list[Tried]) -> str:
    by_file: dict[str, list[Tried]] = defaultdict(list)
    for test in tests:
        by_file[test.name.partition("::")[0]].append(test)
    lines = ["| matrix | histories | moments | seconds | failed |", "|---|---:|---:|---:|---:|"]
    for name, those in sorted({**by_file, "in all": tests}.items(), key=lambda item: item[0] == "in all"):
        figures = (len(those), sum(one.moments for one in those), round(sum(one.seconds for one in those)))
        lines.append(f"| {name} | {' | '.join(f'{one:,}' for one in figures)} | {sum(one.bad for one in those)} |")
    return "\n".join(lines)


def main() -> int:
    done = run([ROOT / ".venv/bin/python", "-m", "pytest", "-n", "2", "-m", "matrix", "tests"], "whole")
    print(report(list(done.tests)))
    return 1 if done.failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
