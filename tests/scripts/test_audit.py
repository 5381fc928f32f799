"""What is pinned is audited: a vulnerability fails, and so does an audit that must be made and could not."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.commands.audit import main

ROOT = Path(__file__).resolve().parents[2]
SOUND = {"name": "sound", "version": "1.0", "vulns": []}
HOLED = {"name": "holed", "version": "2.1", "vulns": [{"id": "GHSA-1", "fix_versions": ["2.2"]}]}
UNSEEN = {"name": "unseen", "skip_reason": "Dependency not found and could not be audited: unseen (3.0)"}

Tool = Callable[[list[dict[str, Any]] | None], None]


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tool:
    """A pip-audit that writes a report of these packages, or can ask nobody (None)."""

    def made(dependencies: list[dict[str, Any]] | None) -> None:
        program = tmp_path / "pip-audit"
        writes = (
            ""
            if dependencies is None
            else f"open(sys.argv[-1], 'w').write({json.dumps({'dependencies': dependencies})!r})"
        )
        ends = "print('ERROR: connection refused', file=sys.stderr)" if dependencies is None else ""
        program.write_text(f"#!{sys.executable}\nimport sys\n{writes}\n{ends}\nsys.exit(1)\n")
        program.chmod(0o700)
        monkeypatch.setenv("PIP_AUDIT", str(program))

    return made


@pytest.mark.parametrize(
    ("dependencies", "ends", "ends_where_it_must"),
    [([SOUND], 0, 0), ([SOUND, HOLED], 1, 1), ([SOUND, UNSEEN], 0, 1), ([], 0, 1), (None, 0, 1)],
    ids=["sound", "holed", "in part", "nothing", "nobody"],
)
def test_how_it_ends(tool: Tool, dependencies: list[dict[str, Any]] | None, ends: int, ends_where_it_must: int) -> None:
    tool(dependencies)
    assert (main([]), main(["--must"])) == (ends, ends_where_it_must)


def test_a_vulnerability_is_named_with_what_mends_it(tool: Tool, capsys: pytest.CaptureFixture[str]) -> None:
    tool([HOLED])
    main([])
    assert "holed 2.1: GHSA-1, mended in 2.2" in capsys.readouterr().err


@pytest.mark.parametrize("dependencies", [None, [UNSEEN]])
def test_an_audit_that_could_not_be_made_is_loud(
    tool: Tool, dependencies: list[dict[str, Any]] | None, capsys: pytest.CaptureFixture[str]
) -> None:
    tool(dependencies)
    main([])
    assert capsys.readouterr().err.startswith("\033[1;31mNOT AUDITED")


def test_the_workflow_that_ships_must_audit() -> None:
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "check.yml").read_text("utf-8"))["jobs"]
    steps = [step for job in jobs.values() for step in job["steps"] if "audit" in step.get("run", "")]
    assert [step["run"] for step in steps] == ["./scripts/audit --must"]
    assert not any("continue-on-error" in one for one in (*steps, *jobs.values()))
    assert "./scripts/audit\n" in (ROOT / "scripts" / "test").read_text("utf-8").replace(" # says", "\n# says")
