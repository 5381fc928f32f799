"""Spreads a request to analyse a period's calls again.

In:   a task with the run.
Out:  a task for every call of the period.
Not:  503 has the task delivered again; a call is asked for once.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring import platform


def reanalyse_calls(request: Request) -> ResponseReturnValue:
    return platform().reanalyse_calls().handle(request)
