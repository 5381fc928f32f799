"""Keeps the ids that people had before: each leads to the one that the person has now.

aliases/<former id>   {alias, employee_id, number, run_id, moved_at, released}

An alias has no record and no state of its own any more, so that it is looked up only where an id is found to have none.
One that has been released leads nowhere: it only keeps what whoever comes with that id is counted under.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from shared.kernel.reading import is_document_name
from shared.kernel.records import Record
from shared.ports.documents import Delete, Put, Query, Reader, Where

IN_ONE_READ = 300


class Alias(Record, frozen=True, kw_only=True):
    """A former id. number: what stands for it where ids of events are made, for ever: the first id of that person

    run_id: of the move that it was given up in
    released: what stands for whoever comes with this id since it has been released, there as well: what has been
              recorded under the number stays another person's
    """

    alias: str
    employee_id: str
    number: str
    run_id: str
    moved_at: datetime
    released: str | None = None

    @property
    def leads(self) -> bool:
        """Tells whether the id is still understood as that of the person who had it."""
        return self.released is None

    def written(self) -> Put:
        """Returns the write that keeps it."""
        return Put(_path(self.alias), self.stored())

    def forgotten(self) -> Delete:
        """Returns the write that forgets it."""
        return Delete(_path(self.alias))


class Aliases:
    """Reads former ids."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def get(self, employee_id: str) -> Alias | None:
        """Returns what a former id leads to; None for one that is none."""
        alias = self.kept(employee_id)
        return alias if alias is not None and alias.leads else None

    def kept(self, employee_id: str) -> Alias | None:
        """Returns what is kept of a former id, though it may have been released."""
        found = self._reader.get(_path(employee_id)) if is_document_name(employee_id) else None
        return None if found is None else Alias.read(found)

    def newcomer(self, employee_id: str) -> str | None:
        """Returns what stands for whoever comes with an id where ids of events are made; None: the id itself."""
        alias = self.kept(employee_id)
        return None if alias is None else alias.released

    def now_called(self, employee_id: str) -> str | None:
        """Returns the id that a person has now, by one that they had; None for what is no former id."""
        alias = self.get(employee_id)
        return None if alias is None else alias.employee_id

    def among(self, employee_ids: Iterable[str]) -> dict[str, Alias]:
        """Returns those of some ids that are former ones."""
        paths = [_path(one) for one in sorted(set(employee_ids)) if is_document_name(one)]
        found: dict[str, Alias] = {}
        for start in range(0, len(paths), IN_ONE_READ):
            found |= Alias.by_id(self._reader.get_many(paths[start : start + IN_ONE_READ]).values())
        return {one: alias for one, alias in found.items() if alias.leads}

    def of(self, employee_id: str) -> list[Alias]:
        """Returns the former ids of a person, in the order of ids."""
        found = Alias.readable(self._reader.query(Query("aliases", [Where("employee_id", "==", employee_id)])))
        return sorted((one for one in found if one.leads), key=lambda one: one.alias)

    def latest_of(self, employee_id: str, most: int) -> list[str]:
        """Returns the former ids of a person that were given up last: what is being moved stands under one of them."""
        latest = sorted(self.of(employee_id), key=lambda one: one.moved_at, reverse=True)
        return [one.alias for one in latest[:most]]


def _path(employee_id: str) -> str:
    return f"aliases/{employee_id}"
