"""The modules by themselves: formatted, valid, and right by their own tests; checkov finds nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.terraform.conftest import ROOT, Terraform

pytestmark = pytest.mark.terraform

MODULES = sorted(folder.parent.name for folder in (ROOT / "terraform" / "modules").glob("*/tests"))
CHECKOV = os.environ.get("CHECKOV", "checkov")


def test_everything_is_formatted(terraform: Terraform) -> None:
    done = terraform("", "fmt", "-check", "-recursive", "-no-color")
    assert done.returncode == 0, f"terraform fmt -recursive changes:\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_an_environment_is_valid(terraform: Terraform, environment: str) -> None:
    done = terraform(f"envs/{environment}", "validate", "-no-color")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("module", MODULES)
def test_a_module_passes_its_own_tests(terraform: Terraform, module: str) -> None:
    done = terraform(f"modules/{module}", "test", "-no-color")
    assert done.returncode == 0, done.stdout + done.stderr


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
