"""Runs the whole platform in one process: every function, its deliveries and its schedules, on one directory of data.

    with Runtime(Path("data"), configure=infra.local.platform.configure) as runtime:
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
import os
import signal
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from flask import got_request_exception, request

from infra.declarations.pipeline import Pipeline, load_pipeline
from infra.local.ambient import FolderSecrets, JsonLog, RandomIds, SystemClock
from infra.local.clock_check import check_clock
from infra.local.delivery import Delivery, Sink
from infra.local.door import LOOPBACK_NAMES, reachable
from infra.local.files import LocalFiles
from infra.local.identity import ISSUER, LocalIssuer, audience_of, service_account
from infra.local.journal import refuse_half_restored
from infra.local.posting import EXCEPTION_KEY
from infra.local.private_files import FILE, FOLDER, keep_private
from infra.local.queue import LocalQueue
from infra.local.scheduler import Scheduler
from infra.local.serving import Dispatcher, Server
from infra.local.sqlite_documents import SqliteDocuments
from infra.local.sqlite_file import SqliteFile, store_errors
from infra.local.storage import Storage
from infra.web.identity import VerifiedTokens
from shared.kernel.log_events import LogEvent
from shared.ports.ambient import Log

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

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


class CannotListen(RuntimeError):
    """A port cannot be bound. host: which of the pipeline's hosts it is for."""

    def __init__(self, host: str, address: str, port: int, error: OSError) -> None:
        super().__init__(f"cannot listen on {address}:{port} for the {host}: {error.strerror or error}")
        self.host = host


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
    evidence: LocalFiles
    clips: LocalFiles
    storage: Storage
    addresses: dict[str, str] = field(default_factory=dict)

    def close(self) -> None:
        self.documents.close()
        self.integrations.close()
        self.queue.close()


def open_parts(directory: Path, pipeline: Pipeline | None = None, *, log: Log | None = None) -> Parts:
    """Opens, or creates, the adapters on a data directory. Several processes may have it open at a time; only a
    Runtime delivers."""
    keep_private(directory)
    pipeline = pipeline or load_pipeline()
    clock = SystemClock()
    issuer = LocalIssuer(directory / "secrets", clock)
    with store_errors("document store"):
        live = SqliteFile(directory / "documents.sqlite")
    integrations = SqliteDocuments(directory / "integrations.sqlite", indexes=pipeline.integrations.indexes)
    log = log or JsonLog()
    return Parts(
        directory=directory,
        pipeline=pipeline,
        clock=clock,
        ids=RandomIds(),
        log=log,
        secrets=FolderSecrets(directory / "secrets", pipeline.secrets),
        documents=SqliteDocuments(live, indexes=pipeline.documents.indexes, excerpts=pipeline.documents.excerpts),
        queue=LocalQueue(live, pipeline),
        files=LocalFiles(directory / "files"),
        issuer=issuer,
        tokens=VerifiedTokens({ISSUER: issuer}, clock),
        integrations=integrations,
        transcripts=LocalFiles(directory / "transcripts"),
        evidence=LocalFiles(directory / "evidence"),
        clips=LocalFiles(directory / "clips"),
        storage=Storage(directory, (live, integrations.file), log),
    )


