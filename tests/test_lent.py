"""A stranger's clone is whole: no test needs a file that is not in it, and none is skipped for the lack of one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TESTS = ("tests/conversations/test_email_thread.py", "-k", "mails_that_were_met or doubtful_turn")


@pytest.mark.parametrize(("files", "passed", "left_out"), [((), 1, 1), (("cases/mail/one_ooo.eml",), 2, 0)])
def test_a_lent_file_makes_the_test(tmp_path: Path, files: tuple[str, ...], passed: int, left_out: int) -> None:
    for file in files:
        (tmp_path / file).parent.mkdir(parents=True)
        (tmp_path / file).write_text("Auto-Submitted: auto-replied\nFrom: joe@augmentcode.com\n\nI am away.\n")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-p", "no:cacheprovider", *TESTS],
        cwd=ROOT,
        env={**os.environ, "CI": "true", "AUGMENT_LENT": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert f"{passed} passed" in run.stdout
    assert "skipped" not in run.stdout
    assert (f"{left_out} tests marked lent" in run.stdout) == bool(left_out)


def test_only_tools_are_a_reason_to_skip() -> None:
    conditional = [path for path in ROOT.glob("tests/**/*.py") if "mark.skipif(" in path.read_text(encoding="utf-8")]
    assert [path.name for path in conditional if path != Path(__file__)] == ["test_proofs.py"]
