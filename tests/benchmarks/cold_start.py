"""How long a function takes to its first answer in a fresh interpreter, against an empty functions-framework function.

Every function is loaded as in the cloud (its own package and nothing else, compiled, Google settings, no network) and
called once by nobody in particular: it answers that the caller is unknown, which takes all that a function loads before
it works. `with clients` adds what its first real piece of work loads: the clients of Firestore and, where it publishes,
of Pub/Sub.

A ratio is of processor time, to the empty function's start just before, and the median of several: a machine's speed
varies by a third from minute to minute. The least times are printed beside it.
"""

from __future__ import annotations

import argparse
import compileall
import io
import json
import os
import resource
import subprocess
import sys
import time
import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from infra.imports import SourceTree
from infra.packaging import Lock, stage
from infra.pipeline import load_pipeline
from tests.benchmarks.measuring import machine

ROOT: Final = Path(__file__).resolve().parents[2]
EMPTY: Final = "empty"
SETTINGS: Final = {
    "AUGMENT_RUNTIME": "google",
    "GOOGLE_CLOUD_PROJECT": "measured",
    "AUGMENT_PROJECT_NUMBER": "1",
    "AUGMENT_REGION": "europe-west2",
    "AUGMENT_DATABASE": "live",
    "AUGMENT_QUARANTINE_BUCKET": "measured-quarantine",
    "AUGMENT_INTEGRATIONS_DATABASE": "integrations",
    "AUGMENT_TRANSCRIPTS_BUCKET": "measured-transcripts",
    "AUGMENT_INVOKER": "invoker@measured.iam.gserviceaccount.com",
    "AUGMENT_API_URL": "https://api.example.com",
    "AUGMENT_PORTAL_URL": "https://portal.example.com",
    "FIRESTORE_EMULATOR_HOST": "127.0.0.1:1",
    "PUBSUB_EMULATOR_HOST": "127.0.0.1:1",
    "SECRET_SESSION_KEY": "k" * 64,
    "SECRET_OAUTH_CLIENT_ID": "measured",
    "SECRET_OAUTH_CLIENT_SECRET": "measured",
    "SECRET_DIRECTORY_DELEGATE": "none",
}
"""What Terraform gives; the emulators' addresses keep the clients from looking for credentials."""

PROGRAM: Final = """
import functions_framework, json, sys
app = functions_framework.create_app(target={name!r}, source={source!r}, signature_type="http")
answer = app.test_client().post("/", data=b"{{}}", headers={{"Content-Type": "application/json"}})
{more}
print(json.dumps([answer.status_code, sorted(sys.modules)]))
"""


@dataclass(frozen=True, slots=True)
class Start:
    """One start: the first answer's status, the modules that were loaded, seconds of processor and clock."""

    status: int
    modules: frozenset[str]
    cpu: float
    clock: float


def start(name: str, folder: Path, *, clients: Sequence[str] = ()) -> Start:
    """Starts the function of that name below the folder in a fresh interpreter. clients: attributes of the adapters
    whose clients are made, too."""
    more = "".join(f"platform().adapters.{client}\n" for client in clients)
    if more:
        more = "from infra.wiring import platform\n" + more
    program = PROGRAM.format(name=name, source=str(folder / name / "main.py"), more=more)
    environment = {**os.environ, **SETTINGS, "AUGMENT_FUNCTION": name, "PYTHONPATH": str(folder / name)}
    before, began = _children_cpu(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=folder / name, capture_output=True, text=True, check=False
    )
    clock, cpu = time.perf_counter() - began, _children_cpu() - before
    if done.returncode:
        raise RuntimeError(f"{name} did not start:\n{done.stderr[-2000:]}")
    status, modules = json.loads(done.stdout.splitlines()[-1])
    return Start(status, frozenset(modules), cpu, clock)


def empty_function(folder: Path) -> Path:
    """Writes an empty function below the folder; returns the folder."""
    (folder / EMPTY).mkdir(parents=True, exist_ok=True)
    (folder / EMPTY / "main.py").write_text("def empty(request):\n    return ''\n")
    return folder


def unpacked(folder: Path, names: Sequence[str]) -> Path:
    """Packages functions and unpacks them below the folder, compiled; returns the folder."""
    pipeline, lock, tree = load_pipeline(), Lock((ROOT / "requirements.lock").read_text("utf-8")), SourceTree(ROOT)
    for name in names:
        package = stage(ROOT, pipeline.functions[name], lock, tree)
        zipfile.ZipFile(io.BytesIO(package.content)).extractall(folder / name)
        compileall.compile_dir(folder / name, quiet=1)
    return folder


def functions() -> dict[str, list[str]]:
    """Each function with the clients of its first piece of work."""
    found = {}
    for function in load_pipeline().functions.values():
        if (ROOT / "functions" / function.name / "main.py").exists():
            found[function.name] = ["documents._store", *(["bus._publisher"] if function.publishes else [])]
    return found


def _children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@dataclass(frozen=True, slots=True)
class Times:
    """Of several starts the least times in seconds, and the median ratio to the empty function's start just before."""

    cpu: float
    clock: float
    ratio: float


def measure(runs: int, folder: Path, only: Sequence[str] = ()) -> Mapping[tuple[str, bool], Times]:
    """(function, with clients) → times; the empty function without. folder: where the packages are unpacked."""
    wanted = {name: clients for name, clients in functions().items() if not only or name in only}
    unpacked(empty_function(folder), list(wanted))
    starts: dict[tuple[str, bool], list[tuple[Start, Start]]] = defaultdict(list)
    for _ in range(runs):
        for name, clients in wanted.items():
            empty = start(EMPTY, folder)
            starts[EMPTY, False].append((empty, empty))
            starts[name, False].append((start(name, folder), empty))
            starts[name, True].append((start(name, folder, clients=clients), empty))
    return {
        key: Times(
            min(one.cpu for one, _ in several),
            min(one.clock for one, _ in several),
            median(one.cpu / empty.cpu for one, empty in several),
        )
        for key, several in starts.items()
    }


def report(times: Mapping[tuple[str, bool], Times]) -> str:
    empty = times[EMPTY, False]
    lines = [
        f"({machine()})",
        f"{'function':<24} {'first answer':>22} {'with clients':>24}",
        f"{EMPTY:<24} {empty.cpu * 1000:>8.0f} ms cpu  1.00 x  ({empty.clock * 1000:.0f} ms on the clock)",
    ]
    for name in sorted({name for name, _ in times} - {EMPTY}):
        first, working = times[name, False], times[name, True]
        lines.append(
            f"{name:<24} {first.cpu * 1000:>8.0f} ms cpu {first.ratio:>5.2f} x  "
            f"{working.cpu * 1000:>8.0f} ms cpu {working.ratio:>5.2f} x  "
            f"({first.clock * 1000:.0f} and {working.clock * 1000:.0f} ms on the clock)"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> None:
    import tempfile

    parser = argparse.ArgumentParser(prog="scripts/benchmark cold_start", description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=(), help="functions")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="cold-") as folder:
        print(report(measure(options.runs, Path(folder), options.only)))


if __name__ == "__main__":
    main(sys.argv[1:])
