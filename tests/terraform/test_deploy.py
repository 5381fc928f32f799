"""scripts/deploy on a copy of the repository, with stand-ins for gcloud and terraform that note what they are asked."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.declarations.pipeline import load_pipeline
from scripts.commands import deploy, smoke
from tests.terraform.conftest import ROOT

SETTINGS = 'project_id = "acme-skills-dev"\nhosts = { api = "api.example.com", portal = "example.com" }\n'

# The first answer whose key is part of the command is given; without one, nothing is printed and the status is 0.
STAND_IN = """#!{python} -IS
import json, os, sys
command = " ".join([os.path.basename(sys.argv[0]), *sys.argv[1:]])
with open({calls!r}, "a") as calls:
    calls.write(json.dumps([command, sys.stdin.read() if "--data-file=-" in command else ""]) + "\\n")
with open({answers!r}) as answers:
    for part, (status, text) in json.load(answers).items():
        if part in command:
            print(text)
            sys.exit(status)
"""


@dataclass
class Clone:
    """A copy of the repository, and stand-ins that answer by parts of commands."""

    root: Path
    answers: dict[str, tuple[int, str]]

    def deploy(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(shlex.join([str(self.root / "scripts" / "deploy"), *arguments]), "no\n", {})

    def run(
        self, command: str, told: str = "yes\n", more: Mapping[str, str] = os.environ
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command of the repository's in it. told: what somebody types; more: of the environment"""
        tools = self.root / "tools"
        tools.mkdir(exist_ok=True)
        (tools / "answers.json").write_text(json.dumps(self.answers), "utf-8")
        for name in ("gcloud", "terraform"):
            stand_in = tools / name
            names = {"calls": str(tools / "calls"), "answers": str(tools / "answers.json")}
            stand_in.write_text(STAND_IN.format(python=sys.executable, **names), "utf-8")
            stand_in.chmod(0o755)
        environment = {
            **more,
            "PATH": os.environ["PATH"],
            "GCLOUD": str(tools / "gcloud"),
            "TERRAFORM": str(tools / "terraform"),
        }
        return subprocess.run(
            shlex.split(command),
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            input=told,
        )

    @property
    def calls(self) -> list[tuple[str, str]]:
        path = self.root / "tools" / "calls"
        return [tuple(json.loads(line)) for line in path.read_text("utf-8").splitlines()] if path.exists() else []

    def called(self, part: str) -> list[str]:
        return [command for command, _ in self.calls if part in command]


LOGGED_IN = {"auth list": (0, "someone@example.com"), "print-access-token": (0, "token")}
READY = {**LOGGED_IN, "versions list": (0, "1"), "buckets describe": (0, "there"), "objects describe": (1, "")}


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    ignored = shutil.ignore_patterns(".terraform", "*.tfvars", "*.tfstate*", "demonstration")
    for name in ("scripts", "infra", "terraform"):  # with what is compiled, which a command need not compile again
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    shutil.copy2(ROOT / "requirements.lock", tmp_path)  # what is installed is compared with it
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "terraform/envs/dev.tfvars").write_text(SETTINGS, "utf-8")
    return Clone(tmp_path, dict(LOGGED_IN))


@pytest.fixture
def sources(clone: Clone) -> Path:
    """An earlier build: a zip and an object's name for every function."""
    names = {name: f"functions/{name}/{'a' * 64}.zip" for name in load_pipeline().functions}
    for name in names.values():
        path = clone.root / "build" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(b"zip")
    path = clone.root / "build" / "earlier.tfvars.json"
    path.write_text(json.dumps({"sources": names}), "utf-8")
    return path


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"auth list": (0, "")}, "gcloud is not logged in: run `gcloud auth login`"),
        ({**LOGGED_IN, "print-access-token": (1, "")}, "run `gcloud auth application-default login`"),
        ({**LOGGED_IN, "buckets describe": (1, "")}, "is not prepared: run ./scripts/deploy dev --bootstrap"),
        ({**READY, "versions list session-key": (0, "")}, "secrets without a value: session-key"),
    ],
)  # fmt: skip
def test_it_says_what_is_missing_before_it_changes_anything(
    clone: Clone, answers: dict[str, tuple[int, str]], message: str
) -> None:
    # The stand-ins take the first answer that fits, so the longer part goes first.
    clone.answers = dict(sorted(answers.items(), key=lambda answer: -len(answer[0])))
    done = clone.deploy("dev")
    assert done.returncode == 1
    assert message in done.stderr
    assert not clone.called("terraform ")
    assert not clone.called("storage cp")


