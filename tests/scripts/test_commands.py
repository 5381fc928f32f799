"""The commands as a person starts them: from any directory, and into a pipe that nobody reads to its end."""

from __future__ import annotations

import os
import re
import subprocess
from importlib import import_module
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
ENTRIES = {
    entry.name: found[1]
    for entry in sorted(SCRIPTS.iterdir())
    if entry.is_file() and (found := re.search(r"/command\"? (\w+) \"\$@\"", entry.read_text("utf-8")))
}
"""Every script that starts a command → the command's module."""


def test_every_command_has_its_script_and_every_script_its_command() -> None:
    modules = {path.stem for path in (SCRIPTS / "commands").glob("*.py") if "\ndef main(" in path.read_text("utf-8")}
    assert set(ENTRIES.values()) | {"run"} == modules - {"__main__"}
    for name in ENTRIES.values():
        assert callable(import_module(f"scripts.commands.{name}").main)


@pytest.mark.parametrize("module", sorted(set(ENTRIES.values()) | {"run"}))
def test_every_command_tells_what_it_does_and_does_nothing_else(
    module: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "write_text", lambda *_, **__: pytest.fail("--help writes a file"))
    try:
        status = import_module(f"scripts.commands.{module}").main(["--help"])
    except SystemExit as end:
        status = end.code
    assert status == 0
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize("name", ["replay", "package"])
def test_a_command_runs_from_any_directory(name: str, tmp_path: Path) -> None:
    done = subprocess.run([SCRIPTS / name, "--help"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("usage: scripts/")


@pytest.mark.parametrize("also_errors", [False, True])
@pytest.mark.parametrize("command", [["replay", "--help"], ["certify-analyst", "--limit", "1"]])
def test_a_command_ends_quietly_when_its_pipe_closes(command: list[str], also_errors: bool, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    noise = tmp_path / "noise"
    try:
        with noise.open("wb") as errors:
            done = subprocess.run(
                [SCRIPTS / command[0], *command[1:]],
                stdout=writing,
                stderr=writing if also_errors else errors,
                check=False,
            )
    finally:
        os.close(writing)
    assert done.returncode == 141
    assert "Traceback" not in noise.read_text("utf-8")
    assert "Broken pipe" not in noise.read_text("utf-8")


def test_an_unknown_command_is_refused_with_those_that_there_are() -> None:
    done = subprocess.run([SCRIPTS / "command", "nonsense"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "'nonsense' is no command; there are " in done.stderr
    assert "replay" in done.stderr
