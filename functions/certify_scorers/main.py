"""Brings every scorer's certificate up to date: how far its scores agree with people's, per competency.

In:   Cloud Scheduler, nightly.
Out:  certificates with their day's history; where a scorer agrees too little, parameters under which its unreviewed
      scores stop counting, and a recalculation.
Not:  503 has it triggered again; doing it twice changes nothing.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring import platform


def certify_scorers(request: Request) -> ResponseReturnValue:
    return platform().certify_scorers().handle(request)