def test_without_settings_it_names_the_file_to_fill_in(clone: Clone) -> None:
    done = clone.deploy("prod")
    assert done.returncode == 1
    assert "prod.tfvars is missing: copy terraform/envs/prod.tfvars.example and fill it in" in done.stderr
    assert clone.calls == []


def test_bootstrap_makes_up_generated_secrets_and_says_how_to_supply_the_others(clone: Clone) -> None:
    done = clone.deploy("dev", "--bootstrap")
    assert done.returncode == 0, done.stderr
    (apply,) = clone.called("apply")
    assert "-target=module.platform.module.data.google_secret_manager_secret.this" in apply
    made_up = {command.split()[4]: value for command, value in clone.calls if "versions add" in command}
    declared = load_pipeline().secrets
    assert made_up.keys() == {name for name, secret in declared.items() if secret.generated}
    assert all(len(value) >= 48 for value in made_up.values())
    for name in declared.keys() - made_up.keys():
        assert f"gcloud secrets versions add {name} --project=acme-skills-dev --data-file=-" in done.stdout
    assert not any(value in done.stdout for value in made_up.values())


def test_bootstrap_makes_the_policy_that_refuses_old_tls_once(clone: Clone) -> None:
    clone.deploy("dev", "--bootstrap")
    assert not clone.called("ssl-policies create")
    clone.answers = {**clone.answers, "ssl-policies describe": (1, "")}
    done = clone.deploy("dev", "--bootstrap")
    assert done.returncode == 0, done.stderr
    (made,) = clone.called("ssl-policies create")
    assert "--profile=MODERN --min-tls-version=1.2" in made


def test_what_stands_beside_terraform_is_made_before_and_after_what_needs_it(clone: Clone, sources: Path) -> None:
    there = ("ssl-policies", "target-http-proxies", "forwarding-rules")
    clone.answers = {**{f"{kind} describe": (1, "") for kind in there}, **READY}
    done = clone.deploy("dev", "--yes", "--sources", str(sources))
    assert done.returncode == 0, done.stderr
    made = [command for command, _ in clone.calls if " create " in command or " apply " in command]
    assert ["apply" in command for command in made] == [False, True, False, False]
    uploaded = [command for command in clone.called("storage cp") if "/functions/" in command]
    assert len(uploaded) == len(load_pipeline().functions)
    assert "ssl-policies create augment-skills-modern" in made[0]
    assert "target-http-proxies create augment-skills-redirect" in made[2]
    assert "forwarding-rules create augment-skills-redirect" in made[3]
    assert "--ports=80" in made[3]


def test_a_plan_changes_nothing(clone: Clone, sources: Path) -> None:
    clone.answers = READY
    done = clone.deploy("dev", "--plan", "--sources", str(sources))
    assert done.returncode == 0, done.stderr
    assert not clone.called("storage cp")
    assert clone.called("init -input=false -reconfigure -backend-config=bucket=acme-skills-dev-terraform-state")
    settings = clone.root / "terraform" / "envs" / "dev.tfvars"
    assert clone.called(f"plan -var=environment=dev -var-file={settings} -var-file={sources}")
    assert not clone.called("apply")


def test_what_lies_in_the_bucket_is_not_uploaded_again(clone: Clone, sources: Path) -> None:
    clone.answers = {**READY, "objects describe": (0, "there")}
    done = clone.deploy("dev", "--yes", "--sources", str(sources))
    assert done.returncode == 0, done.stderr
    assert [command for command in clone.called("storage cp") if "/functions/" in command] == []
    assert clone.called("apply")
    assert clone.called("gs://acme-skills-dev-sources/deployments/")


