"""scripts/smoke against the embedded platform: what works passes twice, what does not is told by its name."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.identity import audience_of
from scripts.commands import smoke
from tests.harness.embedded_platform import EmbeddedPlatform, embedded_platform
from tests.harness.google_platform import ask

PERSON = "smoke-test@example.com"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPlatform]:
    with embedded_platform(tmp_path_factory.mktemp("smoke"), io.StringIO()) as started:
        yield started


@pytest.fixture
def arguments(house: EmbeddedPlatform, tmp_path: Path) -> list[str]:
    # An embedded platform's functions have an audience each; one token is for both that are asked.
    for name, account in (("token", "administration"), ("stranger", "somebody-else")):
        token, _ = house.runtime.parts.issuer.token(
            f"{account}@local.iam.gserviceaccount.com", "", aud=[audience_of("ingest"), audience_of("skills_api")]
        )
        (tmp_path / name).write_text(token + "\n", encoding="utf-8")
    hosts = [f"--url={house.address}", f"--portal={house.runtime.addresses['portal']}", "--wait=20"]
    return [*hosts, f"--token-file={tmp_path / 'token'}", f"--stranger-token-file={tmp_path / 'stranger'}"]


def run(*arguments: str) -> tuple[int, str, str]:
    out, errors = io.StringIO(), io.StringIO()
    return smoke.main(arguments, out, errors), out.getvalue(), errors.getvalue()


def test_what_works_passes_again_and_again_and_leaves_nothing_that_counts(
    house: EmbeddedPlatform, arguments: list[str]
) -> None:
    for _ in range(2):
        code, out, errors = run(*arguments)
        assert (code, errors) == (0, ""), out
        assert "6 of 6 checks hold" in out
        assert re.search(r"rating +\w+ rated 77 after", out)
    assert ask(house, "GET", f"/api/v1/employees/{PERSON}").value["active"] is False
    profile = ask(house, "GET", f"/api/v1/employees/{PERSON}/skills?view=all").value
    assert not [row for row in profile["skills"] if row["validation_events"]]


def test_what_an_interrupted_run_left_is_taken_out(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smoke.Person, "leaves", lambda self: "interrupted")
    assert run(*arguments)[0] == 0
    monkeypatch.undo()
    code, out, _ = run(*arguments)
    assert (code, "1 events of an earlier run taken out" in out) == (0, True), out


def test_an_event_that_never_becomes_a_rating_fails(
    house: EmbeddedPlatform, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smoke.Person, "_shown", lambda self: None)
    code, out, _ = run(*arguments, "--wait=0.1")
    assert code == 1
    assert "FAILED  rating    a rating of 77 in " in out
    assert "ok      clean" in out, "it cleans up all the same"


def test_an_open_door_fails(arguments: list[str], tmp_path: Path) -> None:
    known = (tmp_path / "token").read_text("utf-8")
    (tmp_path / "stranger").write_text(known, encoding="utf-8")
    code, out, _ = run(*arguments)
    assert code == 1
    assert "FAILED  strangers GET /api/v1/employees with a stranger's token answered 200, not 403" in out


def test_a_portal_without_its_headers_fails(arguments: list[str], house: EmbeddedPlatform) -> None:
    wrong = [one for one in arguments if not one.startswith("--portal")]
    code, out, _ = run(*wrong, f"--portal={house.address}")
    assert code == 1
    assert "FAILED  portal" in out


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ("--url=http://127.0.0.1:1", "cannot be reached"),
        ("--token-file=/nowhere", "No such file"),
        ("--token-file={stranger}", "refuses the token of --token-file (403)"),
    ],
)
def test_a_platform_that_was_not_asked_is_another_thing(
    changed: str, said: str, arguments: list[str], tmp_path: Path
) -> None:
    code, out, errors = run(*arguments, changed.format(stranger=tmp_path / "stranger"))
    assert (code, out) == (2, "")
    assert said in errors
