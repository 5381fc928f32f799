"""Projects a shard of employees as of today; rebuilds a rotating part of them from the ledger.

In:   a task with `employee_ids`, and the run that it belongs to.
Out:  ratings, `skill-changed`, `discrepancy-changed`, `ratings-snapshotted`, the shard's counts.
Not:  503 has the task delivered again; doing it twice changes nothing.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.task import task_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.shard import shard
from shared.kernel.reading import validated
from shared.platform.edges.internal import InnerEdge


def recalculate_shard(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(payload: dict[str, Any]) -> Mapping[str, Any]:
        from shared.ratings.messages import ShardTask

        return asdict(on.once(shard).recalculate(validated(ShardTask, payload)))

    return task_edge(on, "recalculate_shard", work)
