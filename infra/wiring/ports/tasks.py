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
        name: TaskTarget(on.url(name), on.url(name), function.timeout_seconds)
        for name, function in on.pipeline.functions.items()
        if function.trigger == "task"
    }
    region, invoker = on.settings["AUGMENT_REGION"], on.settings["AUGMENT_INVOKER"]
    return CloudTasksQueue(on.project, region, targets, service_account=invoker)
