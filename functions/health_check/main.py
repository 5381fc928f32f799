"""Asks every integration how it is, looks for silence, stale ratings and dead letters.

In:   Cloud Scheduler, every quarter of an hour.
Out:  the document that the health page shows; problems as ERROR events, which alert.
Not:  503 has it triggered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring import platform


def health_check(request: Request) -> ResponseReturnValue:
    return platform().health_check().handle(request)
