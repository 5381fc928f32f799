"""Names the people in calls that are shown, who stand in them by id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from shared.call_pipeline.contract import CallItem
from shared.call_pipeline.usecases.call_items import people_in
from shared.people.records import EmployeeRecords
from shared.privacy.usecases.open_transcript import Opened


class NamesInCalls:
    """Takes what other use cases have decided to show, so that it names nobody else."""

    def __init__(self, employees: EmployeeRecords) -> None:
        self._employees = employees

    def of(self, items: Iterable[CallItem]) -> Mapping[str, str]:
        """Returns the names of everyone in the items, by id; who is not known any more keeps the id."""
        return self._employees.names({employee_id for item in items for employee_id in people_in(item)})

    def voices(self, opened: Opened) -> Mapping[str, str]:
        """Returns the names of those who speak in an open call, by speaker."""
        names = self._employees.names(opened.voices.values())
        return {speaker: names[employee_id] for speaker, employee_id in opened.voices.items()}
