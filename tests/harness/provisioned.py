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
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from subprocess import PIPE, STDOUT
from typing import Any

from tests.ports.harness import Unavailable

ROOT = Path(__file__).resolve().parents[2]
TERRAFORM = os.environ.get("TERRAFORM", "terraform")
PLATFORM = ("modules/platform", "platform", "settings")
"""Module, the run of its tests that applies everything in production, and the one that then sets every setting."""


@dataclass(frozen=True)
class Provisioned:
    """What would stand in the project: every resource by address, as (type, values).

    changed: address → the values of what would be made anew of it once every setting is set
    """

    resources: dict[str, tuple[str, dict[str, Any]]]
    changed: dict[str, dict[str, Any]]

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
        return _read({"resources": json.loads(text.replace(own, project)), "changed": self.changed})


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
    return _read(json.loads(kept.read_text("utf-8")))


def _read(kept: dict[str, Any]) -> Provisioned:
    resources = {address: (kind, values) for address, (kind, values) in kept["resources"].items()}
    return Provisioned(resources, kept["changed"])


def _rendered(binary: str, place: Path) -> dict[str, Any]:
    module, applied, planned = PLATFORM
    folder = place / "terraform" / module
    initialise(binary, folder)
    said = {(event["type"], event.get("@testrun")): event for event in tested(binary, folder)}
    changes = said["test_plan", planned]["test_plan"]["resource_changes"]
    return {
        "resources": dict(_resources(said["test_state", applied]["test_state"]["root_module"])),
        "changed": {one["address"]: one["change"]["after"] for one in changes if one["change"]["actions"] != ["no-op"]},
    }


def tested(binary: str, folder: Path) -> list[dict[str, Any]]:
    """Runs a module's own tests, and returns what they say. What they made was pretended, so that nothing has to be
    taken down afterwards, which takes longer than they do: terraform is ended instead."""
    command = [binary, f"-chdir={folder}", "test", "-json", "-verbose"]
    events: list[dict[str, Any]] = []
    with (
        _locked("terraform"),
        subprocess.Popen(command, stdout=PIPE, stderr=STDOUT, text=True, start_new_session=True) as testing,
    ):
        for line in testing.stdout or ():
            events.append(json.loads(line) if line.startswith("{") else {"type": "text", "@message": line})
            if events[-1].get("test_run", {}).get("progress") == "teardown":
                os.killpg(testing.pid, signal.SIGKILL)
    wanted = {
        (path, name) for event in events for path, names in event.get("test_abstract", {}).items() for name in names
    }
    done = [event["test_run"] for event in events if event.get("test_run", {}).get("progress") == "complete"]
    passed = {(one["path"], one["run"]) for one in done if one["status"] == "pass"}
    assert passed == wanted != set(), "\n".join(event.get("@message", "") for event in events)
    return events


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
