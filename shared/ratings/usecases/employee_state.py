"""Keeps an employee's state from one event to the next.

A state is a set of immutable entries whose keys are hashes of their texts, so what was decoded and grouped once stays
right for ever: when the state is read again, only the entries that came since have to be taken in. An event then costs
the skills that it reports, and no longer the whole history of the person.

The store is read for every event all the same. What is remembered is a way to decode it faster, never a source of its
own: something remembered that the store does not have (a collection took it, or a commit failed) is thrown away.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from shared.frameworks.domain.framework import Framework
from shared.frameworks.domain.framework_index import index_of
from shared.frameworks.domain.parameters import Parameters
from shared.observations.domain.effective_entries import EffectiveEntries
from shared.observations.domain.entry import decode_entries
from shared.ratings.domain.projection import PersonScores, Projection

BYTES_PER_ENTRY = 40
"""What a store keeps for an entry beside its text: key, quotes, separators."""
MOST_REMEMBERED_BYTES = 4_000_000
"""Of the remembered states' texts; what is made of them takes up to forty times as much, of an instance's 512 MiB."""


class EmployeeState:
    """One person's entries, decoded, and the scores that they hold.

    entries: key → text, as the store has them; effective: those that count
    size:    bytes that they take in the store
    """

    __slots__ = ("_newest", "_projection", "_scores", "effective", "entries", "size")

    def __init__(self, entries: Mapping[str, str]) -> None:
        self.entries = dict(entries)
        self.effective = EffectiveEntries(self.entries.values())
        self.size = sum(map(len, self.entries.values())) + BYTES_PER_ENTRY * len(self.entries)
        self._newest = self.effective.newest()
        self._scores: PersonScores | None = None
        self._projection: Projection | None = None

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
        """Takes in one more entry.

        What is the newest of its kind, and about a source id of its own, only adds to the scores: each kind is rated by
        itself, in order of time. An entry that is late among its kind, or a correction, changes what counts between
        others, and the scores are made anew.
        """
        (entry,) = decode_entries([text])
        moment, newest = (entry.at, text), self._newest.get(entry.kind)
        unknown = self.effective.about(entry.kind, entry.source, entry.source_id) is None
        if self._scores is not None:
            self._scores = self._scores.with_newest(entry) if unknown and (newest or moment) <= moment else None
        self._projection = None
        self.entries[key] = text
        self.size += len(text) + BYTES_PER_ENTRY
        self.effective.add(entry)
        self._newest[entry.kind] = max(newest or moment, moment)

    def projection(self, framework: Framework, parameters: Parameters, as_of: int) -> Projection:
        """Returns all skills of the person on the day `as_of`, as of the entries of now."""
        scores = self._scores_by(framework, parameters)
        known = self._projection
        if known is None or known.as_of != as_of or known.scores is not scores:
            known = self._projection = Projection(scores, framework, parameters, as_of)
        return known

    def _scores_by(self, framework: Framework, parameters: Parameters) -> PersonScores:
        known = self._scores
        if known is None or known.index.framework is not framework or known.parameters != parameters:
            known = PersonScores.of(self.effective.in_order(), index_of(framework), parameters)
            self._scores = known
        return known


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
        """Returns the state with exactly these entries; nobody else's until it is kept again."""
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
