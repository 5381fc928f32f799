"""What is stored, published, queued, answered and shown after a long story is, byte for byte, what was recorded.

A difference that was decided is recorded with `python -m tests.golden.documents`.
"""

from __future__ import annotations

import difflib
import subprocess
import sys
from pathlib import Path

from tests.golden.documents import GOLDEN
from tests.golden.embedded import ROOT

MOST_LINES = 15
"""Shown of one file's difference."""
MOST_FILES = 25


def test_everything_is_as_it_was_recorded(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.golden.documents", "--into", str(tmp_path / "now")]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    assert ran.returncode == 0, ran.stderr[-4000:]
    recorded, now = read(GOLDEN), read(tmp_path / "now")
    assert recorded, "nothing is recorded"
    different = [name for name in sorted(recorded.keys() | now.keys()) if recorded.get(name) != now.get(name)]
    shown = "\n".join(difference(name, recorded.get(name, ""), now.get(name, "")) for name in different[:MOST_FILES])
    assert not different, f"{len(different)} files differ: {', '.join(different)}\n{shown}"


def read(folder: Path) -> dict[str, str]:
    """Every file's text, by its path in the folder."""
    return {str(path.relative_to(folder)): path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()}


def difference(name: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), f"recorded/{name}", name, lineterm="", n=1)
    return "\n".join(line[:200] for line, _ in zip(lines, range(MOST_LINES), strict=False))
