"""What the command prints: a link per audience and page, of what Terraform says, or of the demonstration."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from functions.portal.shell.words import ROLE
from infra.looker.pages import pages
from scripts.commands import report_links

OUTPUT = {"platform": {"sensitive": False, "type": "object", "value": {"warehouse": {"project": "acme-skills-dev"}}}}
PAIRS = [(ROLE[role], page.title) for page in pages().values() for role in page.audience]


def links(text: str) -> list[str]:
    return re.findall(r"^    (\S+)$", text, re.MULTILINE)


def pairs(text: str) -> list[tuple[str, str]]:
    """(audience, title) as printed."""
    found, audience = [], ""
    for line in text.splitlines():
        if line and not line.startswith(" "):
            audience = line.partition(" (")[0]
        elif re.match(r"  \S", line):
            found.append((audience, line.strip()))
    return found


@pytest.mark.parametrize("how", ["standard input", "a file", "a project"])
def test_every_audience_has_a_link_of_every_page_that_is_for_it(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "output.json").write_text(json.dumps(OUTPUT), "utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(OUTPUT)))
    given = {
        "standard input": ["--output", "-"],
        "a file": ["--output", str(tmp_path / "output.json")],
        "a project": ["--project", "acme-skills-dev"],
    }
    assert report_links.main(given[how]) == 0
    text = capsys.readouterr().out
    assert sorted(pairs(text)) == sorted(PAIRS)
    assert len(set(links(text))) == len(PAIRS)
    for address in links(text):
        assert address.startswith("https://datastudio.google.com/reporting/create?")
        assert "projectId=acme-skills-dev&" in address


def test_of_the_demonstration_the_links_are_the_portals_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert report_links.main([]) == 0
    text = capsys.readouterr().out
    assert sorted(pairs(text)) == sorted(PAIRS)
    assert set(links(text)) == {f"http://localhost:8081/reports/{name}" for name in pages()}


def test_name_host_template_and_who_pays_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--project", "acme-skills-dev", "--billing-project", "acme-billing", "--audience", "cro"]
    arguments += ["--product", "Looker Studio", "--host", "lookerstudio.google.com"]
    assert report_links.main([*arguments, "--template", "readiness=421c8150-e7ad-4190"]) == 0
    text = capsys.readouterr().out
    assert {audience for audience, _ in pairs(text)} == {ROLE["cro"]}
    assert "new report in Looker Studio" in text
    copied = [address for address in links(text) if "c.reportId=421c8150-e7ad-4190&" in address]
    assert len(copied) == 1
    assert "ds.skill_coverage.tableId=skill_coverage" in copied[0]
    for address in links(text):
        assert address.startswith("https://lookerstudio.google.com/reporting/create?")
        assert "billingProjectId=acme-billing" in address


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--project", "Acme Skills"], "'Acme Skills' is not a project's id"),
        (["--project", "acme-skills-dev", "--host", "evil.example/x?"], "is not a host"),
        (["--project", "acme-skills-dev", "--template", "nowhere=421c8150-e7ad"], "there is no page 'nowhere'"),
        (["--project", "acme-skills-dev", "--template", "readiness=&c.mode=edit"], "is not a report's id"),
        (["--output", "nothing.json"], "nothing.json"),
    ],
)
def test_what_would_make_no_working_link_is_refused(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report_links.main(arguments) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("output", ["", "{}", "[]", '{"platform": {"value": {}}}', '{"platform": null}'])
def test_an_output_of_something_else_is_named(
    output: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(output))
    assert report_links.main(["--output", "-"]) == 1
    assert "terraform output -json" in capsys.readouterr().err
