"""Every zip as Google's builders meet it: its own requirements in a fresh venv, its entry point, the smoke test.

Each function's requirements are installed with hashes by the pip that a new virtual environment brings; functions whose
requirements are the same to the byte share one, in which nothing else is. Then the system test's platform runs on
these: each function is functions-framework on its unpacked zip, in its venv, in Terraform's environment with its
allow-lists and with nothing added by hand. `scripts/smoke` is asked whether that works, recorded calls become ratings,
so does a mail thread, and a CRM's deal becomes assignments.

Needs what the system test needs (terraform, Google's emulators); a quarter of an hour, and some gigabytes in between.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.declarations.pipeline import load_pipeline
from infra.packaging.lock import Lock
from infra.packaging.sources import SourceTree
from infra.packaging.staging import StagedFunction, stage
from scripts.commands import smoke
from tests.harness.google_platform import GooglePlatform, account_of, ask, google_platform
from tests.harness.packaged_process import PackagedProcesses, Unpacked
from tests.system.small_corpus import PEOPLE
from tests.system.test_call_flow import calls_become_observations, observations_become_ratings, recorder
from tests.system.test_packaged import deal_becomes_assignments, mail_becomes_a_rating

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Installed:
    """One function's zip in its venv; seconds that the installation took, None where another function's zip had asked
    for the same, and that the import takes then."""

    zip_bytes: int
    packages: int
    installing: float | None
    importing: float
    unpacked: Unpacked


class Venvs:
    """Makes a virtual environment for each text of requirements, and installs nothing else in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, Path] = {}

    def of(self, requirements: Path) -> tuple[Path, float | None]:
        """Returns its interpreter, and the seconds that the installation took, None where it was there. Raises
        CalledProcessError where the requirements cannot be installed."""
        wanted = requirements.read_text("utf-8")
        if wanted in self._made:
            return self._made[wanted], None
        venv = self._folder / f"venv-{len(self._made)}"
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        python = venv / "bin" / "python"
        began = time.monotonic()
        pip: list[str | Path] = [
            python,
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--quiet",
            "--require-hashes",
        ]
        subprocess.run([*pip, "--requirement", requirements], check=True)
        self._made[wanted] = python
        return python, time.monotonic() - began


def installed(staged: StagedFunction, folder: Path, venvs: Venvs) -> Installed:
    """Raises CalledProcessError where the requirements cannot be installed or the entry point not be imported."""
    source = folder / staged.name
    zipfile.ZipFile(io.BytesIO(staged.content)).extractall(source)
    python, installing = venvs.of(source / "requirements.txt")
    began = time.monotonic()
    subprocess.run([python, "-c", f"from main import {staged.name}"], cwd=source, env={}, check=True)
    importing = time.monotonic() - began
    return Installed(len(staged.content), len(staged.packages), installing, importing, Unpacked(python, source))


def smoked(house: GooglePlatform, folder: Path) -> str:
    """What the smoke test says. Raises AssertionError where a check does not hold."""
    token = folder / "token"
    token.write_text(house.issued(account_of("administration"), house.deployment.api_url), "utf-8")
    out = io.StringIO()
    code = smoke.main([f"--url={house.address}", f"--portal={house.portal}", f"--token-file={token}"], out, out)
    assert code == 0, out.getvalue() + house.said()[-3000:]
    return out.getvalue()


def told(house: GooglePlatform, folder: Path) -> Iterator[str]:
    """What the smoke test says; calls and a mail thread become ratings, a deal assignments. Raises AssertionError."""
    yield from smoked(house, folder).splitlines()
    assert ask(house, "POST", "/api/v1/employees/import", PEOPLE).status == 200
    for story in (
        calls_become_observations,
        observations_become_ratings,
        mail_becomes_a_rating,
        deal_becomes_assignments,
    ):
        began = time.monotonic()
        story(house)
        yield f"ok      {story.__name__.replace('_', ' ')} after {time.monotonic() - began:.0f} s"


def measure(names: Iterable[str], folder: Path) -> tuple[dict[str, Installed], list[str]]:
    """Installs these functions; where all are there, asks the smoke test on them, and has calls and mail rated."""
    pipeline, lock = load_pipeline(), Lock((ROOT / "requirements.lock").read_text("utf-8"))
    tree, venvs = SourceTree(ROOT), Venvs(folder)
    found = {}
    for name in names:
        found[name] = installed(stage(ROOT, pipeline.functions[name], lock, tree), folder, venvs)
        print(f"{name}: {_took(found[name])}", file=sys.stderr, flush=True)
    if found.keys() != pipeline.functions.keys():
        return found, []
    return found, run({name: one.unpacked for name, one in found.items()}, folder)


def run(unpacked: Mapping[str, Unpacked], folder: Path) -> list[str]:
    """Returns what is said of the platform on these, each of which is started and answers first."""
    started: list[PackagedProcesses] = []

    def processes(environments: Mapping[str, Mapping[str, str]], log: Path) -> PackagedProcesses:
        started.append(PackagedProcesses(unpacked, environments, log))
        return started[0]

    with recorder() as vendors, google_platform(folder, io.StringIO(), vendors.settings, processes) as house:
        for name in unpacked:
            started[0].address(name)
        return [f"ok      {len(unpacked)} functions start and answer", *told(house, folder)]


def report(found: dict[str, Installed], said: list[str]) -> str:
    rows = ["| function | zip, KB | packages | installed, s | imported, s |", "|---|---|---|---|---|"]
    for name, one in sorted(found.items()):
        sizes = f"{one.zip_bytes / 1024:.0f} | {one.packages} | {_took(one)} | {one.importing:.1f}"
        rows.append(f"| {name} | {sizes} |")
    asked = "\n".join(f"    {line}" for line in said or ["not asked: it takes all functions"])
    rows.append("\nOn them, in Terraform's environment with the allow-lists that follow from `posts:`:\n")
    return "\n".join([*rows, asked])


def _took(one: Installed) -> str:
    return "as another" if one.installing is None else f"{one.installing:.0f}"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("functions", nargs="*", help="default: all")
    names = parser.parse_args(arguments).functions or list(load_pipeline().functions)
    with tempfile.TemporaryDirectory() as folder:
        print(report(*measure(names, Path(folder))))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
