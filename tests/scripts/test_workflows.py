"""What builds and deploys in somebody else's repository: GitHub's workflows and Cloud Build's, read as they stand.

Nobody here can run them. So their form is held by the published schemas, their dangers by a linter of its own, and all
that they call by what is in the repository.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = {path.stem: path for path in sorted((ROOT / ".github/workflows").glob("*.yml"))}
CLOUD_BUILD = ROOT / "cloudbuild.yaml"
ALL = [*WORKFLOWS.values(), CLOUD_BUILD]
READ, FEDERATED = {"contents": "read"}, {"contents": "read", "id-token": "write"}


def workflow(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(WORKFLOWS[name].read_text("utf-8"))
    return found


def jobs() -> dict[str, dict[str, Any]]:
    return {f"{name}.{job}": body for name in WORKFLOWS for job, body in workflow(name)["jobs"].items()}


def commands(steps: list[dict[str, Any]]) -> str:
    """All that the steps run, GitHub's or Cloud Build's."""
    return "\n".join(str(step.get("run") or [step.get("entrypoint"), step.get("args")]) for step in steps)


@pytest.mark.parametrize(
    ("schema", "files"), [("vendor.github-workflows", [*WORKFLOWS.values()]), ("vendor.cloudbuild", [CLOUD_BUILD])]
)
def test_the_form_is_the_vendors_own(schema: str, files: list[Path]) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_linter_of_workflows_finds_no_danger() -> None:
    """Unpinned actions, text of a stranger in a command, wide permissions, credentials that stay on disk."""
    zizmor = Path(sys.executable).with_name("zizmor")
    command = [str(zizmor), "--offline", "--no-progress", "--min-severity=medium", str(ROOT / ".github")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_action_and_image_is_pinned() -> None:
    for path in WORKFLOWS.values():
        for used in re.findall(r"uses: (.*)", path.read_text("utf-8")):
            assert used.startswith("./") or re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used), used
    images = [step["name"] for step in yaml.safe_load(CLOUD_BUILD.read_text("utf-8"))["steps"]]
    images += [body["container"]["image"] for body in jobs().values() if "container" in body]
    assert all(re.search(r":\d+\.\d+\.\d+(-\w+)?$", image) for image in images), images


def test_each_job_may_what_it_needs() -> None:
    assert all(workflow(name)["permissions"] == {} for name in WORKFLOWS)
    given = {name: body["permissions"] for name, body in jobs().items()}
    more = {name: permissions for name, permissions in given.items() if permissions != READ}
    assert more == {
        "plan.plan": FEDERATED,
        "deploy.deploy": FEDERATED,
        "deploy.lock": {"contents": "write", "pull-requests": "write"},
    }


def test_google_is_reached_by_federation_from_a_named_environment_alone() -> None:
    for name, body in jobs().items():
        (auth, *_) = [
            step for step in body.get("steps", []) if "google-github-actions/auth@" in step.get("uses", "")
        ] or [None]
        assert (auth is not None) == (body["permissions"] == FEDERATED), name
        if auth is not None:
            assert auth["with"].keys() == {"workload_identity_provider", "service_account"}
            # The token's subject names the environment, and with it whom its protection lets in.
            assert body["environment"].startswith("${{ matrix.environment }}")


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_nothing_holds_a_secret(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"secrets\.|credentials_json|secretEnv|availableSecrets|inherit|PRIVATE KEY", text)


def test_the_audit_always_runs_and_its_finding_stops_everything() -> None:
    audit = jobs()["check.audit"]
    assert "if" not in audit
    assert [step["run"] for step in audit["steps"] if "run" in step] == ["./scripts/audit --must"]
    for path in ALL:
        text = path.read_text("utf-8")
        assert "continue-on-error" not in text
        assert "allowFailure" not in text
        assert "allowExitCodes" not in text
    assert not [line for line in WORKFLOWS["check"].read_text("utf-8").splitlines() if "||" in line]
    steps = yaml.safe_load(CLOUD_BUILD.read_text("utf-8"))["steps"]
    told = commands([step for step in steps if step["id"] == "audit"])
    assert "./scripts/audit --must" in told
    assert "||" not in told
    assert [step["id"] for step in steps] == ["terraform", "audit", "test", "plan or deploy", "smoke test"], (
        "one after the other"
    )


def test_what_is_deployed_has_passed_and_is_asked_whether_it_works() -> None:
    deploy = workflow("deploy")["jobs"]
    assert deploy["deploy"]["environment"] == "${{ matrix.environment }}", "its protection is the approval"
    assert {"test", "environments"} == set(deploy["deploy"]["needs"])
    assert deploy["test"]["uses"] == "./.github/workflows/check.yml"
    assert deploy["test"]["needs"] == deploy["environments"]["needs"] == "lock", "first of all"
    told = commands(deploy["deploy"]["steps"])
    assert (
        0 < told.index('./scripts/deploy "$ENVIRONMENT" --yes') < told.index('./scripts/deploy "$ENVIRONMENT" --smoke')
    )
    assert "--plan" in commands(workflow("plan")["jobs"]["plan"]["steps"])
    assert "--yes" not in commands(workflow("plan")["jobs"]["plan"]["steps"])


def test_both_test_with_the_same_packages_in_the_same_image() -> None:
    check, build = jobs()["check.test"], yaml.safe_load(CLOUD_BUILD.read_text("utf-8"))["steps"]
    (step,) = [step for step in build if step["id"] == "test"]
    (ours,) = re.findall(r"--no-install-recommends (.+)", commands(check["steps"]))
    assert re.findall(r"--no-install-recommends (.+)", step["args"][1]) == [ours]
    # What one step installs into .venv the next one runs, with the same interpreter.
    assert {one["name"] for one in build if "./scripts/" in commands([one])} == {check["container"]["image"]}


def test_the_settings_of_an_environment_can_be_committed() -> None:
    """Where workflows deploy they stand on main, beside the lock; what else Terraform writes stays out."""
    out = ["terraform/other.tfvars", "terraform/terraform.tfstate", "terraform/.terraform/modules"]
    command = ["git", "check-ignore", "--no-index", "terraform/envs/dev.tfvars", "terraform/.terraform.lock.hcl", *out]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.split() == out


def test_every_script_and_option_that_is_called_exists() -> None:
    called: dict[str, set[str]] = {}
    for path in ALL:
        for name, rest in re.findall(r"\./scripts/([\w-]+)([^;\n|)]*)", path.read_text("utf-8")):
            called.setdefault(name, set()).update(re.findall(r"(?<=\s)--[\w-]+", rest))
    assert {"audit", "test", "deploy", "environments"} <= called.keys()
    for name, options in called.items():
        done = subprocess.run([ROOT / "scripts" / name, "--help"], capture_output=True, text=True, check=True)
        assert not [option for option in options if option not in done.stdout], name


def test_one_terraform_everywhere_which_the_modules_take() -> None:
    texts = "\n".join(path.read_text("utf-8") for path in ALL)
    versions = set(re.findall(r"(?:terraform_version: |hashicorp/terraform:)(\S+)", texts))
    assert len(versions) == 1
    least = re.search(r'required_version = ">= ([\d.]+)"', (ROOT / "terraform/main.tf").read_text("utf-8"))
    assert least is not None
    assert tuple(map(int, versions.pop().split("."))) >= tuple(map(int, least[1].split(".")))


def test_environments_are_what_has_settings(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    folder = tmp_path / "terraform" / "envs"
    folder.mkdir(parents=True)
    script = shutil.copy2(ROOT / "scripts/environments", tmp_path / "scripts/environments")

    def listed(*arguments: str) -> tuple[int, str]:
        done = subprocess.run([script, *arguments], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    assert listed("--json") == (0, "[]\n")
    for name in ("acme-eu.tfvars", "dev.tfvars", "prod.tfvars.example"):
        (folder / name).write_text("", "utf-8")
    assert listed("--json") == (0, '["acme-eu","dev"]\n')
    assert listed("--json", "dev") == (0, '["dev"]\n')
    assert listed() == (0, "acme-eu\ndev\n")
    assert listed("--json", "prod")[0] == 1
    assert listed("--json", "../dev")[0] == 1


@pytest.mark.parametrize("there", [True, False])
def test_a_deployment_of_nothing_is_told(tmp_path: Path, there: bool) -> None:
    """Settings that were never committed leave nothing to do, which is no failure and easily overlooked."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "terraform/envs").mkdir(parents=True)
    shutil.copy2(ROOT / "scripts/environments", tmp_path / "scripts/environments")
    if there:
        (tmp_path / "terraform/envs/dev.tfvars").write_text("", "utf-8")
    (step,) = [one["run"] for one in workflow("deploy")["jobs"]["environments"]["steps"] if "run" in one]
    environment = {"PATH": "/usr/bin:/bin", "GITHUB_OUTPUT": str(tmp_path / "output"), "ONLY": ""}
    command = ["bash", "-ec", step]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert (tmp_path / "output").read_text("utf-8") == ('names=["dev"]\n' if there else "names=[]\n")
    assert ("::warning::Nothing is deployed" in done.stdout) is not there


