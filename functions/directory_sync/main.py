"""Brings names, managers and activity of known people from the company's directory.

In:   Cloud Scheduler, nightly.
Out:  employee records, `employee-changed`.
Not:  503 has it triggered again.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Request
from flask.typing import ResponseReturnValue

from infra.wiring.edges.schedule import schedule_edge
from infra.wiring.environment import Environment, environment
from infra.wiring.synchronisation import synchronisation
from shared.platform.edges.internal import InnerEdge


def directory_sync(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(_: dict[str, Any]) -> Mapping[str, Any]:
        counts = synchronisation(on).nightly()
        return {"configured": False} if counts is None else asdict(counts)

    return schedule_edge(on, "directory_sync", work)
