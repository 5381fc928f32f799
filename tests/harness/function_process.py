"""Functions in processes of their own, each told only what it is given; they start when they are first asked.

A process is forked off a server that has imported what all need, so that a start takes a moment.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from tests.harness.web import running

PRELOADED = ("tests.harness.function_process", "tests.harness.embedded_platform", "functions_framework", "httpx")
START_SECONDS = 60


class FunctionProcesses:
    """functions: name → its environment, the whole of it; log: a file that all of them append to"""

    def __init__(self, functions: Mapping[str, Mapping[str, str]], log: Path) -> None:
        self._functions, self._log = functions, log
        self._started: dict[str, tuple[multiprocessing.process.BaseProcess, str]] = {}
        self._locks = {name: threading.Lock() for name in functions}

    def address(self, name: str) -> str:
        """host:port of a function, which is started if it does not run."""
        with self._locks[name]:
            if name not in self._started:
                self._started[name] = self._start(name)
            return self._started[name][1]

    def _start(self, name: str) -> tuple[multiprocessing.process.BaseProcess, str]:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(list(PRELOADED))
        receiving, sending = context.Pipe(duplex=False)
        arguments = (name, dict(self._functions[name]), str(self._log), sending)
        process = context.Process(target=_serve, args=arguments, daemon=True)
        process.start()
        sending.close()
        assert receiving.poll(START_SECONDS), f"{name} did not start"
        return process, f"127.0.0.1:{receiving.recv()}"

    def stop(self) -> None:
        for process, _ in list(self._started.values()):
            process.kill()
        for process, _ in list(self._started.values()):
            process.join()


class _Unlogged(WSGIRequestHandler):
    """Cloud Run's front end logs requests in its own way; a function does not."""

    def log(self, type: str, message: str, *arguments: object) -> None:
        """Nothing."""


@contextmanager
def served(application: Any) -> Iterator[str]:
    """An app on a port of its own; its address."""
    with running(make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Unlogged)) as url:
        yield url


def _serve(name: str, environment: Mapping[str, str], log: str, told: Connection) -> None:
    os.environ.clear()
    os.environ.update(environment)
    out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(out, 1)
    os.dup2(out, 2)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    import functions_framework

    from infra.local.runtime import FUNCTIONS_FOLDER
    from infra.wiring import google_environment
    from tests.harness.embedded_platform import impatient_pipeline

    # A test gives up after a few quick deliveries, where the platform would take hours.
    hasty = impatient_pipeline()
    setattr(google_environment, "load_pipeline", lambda: hasty)  # noqa: B010  # it is no name of that module's own
    source = FUNCTIONS_FOLDER / name / "main.py"
    create_app: Any = functions_framework.create_app  # untyped
    application = create_app(target=name, source=str(source), signature_type="http")
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Unlogged)
    told.send(server.server_port)
    told.close()
    server.serve_forever()