class Runtime:
    """The embedded platform.

    configure    called once with the opened parts before any function is loaded: the wiring's side
    sink         makes the taker of what topics carry to the warehouse, from the parts, after `configure`
    functions    the folder with one folder per function; those that have no folder yet are left out
    ports        by host of the pipeline's routes; 0 takes any free port, `addresses` tells which
    names        by which requests may ask for the ports, besides this machine's own

    accept_clock whatever the newest stored moment says

    Raises AlreadyRunning, HalfRestored, CannotListen, ClockInDoubt, OSError for a folder that cannot be used.
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
        names: Collection[str] = (),
        threads: int = 8,
        workers: int = 8,
        log: Log | None = None,
        accept_clock: bool = False,
    ):
        self._lock = _locked(directory)
        try:
            refuse_half_restored(directory)
            self.parts = open_parts(directory, pipeline, log=log)
            self.pipeline = self.parts.pipeline
            # Where the queue lay once; with the lock in hand nobody else moves it.
            self.parts.queue.take_over(directory / "queue.sqlite")
            if not accept_clock:
                check_clock(self.parts.queue.newest_moment(), self.parts.clock.now().timestamp())
            if configure is not None:
                configure(self.parts)
            self.applications = load_applications(self.pipeline, functions)
            self.delivery = self._delivery(sink, workers)
            self.scheduler = self._scheduler()
            known = LOOPBACK_NAMES | {host.lower()} | {name.lower() for name in names}
            self._servers = {name: self._server(name, host, port, threads, known) for name, port in ports.items()}
            self.addresses = {name: reachable(host, server.port) for name, server in self._servers.items()}
            self.parts.addresses.update(self.addresses)
        except BaseException:
            os.close(self._lock)
            raise
        self._serving: list[threading.Thread] = []
        self._stop_wanted = threading.Event()

    def _delivery(self, sink: Callable[[Parts], Sink] | None, workers: int) -> Delivery:
        return Delivery(
            self.parts.queue,
            self.pipeline,
            self.applications,
            tokens=self.parts.issuer.source(PLATFORM),
            audience=audience_of,
            log=self.parts.log,
            sink=sink(self.parts) if sink is not None else None,
            workers=workers,
        )

    def _server(self, name: str, host: str, port: int, threads: int, names: Collection[str]) -> Server:
        try:
            return Server(Dispatcher(self.pipeline, name, self.applications, names), host, port, threads)
        except OSError as error:
            raise CannotListen(name, host, port, error) from error

    def _scheduler(self) -> Scheduler:
        served = [one for one in self.pipeline.schedules.values() if one.function in self.applications]
        return Scheduler(self.parts.queue, served, self.parts.log)

    def start(self) -> None:
        """Begins to deliver, to schedule and to serve; returns when the ports answer."""
        sys.setswitchinterval(SWITCH_SECONDS)
        gc.set_threshold(*GARBAGE_AFTER)
        self.parts.storage.start()
        self.delivery.start()
        self.scheduler.start()
        for name, server in self._servers.items():
            thread = threading.Thread(target=server.run, name=f"serve-{name}", daemon=True)
            thread.start()
            self._serving.append(thread)
        self.parts.log.event(LogEvent.RUNTIME_STARTED, functions=len(self.applications), **self.addresses)

    def wait(self, ready: Callable[[], None] | None = None) -> None:
        """Waits until SIGTERM, SIGINT or `stop_soon`. Call it from the main thread.

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
        self.parts.storage.stop()
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

    def left(self) -> int:
        """Returns how many deliveries `settle` would wait for."""
        return self.delivery.left()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


@contextmanager
def held(directory: Path) -> Iterator[None]:
    """Keeps a platform from starting on a data directory. Raises AlreadyRunning."""
    lock = _locked(directory)
    try:
        yield
    finally:
        os.close(lock)


def load_applications(pipeline: Pipeline, folder: Path) -> dict[str, WSGIApplication]:
    """Loads Functions Framework's app for each function that has its folder under `folder`, by name."""
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
    """Tells the deliverer what the defect was, for the dead letter's reason: Flask answers it with a bare 500."""
    request.environ[EXCEPTION_KEY] = type(exception).__name__


def _locked(directory: Path) -> int:
    """Takes the directory for this process, which alone may deliver from it; the lock ends with the process."""
    directory.mkdir(parents=True, exist_ok=True, mode=FOLDER)
    descriptor = os.open(directory / "runtime.lock", os.O_RDWR | os.O_CREAT, FILE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise AlreadyRunning(f"another process runs on the data in {directory}") from None
    return descriptor
