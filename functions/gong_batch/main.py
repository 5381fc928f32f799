"""Discovers the day's calls with employees in them, and queues each.

Triggers: the schedule.
Produces: a record and a task for every new call; the place where the next run begins.
Errors:   503 has the run made again, which leaves alone what is known.
"""

from dataclasses import asdict

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.daily_discovery import daily_discovery
from infra.wiring.edges.schedule import schedule_edge
from infra.wiring.environment import Environment, environment
from shared.platform.edges.internal import InnerEdge, Outcome


def gong_batch(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work() -> Outcome:
        found = daily_discovery(on).daily()
        if found is None:
            return {"configured": False}
        until = found.until and found.until.isoformat()
        return {"configured": True, "since": found.since.isoformat(), "until": until, **asdict(found.taken)}

    return schedule_edge(on, "gong_batch", work)
