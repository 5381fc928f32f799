"""Makes one field observation of an e-mail thread per employee who wrote.

In:   a task with the thread's record.
Out:  observations in `ingest`, `call-analysed`.
Not:  503 has the task delivered again; what was posted is known.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.call import call_edge
from infra.wiring.environment import Environment, environment
from shared.platform.edges.internal import InnerEdge


def email_analysis(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    return call_edge(on, "email_analysis")
