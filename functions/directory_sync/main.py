"""Brings names, managers and activity of known people from the company's directory.

In:   Cloud Scheduler, nightly.
Out:  employee records, `employee-changed`.
Not:  503 has it triggered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring import platform


def directory_sync(request: Request) -> ResponseReturnValue:
    return platform().directory_sync().handle(request)
