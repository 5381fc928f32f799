"""Reads whole profiles for who keeps a copy of them: as the profile's own route shows them, on one page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shared.kernel.access import Caller
from shared.people.records import EmployeeRecords
from shared.ratings.contract import ProfileAnswer
from shared.ratings.usecases.profile_answer import profile_answer
from shared.ratings.usecases.project_person import ProjectPerson
from shared.ratings.usecases.wanted_skills import USUAL, Wanted

READ_TOGETHER = 50
"""People whose states are held at once: a large one has one MiB."""


class WholeProfiles:
    """Reads profiles of those whom a caller may see, and leaves no record: whoever shows them does."""

    def __init__(self, employees: EmployeeRecords, projecting: ProjectPerson) -> None:
        self._employees = employees
        self._projecting = projecting

    def of(self, caller: Caller, employee_ids: Sequence[str], *, every: bool) -> Iterator[ProfileAnswer]:
        """Yields people's profiles, each on one page, in the order of the ids. Of whom a copy has none it yields none:
        there is no such person (any more), they have left, or are out of the caller's sight.

        every: each context seen and each field, as with `view=all`
        """
        wanted = Wanted(every=every, fields=None if every else USUAL)
        for start in range(0, len(employee_ids), READ_TOGETHER):
            some = employee_ids[start : start + READ_TOGETHER]
            known = self._employees.many(some)
            open_to = [one for one in some if one in known and known[one].active and known[one].opens_to(caller)]
            people = self._projecting.several_seen_by(caller, open_to)
            yield from (profile_answer(people[one], wanted)[0] for one in open_to if one in people)
