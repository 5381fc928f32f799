"""scripts/seed against the real API on a port of its own."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import yaml

from infra.frameworks.shipped import FRAMEWORKS
from scripts.commands import seed
from shared.ports.documents import Delete
from tests.harness.api_client import ENID, ApiClient


def run(*arguments: object) -> tuple[int, str, str]:
    out, errors = StringIO(), StringIO()
    return seed.main([str(argument) for argument in arguments], out, errors), out.getvalue(), errors.getvalue()


def test_an_empty_platform_gets_every_shipped_framework(api: ApiClient, url: str, token_file: Path) -> None:
    for path in FRAMEWORKS.glob("*.yaml"):
        api.parts.documents.commit([Delete(f"frameworks/{path.stem}")])
    assert api.get("frameworks").json["frameworks"] == []
    code, out, errors = run("--url", url, "--token-file", token_file)
    assert (code, errors) == (0, "")
    published = api.get("frameworks").json["frameworks"]
    assert [item["framework_id"] for item in published] == ["cable_jointing_demo", "sales_engineering"]
    assert out.count("version 1 in force as the file has it") == 2


def test_what_people_edited_stays_unless_it_is_to_be_replaced(api: ApiClient, url: str, token_file: Path) -> None:
    edited = api.put("skills/discovery", {"description": "Ours."})
    assert edited.json["framework_version"] == 2
    code, out, _ = run("--url", url, "--token-file", token_file, FRAMEWORKS / "sales_engineering.yaml")
    assert (code, out) == (0, "sales_engineering: version 2 kept; --replace publishes the file\n")
    assert api.get("skills/discovery").json["description"] == "Ours."
    run("--url", url, "--token-file", token_file, "--replace", FRAMEWORKS / "sales_engineering.yaml")
    again = api.get("skills/discovery").json
    assert again["framework_version"] == 3
    assert again["description"] != "Ours."


def test_a_refusal_is_told_in_the_platforms_words(api: ApiClient, url: str, token_file: Path, tmp_path: Path) -> None:
    broken = yaml.safe_load((FRAMEWORKS / "cable_jointing_demo.yaml").read_text(encoding="utf-8"))
    broken["framework_id"] = "broken"
    broken["rules"][0]["competency"] = "K9"
    path = tmp_path / "broken.yaml"
    path.write_text(yaml.safe_dump(broken))
    code, _, errors = run("--url", url, "--token-file", token_file, path)
    assert code == 1
    assert "rules.0.competency: 'K9' is not among the competencies" in errors
    token_file.write_text(api.token(ENID))
    code, _, errors = run("--url", url, "--token-file", token_file, FRAMEWORKS / "cable_jointing_demo.yaml")
    assert code == 1
    assert "403" in errors


def test_a_platform_that_is_not_there(token_file: Path) -> None:
    code, _, errors = run("--url", "http://127.0.0.1:9", "--token-file", token_file)
    assert code == 1
    assert "cannot be reached" in errors
