"""Builds the daily discovery of calls, the part of the discovery that asks the recorder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.discovery import discovery
from infra.wiring.environment import Environment
from infra.wiring.ports.recorder import recorder

if TYPE_CHECKING:
    from shared.call_pipeline.usecases.discover_calls import DiscoverCalls


def daily_discovery(on: Environment) -> DiscoverCalls:
    """Makes the daily discovery on the recorder that is connected."""
    return discovery(on).discover_calls(recorder(on))
