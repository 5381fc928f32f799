"""Sends the calls that are ready in a message batch, at half the price.

In:   the schedule.
Out:  batches at the vendor, and a task for each that collects it.
Not:  503 has it run again; what was gathered and not sent is sent then.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring import platform


def analysis_submit(request: Request) -> ResponseReturnValue:
    return platform().analysis_submit().handle(request)
