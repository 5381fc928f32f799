"""Starts the night's run: every employee as of today, one task per shard.

In:   Cloud Scheduler.
Out:  the run's document and its tasks; a second trigger of the same night joins it.
Not:  503 has it triggered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring import platform


def nightly_recalculation(request: Request) -> ResponseReturnValue:
    return platform().nightly_recalculation().handle(request)
