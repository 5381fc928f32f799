#!/usr/bin/env python3
"""Starts Google's own Firestore and Pub/Sub emulators on free ports, and stops them.

    scripts/emulators.py                  runs both until interrupted; prints what to export
    scripts/emulators.py -- COMMAND …     runs the command with both, then stops them; its exit code

Tests use `shared_emulators`: the processes of one parallel test run start a single pair and the last one stops it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

PROJECT = "demo-augment"
"""The project that the Pub/Sub emulator is told; both emulators accept any other project as well."""

START_SECONDS = 60
COMPONENTS = {"firestore": "cloud-firestore-emulator", "pubsub": "pubsub-emulator"}


class EmulatorsUnavailable(Exception):
    """The emulators are not installed, or do not start; the message says which and how to get them."""


@dataclass(frozen=True, slots=True)
class Emulators:
    """Where both listen (host:port) and the process groups that were started."""

    firestore: str
    pubsub: str
    process_groups: tuple[int, ...]

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which Google's clients find them."""
        return {"FIRESTORE_EMULATOR_HOST": self.firestore, "PUBSUB_EMULATOR_HOST": self.pubsub}


def missing_reason() -> str | None:
    """Why the emulators cannot be started here, or None."""
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        return "gcloud is not installed (https://cloud.google.com/sdk/docs/install)"
    if shutil.which("java") is None:
        return "java is not installed; the emulators need a Java runtime"
    root = Path(gcloud).resolve().parent.parent
    folders = [root / "platform", root / "lib" / "google-cloud-sdk" / "platform"]
    for component in COMPONENTS.values():
        if not any((folder / component).is_dir() for folder in folders):
            return f"the gcloud component {component} is not installed (gcloud components install {component})"
    return None


def free_port() -> int:
    """A port on the loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(log_folder: Path) -> Emulators:
    """Starts both and waits until they answer. Raises EmulatorsUnavailable."""
    reason = missing_reason()
    if reason:
        raise EmulatorsUnavailable(reason)
    firestore, pubsub = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    data = log_folder / "pubsub-data"
    data.mkdir(exist_ok=True)
    commands = {
        "firestore": ["gcloud", "emulators", "firestore", "start", f"--host-port={firestore}"],
        "pubsub": [
            *("gcloud", "beta", "emulators", "pubsub", "start"),
            *(f"--host-port={pubsub}", f"--project={PROJECT}", f"--data-dir={data}"),
        ],
    }
    started: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            with (log_folder / f"{name}.log").open("wb") as log:
                # A session of its own: gcloud starts a shell that starts Java, and all three end together.
                started[name] = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
                )
        for name, address in (("firestore", firestore), ("pubsub", pubsub)):
            _await_answer(name, address, started[name], log_folder / f"{name}.log")
    except BaseException:
        _end([process.pid for process in started.values()])
        raise
    for process in started.values():
        threading.Thread(target=process.wait, daemon=True).start()
    return Emulators(firestore, pubsub, tuple(process.pid for process in started.values()))


def stop(emulators: Emulators) -> None:
    """Ends both with everything that they started."""
    _end(emulators.process_groups)


@contextlib.contextmanager
def shared_emulators(folder: Path) -> Iterator[Emulators]:
    """One pair for all processes that name the same folder; whoever leaves last stops it."""
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / "emulators.json"
    with _locked(folder):
        known = json.loads(record.read_text()) if record.exists() else None
        if known is None:
            known = {"users": 0, "emulators": asdict(start(folder))}
        known["users"] += 1
        record.write_text(json.dumps(known))
    fields = known["emulators"]
    emulators = Emulators(fields["firestore"], fields["pubsub"], tuple(fields["process_groups"]))
    try:
        yield emulators
    finally:
        with _locked(folder):
            known = json.loads(record.read_text())
            known["users"] -= 1
            if known["users"]:
                record.write_text(json.dumps(known))
            else:
                record.unlink()
                stop(emulators)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / "emulators.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _await_answer(name: str, address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    # Straight to the loopback, whatever proxy the environment names.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise EmulatorsUnavailable(f"the {name} emulator ended at once:\n{log.read_text(errors='replace')[-2000:]}")
        with contextlib.suppress(OSError, urllib.error.URLError):
            with opener.open(f"http://{address}/", timeout=2) as answer:
                if answer.status == 200:
                    return
        time.sleep(0.1)
    raise EmulatorsUnavailable(
        f"the {name} emulator did not answer within {START_SECONDS} s:\n{log.read_text(errors='replace')[-2000:]}"
    )


def _end(process_groups: Sequence[int]) -> None:
    """Asks the groups to end, and after five seconds insists."""
    for sign, patience in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 2.0)):
        for group in process_groups:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(group, sign)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not any(_alive(group) for group in process_groups):
                return
            time.sleep(0.05)


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def main(arguments: Sequence[str]) -> int:
    command = list(arguments[1:]) if arguments[:1] == ["--"] else list(arguments)
    with tempfile.TemporaryDirectory(prefix="emulators-") as folder:
        try:
            emulators = start(Path(folder))
        except EmulatorsUnavailable as error:
            print(error, file=sys.stderr)
            return 2
        try:
            if command:
                return subprocess.run(command, env={**os.environ, **emulators.environment}, check=False).returncode
            for name, value in emulators.environment.items():
                print(f"export {name}={value}")
            print("Running until interrupted.", file=sys.stderr, flush=True)
            with contextlib.suppress(KeyboardInterrupt):
                signal.pause()
            return 0
        finally:
            stop(emulators)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
