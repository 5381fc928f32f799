"""Builds the edge of a function that a queue's tasks reach."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from infra.wiring.environment import Environment
from infra.wiring.platform import platform
from infra.wiring.ports.documents import documents
from shared.platform.edges.internal import Delivery, InnerEdge, LostTask, Outcome, TaskKeeper

if TYPE_CHECKING:
    from infra.wiring.google_environment import GoogleEnvironment


def task_edge(on: Environment, function: str, work: Callable[[Delivery], Outcome]) -> InnerEdge:
    """Makes the edge."""
    return InnerEdge(
        function,
        work,
        lambda headers: on.check_invoker(headers, function),
        lambda: platform(on).quarantine,
        on.log,
        keeper=on.port("task_keeper", partial(_keeper, function)),
    )


def _keeper(function: str, on: GoogleEnvironment) -> TaskKeeper | None:
    """Makes what keeps a function's tasks whose last attempt has failed: Cloud Tasks drops them."""
    queue = on.pipeline.functions[function].queue
    if queue is None:
        return None

    def keep(task: LostTask) -> None:
        from infra.gcp.failures import keep_task

        keep_task(
            documents(on),
            on.clock.now(),
            task.queue,
            function,
            task.payload,
            task_id=task.task_id,
            attempts=task.attempts,
            reason=task.reason,
            enqueued_at=task.due_at,
        )

    return TaskKeeper(on.pipeline.queues[queue].retry.max_attempts, keep)
