"""Builds the use cases of enrolment: who learns by which standard, and what they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.frameworks import frameworks
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.ports.documents import documents

if TYPE_CHECKING:
    from shared.frameworks.plan_records import PlanRecords
    from shared.learning.enrolment_records import EnrolmentRecords
    from shared.learning.usecases.authorise import Authorise
    from shared.learning.usecases.enrol import Enrol
    from shared.learning.usecases.keep_enrolment import KeepEnrolment
    from shared.learning.usecases.learner_access import LearnerAccess
    from shared.learning.usecases.open_invitation import OpenInvitation
    from shared.learning.usecases.watch_learners import WatchLearners


class EnrolmentUseCases(Wiring):
    """Makes each use case of enrolment when it is first asked for."""

    @wired
    def enrol(self) -> Enrol:
        from shared.frameworks.standard_records import StandardRecords
        from shared.learning.usecases.enrol import Enrol, Pins, Telling
        from shared.people.usecases.place_in_framework import PlaceInFramework

        on = self._on
        pins = Pins(StandardRecords(documents(on)), self._plans, frameworks(on).configuration)
        telling = Telling(platform(on).notifications, platform(on).audit, on.clock, on.ids)
        placing = PlaceInFramework(people(on).writing, platform(on).audit)
        return Enrol(people(on).records, self.records, pins, placing, telling)

    @wired
    def keeping(self) -> KeepEnrolment:
        from infra.wiring.learning import learning
        from shared.learning.usecases.keep_enrolment import KeepEnrolment

        return KeepEnrolment(self.access, self.records, self._plans, learning(self._on).zone_of, self._on.clock)

    @wired
    def authorise(self) -> Authorise:
        from infra.wiring.learning import learning
        from shared.learning.enrolment_records import AuthorisationRecords
        from shared.learning.usecases.authorise import Authorise

        on = self._on
        return Authorise(self.access, AuthorisationRecords(documents(on)), learning(on).zone_of, on.clock)

    @wired
    def invitations(self) -> OpenInvitation:
        from infra.wiring.notifications import notifications
        from shared.learning.usecases.open_invitation import OpenInvitation

        on = self._on
        return OpenInvitation(people(on).records, self.records, notifications(on).invitation_links, on.clock)

    @wired
    def watching(self) -> WatchLearners:
        from infra.wiring.learning import learning
        from infra.wiring.ratings import ratings
        from shared.learning.usecases.watch_learners import WatchLearners

        on = self._on
        return WatchLearners(learning(on).learners, self.access, learning(on).kept, ratings(on).projecting, on.clock)

    @wired
    def access(self) -> LearnerAccess:
        from shared.learning.usecases.learner_access import LearnerAccess

        return LearnerAccess(people(self._on).records, self.records, platform(self._on).audit)

    @wired
    def records(self) -> EnrolmentRecords:
        from shared.learning.enrolment_records import EnrolmentRecords

        return EnrolmentRecords(documents(self._on))

    @wired
    def _plans(self) -> PlanRecords:
        from shared.frameworks.plan_records import PlanRecords

        return PlanRecords(documents(self._on))


def enrolment(on: Environment) -> EnrolmentUseCases:
    """Returns the use cases of enrolment on an environment."""
    return on.once(EnrolmentUseCases)
