"""How long a function takes to its first answer in a fresh interpreter, against an empty functions-framework function.

Every function is loaded as in the cloud (its own package and nothing else, compiled, Google settings, no network) and
asked once for what it serves, by nobody in particular:

first answer   that the caller is unknown, which takes all that a function loads before it knows whom it works for
with clients   that, and the clients of Firestore and, where it publishes, of Pub/Sub are made; beside it the same for
               the empty function, which is the least that a function with these clients can take
useful answer  instead of the refusal: an event recorded, a profile, a page, a message worked off, with Google's
               emulators; where they are installed, and for functions that need nothing else

A time is the processor's until the answer is there, without the end of the interpreter. A ratio is to the empty
function's start just before, and the median of several: a machine's speed varies by a third from minute to minute. The
least times are printed beside it.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import uuid
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final, Literal

from functions.skills_api.routes import ROUTES
from infra.declarations.pipeline import load_pipeline
from infra.packaging.lock import Lock
from infra.packaging.sources import SourceTree
from infra.packaging.staging import stage
from tests.harness.compiled import compile_below
from tests.proofs.measuring import machine

if TYPE_CHECKING:
    from tests.proofs.useful_requests import UsefulRequests

ROOT: Final = Path(__file__).resolve().parents[2]
EMPTY: Final = "empty"
SETTINGS: Final = {
    "AUGMENT_RUNTIME": "google",
    "GOOGLE_CLOUD_PROJECT": "measured",
    "AUGMENT_PROJECT_NUMBER": "1",
    "AUGMENT_REGION": "europe-west2",
    "AUGMENT_WAREHOUSE_GIGABYTES": "50",
    "AUGMENT_DATABASE": "live",
    "AUGMENT_QUARANTINE_BUCKET": "measured-quarantine",
    "AUGMENT_INTEGRATIONS_DATABASE": "integrations",
    "AUGMENT_TRANSCRIPTS_BUCKET": "measured-transcripts",
    "AUGMENT_CLIPS_BUCKET": "measured-clips",
    "AUGMENT_API_URL": "https://api.example.com",
    "AUGMENT_ALLOWED_CALLERS": "role-plays@measured.iam.gserviceaccount.com",
    "AUGMENT_PORTAL_URL": "https://portal.example.com",
    "FIRESTORE_EMULATOR_HOST": "127.0.0.1:1",
    "PUBSUB_EMULATOR_HOST": "127.0.0.1:1",
    "SECRET_SESSION_KEY": "k" * 64,
    "SECRET_OAUTH_CLIENT_ID": "measured",
    "SECRET_OAUTH_CLIENT_SECRET": "measured",
    "SECRET_DIRECTORY_DELEGATE": "none",
    "SECRET_SALESFORCE_WEBHOOK_TOKEN": "none",
    "SECRET_WHATSAPP_APP_SECRET": "none",
    "SECRET_WHATSAPP_VERIFY_TOKEN": "none",
}
"""What Terraform gives; the emulators' addresses keep the clients from looking for credentials."""

PROGRAM: Final = """
import functions_framework, json, sys, time
app = functions_framework.create_app(target={name!r}, source={source!r}, signature_type="http")
{before}
answer = app.test_client(use_cookies=False).open({path!r}, method={method!r}, headers={headers!r}, data={body!r})
def tell(): print(json.dumps([time.process_time(), time.monotonic(), answer.status_code, sorted(sys.modules)]))
tell()
{after}
tell()
"""
MAKE_CLIENTS: Final = {
    "documents._store": """
from google.cloud.firestore_v1.services.firestore import FirestoreClient
from google.cloud.firestore_v1.services.firestore.transports import FirestoreGrpcTransport
import grpc
FirestoreClient(transport=FirestoreGrpcTransport(channel=grpc.insecure_channel("127.0.0.1:1")))
""",
    "bus._publisher": """
from google.pubsub_v1.services.publisher import PublisherClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
import grpc
PublisherClient(transport=PublisherGrpcTransport(channel=grpc.insecure_channel("127.0.0.1:1")))
""",
}
"""How the empty function makes the clients that an adapter's attribute stands for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and the status of the answer that is meant."""

    status: int
    method: str = "POST"
    path: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Start:
    """One start: the first answer's status, the modules that were loaded, seconds of processor and clock."""

    status: int
    modules: frozenset[str]
    cpu: float
    clock: float


def start(
    name: str,
    folder: Path,
    *,
    clients: Sequence[str] = (),
    asked: Asked | None = None,
    before: str = "",
    settings: Mapping[str, str] = SETTINGS,
) -> Start:
    """Starts a function in a fresh interpreter, as `both_starts`, and measures to the end of what it was asked for."""
    return both_starts(name, folder, clients=clients, asked=asked, before=before, settings=settings)[1]


def both_starts(
    name: str,
    folder: Path,
    *,
    clients: Sequence[str] = (),
    asked: Asked | None = None,
    before: str = "",
    settings: Mapping[str, str] = SETTINGS,
) -> tuple[Start, Start]:
    """Starts the function of that name below the folder in a fresh interpreter; measured to its first answer, and until
    the clients are made after that.

    clients: ports and the attributes of their adapters that make the client
    asked:   its request; a stranger's unless given
    before:  Python that runs before the request
    """
    asked = asked or strangers_request(name)
    program = PROGRAM.format(
        name=name,
        source=str(folder / name / "main.py"),
        before=before,
        path=asked.path,
        method=asked.method,
        headers=dict(asked.headers),
        body=asked.body,
        after=_making(name, clients),
    )
    environment = {**os.environ, **settings, "AUGMENT_FUNCTION": name, "PYTHONPATH": str(folder / name)}
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=folder / name, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{name} did not start:\n{done.stderr[-2000:]}")
    first, last = (
        Start(status, frozenset(modules), cpu, ended - began)
        for cpu, ended, status, modules in map(json.loads, done.stdout.splitlines()[-2:])
    )
    if first.status != asked.status:
        raise RuntimeError(f"{name} answered {first.status} instead of {asked.status}:\n{done.stderr[-2000:]}")
    return first, last


