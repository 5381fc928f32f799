"""Builds the administration of skills, rules and unmapped words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.first_sight import first_sight
from infra.wiring.frameworks import frameworks
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.ports.bus import bus
from infra.wiring.ports.documents import documents
from infra.wiring.ratings import ratings

if TYPE_CHECKING:
    from shared.people.usecases.worlds import Worlds
    from shared.taxonomy.usecases.assessment_plans import AssessmentPlans
    from shared.taxonomy.usecases.begin_framework import BeginFramework
    from shared.taxonomy.usecases.change_skills import ChangeSkills
    from shared.taxonomy.usecases.decide_unmapped import UnmappedScores
    from shared.taxonomy.usecases.draft_framework import DraftFramework
    from shared.taxonomy.usecases.follow_publication import FollowPublication
    from shared.taxonomy.usecases.import_standards import ImportStandards
    from shared.taxonomy.usecases.list_unknown_values import ListUnknownValues
    from shared.taxonomy.usecases.preview_change import PreviewChange
    from shared.taxonomy.usecases.publication import Publication
    from shared.taxonomy.usecases.publish_frameworks import PublishFrameworks
    from shared.taxonomy.usecases.read_skills import ReadSkills
    from shared.taxonomy.usecases.read_standards import ReadStandards
    from shared.taxonomy.usecases.standards_files import StandardsFiles
    from shared.taxonomy.usecases.standards_in_sight import StandardsInSight


class TaxonomyUseCases(Wiring):
    """Makes each use case of taxonomy when it is first asked for."""

    @wired
    def skills(self) -> ReadSkills:
        from shared.taxonomy.usecases.read_skills import ReadSkills

        on = self._on
        return ReadSkills(frameworks(on).records, frameworks(on).configuration, self._worlds)

    @wired
    def change_skills(self) -> ChangeSkills:
        from shared.taxonomy.usecases.change_skills import ChangeSkills

        return ChangeSkills(self._publication)

    @wired
    def publish_frameworks(self) -> PublishFrameworks:
        from shared.taxonomy.usecases.publish_frameworks import PublishFrameworks

        return PublishFrameworks(self._publication)

    @wired
    def following(self) -> FollowPublication:
        from shared.taxonomy.usecases.follow_publication import FollowPublication

        on = self._on
        return FollowPublication(frameworks(on).records, bus(on), ratings(on).recalculate, platform(on).audit)

    @wired
    def preview(self) -> PreviewChange:
        from shared.observations.state_records import States
        from shared.taxonomy.usecases.preview_change import PreviewChange, PreviewedPeople

        on = self._on
        known = PreviewedPeople(people(on).records, States(documents(on)), on.once(first_sight))
        return PreviewChange(known, frameworks(on).configuration, platform(on).audit, on.clock)

    @wired
    def unmapped(self) -> UnmappedScores:
        from shared.intake.records import UnmappedRecords
        from shared.taxonomy.usecases.decide_unmapped import UnmappedScores

        on = self._on
        return UnmappedScores(
            UnmappedRecords(documents(on)),
            frameworks(on).configuration,
            self.change_skills,
            self.following,
            platform(on).audit,
        )

    @property
    def unknown_values(self) -> ListUnknownValues:
        from shared.intake.records import UnknownValueRecords
        from shared.taxonomy.usecases.list_unknown_values import ListUnknownValues

        return ListUnknownValues(UnknownValueRecords(documents(self._on)), frameworks(self._on).configuration)

    @property
    def import_standards(self) -> ImportStandards:
        from shared.frameworks.standard_records import StandardRecords
        from shared.taxonomy.usecases.import_standards import ImportStandards

        return ImportStandards(StandardRecords(documents(self._on)), platform(self._on).audit, self._on.clock)

    @property
    def read_standards(self) -> ReadStandards:
        from shared.frameworks.standard_records import StandardRecords
        from shared.taxonomy.usecases.read_standards import ReadStandards

        return ReadStandards(StandardRecords(documents(self._on)), self._standards_in_sight)

    @wired
    def _standards_in_sight(self) -> StandardsInSight:
        from shared.learning.enrolment_records import EnrolmentRecords
        from shared.taxonomy.usecases.standards_in_sight import StandardsInSight

        on = self._on
        enrolments = EnrolmentRecords(documents(on))

        def pinned(employee_id: str) -> str | None:
            enrolled = enrolments.get(employee_id)
            return None if enrolled is None else enrolled.standard

        return StandardsInSight(frameworks(on).records, self._worlds, pinned)

    @property
    def assessment_plans(self) -> AssessmentPlans:
        from shared.frameworks.plan_records import PlanRecords
        from shared.frameworks.standard_records import StandardRecords
        from shared.taxonomy.usecases.assessment_plans import AssessmentPlans

        kept = documents(self._on)
        return AssessmentPlans(
            StandardRecords(kept), PlanRecords(kept), self._standards_in_sight, platform(self._on).audit, self._on.clock
        )

    @property
    def begin_framework(self) -> BeginFramework:
        from shared.taxonomy.usecases.begin_framework import BeginFramework

        return BeginFramework(
            self.draft_framework, self._publication, frameworks(self._on).configuration, self._standards_in_sight
        )

    @property
    def standards_files(self) -> StandardsFiles:
        from infra.wiring.ports.files import files
        from shared.taxonomy.usecases.standards_files import StandardsFiles

        return StandardsFiles(files(self._on), self.import_standards, self.assessment_plans, self._on.clock)

    @property
    def draft_framework(self) -> DraftFramework:
        from shared.frameworks.standard_records import StandardRecords
        from shared.taxonomy.usecases.draft_framework import DraftFramework

        return DraftFramework(StandardRecords(documents(self._on)))

    @wired
    def _worlds(self) -> Worlds:
        from shared.learning.enrolment_records import EnrolmentRecords
        from shared.people.usecases.worlds import Worlds

        enrolments = EnrolmentRecords(documents(self._on))

        def of_apprentices(employer_id: str) -> set[str]:
            return {one.framework_id for one in enrolments.of_employer(employer_id, 100)}

        return Worlds(people(self._on).records, of_apprentices)

    @wired
    def _publication(self) -> Publication:
        from shared.platform.records.kept_since import KeptSince
        from shared.taxonomy.usecases.publication import Publication

        on = self._on
        kept = KeptSince(documents(on))
        return Publication(frameworks(on).records, frameworks(on).configuration, self.following, kept, on.clock)


def taxonomy(on: Environment) -> TaxonomyUseCases:
    """Returns the use cases of taxonomy on an environment."""
    return on.once(TaxonomyUseCases)