PIN = 'terraform {\n  required_providers {\n    google = {\n      version = "6.50.0" # exactly\n    }\n  }\n}\n'
TERRAFORM = """#!/bin/sh
printf '  version = "6.50.0"\\n  hashes = ["zh:0"]\\n' > terraform/.terraform.lock.hcl
echo "$@" > told-terraform
"""
GH = '#!/bin/sh\necho "$@" > told-gh\n'


def propose_lock(folder: Path, lock: str | None) -> tuple[int, Path]:
    """Runs the first step of a deployment as GitHub would, on a clone with a lock or without; its status, the clone."""
    tools, clone = folder / "tools", folder / "clone"
    (clone / "terraform").mkdir(parents=True)
    (clone / "terraform/main.tf").write_text(PIN, "utf-8")
    if lock is not None:
        (clone / "terraform/.terraform.lock.hcl").write_text(lock, "utf-8")
    tools.mkdir()
    for name, text in (("terraform", TERRAFORM), ("gh", GH)):
        (tools / name).write_text(text, "utf-8")
        (tools / name).chmod(0o755)
    begun = "git init -q --bare ../origin && git init -q -b main && git add . && "
    begun += "git -c user.name=a -c user.email=a@b commit -qm one && git remote add origin ../origin"
    subprocess.run(["bash", "-ec", begun], cwd=clone, check=True)
    (step,) = [one["run"] for one in workflow("deploy")["jobs"]["lock"]["steps"] if "run" in one]
    environment = {"PATH": f"{tools}:/usr/bin:/bin", "HOME": str(folder), "GITHUB_REF_NAME": "main"}
    command = ["bash", "-ec", step]
    done = subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, clone


@pytest.mark.parametrize("lock", [None, '  version = "6.49.0"\n  hashes = ["zh:1"]\n'], ids=["none", "of another pin"])
def test_a_deployment_begins_with_proposing_the_lock_of_the_pinned_provider(tmp_path: Path, lock: str | None) -> None:
    status, clone = propose_lock(tmp_path, lock)
    assert status == 1, "nothing is deployed without"
    platforms = "-platform=linux_amd64 -platform=linux_arm64 -platform=darwin_arm64"
    assert (clone / "told-terraform").read_text("utf-8").strip() == f"-chdir=terraform providers lock {platforms}"
    assert "pr create --head terraform-lock --base main" in (clone / "told-gh").read_text("utf-8")
    show = ["git", "--git-dir", "../origin", "show", "terraform-lock:terraform/.terraform.lock.hcl"]
    shown = subprocess.run(show, cwd=clone, capture_output=True, text=True, check=True)
    assert 'version = "6.50.0"' in shown.stdout


def test_a_deployment_goes_on_where_the_lock_is_there(tmp_path: Path) -> None:
    status, clone = propose_lock(tmp_path, '  version = "6.50.0"\n')
    assert status == 0
    assert not (clone / "told-terraform").exists()
