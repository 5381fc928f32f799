"""Runs a proof and writes what it found to docs/figures.md, with the commit and the machine it was found on.

A proof is a module beside this one that prints a table (`python -m tests.proofs.NAME`).
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
FIGURES: Final = ROOT / "docs" / "figures.md"
PROOFS: Final = (
    "agreement",
    "call_discovery",
    "coach",
    "coach_messages",
    "cold_start",
    "cost_per_call",
    "cost_per_event",
    "coverage",
    "crashes",
    "deal_crashes",
    "deal_speed",
    "deals",
    "examples",
    "feed",
    "first_command",
    "ingest_rate",
    "large_organisation",
    "mail",
    "mirror",
    "notifications",
    "numbers",
    "offline",
    "packages",
    "patterns",
    "recalculation",
    "recall",
    "requests",
    "speeds",
)


def main(arguments: Sequence[str]) -> int:
    name, *rest = [*arguments] or [""]
    module = name.replace("-", "_")
    if module not in PROOFS:
        asked = name in ("-h", "--help")
        usage = "./scripts/prove NAME [--print] [arguments of the proof]     --print: only prints the table"
        print(f"{usage}\nNAME: {', '.join(PROOFS)}", file=sys.stdout if asked else sys.stderr)
        return 0 if asked else 2
    given = [argument for argument in rest if argument != "--print"]
    command = [sys.executable, "-m", f"tests.proofs.{module}", *given]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    print(done.stdout)
    if done.returncode == 0 and "--print" not in rest and "--help" not in rest:
        at = f"`./scripts/prove {' '.join([name, *given])}` at {commit()}, {datetime.now(UTC):%Y-%m-%d}"
        FIGURES.write_text(written(FIGURES.read_text("utf-8"), module, at, done.stdout), encoding="utf-8")
        print(f"written to {FIGURES.relative_to(ROOT)}", file=sys.stderr)
    return done.returncode


def written(document: str, name: str, at: str, table: str) -> str:
    """Returns the document with the proof's block replaced, or added at its end."""
    content = table.strip() if "\n|" in f"\n{table}" else f"```\n{table.strip()}\n```"
    begin, end = f"<!-- proof {name} -->", "<!-- end -->"
    block = f"{begin}\n{at}\n\n{content}\n{end}"
    old = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if old.search(document):
        return old.sub(lambda _: block, document)
    return f"{document.rstrip()}\n\n## {name.replace('_', ' ').capitalize()}\n\n{block}\n"


def commit() -> str:
    """Returns the commit's short name, with a note when the tree differs from it."""

    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()

    return (git("rev-parse", "--short", "HEAD") or "an unknown commit") + (
        " with changes" if git("status", "--porcelain", "--untracked-files=no") else ""
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
