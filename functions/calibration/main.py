"""Learns from the warehouse how noisy scores are and how far scorers lean, for intervals and probabilities.

Triggers: Cloud Scheduler, nightly, between a refresh of the warehouse and the recalculation.
Produces: a version of the parameters where they have changed by more than rounding, which the recalculation rates with.
Errors:   503 has it triggered again; doing it twice changes nothing.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.calibration import calibrate
from infra.wiring.edges.schedule import schedule_edge
from infra.wiring.environment import Environment, environment
from shared.platform.edges.internal import InnerEdge


def calibration(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    return schedule_edge(on, "calibration", lambda: calibrate(on).run())
