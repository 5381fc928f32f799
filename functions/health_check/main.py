"""Asks every integration how it is, looks for silence, stale ratings and dead letters.

Triggers: Cloud Scheduler, every quarter of an hour.
Produces: the document that the health page shows; problems as ERROR events, which alert.
Errors:   503 has it triggered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.schedule import schedule_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.health import health
from shared.kernel.moments import text
from shared.platform.edges.internal import InnerEdge, Outcome


def health_check(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work() -> Outcome:
        report = health(on).check()
        integrations = [
            {
                "name": one.name,
                "state": one.state,
                "detail": one.detail,
                "checked_at": text(one.checked_at),
                "last_seen_at": text(one.last_seen_at),
            }
            for one in report.integrations
        ]
        return {"state": report.state, "checked_at": text(report.checked_at), "integrations": integrations}

    return schedule_edge(on, "health_check", work)
