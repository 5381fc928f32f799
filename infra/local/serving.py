"""Serves the outside: one port per host, each request handed to the function that owns its path."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from waitress import wasyncore
from waitress.server import create_server
from waitress.task import ErrorTask

from infra.declarations.pipeline import Pipeline
from infra.local.connections import Channel, Limits, close_overdue
from infra.local.door import LOOPBACK_NAMES, name_of
from shared.kernel.problems import reference

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_BYTES: Final = 25_000_000
"""Of a request's body: of a file of evidence; what a route takes itself is less, for most."""
LIMITS: Final = Limits()
LOOK_SECONDS: Final = 0.5
"""Between two looks at who has had their time."""
STOP_SECONDS: Final = 5
"""For the answers that are owed when the runtime stops."""


class Dispatcher:
    """One port: hands each request to the function that owns its path.

    host:  which of the pipeline's hosts this port stands for; the API's offers /functions/<name> as well
    names: by which a request may ask for it
    """

    def __init__(
        self,
        pipeline: Pipeline,
        host: str,
        applications: Mapping[str, WSGIApplication],
        names: Collection[str] = LOOPBACK_NAMES,
    ):
        self._pipeline = pipeline
        self._names = frozenset(names)
        self._host = host
        self._applications = applications
        self._direct = host == "api"

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        if name_of(environ.get("HTTP_HOST", "")) not in self._names:
            return _problem(start_response, 421, "Misdirected", "nothing is answered under this name", path)
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
    reasons = {404: "Not Found", 413: "Content Too Large", 421: "Misdirected Request"}
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
        problem["instance"] = reference(path[:500])
    return json.dumps(problem).encode()


class _ProblemTask(ErrorTask):  # type: ignore[misc]  # waitress ships no types
    """Answers with RFC 9457 problem details what waitress refuses by itself (too large, unreadable)."""

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
        self.channel.drained_until = time.time() + self.channel.limits.linger_seconds


class _ProblemChannel(Channel):
    error_task_class = _ProblemTask


class Server:
    """A waitress server that ends in good order: no new connections, then the answers that are owed, then closed.

    host is a numeric address. The port is bound at once, so that one in use is an error here.
    """

    def __init__(
        self, application: WSGIApplication, host: str, port: int, threads: int, limits: Limits = LIMITS
    ) -> None:
        # A map of its own: waitress's servers would otherwise see each other's connections.
        self._map: dict[int, wasyncore.dispatcher] = {}
        self._server = create_server(
            application,
            map=self._map,
            host=host,
            port=port,
            threads=threads,
            max_request_body_size=MOST_BYTES + 1,  # waitress refuses what reaches it
            max_request_header_size=limits.header_bytes,
            # Ours are closed before: a server that takes no more is the attacker's.
            connection_limit=2 * limits.connections,
            ident="augment-skills",
            expose_tracebacks=False,
            clear_untrusted_proxy_headers=True,
        )
        self._server.channel_class = type("LimitedChannel", (_ProblemChannel,), {"limits": limits})
        self._limits = limits
        self._looked_at = 0.0
        self.port = int(self._server.effective_port)
        self._stopping = False

    def run(self) -> None:
        """Serves until `stop`, in the calling thread."""
        while not self._stopping:
            wasyncore.loop(timeout=LOOK_SECONDS, map=self._map, use_poll=True, count=1)
            self._look_after_connections()
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

    def _look_after_connections(self) -> None:
        channels, now = self._server.active_channels, time.time()
        if now - self._looked_at > LOOK_SECONDS or len(channels) >= self._limits.connections:
            self._looked_at = now
            close_overdue(list(channels.values()), self._limits, now)

    def _owes_answers(self) -> bool:
        return any(channel.requests or channel.total_outbufs_len for channel in self._server.active_channels.values())
