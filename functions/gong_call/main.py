"""Makes one field observation of a call per employee who spoke.

In:   a task with the call's record, the request it is about, and how often it has been put off.
Out:  the conversation in its bucket, observations in `ingest`, `call-analysed`; or a later task, when it is too early.
Not:  unreadable answers fail the call, for a person to see; 503 has the task delivered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.call import call_edge
from infra.wiring.environment import Environment, environment
from shared.platform.edges.internal import InnerEdge


def gong_call(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    return call_edge(on, "gong_call")
