"""Builds the use cases about people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.frameworks import frameworks
from infra.wiring.platform import platform
from infra.wiring.ports.bus import bus
from infra.wiring.ports.documents import documents
from infra.wiring.ports.tasks import tasks

if TYPE_CHECKING:
    from shared.people.aliases import Aliases
    from shared.people.domain.job_titles import JobTitles
    from shared.people.records import EmployeeRecords
    from shared.people.usecases.callers import Callers
    from shared.people.usecases.change_employee import ChangeEmployee
    from shared.people.usecases.import_people import ImportPeople
    from shared.people.usecases.list_job_titles import ListJobTitles
    from shared.people.usecases.list_people_anew import ListPeopleAnew
    from shared.people.usecases.open_profile import OpenProfile
    from shared.people.usecases.people_in_sight import PeopleInSight
    from shared.people.usecases.synchronise_people import BeginSynchronising, SynchronisePeople
    from shared.people.usecases.write_employees import WriteEmployees
    from shared.platform.records.tombstones import Tombstones
    from shared.ports.ambient import Directory


class PeopleUseCases(Wiring):
    """Makes each use case of people when it is first asked for."""

    @wired
    def records(self) -> EmployeeRecords:
        from shared.people.records import EmployeeRecords

        return EmployeeRecords(documents(self._on))

    @wired
    def aliases(self) -> Aliases:
        from shared.people.aliases import Aliases

        return Aliases(documents(self._on))

    @wired
    def listing_anew(self) -> ListPeopleAnew:
        from shared.people.usecases.list_people_anew import ListPeopleAnew

        return ListPeopleAnew(documents(self._on))

    @wired
    def callers(self) -> Callers:
        from shared.people.usecases.callers import Callers

        on = self._on
        return Callers(self.records, platform(on).audit, on.clock, on.services, on.administrators)

    @wired
    def profile_access(self) -> OpenProfile:
        from shared.people.usecases.open_profile import OpenProfile

        return OpenProfile(self.records, platform(self._on).audit)

    @wired
    def in_sight(self) -> PeopleInSight:
        from shared.people.usecases.people_in_sight import PeopleInSight

        return PeopleInSight(self.records)

    @wired
    def change_employee(self) -> ChangeEmployee:
        from shared.people.usecases.change_employee import ChangeEmployee, Readmission
        from shared.privacy.records.erasures import ErasureRecords
        from shared.privacy.usecases.erasure_runs import ErasureRuns

        on = self._on
        audit = platform(on).audit
        erasures = ErasureRuns(ErasureRecords(documents(on)), tasks(on), on.clock)
        readmission = Readmission(self._tombstones, erasures, audit)
        return ChangeEmployee(self.records, self.writing, readmission, frameworks(on).configuration, audit)

    @wired
    def import_people(self) -> ImportPeople:
        from shared.people.usecases.import_people import ImportPeople

        on = self._on
        return ImportPeople(self.records, self.writing, frameworks(on).configuration, self._titles, platform(on).audit)

    @wired
    def list_job_titles(self) -> ListJobTitles:
        from shared.people.usecases.list_job_titles import ListJobTitles

        return ListJobTitles(self._titles)

    def synchronise(self, directory: Directory | None) -> SynchronisePeople:
        """Makes the nightly comparison, with the directory that is connected."""
        from shared.people.usecases.synchronise_people import SynchronisePeople

        outside = tasks(self._on), self._on.log
        return SynchronisePeople(directory, self.records, self.writing, self._tombstones, outside)

    @property
    def begin_synchronising(self) -> BeginSynchronising:
        from shared.people.usecases.synchronise_people import BeginSynchronising

        return BeginSynchronising(tasks(self._on), self._on.clock)

    @wired
    def _titles(self) -> JobTitles:
        from infra.declarations.job_titles import declared_job_titles
        from shared.people.domain.job_titles import JobTitles

        return JobTitles.of(declared_job_titles())

    @wired
    def writing(self) -> WriteEmployees:
        from shared.people.usecases.write_employees import WriteEmployees

        return WriteEmployees(self.records, self._tombstones, bus(self._on), self._on.clock)

    @wired
    def _tombstones(self) -> Tombstones:
        from shared.platform.records.tombstones import Tombstones

        return Tombstones(documents(self._on))


def people(on: Environment) -> PeopleUseCases:
    """Returns the use cases of people on an environment."""
    return on.once(PeopleUseCases)
