"""Runs the real terraform on a copy of the declarations, against a provider that only pretends.

TERRAFORM names the binary (default: terraform on the path). It must be able to initialise hashicorp/google.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TERRAFORM = os.environ.get("TERRAFORM", "terraform")

Terraform = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def binary() -> str:
    found = shutil.which(TERRAFORM)
    if found:
        return found
    message = f"no {TERRAFORM} here; set TERRAFORM to the binary: the Terraform modules are NOT tested"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """terraform/ and infra/ as they are, in a place where terraform may write."""
    folder = tmp_path_factory.mktemp("terraform")
    for name in ("terraform", "infra"):
        ignored = shutil.ignore_patterns(".terraform", "*.tfvars", "*.tfstate*", "*.py", "__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    return folder


@pytest.fixture(scope="session")
def terraform(binary: str, copy: Path) -> Terraform:
    """terraform(folder below terraform/, *arguments), the folder initialised; the finished process."""
    initialised: set[str] = set()

    def run(folder: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        place = copy / "terraform" / folder
        if folder and folder not in initialised:
            ready = _run(binary, place, "init", "-backend=false", "-input=false", "-no-color")
            if ready.returncode != 0 and os.environ.get("CI") != "true":
                pytest.skip("terraform cannot get the provider hashicorp/google here: the modules are NOT tested")
            assert ready.returncode == 0, ready.stdout + ready.stderr
            initialised.add(folder)
        return _run(binary, place, *arguments)

    return run


def _run(binary: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [binary, f"-chdir={folder}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@dataclass(frozen=True)
class Provisioned:
    """What would stand in the project: every resource by address, as (type, values)."""

    resources: dict[str, tuple[str, dict[str, Any]]]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [values for found, values in self.resources.values() if found == kind]

    def at(self, address: str) -> dict[str, Any]:
        return self.resources[address][1]

    def function(self, name: str, rest: str) -> dict[str, Any]:
        return self.at(f'module.pipeline.module.function["{name}"].{rest}')

    def of_function(self, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Type and values of all that one function's module made."""
        prefix = f'module.pipeline.module.function["{name}"].'
        return (resource for address, resource in self.resources.items() if address.startswith(prefix))


@pytest.fixture(scope="session")
def provisioned(terraform: Terraform) -> Provisioned:
    """The platform module applied to the real declaration, in production, by the modules' own tests."""
    done = terraform("modules/platform", "test", "-json", "-verbose", "-filter=tests/platform.tftest.hcl")
    events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert done.returncode == 0, "\n".join(event.get("@message", "") for event in events) + done.stderr
    state = next(e["test_state"] for e in events if e["type"] == "test_state" and e["@testrun"] == "platform")
    return Provisioned(dict(_resources(state["root_module"])))


def _resources(module: dict[str, Any]) -> Iterator[tuple[str, tuple[str, dict[str, Any]]]]:
    for resource in module.get("resources", []):
        yield resource["address"], (resource["type"], resource["values"])
    for child in module.get("child_modules", []):
        yield from _resources(child)
