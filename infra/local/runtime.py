"""Runs the whole platform in one process: every function, its deliveries and its schedules, on one directory of data.

    with Runtime(Path("data"), configure=infra.wiring.configure_embedded) as runtime:
        runtime.wait()

The functions are the very apps that Functions Framework serves in the cloud, one per function. The API's port
dispatches by the pipeline's routes, as the load balancer does, and offers each function with an `app` edge under
/functions/<name> too; functions with an `iam` edge are reached by deliveries only. The portal has a port, hence an
origin, of its own. Deliveries have their own threads and never pass through a port.

kill -9 at any moment loses nothing: what was accepted lies in a SQLite file with what is to be delivered of it, and the
next start goes on with it.
"""

from __future__ import annotations

import fcntl
import gc
import json
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from flask import got_request_exception, request
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import ErrorTask

from infra.declarations.pipeline import Pipeline, load_pipeline
from infra.local.ambient import FolderSecrets, JsonLog, RandomIds, SystemClock
from infra.local.delivery import EXCEPTION_KEY, Delivery, Sink
from infra.local.files import LocalFiles
from infra.local.identity import ISSUER, LocalIssuer, audience_of, service_account
from infra.local.queue import LocalQueue
from infra.local.scheduler import Scheduler
from infra.local.sqlite_documents import SqliteDocuments
from infra.local.sqlite_file import SqliteFile
from infra.web.identity import VerifiedTokens
from shared.kernel.log_events import LogEvent
from shared.ports.ambient import Log

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_BYTES: Final = 10_000_000
"""Of a request's body."""
LINGER_SECONDS: Final = 2.0
"""How long what a refused client is still sending is read and dropped."""
STOP_SECONDS: Final = 5
"""For the answers that are owed when the runtime stops."""
FUNCTIONS_FOLDER: Final = Path(__file__).resolve().parents[2] / "functions"
SWITCH_SECONDS: Final = 0.0005
"""How long a thread may keep the interpreter while others wait. Many threads here do little between two short waits for
SQLite, with its write lock in hand; with Python's 5 ms each of these waits ends at the back of a queue."""
GARBAGE_AFTER: Final = (10_000, 20, 20)
"""Objects, and rounds, between two looks for garbage in circles (see gc.set_threshold). A request makes thousands of
objects and leaves none; with Python's 700 a fortieth of its time goes into looking at them."""
DEFAULT_PORTS: Final[Mapping[str, int]] = {"api": 8080, "portal": 8081}
PLATFORM: Final = service_account("platform")
"""Who delivers messages, tasks and scheduled runs to the functions."""


class AlreadyRunning(RuntimeError):
    """Another process runs on this data directory."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The embedded adapters on one data directory: what the wiring gives to the use cases.

    addresses: of the hosts, once a Runtime serves them
    """

    directory: Path
    pipeline: Pipeline
    clock: SystemClock
    ids: RandomIds
    log: Log
    secrets: FolderSecrets
    documents: SqliteDocuments
    queue: LocalQueue
    files: LocalFiles
    issuer: LocalIssuer
    tokens: VerifiedTokens
    integrations: SqliteDocuments
    transcripts: LocalFiles
    addresses: dict[str, str] = field(default_factory=dict)

    def close(self) -> None:
        self.documents.close()
        self.integrations.close()
        self.queue.close()


