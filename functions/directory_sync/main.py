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
from infra.wiring.people import people
from infra.wiring.ports.directory import directory
from shared.kernel.log_events import LogEvent
from shared.platform.edges.internal import InnerEdge


def directory_sync(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> InnerEdge:
    def work(_: dict[str, Any]) -> Mapping[str, Any]:
        known = directory(on)
        if known is None:
            on.log.event(LogEvent.DIRECTORY_NOT_CONFIGURED)
            return {"configured": False}
        counts = people(on).synchronise.with_directory(known)
        on.log.event(LogEvent.DIRECTORY_SYNCHRONISED, known=counts.known, changed=counts.changed)
        return asdict(counts)

    return schedule_edge(on, "directory_sync", work)