def test_a_no_applies_nothing(clone: Clone, sources: Path) -> None:
    clone.answers = READY
    done = clone.deploy("dev", "--sources", str(sources))
    assert done.returncode == 1
    assert "not applied" in done.stderr
    assert not clone.called("apply")


def test_a_source_that_is_nowhere_is_named(clone: Clone, sources: Path) -> None:
    clone.answers = READY
    shutil.rmtree(clone.root / "build" / "functions" / "ingest")
    done = clone.deploy("dev", "--sources", str(sources))
    assert done.returncode == 1
    assert "functions/ingest/" in done.stderr
    assert "check out its commit and package" in done.stderr
    assert not clone.called("plan")


MEMBERS = json.dumps({"listPolicy": {"allowedValues": ["C0abc"]}})
REGIONS = json.dumps({"listPolicy": {"allowedValues": ["in:us-locations"]}})
NO_ACCOUNTS = json.dumps({"booleanPolicy": {"enforced": True}})
INTERNAL = json.dumps({"listPolicy": {"allowedValues": ["internal"]}})
MANAGED = {"spec": {"rules": [{"enforce": True, "parameters": {"allowedPrincipalSets": ["//…/organizations/1"]}}]}}
WITH_ALL = {"spec": {"rules": [{"enforce": True, "parameters": {"allowedMemberSubjects": ["allUsers"]}}]}}
NOT_HERE = json.dumps({"listPolicy": {"deniedValues": ["in:eu-locations"]}})
NO_KEYS = json.dumps({"listPolicy": {"deniedValues": ["is:bigquery.googleapis.com", "aiplatform.googleapis.com"]}})
NETWORK = json.dumps({"listPolicy": {"allowedValues": ["all-traffic"]}})


@pytest.mark.parametrize(
    ("constraint", "policy", "message"),
    [
        ("iam.allowedPolicyMemberDomains", MEMBERS, "admits C0abc, and public functions admit allUsers"),
        ("iam.managed.allowedPolicyMembers", json.dumps(MANAGED), "is enforced without allUsers"),
        ("iam.managed.allowedPolicyMembers", json.dumps(WITH_ALL), None),
        ("gcp.resourceLocations", REGIONS, "everything stands in europe-west1: choose an allowed region"),
        ("iam.disableServiceAccountCreation", NO_ACCOUNTS, "every function has an account of its own"),
        ("run.allowedVPCEgress", NETWORK, "name one in vpc_connector"),
        ("run.allowedIngress", INTERNAL, "does not allow all, internal-and"),
        ("gcp.resourceLocations", json.dumps({"listPolicy": {"allowedValues": ["in:eu-locations"]}}), None),
        ("gcp.resourceLocations", json.dumps({"listPolicy": {"deniedValues": ["in:us-locations"]}}), None),
        ("gcp.resourceLocations", NOT_HERE, "everything stands"),
        ("run.allowedIngress", json.dumps({"listPolicy": {"deniedValues": ["all"]}}), "does not allow all, and"),
        ("gcp.restrictNonCmekServices", NO_KEYS, "does not allow bigquery.googleapis.com, and everything is encrypted"),
        ("compute.disableGlobalLoadBalancing", NO_ACCOUNTS, "stand on a global load balancer"),
        ("gcp.resourceLocations", json.dumps({"listPolicy": {"allValues": "ALLOW"}}), None),
        ("iam.disableServiceAccountCreation", json.dumps({"booleanPolicy": {}}), None),
    ],
)  # fmt: skip
def test_an_organisations_policies_are_asked_before_anything_changes(
    clone: Clone, sources: Path, constraint: str, policy: str, message: str | None
) -> None:
    clone.answers = {f"describe {constraint} ": (0, policy), **READY}
    done = clone.deploy("dev", "--yes", "--sources", str(sources))
    assert done.returncode == (1 if message else 0), done.stderr
    if message:
        assert message in done.stderr
        assert not clone.called("storage cp")
        assert not clone.called("terraform ")
        checked = clone.deploy("dev", "--check")
        assert checked.returncode == 1
        assert message in checked.stderr