def open_parts(directory: Path, pipeline: Pipeline | None = None, *, log: Log | None = None) -> Parts:
    """Opens, or creates, the adapters on a data directory. Several processes may have it open at a time; only a
    Runtime delivers."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    pipeline = pipeline or load_pipeline()
    clock = SystemClock()
    issuer = LocalIssuer(directory / "secrets", clock)
    live = SqliteFile(directory / "documents.sqlite")
    return Parts(
        directory=directory,
        pipeline=pipeline,
        clock=clock,
        ids=RandomIds(),
        log=log or JsonLog(),
        secrets=FolderSecrets(directory / "secrets", pipeline.secrets),
        documents=SqliteDocuments(live, indexes=pipeline.documents.indexes, excerpts=pipeline.documents.excerpts),
        queue=LocalQueue(live, pipeline),
        files=LocalFiles(directory / "files"),
        issuer=issuer,
        tokens=VerifiedTokens({ISSUER: issuer}, clock),
        integrations=SqliteDocuments(directory / "integrations.sqlite", indexes=pipeline.integrations.indexes),
        transcripts=LocalFiles(directory / "transcripts"),
    )


class Runtime:
    """The embedded platform.

    configure    called once with the opened parts before any function is loaded: the wiring's side
    sink         makes the taker of what topics carry to the warehouse, from the parts, after `configure`
    functions    the folder with one folder per function; those that have no folder yet are left out
    ports        by host of the pipeline's routes; 0 takes any free port, `addresses` tells which
    """

    def __init__(
        self,
        directory: Path,
        *,
        configure: Callable[[Parts], None] | None = None,
        sink: Callable[[Parts], Sink] | None = None,
        pipeline: Pipeline | None = None,
        functions: Path = FUNCTIONS_FOLDER,
        host: str = "127.0.0.1",
        ports: Mapping[str, int] = DEFAULT_PORTS,
        threads: int = 8,
        workers: int = 8,
        log: Log | None = None,
    ):
        self._lock = _locked(directory)
        try:
            self.parts = open_parts(directory, pipeline, log=log)
            self.pipeline = self.parts.pipeline
            # Where the queue lay once; with the lock in hand nobody else moves it.
            self.parts.queue.take_over(directory / "queue.sqlite")
            if configure is not None:
                configure(self.parts)
            self.applications = load_applications(self.pipeline, functions)
            self.delivery = Delivery(
                self.parts.queue,
                self.pipeline,
                self.applications,
                tokens=self.parts.issuer.source(PLATFORM),
                audience=audience_of,
                log=self.parts.log,
                sink=sink(self.parts) if sink is not None else None,
                workers=workers,
            )
            self.scheduler = Scheduler(
                self.parts.queue,
                [schedule for schedule in self.pipeline.schedules.values() if schedule.function in self.applications],
                self.parts.log,
            )
            self._servers = {
                name: _Server(Dispatcher(self.pipeline, name, self.applications), host, port, threads)
                for name, port in ports.items()
            }
            self.addresses = {name: f"http://{host}:{server.port}" for name, server in self._servers.items()}
            self.parts.addresses.update(self.addresses)
        except BaseException:
            os.close(self._lock)
            raise
        self._serving: list[threading.Thread] = []
        self._stop_wanted = threading.Event()

    def start(self) -> None:
        """Begins to deliver, to schedule and to serve; returns when the ports answer."""
        sys.setswitchinterval(SWITCH_SECONDS)
        gc.set_threshold(*GARBAGE_AFTER)
        self.delivery.start()
        self.scheduler.start()
        for name, server in self._servers.items():
            thread = threading.Thread(target=server.run, name=f"serve-{name}", daemon=True)
            thread.start()
            self._serving.append(thread)
        self.parts.log.event(LogEvent.RUNTIME_STARTED, functions=len(self.applications), **self.addresses)

    def wait(self, ready: Callable[[], None] | None = None) -> None:
        """Until SIGTERM, SIGINT or `stop_soon`. Call it from the main thread.

        ready: called as soon as the signals are waited for; before, they end the process at once.
        """

        def wanted(number: int, frame: FrameType | None) -> None:
            self._stop_wanted.set()

        before = {number: signal.signal(number, wanted) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            if ready is not None:
                ready()
            self._stop_wanted.wait()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def stop_soon(self) -> None:
        """Ends `wait`."""
        self._stop_wanted.set()

    def stop(self) -> None:
        """Answers what has arrived, finishes what is being delivered, and closes the files."""
        for server in self._servers.values():
            server.stop()
        self.scheduler.stop()
        finished = self.delivery.stop()
        for thread in self._serving:
            thread.join(5)
        if finished:
            self.parts.close()
        self.parts.log.event(LogEvent.RUNTIME_STOPPED, finished=finished)
        os.close(self._lock)

    def settle(self, timeout: float = 60) -> bool:
        """Waits until nothing is left to deliver; False if that took too long."""
        return self.delivery.settle(timeout)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def load_applications(pipeline: Pipeline, folder: Path) -> dict[str, WSGIApplication]:
    """Functions Framework's app for each function that has its folder under `folder`, by name."""
    import functions_framework

    return {
        name: _load_application(functions_framework.create_app, name, folder / name / "main.py")
        for name in pipeline.functions
        if (folder / name / "main.py").exists()
    }


def _load_application(create_app: Callable[..., Any], name: str, source: Path) -> WSGIApplication:
    # The framework leaves marks that the next function would stumble over: the folder on sys.path, where a second
    # function's modules of the same name would be taken from it, and the last function's kind in the environment.
    path = list(sys.path)
    environment = {key: os.environ.get(key) for key in ("FUNCTION_TARGET", "FUNCTION_SIGNATURE_TYPE")}
    try:
        application: WSGIApplication = create_app(target=name, source=str(source), signature_type="http")
        got_request_exception.connect(_note_exception, application)
        return application
    finally:
        sys.path[:] = path
        for key, value in environment.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value


def _note_exception(application: Any, exception: BaseException) -> None:
    """Flask answers a defect with a bare 500: this tells the deliverer what it was, for the dead letter's reason."""
    request.environ[EXCEPTION_KEY] = type(exception).__name__


