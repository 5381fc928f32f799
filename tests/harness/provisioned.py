"""What Terraform would make of the declaration: rendered once by the modules' own tests, read by everything else.

TERRAFORM names the binary (default: terraform on the path). It must be able to initialise hashicorp/google. Of two
processes the second waits, and reads what the first has rendered.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.ports.harness import Unavailable

ROOT = Path(__file__).resolve().parents[2]
TERRAFORM = os.environ.get("TERRAFORM", "terraform")
PLATFORM = ("modules/platform", "platform")
"""Module, and the run of its tests that applies everything in production."""


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

    def in_project(self, project: str) -> Provisioned:
        """The same in a project of that id, where accounts have the addresses that Google gives them.

        A provider that only pretends makes up what Google would answer, addresses of accounts among it."""
        text = json.dumps(self.resources)
        for account in self.of("google_service_account"):
            text = text.replace(
                account["email"], f"{account['account_id']}@{account['project']}.iam.gserviceaccount.com"
            )
        (own,) = {account["project"] for account in self.of("google_service_account")}
        return Provisioned(
            {address: (kind, values) for address, (kind, values) in json.loads(text.replace(own, project)).items()}
        )


def found_binary() -> str:
    """The terraform binary. Raises Unavailable, in CI an AssertionError."""
    found = shutil.which(TERRAFORM)
    message = f"no {TERRAFORM} here; set TERRAFORM to the binary: what the modules provision is NOT tested"
    if found is None and os.environ.get("CI") == "true":
        raise AssertionError(message)
    if found is None:
        raise Unavailable(message)
    return found


def run(binary: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs terraform, one at a time on this machine: one that starts writes the provider that another is reading."""
    with _locked("terraform"):
        command = [binary, f"-chdir={folder}", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)


def initialise(binary: str, folder: Path) -> None:
    """Makes a folder ready for plans. Raises Unavailable without the provider, in CI an AssertionError."""
    ready = run(binary, folder, "init", "-backend=false", "-input=false", "-no-color")
    if ready.returncode != 0 and os.environ.get("CI") != "true":
        raise Unavailable("terraform cannot get the provider hashicorp/google here: the modules are NOT tested")
    assert ready.returncode == 0, ready.stdout + ready.stderr


def copied(folder: Path) -> Path:
    """terraform/ and infra/ as they are, in a place where terraform may write."""
    for name in ("terraform", "infra"):
        ignored = shutil.ignore_patterns(".terraform*", "*.tfvars", "*.tfstate*", "*.py", "__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    return folder


@cache
def provisioned() -> Provisioned:
    """The platform module applied to the real declaration, once all its own tests passed. Raises Unavailable where
    terraform cannot do that here."""
    binary = found_binary()
    with tempfile.TemporaryDirectory() as folder:
        place = copied(Path(folder))
        kept = _place() / f"{_digest(place, binary)}.json"
        with _locked("provisioned"):
            if not kept.exists():
                written = kept.with_suffix(".new")
                written.write_text(json.dumps(_rendered(binary, place)), "utf-8")
                written.rename(kept)
    return Provisioned(
        {address: (kind, values) for address, (kind, values) in json.loads(kept.read_text("utf-8")).items()}
    )


def _rendered(binary: str, place: Path) -> dict[str, tuple[str, dict[str, Any]]]:
    module, wanted = PLATFORM
    folder = place / "terraform" / module
    initialise(binary, folder)
    done = run(binary, folder, "test", "-json", "-verbose")
    events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert done.returncode == 0, "\n".join(event.get("@message", "") for event in events) + done.stderr
    state = next(e["test_state"] for e in events if e["type"] == "test_state" and e["@testrun"] == wanted)
    return dict(_resources(state["root_module"]))


def _resources(module: dict[str, Any]) -> Iterator[tuple[str, tuple[str, dict[str, Any]]]]:
    for resource in module.get("resources", []):
        yield resource["address"], (resource["type"], resource["values"])
    for child in module.get("child_modules", []):
        yield from _resources(child)


def _digest(place: Path, binary: str) -> str:
    """Of all that is rendered, and in continuous integration of the run: there it is rendered every time."""
    said = hashlib.sha256(binary.encode())
    for path in sorted(file for file in place.rglob("*") if file.is_file()):
        said.update(str(path.relative_to(place)).encode() + b"\0" + path.read_bytes())
    if os.environ.get("CI") == "true":
        said.update(os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid())).encode())
    return said.hexdigest()[:24]


def _place() -> Path:
    place = Path(tempfile.gettempdir()) / f"augment-provisioned-{os.getuid()}"
    place.mkdir(exist_ok=True)
    return place


@contextmanager
def _locked(name: str) -> Iterator[None]:
    with (_place() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
