"""Projects a shard of employees as of today; rebuilds a rotating part of them from the ledger.

In:   a task with `employee_ids`, and the run that it belongs to.
Out:  ratings, `skill-changed`, `discrepancy-changed`, `ratings-snapshotted`, the shard's counts.
Not:  503 has the task delivered again; doing it twice changes nothing.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring import platform


def recalculate_shard(request: Request) -> ResponseReturnValue:
    return platform().recalculate_shard().handle(request)
