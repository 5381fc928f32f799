"""One e-mail thread becomes one field observation per employee who wrote.

In:   a task with the thread's record.
Out:  observations in `ingest`, `call-analysed`.
Not:  503 has the task delivered again; what was posted is known.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring import platform


def email_analysis(request: Request) -> ResponseReturnValue:
    return platform().email_analysis().handle(request)
