"""Materialises staging and marts, and reconciles the ledger with the warehouse.

Triggers: Cloud Scheduler, every half hour.
Produces: tables of the warehouse; once a night how many people are likely ready; once a day the ledger's counts, and
          `observation-recorded` again for what the warehouse lacks; what that does not mend is an ERROR, which alerts.
Errors:   503 has it triggered again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.schedule import schedule_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.warehouse_refresh import refresh_warehouse
from shared.platform.edges.internal import InnerEdge


def warehouse_refresh(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    return schedule_edge(on, "warehouse_refresh", lambda: refresh_warehouse(on).run())