class Dispatcher:
    """One port: hands each request to the function that owns its path.

    host: which of the pipeline's hosts this port stands for; the API's offers /functions/<name> as well
    """

    def __init__(self, pipeline: Pipeline, host: str, applications: Mapping[str, WSGIApplication]):
        self._pipeline = pipeline
        self._host = host
        self._applications = applications
        self._direct = host == "api"

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        length = environ.get("CONTENT_LENGTH", "")
        if length.isdigit() and int(length) > MOST_BYTES:
            return _problem(start_response, 413, "Too large", f"the body may have at most {MOST_BYTES} bytes", path)
        name: str | None = None
        if self._direct and path.startswith("/functions/"):
            wanted, slash, below = path.removeprefix("/functions/").partition("/")
            function = self._pipeline.functions.get(wanted)
            if function is not None and function.edge == "app":
                name = wanted
                environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + f"/functions/{wanted}"
                # Without a slash the framework would redirect, and a redirected POST arrives as a GET.
                environ["PATH_INFO"] = slash + below or "/"
        else:
            owner = self._pipeline.owner(self._host, path or "/", method)
            name = owner.name if owner is not None else None
        application = self._applications.get(name) if name is not None else None
        if application is None:
            return _problem(start_response, 404, "Not found", "no function answers here", path)
        return application(environ, start_response)


def _problem(start_response: StartResponse, status: int, title: str, detail: str, path: str) -> list[bytes]:
    reasons = {404: "Not Found", 413: "Content Too Large"}
    body = _problem_body(status, title, detail, path)
    start_response(
        f"{status} {reasons[status]}",
        [("Content-Type", "application/problem+json"), ("Content-Length", str(len(body)))],
    )
    return [body]


def _problem_body(status: int, title: str, detail: str, path: str | None = None) -> bytes:
    kind = title.lower().replace(" ", "-")
    problem = {"type": f"urn:augment-skills:problem:{kind}", "title": title, "status": status, "detail": detail}
    if path is not None:
        problem["instance"] = path[:500]
    return json.dumps(problem).encode()


class _ProblemTask(ErrorTask):  # type: ignore[misc]  # waitress ships no types
    """What waitress refuses before any function sees it (too large, unreadable), as RFC 9457 problem details."""

    def execute(self) -> None:
        error = self.request.error
        if error.code == 413:
            body = _problem_body(413, "Too large", f"the body may have at most {MOST_BYTES} bytes")
        else:
            body = _problem_body(error.code, error.reason, "the request cannot be read as HTTP")
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "application/problem+json"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)
        if error.code == 413:
            _linger(self.channel.socket)


def _linger(connection: socket.socket) -> None:
    """Reads on for a moment what a client is still sending, and drops it: a connection that is closed over unread bytes
    is reset, and then the client never sees its answer."""
    deadline = time.monotonic() + LINGER_SECONDS
    with suppress(OSError, ValueError):
        while select.select([connection], [], [], max(0.0, deadline - time.monotonic()))[0]:
            if not connection.recv(1 << 16) or time.monotonic() > deadline:
                return


class _ProblemChannel(HTTPChannel):  # type: ignore[misc]
    error_task_class = _ProblemTask


class _Server:
    """A waitress server that ends in good order: no new connections, then the answers that are owed, then closed.

    host is a numeric address. The port is bound at once, so that one in use is an error here.
    """

    def __init__(self, application: WSGIApplication, host: str, port: int, threads: int):
        # A map of its own: waitress's servers would otherwise see each other's connections.
        self._map: dict[int, Any] = {}
        self._server = create_server(
            application,
            map=self._map,
            host=host,
            port=port,
            threads=threads,
            max_request_body_size=MOST_BYTES + 1,  # waitress refuses what reaches it
            ident="augment-skills",
            expose_tracebacks=False,
            clear_untrusted_proxy_headers=True,
        )
        self._server.channel_class = _ProblemChannel
        self.port = int(self._server.effective_port)
        self._stopping = False

    def run(self) -> None:
        """Serves until `stop`, in the calling thread."""
        while not self._stopping:
            wasyncore.loop(timeout=1, map=self._map, use_poll=True, count=1)
        self._server.accepting = False
        deadline = time.monotonic() + STOP_SECONDS
        while self._owes_answers() and time.monotonic() < deadline:
            wasyncore.loop(timeout=0.05, map=self._map, use_poll=True, count=1)
        self._server.task_dispatcher.shutdown(timeout=1)
        wasyncore.close_all(self._map, ignore_all=True)

    def stop(self) -> None:
        """Ends `run`, from any thread."""
        self._stopping = True
        # The loop may have seen the flag and closed everything before it could be woken.
        with suppress(OSError):
            self._server.pull_trigger()

    def _owes_answers(self) -> bool:
        return any(channel.requests or channel.total_outbufs_len for channel in self._server.active_channels.values())


def _locked(directory: Path) -> int:
    """Takes the directory for this process, which alone may deliver from it; the lock ends with the process."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(directory / "runtime.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise AlreadyRunning(f"another process runs on the data in {directory}") from None
    return descriptor