@pytest.mark.parametrize(("place", "arrives"), [("EU", True), ("EUROPE-WEST1", True), ("EUROPE-WEST4", False)])
def test_a_bucket_into_which_firestore_copies_nothing_is_told(clone: Clone, place: str, arrives: bool) -> None:
    settings = clone.root / "terraform/envs/dev.tfvars"
    settings.write_text(f'{SETTINGS}copies_bucket = "acme-copies"\n', "utf-8")
    clone.answers = {"describe gs://acme-copies ": (0, place), **READY}
    done = clone.deploy("dev", "--check")
    assert done.returncode == (0 if arrives else 1), done.stderr
    assert arrives or "make one in EU" in done.stderr


def test_nobody_is_asked_what_nobody_sees(clone: Clone) -> None:
    """gcloud asks whether to switch an interface on, and waits; its words are read by the command, not by a person."""
    asks = clone.root / "asks"
    asks.write_text('#!/bin/sh\nread -r word\necho "$CLOUDSDK_CORE_DISABLE_PROMPTS$word"\n', "utf-8")
    asks.chmod(0o755)
    assert deploy.answer(str(asks)) == "1"
    assert deploy.answer(str(clone.root / "nowhere")) is None


def test_policies_that_may_not_be_read_are_told_and_stop_nothing(clone: Clone) -> None:
    clone.answers = {"describe gcp.resourceLocations ": (1, ""), **READY}
    done = clone.deploy("dev", "--check")
    assert done.returncode == 0, done.stderr
    assert "(role Organization Policy Viewer): gcp.resourceLocations" in done.stdout


def test_a_policy_that_is_set_aside_refuses_nothing(clone: Clone) -> None:
    clone.answers = {"describe iam.allowedPolicyMemberDomains ": (0, MEMBERS), **READY}
    settings = clone.root / "terraform/envs/dev.tfvars"
    settings.write_text(SETTINGS + 'overridden_policies = ["iam.allowedPolicyMemberDomains"]\n', "utf-8")
    done = clone.deploy("dev", "--check")
    assert done.returncode == 0, done.stderr


def test_a_quota_below_what_all_functions_may_start_is_told(clone: Clone) -> None:
    functions = load_pipeline().functions.values()
    wanted = sum(function.max_instances * function.cpu for function in functions)
    info = {"applicableLocations": ["europe-west1"], "details": {"value": str(int((wanted - 1) * 1000))}}
    clone.answers = {"quotas info describe": (0, json.dumps({"dimensionsInfos": [info]})), **READY}
    done = clone.deploy("dev", "--check")
    assert done.returncode == 0, done.stderr
    assert f"may start {wanted:g} CPUs, and the quota in europe-west1 is {wanted - 1:g}" in done.stdout
    info["details"] = {"value": str(int(wanted * 1000))}
    clone.answers = {"quotas info describe": (0, json.dumps({"dimensionsInfos": [info]})), **READY}
    assert "quota" not in clone.deploy("dev", "--check").stdout
    clone.answers = {"quotas info describe": (1, ""), **READY}
    assert "the quota in europe-west1 cannot be read" in clone.deploy("dev", "--check").stdout


def test_any_number_of_environments_is_planned_by_one_command(clone: Clone, sources: Path) -> None:
    other = SETTINGS.replace("acme-skills-dev", "acme-skills-eu")
    (clone.root / "terraform/envs/acme-eu.tfvars").write_text(other, "utf-8")
    (clone.root / "terraform/envs/broken.tfvars").write_text("", "utf-8")
    clone.answers = READY
    done = clone.deploy("--all", "--plan", "--sources", str(sources))
    assert done.returncode == 1
    assert "2 of 3 environments; broken failed" in done.stdout
    planned = [command.split("-var=environment=")[1].split()[0] for command in clone.called(" plan ")]
    assert planned == ["acme-eu", "dev"]


