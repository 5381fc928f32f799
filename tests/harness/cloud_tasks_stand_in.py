"""Cloud Tasks for tests: the gRPC method CreateTask over Google's own message types, and a dispatcher over HTTP.

It keeps what callers rely on: a name is taken from its first use on, done or not; a task waits for its schedule time;
a task that is not answered with 2xx within its dispatch deadline is tried again with growing pauses up to the queue's
attempts, then dropped (as Google does: there is no dead letter); each attempt carries Google's headers.
"""

from __future__ import annotations

import importlib
import itertools
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from google.cloud.tasks_v2.types import CreateTaskRequest, Task

grpc: Any = importlib.import_module("grpc")


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue's retry policy, in attempts and seconds."""

    max_attempts: int = 10
    min_backoff: float = 0.05
    max_backoff: float = 1.0


class CloudTasksStandIn:
    """Serves on a free loopback port while used as a context manager.

    queues:    by full name (projects/…/locations/…/queues/…); CreateTask for another one is NOT_FOUND
    token_for: mints the bearer token for (service account, audience) of a task that asks for one
    address_of: where the function of a task's address is on this machine
    """

    def __init__(
        self,
        queues: dict[str, Queue],
        token_for: Callable[[str, str], str] | None = None,
        address_of: Callable[[str], str] = str,
    ):
        self._queues = queues
        self._token_for = token_for
        self._address_of = address_of
        self._names: set[str] = set()
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._stopping = threading.Event()
        self._dispatchers = ThreadPoolExecutor(max_workers=32, thread_name_prefix="task")
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self.dropped: list[str] = []
        """Names of the tasks that used up their attempts."""

    def __enter__(self) -> CloudTasksStandIn:
        handler = grpc.unary_unary_rpc_method_handler(
            self._create_task,
            request_deserializer=CreateTaskRequest.deserialize,
            response_serializer=Task.serialize,
        )
        self._server = grpc.server(ThreadPoolExecutor(max_workers=4))
        self._server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler("google.cloud.tasks.v2.CloudTasks", {"CreateTask": handler}),)
        )
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._server.stop(None).wait()
        self._dispatchers.shutdown(cancel_futures=True)

    def _create_task(self, request: Any, context: Any) -> Any:
        task = request.task
        queue = self._queues.get(request.parent)
        if queue is None:
            context.abort(grpc.StatusCode.NOT_FOUND, "Queue does not exist.")
            raise LookupError(request.parent)  # abort has raised
        if not task.http_request.url:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "the stand-in dispatches HTTP tasks only")
        with self._lock:
            if not task.name:
                task.name = f"{request.parent}/tasks/{next(self._numbers):020d}"
            elif not task.name.startswith(f"{request.parent}/tasks/"):
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"{task.name} is not in {request.parent}")
            elif task.name in self._names:
                context.abort(grpc.StatusCode.ALREADY_EXISTS, "The task cannot be created because its name is taken.")
            self._names.add(task.name)
        self._dispatchers.submit(self._run, queue, request.parent.rsplit("/", 1)[1], task)
        return task

    def _run(self, queue: Queue, queue_name: str, task: Any) -> None:
        due = task.schedule_time.timestamp() if "schedule_time" in task else time.time()
        if self._stopping.wait(max(0.0, due - time.time())):
            return
        backoff, executions, previous = queue.min_backoff, 0, None
        for retries in range(queue.max_attempts):
            status = self._attempt(queue_name, task, due, retries, executions, previous)
            if status is not None and 200 <= status < 300:
                return
            if status is not None:
                # Only attempts that were answered count as executions.
                executions, previous = executions + 1, status
            if self._stopping.wait(backoff):
                return
            backoff = min(backoff * 2, queue.max_backoff)
        self.dropped.append(task.name)

    def _attempt(
        self, queue_name: str, task: Any, due: float, retries: int, executions: int, previous: int | None
    ) -> int | None:
        """One delivery; the status of the answer, or None if there was none."""
        request = task.http_request
        headers = {
            **request.headers,
            "User-Agent": "Google-Cloud-Tasks",
            "X-CloudTasks-QueueName": queue_name,
            "X-CloudTasks-TaskName": task.name.rsplit("/", 1)[1],
            "X-CloudTasks-TaskRetryCount": str(retries),
            "X-CloudTasks-TaskExecutionCount": str(executions),
            "X-CloudTasks-TaskETA": f"{due:.6f}",
        }
        if previous is not None:
            headers["X-CloudTasks-TaskPreviousResponse"] = str(previous)
        token = request.oidc_token
        if token.service_account_email and self._token_for:
            headers["Authorization"] = f"Bearer {self._token_for(token.service_account_email, token.audience)}"
        outgoing = urllib.request.Request(
            self._address_of(request.url), data=request.body, headers=headers, method=request.http_method.name
        )
        deadline = task.dispatch_deadline.total_seconds() if "dispatch_deadline" in task else 600.0
        try:
            with self._opener.open(outgoing, timeout=deadline) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            return None
