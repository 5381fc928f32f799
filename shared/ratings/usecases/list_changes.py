"""Lists whose profiles changed, for who keeps a copy of them: each with the profile as it is by now for the caller.

Three things are in the log's order: its entries; calls' scores that opened for the caller, at their opening; and each
midnight (UTC), with which every profile is of another day. A position never passes what may still be uncommitted
(`changes.HORIZON`), so a copy that follows it misses nothing (docs/decisions/2026-11-29-changes.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from typing import NamedTuple

from shared.kernel.access import Caller, require
from shared.kernel.errors import Gone
from shared.kernel.pages import Position
from shared.people.records import EmployeeRecords
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.domain.change import About
from shared.platform.records.changes import HORIZON, KEPT, Changes, erased_as
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock
from shared.privacy.usecases.first_sight import FirstSight
from shared.ratings.contract import ChangedProfile
from shared.ratings.usecases.whole_profiles import WholeProfiles

FIRST, LAST = "-", "~"
"""Stand before and behind every id among those of a moment."""
BEGIN_AGAIN = (
    "cursor: the log goes back 14 days, and this is older; ask without a cursor, take the one that is answered, then "
    "GET /api/v1/export/skill-profiles"
)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Says how far a copy has followed. within: of an entry about everybody, the person up to whom it was"""

    position: Position
    within: str = ""


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """Changes, and how far they go. more: there are others by now"""

    items: tuple[ChangedProfile, ...]
    cursor: Cursor
    more: bool


class _Happened(NamedTuple):
    """One thing in the log's order. employee_id: None where it is about everybody or an erased person"""

    at: datetime
    id: str
    about: tuple[About, ...]
    employee_id: str | None
    erased: str | None = None

    @property
    def position(self) -> Position:
        return self.at, self.id


@dataclass(slots=True)
class _Found:
    """Collects whose profiles a page tells of, each once, with the moment of the last that happened."""

    limit: int
    people: dict[str, tuple[datetime, set[About]]] = field(default_factory=dict)
    erased: list[_Happened] = field(default_factory=list)

    @property
    def room(self) -> int:
        return self.limit - len(self.people) - len(self.erased)

    def add(self, happened: _Happened, employee_id: str) -> None:
        _, about = self.people.pop(employee_id, (happened.at, set()))
        self.people[employee_id] = happened.at, about.union(happened.about)


class Sources:
    """Reads what happened, wherever it is kept."""

    def __init__(self, changes: Changes, first_sight: FirstSight) -> None:
        self._changes = changes
        self._first_sight = first_sight

    def between(self, after: Position, until: datetime, limit: int) -> list[_Happened]:
        """Returns the first things that happened behind a position, in the log's order."""
        entries = self._changes.between(after, until, limit)
        # What opens later is for a later page: the ledger is read no further than that.
        last = entries[-1].at if len(entries) == limit else until
        openings = self._first_sight.opened(after, last, limit)
        found = [_Happened(*one.place, one.about, one.employee_id, one.erased) for one in entries]
        found += [_Happened(one.at, one.event_id, ("opened",), one.employee_id) for one in openings]
        found += [_Happened(at, FIRST, ("day",), None) for at in _midnights(after, until)]
        return sorted(found, key=lambda one: one.position)[:limit]

    def at(self, position: Position) -> _Happened:
        """Returns what happened to everybody at a position."""
        about: tuple[About, ...] = ("day",) if position[1] == FIRST else self._changes.about(position[1])
        return _Happened(*position, about, None)


class ListChanges:
    """Follows the log for a caller."""

    def __init__(
        self, sources: Sources, employees: EmployeeRecords, profiles: WholeProfiles, audit: Audit, clock: Clock
    ) -> None:
        self._sources = sources
        self._employees = employees
        self._profiles = profiles
        self._audit = audit
        self._clock = clock

    def page(self, caller: Caller, after: Cursor | None, *, every: bool, limit: int) -> ChangesPage:
        """Returns the changes behind a cursor, each person once; without one nothing, and where the log stands.

        every: see WholeProfiles. Raises Forbidden, Gone for a cursor that is older than the log.
        """
        require(caller, "profiles.export")
        now = self._clock.now()
        until = now - HORIZON
        cursor = Cursor((until, LAST)) if after is None else after
        if cursor.position[0] < now - KEPT:
            raise Gone(BEGIN_AGAIN, field="cursor")
        found, cursor, more = self._found(caller, cursor, until, limit)
        self._audit.read(
            caller, AuditAction.PROFILES_EXPORTED, found.people, detail=f"changes about {len(found.people)} people"
        )
        return ChangesPage(tuple(self._items(caller, found, every)), cursor, more)

    def _found(self, caller: Caller, cursor: Cursor, until: datetime, limit: int) -> tuple[_Found, Cursor, bool]:
        """Returns whom a page tells of, the cursor behind it, and whether there is more."""
        found = _Found(limit)
        if cursor.position >= (until, LAST):
            return found, cursor, False
        if cursor.within:
            last = self._everybody(found, self._sources.at(cursor.position), cursor.within)
            if last is not None:
                return found, replace(cursor, within=last), True
        cursor = Cursor(cursor.position)
        happened = self._sources.between(cursor.position, until, limit + 1)
        for one in happened:
            if not found.room:
                return found, cursor, True
            if one.erased is not None:
                found.erased.append(one)
            elif one.employee_id is not None:
                found.add(one, self._present_id(one.employee_id, one.about))
            else:
                last = self._everybody(found, one)
                if last is not None:
                    return found, Cursor(one.position, last), True
            cursor = Cursor(one.position)
        if len(happened) > limit:
            return found, cursor, True
        return found, Cursor((until, LAST)), False

    def _present_id(self, employee_id: str, about: Iterable[About]) -> str:
        """Returns whom something happened to. An observation that opened stands in the ledger under an id that the
        person had before, until it is moved."""
        return self._employees.present_id(employee_id) if "opened" in about else employee_id

    def _everybody(self, found: _Found, one: _Happened, within: str = "") -> str | None:
        """Adds as many people as there is room for; returns the last of them where others follow."""
        room = found.room
        people = self._employees.page(active=True, manager=None, limit=room + 1, after=within or None)
        for employee in people[:room]:
            found.add(one, employee.employee_id)
        return people[room - 1].employee_id if len(people) > room else None

    def _items(self, caller: Caller, found: _Found, every: bool) -> Sequence[ChangedProfile]:
        profiles = {one.employee_id: one for one in self._profiles.of(caller, list(found.people), every=every)}
        items = [
            ChangedProfile(employee_id=employee_id, at=at, about=sorted(about), profile=profiles.get(employee_id))
            for employee_id, (at, about) in found.people.items()
        ]
        # Who has returned to an id is there: whoever takes in a page drops nobody whom it shows.
        there = {erased_as(item.employee_id) for item in items if item.employee_id and item.profile is not None}
        return items + [
            ChangedProfile(employee_id=None, erased=one.erased, at=one.at, about=list(one.about), profile=None)
            for one in found.erased
            if one.erased is not None and one.erased not in there
        ]


def _midnights(after: Position, until: datetime) -> list[datetime]:
    """Returns the midnight with which the last day behind a position began: profiles of those before are gone."""
    midnight = datetime.combine(until.date(), time(), UTC)
    return [midnight] if after < (midnight, FIRST) else []
