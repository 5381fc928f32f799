"""An employee's state as the next event finds it, kept from one event to the next.

A state is a set of immutable entries whose keys are hashes of their texts, so what was decoded and grouped once stays
right for ever: when the state is read again, only the entries that came since have to be taken in. An event then costs
the skills that it reports, and no longer the whole history of the person.

The store is read for every event all the same. What is remembered is a way to decode it faster, never a source of its
own: something remembered that the store does not have (a collection took it, or a commit failed) is thrown away.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping

from shared.frameworks.domain.framework import Framework
from shared.frameworks.domain.parameters import Parameters
from shared.kernel.days import SECONDS_PER_DAY
from shared.ratings.domain.projection import DecodedState, Projection, SkillRating

Skill = tuple[str, str]
"""A competency and an encoded context."""

BYTES_PER_ENTRY = 40
"""What a store keeps for an entry beside its text: key, quotes, separators."""
MOST_REMEMBERED_BYTES = 8_000_000
"""Of the remembered states' texts; what is made of them takes up to ten times as much."""


class EmployeeState:
    """One person's entries, decoded, and the projection of one day over them.

    entries: key → text, as the store has them
    size:    bytes that they take in the store
    """

    __slots__ = ("_last", "_projection", "_rows", "decoded", "entries", "size")

    def __init__(self, entries: Mapping[str, str]) -> None:
        self.entries = dict(entries)
        self.decoded = DecodedState(self.entries)
        self.size = sum(map(len, self.entries.values())) + BYTES_PER_ENTRY * len(self.entries)
        self._last = self.decoded.newest()
        self._projection: Projection | None = None
        self._rows: dict[Skill, SkillRating] = {}

    def catch_up(self, entries: Mapping[str, str]) -> bool:
        """Takes in what the store has beyond this; False when this has something that the store has not."""
        missing = entries.keys() - self.entries.keys()
        if len(self.entries) + len(missing) != len(entries):
            return False
        # A text begins with its time, so this is the order of time: each comes after those before.
        for text, key in sorted((entries[key], key) for key in missing):
            self.add(key, text)
        return True

    def add(self, key: str, text: str) -> None:
        """One more entry.

        What is the newest of its kind, and about a source id of its own, only adds to the skills that it is about: each
        kind is rated by itself, in order of time. An entry that is late among its kind, or a correction, changes what
        stands between others, and the next projection begins anew.
        """
        array = json.loads(text)
        at, kind, source, source_id = array[:4]
        last = self._last[kind]
        newest = (at, text) > last and self.decoded.first_seen(kind, source, source_id) is None
        self.entries[key] = text
        self.size += len(text) + BYTES_PER_ENTRY
        self.decoded.add(text, array)
        self._last[kind] = max(last, (at, text))
        if self._projection is None:
            return
        self._rows.clear()
        if newest and at // SECONDS_PER_DAY <= self._projection.as_of:
            self._projection.add_newest(array)
        else:
            self._projection = None

    def projection(self, framework: Framework, parameters: Parameters, as_of: int) -> Projection:
        """All skills of the person on the day `as_of`."""
        known = self._projection
        if (
            known is None
            or known.as_of != as_of
            or known.framework is not framework
            or (known.parameters is not parameters and known.parameters != parameters)
        ):
            known = self._projection = Projection(self.decoded, framework, parameters, as_of)
            self._rows.clear()
        return known

    def rows(self, projection: Projection, skills: Iterable[Skill]) -> dict[Skill, SkillRating]:
        """Some skills in this state's projection, each rated once until an entry comes."""
        rows = self._rows
        found = {}
        for skill in skills:
            row = rows.get(skill)
            if row is None:
                row = rows[skill] = projection.row(*skill)
            found[skill] = row
        return found


class RememberedStates:
    """The states of the people whom the latest events were about, up to a number of bytes.

    Several threads may use it: a state is taken out while an event is being added to it, so that nobody else has it,
    and put back afterwards. Who finds none because another has it decodes the state anew.
    """

    def __init__(self, most_bytes: int = MOST_REMEMBERED_BYTES) -> None:
        self._most_bytes = most_bytes
        # Threads that count at the same moment may miscount; whenever the limit is reached it is counted anew.
        self._bytes = 0
        self._states: OrderedDict[str, EmployeeState] = OrderedDict()

    def take(self, employee_id: str, entries: Mapping[str, str]) -> EmployeeState:
        """The state with exactly these entries; nobody else's until it is kept again."""
        known = self._states.pop(employee_id, None)
        if known is None:
            return EmployeeState(entries)
        self._bytes -= known.size
        return known if known.catch_up(entries) else EmployeeState(entries)

    def keep(self, employee_id: str, state: EmployeeState) -> None:
        """Remembers the state. At the limit those of people who had no event for longest leave, a quarter of all."""
        self._states[employee_id] = state
        self._bytes += state.size
        if self._bytes > self._most_bytes:
            self._bytes = sum(kept.size for kept in list(self._states.values()))
            while self._bytes > self._most_bytes * 3 // 4 and self._states:
                _, gone = self._states.popitem(last=False)
                self._bytes -= gone.size
