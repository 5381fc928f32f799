"""Keeps each employee's state: the set of the entries of what was observed.

states/<employee id>    {employee_id, framework_id, observations: key → entry, collected,
                         former_frameworks: until when → framework id, number, former: ids,
                         merged_at: when another record became a part of this one, the last time}
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from shared.observations.domain.entry import FIELD, decode_entries
from shared.platform.records.document_pages import pages_of
from shared.ports.documents import DELETE_FIELD, Delete, Document, FieldChange, Merge, Put, Query, Reader


@dataclass(frozen=True, slots=True)
class StoredState:
    """An employee's state as the store has it. entries: key → text, as they are; collected: some have been, ever

    stamp:  the store's version of the document; repaired_in: the recalculation that mended it last
    number: what stands for the person where ids of events are made; None: their id. former: ids that they had before
    """

    employee_id: str
    framework_id: str
    entries: Mapping[str, str]
    collected: bool
    stamp: str
    repaired_in: str | None = None
    number: str | None = None
    former: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Returns every id that the person has or had."""
        return (self.employee_id, *self.former)

    def without(self, calls: Collection[tuple[str, str]]) -> StoredState:
        """Returns the state as it would be without some calls, by (source, source id)."""
        if not calls:
            return self
        entries = decode_entries(list(self.entries.values()))
        kept = {
            key: text
            for (key, text), entry in zip(self.entries.items(), entries, strict=True)
            if entry.kind != FIELD or (entry.source, entry.source_id) not in calls
        }
        return replace(self, entries=kept)


class States:
    """Reads states, and makes the writes that change them."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def get(self, employee_id: str) -> StoredState | None:
        """Returns a person's state; None for an unknown person."""
        found = self._reader.get(f"states/{employee_id}")
        return _state(found) if found is not None and _is_whole(found) else None

    def get_many(self, employee_ids: Iterable[str]) -> dict[str, StoredState]:
        """Returns the states that there are, by employee."""
        found = self._reader.get_many([f"states/{employee_id}" for employee_id in employee_ids])
        return {document.id: _state(document) for document in found.values() if _is_whole(document)}

    def ids(self, page: int, after: str | None = None) -> Iterator[list[str]]:
        """Yields the ids of everybody who has a state, in order, so many at once. after: of those behind this one"""
        # In the order of the documents' own ids, which no store has to read the documents for.
        place = None if after is None else [after]
        for found in pages_of(self._reader, Query("states", limit=page, after=place, fields=())):
            yield [document.id for document in found]

    @staticmethod
    def begun(
        employee_id: str, framework_id: str, former: Mapping[str, str] | None = None, number: str | None = None
    ) -> Merge:
        """Returns the write that gives a person a state, or changes the framework of the one they have. former: until
        when they had another one; number: what stands for somebody new whose id was another person's"""
        state: dict[str, FieldChange] = {"employee_id": employee_id, "framework_id": framework_id, "observations": {}}
        if former:
            state["former_frameworks"] = former
        if number:
            state["number"] = number
        return Merge(f"states/{employee_id}", state)

    @staticmethod
    def gone(employee_id: str) -> Delete:
        """Returns the write that takes a person's state away."""
        return Delete(f"states/{employee_id}")

    def moved(self, state: StoredState, employee_id: str) -> Put:
        """Returns the write that begins a state under another id of the person's, with all that it has."""
        found = self._reader.get(f"states/{state.employee_id}")
        data = {} if found is None else found.data
        own = {
            "employee_id": employee_id,
            "number": state.number or state.employee_id,
            "former": [one for one in dict.fromkeys([*state.former, state.employee_id]) if one != employee_id],
        }
        return Put(f"states/{employee_id}", data | own)

    @staticmethod
    def united(state: StoredState, with_it: StoredState, now: datetime) -> Merge:
        """Returns the write that adds another state of the same person to one."""
        former = list(dict.fromkeys([*state.former, *with_it.former, with_it.employee_id]))
        change: dict[str, FieldChange] = {"observations": with_it.entries, "former": former, "merged_at": now}
        if with_it.collected:
            change["collected"] = True
        return Merge(f"states/{state.employee_id}", change)

    @staticmethod
    def released(state: StoredState, employee_id: str) -> Merge:
        """Returns the write by which an id that the person had is theirs no longer, unless the state has changed."""
        kept = [one for one in state.former if one != employee_id]
        return Merge(f"states/{state.employee_id}", {"former": kept}, if_version=state.stamp)

    @staticmethod
    def more(employee_id: str, entries: Mapping[str, str]) -> Merge:
        """Returns the write that adds entries."""
        return Merge(f"states/{employee_id}", {"observations": entries})

    @staticmethod
    def less(state: StoredState, gone: Collection[str]) -> Merge:
        """Returns the write that takes entries out, unless the state has changed. gone: keys, known or not"""
        change: dict[str, FieldChange] = {"observations": dict.fromkeys(gone, DELETE_FIELD)}
        return Merge(f"states/{state.employee_id}", change, if_version=state.stamp)

    @staticmethod
    def collected(state: StoredState, gone: Collection[str]) -> Merge:
        """Returns the write that collects entries, unless the state has changed."""
        change: dict[str, FieldChange] = {"observations": dict.fromkeys(gone, DELETE_FIELD), "collected": True}
        return Merge(f"states/{state.employee_id}", change, if_version=state.stamp)

    @staticmethod
    def mended(state: StoredState, missing: Mapping[str, str], gone: Collection[str], run_id: str | None) -> Merge:
        """Returns the write that mends a state, unless it has changed. run_id: None where that is not to be noted"""
        change: dict[str, FieldChange] = {"observations": {**missing, **dict.fromkeys(gone, DELETE_FIELD)}}
        if run_id is not None:
            change["repaired_in"] = run_id
        return Merge(f"states/{state.employee_id}", change, if_version=state.stamp)


def _is_whole(document: Document) -> bool:
    """Tells whether this is somebody's state. What was merged when the person had just been given another id, or been
    erased, is an entry alone, which whoever moves or erases takes away."""
    return "framework_id" in document.data


def _state(document: Document) -> StoredState:
    # By hand: a large state is read for every event, and what was written here is of the right kind.
    data = document.data
    return StoredState(
        document.id,
        # What is no framework's id is found when that person is rated: it keeps nobody else back.
        str(data.get("framework_id")),
        data.get("observations", {}),
        bool(data.get("collected")),
        document.version,
        data.get("repaired_in"),
        data.get("number"),
        tuple(data.get("former", ())),
    )
