"""Projects a shard of employees as of today; rebuilds a rotating part of them from the ledger.

Triggers: a task with `employee_ids`, and the run that it belongs to; or one part of sharing such a run out; or one part
          of adding up how ready everybody is.
Produces: ratings, `skill-changed`, `discrepancy-changed`, `ratings-snapshotted`, the shard's counts; or the tasks of
          some shards, and one for the next part; or sums, and the task of the next part.
Errors:   503 has the task delivered again; doing it twice changes nothing.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.task import task_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.ratings import ratings
from infra.wiring.shard import shard
from shared.platform.edges.internal import Delivery, InnerEdge, Outcome


def recalculate_shard(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(delivery: Delivery) -> Outcome:
        from shared.ratings.messages import LookTask, PartTask, ShardTask

        if "look_id" in delivery.content:
            ratings(on).sum_readiness.part(delivery.read(LookTask))
            return None
        if "part" in delivery.content:
            return ratings(on).share_out.part(delivery.read(PartTask))
        return on.once(shard).recalculate(delivery.read(ShardTask))

    return task_edge(on, "recalculate_shard", work)
