"""Asks for a message batch until it has ended, and posts what it brings.

In:   a task with the batch.
Out:  observations in `ingest`, `call-analysed`; calls that have to be asked for again are ready again.
Not:  503 has the task delivered again; what was posted is known.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring import platform


def analysis_collect(request: Request) -> ResponseReturnValue:
    return platform().analysis_collect().handle(request)
