"""The modules by themselves: formatted, valid, and right by their own tests; checkov finds nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.harness import provisioned as rendering
from tests.terraform.conftest import ROOT, Terraform

pytestmark = pytest.mark.terraform

MODULES = sorted(path.name for path in (ROOT / "terraform" / "modules").iterdir())
TESTED = [name for name in MODULES if (ROOT / "terraform" / "modules" / name / "tests").is_dir()]
ROOT_MODULE = "."
CHECKOV = os.environ.get("CHECKOV", "checkov")


def test_everything_is_formatted(terraform: Terraform) -> None:
    done = terraform("", "fmt", "-check", "-recursive", "-no-color")
    assert done.returncode == 0, f"terraform fmt -recursive changes:\n{done.stdout}{done.stderr}"


def test_the_root_is_valid_and_asks_more_of_production(terraform: Terraform) -> None:
    done = terraform(ROOT_MODULE, "validate", "-no-color")
    assert done.returncode == 0, done.stdout + done.stderr
    done = terraform(ROOT_MODULE, "test", "-no-color")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_an_environments_example_sets_what_is_asked_for_and_nothing_else(environment: str) -> None:
    asked = (ROOT / "terraform" / "variables.tf").read_text("utf-8")
    variables = dict(re.findall(r'^variable "(\w+)" \{\n(.*?)^\}', asked, re.MULTILINE | re.DOTALL))
    required = {name for name, declared in variables.items() if not re.search(r"^  default ", declared, re.MULTILINE)}
    example = (ROOT / "terraform" / "envs" / f"{environment}.tfvars.example").read_text("utf-8")
    given = set(re.findall(r"^(\w+) +=", example, re.MULTILINE))
    assert given <= variables.keys()
    assert given | {"environment", "sources"} >= required  # scripts/deploy hands these two over


@pytest.mark.parametrize("module", TESTED)
def test_a_module_passes_its_own_tests(
    terraform: Terraform, binary: str, copy: Path, module: str, request: pytest.FixtureRequest
) -> None:
    if f"modules/{module}" == rendering.PLATFORM[0]:
        assert request.getfixturevalue("provisioned").resources  # what these tests applied, once they all passed
        return
    terraform(f"modules/{module}", "version")  # initialised
    assert rendering.tested(binary, copy / "terraform" / "modules" / module)


@pytest.mark.parametrize("module", MODULES)
def test_the_example_of_a_modules_readme_is_valid(terraform: Terraform, copy: Path, module: str) -> None:
    readme = (ROOT / "terraform" / "modules" / module / "README.md").read_text("utf-8")
    (example,) = re.findall(r"```hcl\n(.*?)```", readme, re.DOTALL)
    folder = copy / "terraform" / f"example-of-{module}"
    folder.mkdir()
    (folder / "main.tf").write_text(example, "utf-8")
    (folder / "modules").symlink_to(copy / "terraform" / "modules")
    assert f'source = "./modules/{module}"' in example
    done = terraform(folder.name, "validate", "-no-color")
    assert done.returncode == 0, done.stdout + done.stderr


def test_functions_of_the_pinned_provider_reach_a_network_by_a_connector_alone(terraform: Terraform) -> None:
    """Red once the pin has direct VPC egress: then a subnet can take the connector's place (docs/decisions)."""
    terraform("modules/function", "validate")  # so that the folder is initialised
    done = terraform("modules/function", "providers", "schema", "-json", "-no-color")
    assert done.returncode == 0, done.stdout + done.stderr
    (provider,) = json.loads(done.stdout)["provider_schemas"].values()
    function = provider["resource_schemas"]["google_cloudfunctions2_function"]["block"]["block_types"]
    service = function["service_config"]["block"]
    ways = {name for name in (*service["attributes"], *service["block_types"]) if "vpc" in name or "network" in name}
    assert ways == {"vpc_connector", "vpc_connector_egress_settings"}


def test_checkov_finds_nothing(copy: Path) -> None:
    if shutil.which(CHECKOV) is None:
        message = f"no {CHECKOV} here; set CHECKOV to the binary: the security checks of Terraform are NOT run"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    options = ["--framework", "terraform", "--skip-download", "--compact", "--quiet"]
    command = [CHECKOV, "--directory", str(copy / "terraform"), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_suppression_has_a_reason() -> None:
    lines = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in (ROOT / "terraform").rglob("*.tf")
        for line in path.read_text("utf-8").splitlines()
        if "checkov:skip" in line
    ]
    assert lines
    assert not [line for line in lines if len(line.partition("checkov:skip=")[2].partition(":")[2].strip()) < 20]
