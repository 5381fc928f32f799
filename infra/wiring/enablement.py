"""Builds the use cases of deals and enablement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.frameworks import frameworks
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.ports.bus import bus
from infra.wiring.ports.documents import documents
from infra.wiring.ratings import ratings

if TYPE_CHECKING:
    from shared.deals.records import DealRecords
    from shared.deals.usecases.show_snapshot import ShowSnapshot
    from shared.enablement.records import AssignmentRecords
    from shared.enablement.usecases.assign_by_hand import AssignByHand
    from shared.enablement.usecases.assign_deal import AssignDeal
    from shared.enablement.usecases.assign_for_skills import AssignForSkills
    from shared.enablement.usecases.assignment_rules import AssignmentRules
    from shared.enablement.usecases.carry_out import CarryOut
    from shared.enablement.usecases.complete_by_events import CompleteByEvents
    from shared.enablement.usecases.count_pipeline import CountPipeline
    from shared.enablement.usecases.deal_store import DealStore
    from shared.enablement.usecases.hold_out import HoldOut
    from shared.enablement.usecases.open_preparation import OpenPreparation
    from shared.enablement.usecases.own_assignments import OwnAssignments
    from shared.enablement.usecases.record_outcome import RecordOutcome
    from shared.enablement.usecases.release_deal import ReleaseDeal
    from shared.enablement.usecases.remind import Remind
    from shared.enablement.usecases.show_pipeline import ShowPipeline
    from shared.enablement.usecases.team_deals import TeamDeals
    from shared.enablement.usecases.tell_people import TellPeople
    from shared.enablement.usecases.work_calendars import WorkCalendars


class EnablementUseCases(Wiring):
    """Makes each use case when it is first asked for."""

    @wired
    def assign_deal(self) -> AssignDeal:
        from infra.declarations.content import shipped_content
        from shared.enablement.usecases.assign_deal import AssignDeal
        from shared.enablement.usecases.plan_preparation import PlanPreparation

        on = self._on
        planning = PlanPreparation(ratings(on).projecting, shipped_content(), self._calendars)
        return AssignDeal(self._store, people(on).records, planning, platform(on).audit, on.clock)

    @wired
    def record_outcome(self) -> RecordOutcome:
        from shared.enablement.usecases.record_outcome import RecordOutcome

        return RecordOutcome(self._store, people(self._on).records, self._on.clock)

    @wired
    def release_deal(self) -> ReleaseDeal:
        from shared.enablement.usecases.release_deal import ReleaseDeal

        return ReleaseDeal(self._store, self._on.clock)

    @property
    def deals(self) -> DealRecords:
        """Keeps deals as they were told last."""
        return self._store.deals

    @wired
    def carry_out(self) -> CarryOut:
        from shared.enablement.usecases.carry_out import CarryOut

        return CarryOut(self._store, self._assignments, self.completing, self._telling, self._on.clock)

    @wired
    def completing(self) -> CompleteByEvents:
        from shared.enablement.usecases.complete_by_events import CompleteByEvents
        from shared.observations.records import Ledger

        on = self._on
        return CompleteByEvents(self._assignments, Ledger(documents(on)), people(on).records, self._store, on.clock)

    @wired
    def by_hand(self) -> AssignByHand:
        from infra.declarations.content import shipped_content
        from shared.enablement.usecases.assign_by_hand import AssignByHand, Offered

        on = self._on
        offered = Offered(frameworks(on).configuration, shipped_content(), self._calendars)
        return AssignByHand(documents(on), offered, platform(on).audit, self._telling, on.clock)

    @wired
    def for_skills(self) -> AssignForSkills:
        from infra.declarations.content import shipped_content
        from shared.enablement.usecases.assign_for_skills import AssignForSkills, Material

        on = self._on
        material = Material(shipped_content(), self._calendars)
        return AssignForSkills(documents(on), ratings(on).projecting, material, self._telling, on.clock)

    @wired
    def assignment_rules(self) -> AssignmentRules:
        from shared.enablement.usecases.assignment_rules import AssignmentRules

        return AssignmentRules(documents(self._on), platform(self._on).audit)

    @wired
    def remind(self) -> Remind:
        from shared.enablement.usecases.remind import Remind

        on = self._on
        return Remind(documents(on), self._calendars, self._telling, on.clock)

    @wired
    def _calendars(self) -> WorkCalendars:
        from infra.wiring.notifications import notifications
        from infra.wiring.ports.work_calendar import days_off, work_calendar
        from shared.enablement.usecases.work_calendars import WorkCalendars

        settings = self._on.connected.settings
        return WorkCalendars(notifications(self._on).preferences.zone_of, work_calendar(settings), days_off)

    @wired
    def _telling(self) -> TellPeople:
        from shared.enablement.usecases.tell_people import TellPeople

        return TellPeople(platform(self._on).notifications, people(self._on).records)

    @wired
    def _assignments(self) -> AssignmentRecords:
        from shared.enablement.records import AssignmentRecords

        return AssignmentRecords(documents(self._on))

    @wired
    def snapshot(self) -> ShowSnapshot:
        from shared.deals.usecases.show_snapshot import ShowSnapshot

        return ShowSnapshot(self._store.deals, people(self._on).profile_access)

    @wired
    def assignments(self) -> OwnAssignments:
        from shared.enablement.usecases.own_assignments import OwnAssignments

        known = people(self._on)
        return OwnAssignments(self._assignments, known.profile_access, known.records, self._store, self._on.clock)

    @wired
    def preparation(self) -> OpenPreparation:
        from infra.declarations.content import shipped_content
        from shared.enablement.records import AssignmentRecords
        from shared.enablement.usecases.open_preparation import OpenPreparation

        on = self._on
        assignments, opening = AssignmentRecords(documents(on)), people(on).profile_access
        return OpenPreparation(assignments, opening, ratings(on).projecting, shipped_content())

    @wired
    def team_deals(self) -> TeamDeals:
        from shared.enablement.usecases.team_deals import TeamDeals

        return TeamDeals(self._store.deals, people(self._on).records, platform(self._on).audit, self._on.clock)

    @wired
    def count_pipeline(self) -> CountPipeline:
        from infra.wiring.ports.crm_settings import amounts
        from shared.enablement.pipeline_records import PipelineRecords
        from shared.enablement.usecases.count_pipeline import CountPipeline

        on = self._on
        counted, rates = PipelineRecords(documents(on)), amounts(on.connected.settings).dollars
        return CountPipeline(self._store.deals, people(on).records, counted, rates, on.clock)

    @wired
    def pipeline(self) -> ShowPipeline:
        from infra.wiring.ports.crm_settings import amounts
        from shared.enablement.pipeline_records import PipelineRecords
        from shared.enablement.records import AssignmentRecords
        from shared.enablement.usecases.show_pipeline import ShowPipeline, Sources

        on, store = self._on, self._store
        sources = Sources(
            store.deals,
            store.plans,
            AssignmentRecords(documents(on)),
            PipelineRecords(documents(on)),
            amounts(on.connected.settings).dollars,
        )
        return ShowPipeline(sources, people(on).records, platform(on).audit, on.clock)

    @wired
    def hold_out(self) -> HoldOut:
        from shared.enablement.usecases.hold_out import HoldOut

        on = self._on
        return HoldOut(documents(on), platform(on).audit, on.clock, on.ids)

    @wired
    def _store(self) -> DealStore:
        from shared.enablement.usecases.deal_store import DealStore

        return DealStore(documents(self._on), bus(self._on))


def enablement(on: Environment) -> EnablementUseCases:
    """Returns the use cases of deals and enablement on an environment."""
    return on.once(EnablementUseCases)
