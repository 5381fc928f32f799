"""Opens the queues: Cloud Tasks, or the embedded queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment

if TYPE_CHECKING:
    from infra.wiring.google_environment import GoogleEnvironment
    from shared.ports.messages import TaskQueue


def tasks(on: Environment) -> TaskQueue:
    """Opens the queues."""
    return on.port("tasks", _google)


def _google(on: GoogleEnvironment) -> TaskQueue:
    from infra.gcp.cloud_tasks import CloudTasksQueue, TaskTarget

    targets = {
        name: TaskTarget(on.url(name), on.url(name), function.timeout_seconds, on.invoker(name))
        for name, function in on.pipeline.functions.items()
        if function.trigger == "task"
    }
    return CloudTasksQueue(on.project, on.settings["AUGMENT_REGION"], targets)
