"""scripts/import_standards against the real API on a port of its own."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

from scripts.commands import import_standards
from tests.frameworks.standards import apprenticeship, foundation
from tests.harness.api_client import ApiClient


def run(*arguments: object) -> tuple[int, list[str], str]:
    out, errors = StringIO(), StringIO()
    code = import_standards.main([str(argument) for argument in arguments], out, errors)
    return code, out.getvalue().splitlines(), errors.getvalue()


def test_everything_that_is_wrong_is_told_line_by_line(url: str, token_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "feed.json"
    file.write_text(json.dumps([apprenticeship(title=""), foundation()]))

    assert run("--url", url, "--token-file", token_file, file) == (
        1,
        [
            "feed.json: ST9417 1.0 : rejected (see below)",
            "feed.json: FA9418 1.0 Rope access rigger (invented): created (3 statements, revision 1)",
            "feed.json: record 1 ST9417 1.0: refused E1001 is missing title",
            "feed.json: record 1 ST9417 1.0: refused S1008 title: is empty or begins with a space",
        ],
        "",
    )


def test_a_dry_run_of_one_record_keeps_nothing(api: ApiClient, url: str, token_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    file.write_text(json.dumps(apprenticeship()))

    code, out, _ = run("--url", url, "--token-file", token_file, "--dry-run", file)

    assert (code, out[-1]) == (0, "one.json: a dry run; nothing was kept")
    assert api.get("standards").json["standards"] == []


def test_a_file_that_cannot_be_read_stops_none_of_the_others(url: str, token_file: Path, tmp_path: Path) -> None:
    broken, sound = tmp_path / "broken.json", tmp_path / "sound.json"
    broken.write_text("[")
    sound.write_text(json.dumps([foundation()]))

    code, out, errors = run("--url", url, "--token-file", token_file, broken, tmp_path / "none.json", sound)

    assert code == 1
    assert out == ["sound.json: FA9418 1.0 Rope access rigger (invented): created (3 statements, revision 1)"]
    assert [line.split(":")[1].strip().rsplit("/")[-1] for line in errors.splitlines()] == ["broken.json", "none.json"]


def test_a_platform_that_is_not_there_is_told(token_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "feed.json"
    file.write_text("[]")
    code, _, errors = run("--url", "http://127.0.0.1:9", "--token-file", token_file, file)
    assert code == 1
    assert "cannot be reached" in errors
