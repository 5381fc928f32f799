"""Every gcloud command that the documents name and scripts/deploy gives, held by gcloud's own tree of commands."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.commands import deploy
from scripts.commands.deployer import bindings, planner

ROOT = Path(__file__).resolve().parents[2]
GCLOUD = re.compile(r"""\bgcloud(?: +(?:[^\s'"|;()<>#`]|'[^']*'|"[^"]*")+)+""")
LATER = {"firestore databases clone"}
"""Commands that the documents name with the version that has them, younger than the one of the tests."""


def documented() -> Iterator[tuple[str, str]]:
    """Each (document, command) of what is to be copied; what somebody fills in stands as x."""
    for path in sorted((ROOT / "docs").glob("*.md")):
        for block in re.findall(r"^ *```\w*\n(.*?)^ *```$", path.read_text("utf-8"), re.MULTILINE | re.DOTALL):
            for line in re.sub(r"\\\n\s*", " ", block).splitlines():
                line = re.sub(r"\s# .*", "", line)  # what is said about it
                for found in GCLOUD.findall(re.sub(r"\$\{[^}]*\}|\$\w+|<[a-zA-Z ]+>|…", "x", line)):
                    yield path.name, " ".join(found.split())


@pytest.fixture(scope="module")
def lint(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Command → what gcloud finds wrong with it."""
    if shutil.which("gcloud") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no gcloud here")
        pytest.skip("no gcloud here: the documents' commands are NOT held by its own tree")
    commands = {*(command for _, command in documented()), *given()}
    file = tmp_path_factory.mktemp("gcloud") / "commands.json"
    file.write_text(json.dumps([{"command_string": command} for command in sorted(commands)]), "utf-8")
    linting = ["gcloud", "meta", "lint-gcloud-commands", f"--commands-file={file}"]
    done = subprocess.run(linting, capture_output=True, text=True, check=True)
    found = {one["command_string"]: "" if one["success"] else one["error_message"] for one in json.loads(done.stdout)}
    assert len(found) == len(commands)
    return found


def given() -> list[str]:
    """What scripts/deploy tells gcloud in a project in which nothing is there yet."""
    told: list[str] = []

    def note(*command: str) -> None:
        told.append(shlex.join(command))

    with pytest.MonkeyPatch.context() as patch:
        environment = object.__new__(deploy.Environment)
        environment.name, environment.project, environment.region = "dev", "acme-skills-dev", "europe-west1"
        environment.settings = ROOT / "terraform" / "envs" / "dev.tfvars.example"
        environment.state_bucket, environment.sources_bucket = "acme-terraform-state", "acme-sources"
        patch.setattr(deploy, "run", note)
        patch.setattr(deploy, "answer", note)
        patch.setattr(deploy, "terraform", lambda *_: None)
        patch.setattr(deploy, "check_tools", note)
        patch.setattr(deploy.subprocess, "run", lambda command, **_: note(*command))  # type: ignore[attr-defined]
        deploy.bootstrap(environment)
        deploy.make_ssl_policy(environment)
        deploy.redirect_port_80(environment)
        for arguments in bindings(environment.project, "user:you@example.com"):
            note("gcloud", *arguments)
        for known in (True, False):
            for arguments in planner(environment.project, "user:you@example.com", known=known):
                note("gcloud", *arguments)
    given_once: dict[str, str] = {}
    for command in told:  # one of each form: secrets and roles come by the dozen
        given_once.setdefault(
            re.sub(r"roles/[\w.]+|(?<=versions list )\S+|(?<=describe )[\w.]+", "x", command), command
        )
    return [command for command in given_once.values() if command.startswith("gcloud")]


def test_each_command_of_the_documents_exists_with_its_options(lint: dict[str, str]) -> None:
    asked = [(document, command) for document, command in documented() if not later(command)]
    assert len(asked) > 25
    assert [(document, command, lint[command]) for document, command in asked if lint[command]] == []


def test_each_command_of_a_deployment_exists_with_its_options(lint: dict[str, str]) -> None:
    commands = given()
    assert len(commands) > 12
    assert [(command, lint[command]) for command in commands if lint[command]] == []


def later(command: str) -> bool:
    return any(command.startswith(f"gcloud {one}") for one in LATER)