def strangers_request(name: str) -> Asked:
    """What a function serves, asked by somebody without a token, a signature or a session."""
    if name == EMPTY:
        return Asked(200)
    if name == "portal":
        return Asked(303, "GET")
    if name == "learn":
        return Asked(200, "GET", "/learn/session")
    closed = [one for one in ROUTES if one.function == name and (one.permission is not None or one.keyed)]
    route = next(iter(closed), None)
    if route is None:
        return Asked(401, body=b"{}", headers={"Content-Type": "application/json"})
    path = re.sub("<.*?>", "somebody", route.path)
    if route.method == "GET":
        return Asked(401, "GET", path)
    return Asked(401, route.method, path, {"Content-Type": "application/json"}, b"{}")


def _making(name: str, clients: Sequence[str]) -> str:
    if name == EMPTY:
        return "".join(MAKE_CLIENTS[client] for client in clients)
    made = ["from infra.wiring.environment import environment"]
    for client in clients:
        port, attribute = client.split(".")
        made.append(f"from infra.wiring.ports.{port} import {port}\n{port}(environment()).{attribute}")
    return "\n".join(made) if clients else ""


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
        compile_below(folder / name)
    return folder


def functions() -> dict[str, list[str]]:
    """Each function with the clients of its first piece of work."""
    found = {}
    for function in load_pipeline().functions.values():
        if (ROOT / "functions" / function.name / "main.py").exists():
            found[function.name] = ["documents._store", *(["bus._publisher"] if function.publishes else [])]
    return found


@dataclass(frozen=True, slots=True)
class Times:
    """Of several starts the least times in seconds, and the median ratio to the empty function's start just before."""

    cpu: float
    clock: float
    ratio: float


@dataclass(frozen=True, slots=True)
class Measured:
    """A function's starts; `useful` where that was measured."""

    first: Times
    clients: Times
    useful: Times | None = None


Way = Literal["first", "clients", "useful"]


def measure(
    runs: int, folder: Path, only: Sequence[str] = (), useful: UsefulRequests | None = None
) -> Mapping[str, Measured]:
    """Function → times, the empty one among them. folder: where the packages are unpacked"""
    wanted = {name: clients for name, clients in functions().items() if not only or name in only}
    unpacked(empty_function(folder), list(wanted))
    starts: dict[tuple[str, Way], list[tuple[Start, Start]]] = defaultdict(list)
    for _ in range(runs):
        for name, clients in {EMPTY: list(MAKE_CLIENTS), **wanted}.items():
            empty = start(EMPTY, folder)
            starts[name, "first"].append((empty if name == EMPTY else start(name, folder), empty))
            starts[name, "clients"].append((start(name, folder, clients=clients), empty))
            if useful is not None and name in useful.functions:
                asked = useful.ask(name)
                working = start(name, folder, asked=asked, before=useful.trusting, settings=useful.settings)
                starts[name, "useful"].append((working, empty))
    times = {key: _times(several) for key, several in starts.items()}
    return {
        name: Measured(times[name, "first"], times[name, "clients"], times.get((name, "useful")))
        for name in (EMPTY, *sorted(wanted))
    }


def _times(several: Sequence[tuple[Start, Start]]) -> Times:
    return Times(
        min(one.cpu for one, _ in several),
        min(one.clock for one, _ in several),
        median(one.cpu / empty.cpu for one, empty in several),
    )


def report(measured: Mapping[str, Measured]) -> str:
    lines = [f"({machine()})", f"{'function':<24}{'first answer':>20}{'with clients':>20}{'useful answer':>20}"]
    for name, times in measured.items():
        columns = (times.first, times.clients, times.useful)
        shown = ("" if one is None else f"{one.cpu * 1000:.0f} ms {one.ratio:5.2f} x" for one in columns)
        clocks = " / ".join(f"{one.clock * 1000:.0f}" for one in columns if one is not None)
        lines.append(f"{name:<24}" + "".join(f"{text:>20}" for text in shown) + f"   ({clocks} ms on the clock)")
    return "\n".join(lines)


@contextmanager
def organisation(folder: Path) -> Iterator[UsefulRequests | None]:
    """What useful requests are about; None where Google's emulators do not run."""
    from scripts.commands.emulators import EmulatorsUnavailable, join
    from tests.proofs.useful_requests import useful_requests

    try:
        emulators = join()
    except EmulatorsUnavailable as reason:
        print(f"no useful answers: {reason}", file=sys.stderr)
        yield None
        return
    settings = {**SETTINGS, **emulators.environment, "GOOGLE_CLOUD_PROJECT": f"measured-{uuid.uuid4().hex[:12]}"}
    os.environ.update(emulators.environment)
    with useful_requests(settings, emulators, folder) as requests:
        yield requests


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="scripts/prove cold_start", description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=(), help="functions")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="cold-") as folder, organisation(Path(folder) / "issuer") as useful:
        print(report(measure(options.runs, Path(folder), options.only, useful)))


if __name__ == "__main__":
    main(sys.argv[1:])
