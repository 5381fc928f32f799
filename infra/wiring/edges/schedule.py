"""Builds the edge of a function that Cloud Scheduler starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from infra.wiring.environment import Environment
from infra.wiring.platform import platform
from shared.platform.edges.internal import InnerEdge


def schedule_edge(
    on: Environment, function: str, work: Callable[[dict[str, Any]], Mapping[str, Any] | None]
) -> InnerEdge:
    """Makes the edge. work: takes the (empty) payload; a result is told in the answer"""
    return InnerEdge(
        function,
        work,
        lambda headers: on.check_invoker(headers, function),
        lambda: platform(on).quarantine,
        on.log,
    )
