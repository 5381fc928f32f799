"""Builds what shows preparation in the CRM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from infra.wiring.environment import Environment
from infra.wiring.notifications import notifications
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.ports.crm import crm_records, crm_writer
from infra.wiring.ports.crm_settings import shown_fields
from infra.wiring.ports.documents import documents
from infra.wiring.ports.work_calendar import work_calendar

if TYPE_CHECKING:
    from shared.crm.usecases.show_preparation import Done, ShowPreparation


def write_back(on: Environment, deal_id: str) -> Done | Literal["off"]:
    """Shows a deal's preparation; off where nobody wants that, or no CRM can be written to."""
    fields = shown_fields(on.connected.settings)
    if not fields.any or crm_writer(on) is None:
        return "off"
    return on.once(_showing).show(deal_id, fields)


def _showing(on: Environment) -> ShowPreparation:
    from shared.crm.usecases.follow_record import Ambient
    from shared.crm.usecases.show_preparation import Crm, Known, ShowPreparation
    from shared.deals.records import DealRecords
    from shared.enablement.records import AssignmentRecords, DealPlans
    from shared.people.usecases.whereabouts import Whereabouts

    writer = crm_writer(on)
    assert writer is not None
    store = documents(on)
    zone = work_calendar(on.connected.settings).zone
    whereabouts = Whereabouts(people(on).records, notifications(on).preferences.zone_of, zone)
    known = Known(DealRecords(store), DealPlans(store), AssignmentRecords(store), whereabouts)
    return ShowPreparation(Crm(crm_records(on), writer), known, platform(on).audit, Ambient(on.clock, on.log))
