"""Says who answers a learner in the coach's place: the mentor, otherwise the manager, otherwise administrators."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from shared.kernel.access import PERMISSIONS
from shared.people.records import Employee, EmployeeRecords

MOST_TOLD: Final = 20
"""Administrators who are told where a learner has neither a mentor nor a manager."""
MOST_LEARNERS: Final = 300
"""Of one who answers; hand-overs of theirs that are on record as this person's are found beside."""


class Answerers:
    """Reads it from people's records, each time anew: who has left, or accompanies somebody no more, answers nobody."""

    def __init__(self, people: EmployeeRecords) -> None:
        self._people = people

    def of(self, learner: Employee | None) -> str | None:
        """Returns who answers a learner, if they are here and may; None where administrators do."""
        if learner is None:
            return None
        beside = self._people.found(_beside(learner))
        return next((one.employee_id for name in _beside(learner) if (one := beside.get(name)) and _may(one)), None)

    def of_many(self, employee_ids: Collection[str]) -> Mapping[str, str | None]:
        """Returns who answers each of some learners."""
        learners = self._people.found(employee_ids)
        beside = self._people.found(name for one in learners.values() for name in _beside(one))
        answering: dict[str, str | None] = dict.fromkeys(employee_ids)
        for employee_id, learner in learners.items():
            may = (beside[name] for name in _beside(learner) if name in beside)
            answering[employee_id] = next((one.employee_id for one in may if _may(one)), None)
        return answering

    def learners_beside(self, employee_id: str) -> list[str]:
        """Returns those whose mentor or manager somebody is; of some it is the mentor who answers, and not they."""
        theirs = [*self._people.learners_of(employee_id), *self._people.reports_of(employee_id)]
        return sorted({one.employee_id for one in theirs})[:MOST_LEARNERS]

    def told(self, answerer_id: str | None) -> list[str]:
        """Returns who is told of what one answerer, or administrators, are to answer."""
        if answerer_id is not None:
            return [answerer_id]
        return [one.employee_id for one in self._people.with_role("administrator") if one.active][:MOST_TOLD]

    def names(self, employee_ids: Iterable[str]) -> Mapping[str, str]:
        """Returns people's names; of who is not known the id."""
        return self._people.names(employee_ids)

    def find(self, employee_id: str) -> Employee | None:
        """Returns a person's record, by any id that they have or had."""
        return self._people.find(employee_id)


def _beside(learner: Employee) -> list[str]:
    return [one for one in (learner.mentor_id, learner.manager_id) if one is not None]


def _may(one: Employee) -> bool:
    return one.active and "hand_overs.answer" in PERMISSIONS[one.role]
