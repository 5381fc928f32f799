"""Builds the use cases of ratings: updates, recalculation, profiles, readiness."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from infra.wiring.conversations import conversations
from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.first_sight import first_sight
from infra.wiring.frameworks import frameworks
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.ports.bus import bus
from infra.wiring.ports.documents import documents
from infra.wiring.ports.integrations import integrations
from infra.wiring.ports.tasks import tasks

if TYPE_CHECKING:
    from shared.conversations.usecases.deals_in_force import DealsInForce
    from shared.frameworks.usecases.configuration import Configuration
    from shared.ports.ambient import Clock
    from shared.ports.documents import Documents
    from shared.privacy.usecases.first_sight import FirstSight
    from shared.ratings.records import RatingsRecords
    from shared.ratings.sums_records import ReadinessSums
    from shared.ratings.usecases.compare_readiness import CompareReadiness
    from shared.ratings.usecases.export_profiles import ExportProfiles
    from shared.ratings.usecases.known_at import KnownAt
    from shared.ratings.usecases.list_changes import ListChanges
    from shared.ratings.usecases.list_people import ListPeople
    from shared.ratings.usecases.my_team import MyTeam
    from shared.ratings.usecases.project_person import ProjectPerson
    from shared.ratings.usecases.publish_pending import PublishPending
    from shared.ratings.usecases.rate_opened import RateOpened
    from shared.ratings.usecases.recalculate import Recalculate
    from shared.ratings.usecases.request_recalculation import RequestRecalculation
    from shared.ratings.usecases.share_out import ShareOut
    from shared.ratings.usecases.show_calibration import ShowCalibration
    from shared.ratings.usecases.show_profile import ShowProfile
    from shared.ratings.usecases.sum_readiness import SumReadiness
    from shared.ratings.usecases.team_readiness import Readiness
    from shared.ratings.usecases.update_rating import UpdateRatings
    from shared.ratings.usecases.whole_profiles import WholeProfiles


class RatingsUseCases(Wiring):
    """Makes each use case of ratings when it is first asked for."""

    @wired
    def ratings(self) -> UpdateRatings:
        from shared.ratings.usecases.update_rating import UpdateRatings

        on = self._on
        sight = on.once(first_sight)
        return UpdateRatings(documents(on), self.publish_pending, frameworks(on).configuration, sight, on.clock)

    @wired
    def publish_pending(self) -> PublishPending:
        from shared.ratings.usecases.publish_pending import PublishPending

        return PublishPending(self._records, bus(self._on), self._on.clock)

    @property
    def rate_opened(self) -> RateOpened:
        from shared.ratings.usecases.rate_opened import RateOpened

        return RateOpened(self._records, tasks(self._on), self._on.clock)

    @wired
    def recalculate(self) -> Recalculate:
        from shared.ratings.usecases.recalculate import Recalculate

        on = self._on
        return Recalculate(documents(on), self.share_out, on.clock, on.ids, on.log)

    @wired
    def share_out(self) -> ShareOut:
        from shared.ratings.usecases.share_out import ShareOut

        on = self._on
        return ShareOut(documents(on), tasks(on), on.clock)

    @wired
    def profiles(self) -> ShowProfile:
        from shared.ratings.usecases.show_profile import ShowProfile

        known = people(self._on)
        return ShowProfile(known.profile_access, known.records, self.projecting, self._known_at)

    @property
    def export(self) -> ExportProfiles:
        from shared.ratings.usecases.export_profiles import ExportProfiles

        return ExportProfiles(people(self._on).records, self._whole_profiles, platform(self._on).audit)

    @property
    def changes(self) -> ListChanges:
        from shared.platform.records.changes import Changes
        from shared.ratings.usecases.list_changes import ListChanges, Sources

        on = self._on
        sources = Sources(Changes(documents(on)), on.once(first_sight))
        return ListChanges(sources, people(on).records, self._whole_profiles, platform(on).audit, on.clock)

    @property
    def _whole_profiles(self) -> WholeProfiles:
        from shared.ratings.usecases.whole_profiles import WholeProfiles

        return WholeProfiles(people(self._on).records, self.projecting)

    @wired
    def projecting(self) -> ProjectPerson:
        on = self._on
        return projecting(
            documents(on), frameworks(on).configuration, conversations(on).deals, on.once(first_sight), on.clock
        )

    @property
    def _known_at(self) -> KnownAt:
        from shared.platform.records.kept_since import KeptSince
        from shared.ratings.usecases.known_at import KnownAt

        return KnownAt(KeptSince(documents(self._on)), self._on.clock, self._projecting_then)

    def _projecting_then(self, at: datetime) -> ProjectPerson:
        from infra.wiring.rewound import projecting_at

        return projecting_at(documents(self._on), integrations(self._on), at)

    @wired
    def readiness(self) -> Readiness:
        from shared.ratings.usecases.team_readiness import Readiness

        on = self._on
        records = self._records, self._sums
        return Readiness(records, frameworks(on).configuration, people(on).in_sight, on.clock)

    @property
    def sum_readiness(self) -> SumReadiness:
        from shared.ratings.usecases.sum_readiness import SumReadiness

        on = self._on
        records = self._records, self._sums
        return SumReadiness(records, people(on).records, frameworks(on).configuration, tasks(on), on.clock)

    @wired
    def compare(self) -> CompareReadiness:
        from shared.observations.state_records import States
        from shared.ratings.usecases.compare_readiness import CompareReadiness

        on = self._on
        return CompareReadiness(States(documents(on)), frameworks(on).configuration, on.clock)

    @wired
    def list_people(self) -> ListPeople:
        from shared.ratings.usecases.list_people import ListPeople
        from shared.ratings.usecases.seen_ratings import SeenRatings

        on, known = self._on, people(self._on)
        seen = SeenRatings(self._records, self.projecting, on.clock)
        return ListPeople(seen, known.in_sight, known.records, frameworks(on).configuration, platform(on).audit)

    @wired
    def my_team(self) -> MyTeam:
        from shared.ratings.usecases.my_team import MyTeam, Shown
        from shared.ratings.usecases.seen_ratings import SeenRatings

        on, known = self._on, people(self._on)
        shown = Shown(SeenRatings(self._records, self.projecting, on.clock), self.projecting)
        return MyTeam(shown, known.records, frameworks(on).configuration, platform(on).audit, on.clock)

    @property
    def calibration(self) -> ShowCalibration:
        from shared.frameworks.records import SettingsRecords
        from shared.ratings.usecases.show_calibration import ShowCalibration

        return ShowCalibration(SettingsRecords(documents(self._on)), frameworks(self._on).records)

    @property
    def request_recalculation(self) -> RequestRecalculation:
        from shared.ratings.usecases.request_recalculation import RequestRecalculation

        return RequestRecalculation(self.recalculate, platform(self._on).audit)

    @property
    def _sums(self) -> ReadinessSums:
        from shared.ratings.sums_records import ReadinessSums

        return ReadinessSums(documents(self._on))

    @property
    def _records(self) -> RatingsRecords:
        from shared.ratings.records import RatingsRecords

        return RatingsRecords(documents(self._on))


def projecting(
    store: Documents, configuration: Configuration, deals: DealsInForce, sight: FirstSight, clock: Clock
) -> ProjectPerson:
    """Makes what projects one person, by a store as it is or was."""
    from shared.observations.records import Ledger
    from shared.observations.state_records import States
    from shared.ratings.records import RatingsRecords
    from shared.ratings.usecases.expected_contexts import ExpectedContexts
    from shared.ratings.usecases.project_person import ProjectPerson

    expected = ExpectedContexts(RatingsRecords(store), Ledger(store), deals)
    return ProjectPerson(States(store), configuration, expected, sight, clock)


def ratings(on: Environment) -> RatingsUseCases:
    """Returns the use cases of ratings on an environment."""
    return on.once(RatingsUseCases)
