"""docs/deploy.md from its first command on, as somebody meets it who has just cloned the repository.

A copy of what is committed, without a virtual environment, and a stock Python 3.11: every command of the document's way
to a first deployment is run as it is written there. Google's tools are stand-ins that note what they are asked, since
there is no project. A few minutes: the first command installs all that requirements.lock pins.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.terraform.test_deploy import READY, Clone

ROOT = Path(__file__).resolve().parents[2]
STOCK = "/usr/bin/python3.11"
"""Of the system, whose pip is the one that came with it; without it the Python that runs this."""


def commands() -> list[str]:
    """The commands of docs/deploy.md up to where the platform is started."""
    said = (ROOT / "docs" / "deploy.md").read_text("utf-8").partition("## Start the platform")[0]
    fenced = "\n".join(re.findall(r"^```\n(.*?)^```", said, re.MULTILINE | re.DOTALL))
    lines = [line.partition("#")[0].strip() for line in fenced.splitlines()]
    return [line for line in lines if line.startswith(("./scripts/", "cp "))]


def cloned(folder: Path) -> Clone:
    """What is committed, as a clone has it."""
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as content:
        content.extractall(folder, filter="data")
    return Clone(folder, dict(READY))


def main(arguments: Sequence[str]) -> int:
    python = STOCK if shutil.which(STOCK) else getattr(sys, "_base_executable", sys.executable)
    os.environ["PYTHON"] = python
    print("| command | exit code | s |\n|---|---|---|")
    worst = 0
    with tempfile.TemporaryDirectory() as folder:
        clone = cloned(Path(folder))
        for command in commands():
            began = time.monotonic()
            done = clone.run(command)
            worst = max(worst, done.returncode)
            print(f"| `{command}` | {done.returncode} | {time.monotonic() - began:.0f} |", flush=True)
            print(done.stdout[-1500:], done.stderr[-1500:], sep="\n", file=sys.stderr)
        applied, uploaded = len(clone.called(" apply ")), len(clone.called("storage cp"))
    version = subprocess.run([python, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    print(f"\n{version} of the system; {uploaded} objects uploaded, {applied} times applied (by stand-ins).")
    return worst


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
