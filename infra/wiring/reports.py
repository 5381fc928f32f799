"""Builds the reports of the embedded platform. On Google they are dashboards, and the portal reads no warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment
from shared.kernel.errors import NotFound

if TYPE_CHECKING:
    from infra.wiring.google_environment import GoogleEnvironment
    from shared.operations.usecases.show_report import ShowReport
    from shared.ports.warehouse import Warehouse


def reports(on: Environment) -> ShowReport:
    """Makes what shows marts. Raises NotFound where they are read elsewhere."""
    from shared.operations.usecases.show_report import ShowReport

    return ShowReport(on.port("warehouse", _elsewhere))


def _elsewhere(on: GoogleEnvironment) -> Warehouse:
    raise NotFound("Reports are in your organisation's dashboards, not here.")
