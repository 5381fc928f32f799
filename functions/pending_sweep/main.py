"""Publishes changes that were written and, after a crash, not yet published.

In:   Cloud Scheduler, every ten minutes.
Out:  `skill-changed`, `discrepancy-changed`.
Not:  503 has it triggered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring import platform


def pending_sweep(request: Request) -> ResponseReturnValue:
    return platform().pending_sweep().handle(request)