def test_one_command_deploys_every_environment_and_asks_each_whether_it_works(
    clone: Clone, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (clone.root / "terraform/envs/acme-eu.tfvars").write_text(SETTINGS.replace("dev", "eu"), "utf-8")
    done: list[tuple[str, str]] = []

    def asked(environment: deploy.Environment) -> None:
        done.append(("asked", environment.name))
        if environment.name == "acme-eu":
            raise deploy.DeployError("acme-eu does not work as it should")

    monkeypatch.setattr(deploy, "ROOT", clone.root)
    monkeypatch.setattr(deploy, "check_tools", lambda: None)
    monkeypatch.setattr(deploy, "deploy", lambda environment, **more: done.append(("deployed", environment.name)))
    monkeypatch.setattr(deploy, "ask_whether_it_works", asked)
    assert deploy.main(["--all", "--yes", "--smoke"]) == 1
    assert done == [("deployed", "acme-eu"), ("asked", "acme-eu"), ("deployed", "dev"), ("asked", "dev")]
    assert "1 of 2 environments; acme-eu failed" in capsys.readouterr().out
    assert deploy.main(["dev", "--smoke"]) == 0
    assert done[4:] == [("asked", "dev")], "and nothing deployed"


def test_what_runs_is_asked_by_its_own_addresses(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[list[str]] = []
    monkeypatch.setattr(deploy, "ROOT", clone.root)
    monkeypatch.setattr(deploy, "answer", lambda *command: "a token")

    def answering(arguments: list[str]) -> int:
        told.append(arguments)
        return len(told) - 1

    monkeypatch.setattr(smoke, "main", answering)
    deploy.ask_whether_it_works(deploy.Environment("dev"))
    assert told[0][:2] == ["--url=https://api.example.com", "--portal=https://example.com"]
    with pytest.raises(deploy.DeployError, match="dev does not work as it should"):
        deploy.ask_whether_it_works(deploy.Environment("dev"))


@pytest.mark.parametrize(
    "arguments", [(), ("dev", "--all"), ("dev", "--plan", "--check"), ("dev", "--plan", "--smoke")]
)
def test_what_is_asked_for_is_one_thing(clone: Clone, arguments: tuple[str, ...]) -> None:
    assert clone.deploy(*arguments).returncode == 2
    assert clone.calls == []


def test_whoever_deploys_gets_what_the_modules_need_and_may_grant_what_they_grant(clone: Clone) -> None:
    done = clone.deploy("dev", "--deployer", "serviceAccount:deployer@acme-skills-dev.iam.gserviceaccount.com")
    assert done.returncode == 0, done.stderr
    given = {command.split("--role=")[1].split()[0]: command for command in clone.called("add-iam-policy-binding")}
    declared = json.loads((ROOT / "terraform" / "deployer.json").read_text("utf-8"))
    assert given.keys() == declared["project"].keys()
    assert not {"roles/owner", "roles/editor"} & given.keys()
    granting = given.pop("roles/resourcemanager.projectIamAdmin")
    assert "hasOnly(['roles/artifactregistry.writer', " in granting
    assert all(command.endswith("--condition=None --format=none") for command in given.values())


@pytest.mark.parametrize("known", [True, False])
def test_whoever_plans_gets_a_role_of_its_own_and_no_more_than_a_plan_reads(clone: Clone, known: bool) -> None:
    clone.answers = {"roles describe": (0 if known else 1, ""), **LOGGED_IN}
    done = clone.deploy("dev", "--planner", "serviceAccount:planner@acme-skills-dev.iam.gserviceaccount.com")
    assert done.returncode == 0, done.stderr
    (made,) = clone.called("--permissions=")
    assert f"iam roles {'update' if known else 'create'} planner --project=acme-skills-dev" in made
    given = {command.split("--role=")[1].split()[0] for command in clone.called("add-iam-policy-binding")}
    declared = json.loads((ROOT / "terraform" / "deployer.json").read_text("utf-8"))["planner"]
    assert given == {role.format(project="acme-skills-dev") for role in declared}
