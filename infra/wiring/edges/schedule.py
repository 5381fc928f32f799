"""Builds the edge of a function that Cloud Scheduler starts."""

from __future__ import annotations

from collections.abc import Callable

from infra.wiring.environment import Environment
from infra.wiring.platform import platform
from shared.platform.edges.internal import InnerEdge, Outcome


def schedule_edge(on: Environment, function: str, work: Callable[[], Outcome]) -> InnerEdge:
    """Makes the edge."""
    return InnerEdge(
        function,
        lambda _: work(),
        lambda headers: on.check_invoker(headers, function),
        lambda: platform(on).quarantine,
        on.log,
    )
