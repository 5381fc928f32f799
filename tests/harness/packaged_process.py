"""Packaged functions in processes of their own: the unpacked zip, its own venv, functions-framework's own server."""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from scripts.commands.emulators import free_port

START_SECONDS = 60


@dataclass(frozen=True)
class Unpacked:
    """A zip's files, and the interpreter in which its requirements are installed."""

    python: Path
    source: Path


class PackagedProcesses:
    """functions: name → its environment, the whole of it; log: a file that all of them append to"""

    def __init__(self, unpacked: Mapping[str, Unpacked], functions: Mapping[str, Mapping[str, str]], log: Path) -> None:
        self._unpacked, self._functions, self._log = unpacked, functions, log
        self._started: dict[str, tuple[subprocess.Popen[bytes], str]] = {}
        self._locks = {name: Lock() for name in functions}
        self._stopped = False

    def address(self, name: str) -> str:
        """host:port of a function, which is started if it does not run."""
        with self._locks[name]:
            assert not self._stopped, f"{name} is asked after the end"
            if name not in self._started:
                self._started[name] = self._start(name)
            return self._started[name][1]

    def _start(self, name: str) -> tuple[subprocess.Popen[bytes], str]:
        one, port = self._unpacked[name], free_port()
        arguments = [f"--target={name}", "--signature-type=http", "--host=127.0.0.1", f"--port={port}"]
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                [one.python.with_name("functions-framework"), *arguments],
                cwd=one.source,
                env=dict(self._functions[name]),
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                    return process, f"127.0.0.1:{port}"
            except urllib.error.HTTPError:
                return process, f"127.0.0.1:{port}"
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"{name} did not start:\n{self._log.read_text('utf-8')[-2000:]}")

    def stop(self) -> None:
        self._stopped = True
        for lock in self._locks.values():  # who is still starting one has it
            with lock:
                pass
        for process, _ in list(self._started.values()):
            process.terminate()
        for process, _ in list(self._started.values()):
            process.wait(timeout=30)
