"""Opens the CRM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment

if TYPE_CHECKING:
    from infra.wiring.google_environment import GoogleEnvironment
    from shared.ports.crm import CrmRecords


def crm_records(on: Environment) -> CrmRecords:
    """Opens the CRM's records; where none is connected, what says so."""
    return on.port("crm", _google)


def _google(on: GoogleEnvironment) -> CrmRecords:
    from infra.vendors.no_crm import NoCrm

    return NoCrm()
