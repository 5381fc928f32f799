"""Finishes what crashes have left: changes not yet published, notices not yet carried on, erasures without a task,
transcripts past their year; and has those rated of whom a call has opened.

Triggers: Cloud Scheduler, every ten minutes.
Produces: facts that a commit has noted (`observation-recorded`), `skill-changed`, `discrepancy-changed`; what follows
          publications and decisions; tasks of notices, of erasures, and of those to rate.
Errors:   a part that fails keeps no other from its work; 503 has all of them triggered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.schedule import schedule_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.sweep import sweep
from shared.platform.edges.internal import InnerEdge


def pending_sweep(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    return schedule_edge(on, "pending_sweep", lambda: sweep(on).run())
