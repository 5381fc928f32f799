"""Discovers the day's calls with employees in them, and queues each.

In:   the schedule.
Out:  a record and a task for every new call; the place where the next run begins.
Not:  503 has the run made again, which leaves alone what is known.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring import platform


def gong_batch(request: Request) -> ResponseReturnValue:
    return platform().gong_batch().handle(request)
