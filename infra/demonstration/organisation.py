"""Makes up a demonstration organisation whose half year of practice, learning and calls follows from a stated model.

Everything is invented. The same (seed, as_of) gives the same bytes on every platform; each person has a stream of
chance of their own, so that one person more changes nobody else's history.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from infra.demonstration import catalogue
from infra.demonstration.dice import Dice
from infra.demonstration.events import Event, when
from infra.demonstration.history import History
from infra.demonstration.model import NEARLY_NOTHING, NEARLY_NOTHING_DAYS, NEW


class Person(NamedTuple):
    """A row of the people's CSV. manager: the manager's e-mail address, "" for nobody."""

    name: str
    email: str
    role: str
    manager: str
    hire_date: str


@dataclass(frozen=True)
class Organisation:
    """The organisation as of a day. The newest event is on the day before `as_of`, in UTC."""

    as_of: date
    seed: int = 1

    def people(self) -> list[Person]:
        """Returns everyone, managers before their reports."""
        lead = catalogue.address(catalogue.CRO)
        rows = [
            self._person(catalogue.CRO, "cro", ""),
            self._person(catalogue.SENIOR_MANAGER, "senior_manager", lead),
            self._person(catalogue.ENABLEMENT, "enablement", lead),
            self._person(catalogue.ADMINISTRATOR, "administrator", lead),
        ]
        rows += [
            self._person(name, "manager", catalogue.address(catalogue.SENIOR_MANAGER)) for name in catalogue.MANAGERS
        ]
        for number, name in enumerate(catalogue.ENGINEERS):
            manager = catalogue.MANAGERS[number % len(catalogue.MANAGERS)]
            rows.append(self._person(name, "employee", catalogue.address(manager)))
        return rows

    def _person(self, name: str, role: str, manager: str) -> Person:
        days = Dice(self.seed, "hired", name).whole(240, 2_600)
        days = NEARLY_NOTHING_DAYS if name == NEARLY_NOTHING else NEW.get(name, days)
        return Person(name, catalogue.address(name), role, manager, (self.as_of - timedelta(days=days)).isoformat())

    def people_csv(self) -> str:
        """Writes the people as POST /api/v1/employees/import takes them: name,email,role,manager,hire_date."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(Person._fields)
        writer.writerows(self.people())
        return text.getvalue()

    def events(self) -> list[Event]:
        """Returns all events in order of time (then of id)."""
        found = [event for name in catalogue.ENGINEERS for event in History(self.seed, self.as_of, name).events()]
        found.sort(key=lambda event: (when(event), event.event_id))
        return found
