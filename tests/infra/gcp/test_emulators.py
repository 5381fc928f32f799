"""The emulators' script: what it says when they are missing, and that it leaves nothing running."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts.commands import emulators
from scripts.commands.emulators import EmulatorsUnavailable, free_port, join, missing_reason
from tests.ports import google
from tests.ports.harness import Unavailable

ROOT = Path(__file__).parents[3]


@pytest.fixture
def without_gcloud(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("without_gcloud")
def test_what_is_missing_is_named(tmp_path: Path) -> None:
    assert missing_reason() == "gcloud is not installed (https://cloud.google.com/sdk/docs/install)"
    with pytest.raises(EmulatorsUnavailable, match="gcloud is not installed"):
        join(tmp_path / "shared")


@pytest.mark.usefixtures("without_gcloud")
@pytest.mark.parametrize(("ci", "expected"), [("true", EmulatorsUnavailable), ("", Unavailable)])
def test_missing_emulators_skip_a_developers_tests_and_fail_the_ci(
    ci: str, expected: type[Exception], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(google, "join", lambda: join(tmp_path / "shared"))
    with pytest.raises(expected, match="gcloud is not installed"):
        google.emulators.__wrapped__()


def test_a_free_port_is_free() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", free_port()))


@pytest.mark.emulator
def test_a_shared_pair_ends_with_its_last_user(tmp_path: Path) -> None:
    reason = missing_reason()
    if reason and os.environ.get("CI", "").lower() != "true":
        pytest.skip(reason)
    program = (
        "import sys; from pathlib import Path; from scripts.commands.emulators import join; "
        "print(*join(Path(sys.argv[1])).process_groups, flush=True); sys.stdin.read()"
    )
    users = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    first, second = (
        [int(group) for group in (user.stdout.readline() if user.stdout else "").split()] for user in users
    )
    assert first == second
    groups = [int(group) for group in first]
    assert len(groups) == 2
    users[0].kill()  # whatever way a user ends
    users[0].wait()
    time.sleep(1.5)
    assert all(emulators._alive(group) for group in groups)
    users[1].communicate()
    deadline = time.monotonic() + 15
    while any(emulators._alive(group) for group in groups) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(emulators._alive(group) for group in groups)
    assert not (tmp_path / "emulators.json").exists()
