"""Task queues on Cloud Tasks: HTTP tasks that carry an OIDC token to one function.

The SDK is imported with the first task, never with this module.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from infra.gcp.channels import plaintext_channel
from infra.gcp.errors import retryable
from shared.kernel.json_values import Json
from shared.ports.messages import TaskQueue

_TIMEOUT_SECONDS: Final = 20.0
_SHORTEST_DEADLINE: Final = timedelta(seconds=15)
_LONGEST_DEADLINE: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class TaskTarget:
    """Says where a function's tasks go.

    url:             of the function
    audience:        of the token, usually the same url
    timeout_seconds: of the function; Cloud Tasks waits a little longer before it tries again
    invoker:         e-mail of the account whose token a task carries; None sends none (the tests' stand-in)
    """

    url: str
    audience: str
    timeout_seconds: int = 60
    invoker: str | None = None


class CloudTasksQueue(TaskQueue):
    """The `TaskQueue` port.

    targets: by function name, from the pipeline's declaration
    address: host:port of a stand-in that speaks Cloud Tasks' gRPC without TLS; None is Google
    """

    def __init__(
        self,
        project: str,
        location: str,
        targets: Mapping[str, TaskTarget],
        *,
        address: str | None = None,
    ):
        self._parent = f"projects/{project}/locations/{location}/queues"
        self._targets = dict(targets)
        self._address = address

    @cached_property
    def _client(self) -> Any:
        from google.cloud.tasks_v2.services.cloud_tasks import CloudTasksClient
        from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

        if not self._address:
            return CloudTasksClient()
        return CloudTasksClient(transport=CloudTasksGrpcTransport(channel=plaintext_channel(self._address)))

    def enqueue(
        self,
        queue: str,
        function: str,
        payload: Mapping[str, Json],
        *,
        name: str | None = None,
        run_at: datetime | None = None,
    ) -> bool:
        from google.api_core import exceptions

        parent = f"{self._parent}/{queue}"
        task = self._task(function, payload, run_at)
        if name is not None:
            task["name"] = f"{parent}/tasks/{task_name(name)}"
        with retryable("Cloud Tasks"):
            try:
                # An unnamed task that is sent twice is two tasks, and work may run twice anyway.
                self._client.create_task({"parent": parent, "task": task}, timeout=_TIMEOUT_SECONDS)
            except exceptions.AlreadyExists:
                return False
        return True

    def _task(self, function: str, payload: Mapping[str, Json], run_at: datetime | None) -> dict[str, Any]:
        if function not in self._targets:
            raise ValueError(f"no function {function} takes tasks; known: {', '.join(sorted(self._targets))}")
        target = self._targets[function]
        request: dict[str, Any] = {
            "http_method": "POST",
            "url": target.url,
            "headers": {"Content-Type": "application/json"},
            "body": json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode(),
        }
        if target.invoker:
            request["oidc_token"] = {"service_account_email": target.invoker, "audience": target.audience}
        deadline = timedelta(seconds=target.timeout_seconds + 10)
        task = {
            "http_request": request,
            "dispatch_deadline": min(max(deadline, _SHORTEST_DEADLINE), _LONGEST_DEADLINE),
        }
        if run_at is not None:
            if run_at.tzinfo is None:
                raise ValueError("run_at needs a time zone")
            task["schedule_time"] = run_at.astimezone(UTC)
        return task


def task_name(name: str) -> str:
    """Makes a task id that Cloud Tasks accepts: a digest, which also spreads names that begin alike over its shards."""
    return hashlib.sha256(name.encode()).hexdigest()
