"""Starts Google's own Firestore and Pub/Sub emulators on free ports, and stops them.

    scripts/emulators                  runs both until interrupted; prints what to export
    scripts/emulators -- COMMAND …     runs the command with both, then stops them; its exit code

Tests call `join`: all test processes of this machine share one pair, under a supervisor that stops it when the last of
them has ended, however it ended.
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
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = "demo-augment"
"""The project that the Pub/Sub emulator is told; both emulators accept any other project as well."""

START_SECONDS = 60
COMPONENTS = {"firestore": "cloud-firestore-emulator", "pubsub": "pubsub-emulator"}


class EmulatorsUnavailable(Exception):
    """The emulators are not installed, or do not start; the message says which and how to get them."""


@dataclass(frozen=True, slots=True)
class Emulators:
    """Says where both listen (host:port) and the process groups that were started."""

    firestore: str
    pubsub: str
    process_groups: tuple[int, ...]

    @property
    def environment(self) -> dict[str, str]:
        """Returns the variables by which Google's clients find them."""
        return {"FIRESTORE_EMULATOR_HOST": self.firestore, "PUBSUB_EMULATOR_HOST": self.pubsub}


def missing_reason() -> str | None:
    """Returns why the emulators cannot be started here, or None."""
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
    """Returns a port on the loopback that nobody listens on at this moment."""
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
            # Reaps it when it ends, else its group would seem alive.
            threading.Thread(target=started[name].wait, daemon=True).start()
        for name, address in (("firestore", firestore), ("pubsub", pubsub)):
            _await_answer(name, address, started[name], log_folder / f"{name}.log")
    except BaseException:
        _end([process.pid for process in started.values()])
        raise
    return Emulators(firestore, pubsub, tuple(process.pid for process in started.values()))


def stop(emulators: Emulators) -> None:
    """Ends both with everything that they started."""
    _end(emulators.process_groups)


def join(folder: Path | None = None) -> Emulators:
    """Returns the pair that all processes naming the same folder share while they live. Raises EmulatorsUnavailable."""
    folder = folder or Path(tempfile.gettempdir()) / f"augment-emulators-{os.getuid()}"
    (folder / "users").mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        record = folder / "emulators.json"
        known = json.loads(record.read_text()) if record.exists() else None
        if known is None or not _process_alive(known["supervisor"]):
            record.unlink(missing_ok=True)
            _start_supervisor(folder)
            known = json.loads(record.read_text())
        (folder / "users" / str(os.getpid())).touch()
    fields = known["emulators"]
    return Emulators(fields["firestore"], fields["pubsub"], tuple(fields["process_groups"]))


def _start_supervisor(folder: Path) -> None:
    reason = missing_reason()
    if reason:
        raise EmulatorsUnavailable(reason)
    with (folder / "supervisor.log").open("wb") as log:
        # Of no terminal and no parent's group: it outlives the process that happens to be first.
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "scripts.commands.emulators", "--supervise", str(folder)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    threading.Thread(target=supervisor.wait, daemon=True).start()
    deadline = time.monotonic() + 2 * START_SECONDS
    while not (folder / "emulators.json").exists():
        if supervisor.poll() is not None or time.monotonic() > deadline:
            raise EmulatorsUnavailable((folder / "supervisor.log").read_text(errors="replace")[-2000:])
        time.sleep(0.05)


def _supervise(folder: Path) -> None:
    """Runs a pair until none of its users lives. The starter holds the lock until the record is written."""
    record = folder / "emulators.json"
    emulators = start(folder)
    try:
        written = folder / "emulators.json.new"
        written.write_text(json.dumps({"supervisor": os.getpid(), "emulators": asdict(emulators)}))
        written.rename(record)
        while True:
            time.sleep(1)
            with _locked(folder):
                for user in (folder / "users").iterdir():
                    if not _process_alive(int(user.name)):
                        user.unlink()
                if not any((folder / "users").iterdir()):
                    record.unlink()
                    return
    finally:
        stop(emulators)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / "emulators.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _process_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _await_answer(name: str, address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    # Straight to the loopback, whatever proxy the environment names.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise EmulatorsUnavailable(f"the {name} emulator ended at once:\n{log.read_text(errors='replace')[-2000:]}")
        with contextlib.suppress(OSError), opener.open(f"http://{address}/", timeout=2) as answer:
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
    if arguments[:1] == ["--supervise"]:
        _supervise(Path(arguments[1]))
        return 0
    if arguments[:1] in (["-h"], ["--help"]):
        print(__doc__)
        return 0
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
