"""Finds out who is one person among the ids that WhatsApp knows them by: a user id, one phone after the other.

What is known is a set of sightings that only grows: who is who is a function of the set, so any order and any
duplication of what comes in gives the same people. An id that two people may stand behind joins nobody: it is
contested until a person has decided, and nothing of either is overwritten.

A phone is contested where two user ids were seen with it, where somebody changed to it whom it was seen without
before, or where it was given for another learner than the user id seen with it was known as.

A number that somebody gave up belongs to nobody until it is agreed to anew: the operator hands it on. What was seen of
it until then is theirs, what was seen of it since is a phone of its own.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from shared.coaching.domain.inbound import InboundMessage, Key, NumberChange, Sender

MOST_KEYS: Final = 24
"""Of one person; who has more is looked at by somebody."""
_NEVER: Final = datetime.max.replace(tzinfo=UTC)
_FORMER: Final = "#"
"""Stands in the key of a phone as it was before it was given up; in none that WhatsApp knows."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One thing that is known.

    key:      who was seen; other: under which id as well, or to which they changed
    changed:  whether `other` took the place of `key`, from `at` on
    employee: whose the key is, as they told us themselves
    """

    key: Key
    at: datetime
    other: Key | None = None
    changed: bool = False
    employee: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """One person, as far as that is known.

    keys:      all ids, sorted
    employee:  the learner; None where nobody has said who this is, or it is not certain
    contested: ids of theirs, or beside theirs, that may be another's
    """

    keys: tuple[Key, ...]
    employee: str | None = None
    contested: tuple[Key, ...] = ()

    @property
    def user_id(self) -> str | None:
        """Returns the user id."""
        return next((one.partition(":")[2] for one in self.keys if not is_phone(one)), None)


def is_phone(key: Key) -> bool:
    """Tells whether a key is that of a phone."""
    return key.startswith("phone:")


def sightings_in(message: InboundMessage) -> tuple[Sighting, ...]:
    """Returns what a message tells of its sender."""
    return seen(message.sender, message.at)


def seen(sender: Sender, at: datetime) -> tuple[Sighting, ...]:
    """Returns what it tells that somebody was seen under one id, or two."""
    keys = sender.keys
    if len(keys) == 2:
        return (Sighting(keys[0], at, keys[1]),)
    return tuple(Sighting(key, at) for key in keys)


def sightings_of(change: NumberChange) -> tuple[Sighting, ...]:
    """Returns what a change of number tells."""
    before = seen(change.before, change.at)
    after = seen(change.after, change.at) if len(change.after.keys) == 2 else ()
    old = change.before.keys
    moved = tuple(Sighting(old[0], change.at, new, changed=True) for new in change.after.keys if old and new not in old)
    return (*before, *after, *moved)


def contact_of(key: Key, known: Iterable[Sighting]) -> Contact:
    """Returns who stands behind an id. known: at least everything that is joined to it, directly or not"""
    facts = _Facts(_divided(frozenset(known)))
    contested = facts.contested()
    joined = _component(key, facts.edges(without=contested))
    employees = {facts.owners[one] for one in joined if one in facts.owners}
    beside = {other for one in joined for other in facts.neighbours[one] if other in contested}
    keys = _present(joined)
    doubtful = key in contested or len(keys) > MOST_KEYS
    employee = next(iter(employees)) if len(employees) == 1 and not doubtful else None
    return Contact(keys, employee, _present(beside | ({key} & contested)))


def everybody(known: Collection[Sighting]) -> frozenset[Contact]:
    """Returns all people that a set tells of."""
    keys = {one.key for one in known} | {one.other for one in known if one.other is not None}
    return frozenset(contact_of(key, known) for key in keys)


def given_up(known: Iterable[Sighting]) -> Mapping[Key, Sequence[datetime]]:
    """Returns the phones that somebody has left for another one, each with when that was, the first time first."""
    every = list(known)
    found: dict[Key, set[datetime]] = defaultdict(set)
    for change in every:
        if change.changed and is_phone(change.key):
            found[change.key].add(change.at)
        elif change.changed:
            theirs = {one.other for one in every if one.key == change.key and one.at <= change.at} - {change.other}
            for phone in theirs:
                if phone is not None and is_phone(phone):
                    found[phone].add(change.at)
    return {phone: sorted(moments) for phone, moments in found.items()}


def _divided(known: frozenset[Sighting]) -> frozenset[Sighting]:
    """Returns sightings in which a phone that was seen after it was given up has another name until then."""
    moments = given_up(known)
    if not moments:
        return known

    def times(key: Key, at: datetime) -> int:
        return bisect_left(moments.get(key, ()), at)

    ends = [(key, one.at) for one in known for key in (one.key, one.other) if key is not None]
    present = {phone: max(times(key, at) for key, at in ends if key == phone) for phone in moments}

    def named(key: Key, at: datetime) -> Key:
        number = times(key, at)
        return key if number == present.get(key, 0) else f"{key}{_FORMER}{number}"

    return frozenset(
        replace(one, key=named(one.key, one.at), other=None if one.other is None else named(one.other, one.at))
        for one in known
    )


def _present(keys: Iterable[Key]) -> tuple[Key, ...]:
    """Returns the keys that WhatsApp knows somebody by now, sorted."""
    return tuple(sorted(one for one in keys if _FORMER not in one))


class _Facts:
    """Lays a set of sightings out. owners: by key, the learner; a key that was given for two is nobody's"""

    def __init__(self, known: frozenset[Sighting]) -> None:
        self._known = known
        self.neighbours: dict[Key, set[Key]] = defaultdict(set)
        given: dict[Key, set[str]] = defaultdict(set)
        for one in known:
            if one.other is not None:
                self.neighbours[one.key].add(one.other)
                self.neighbours[one.other].add(one.key)
            if one.employee is not None:
                given[one.key].add(one.employee)
        self._given = given
        self.owners = {key: next(iter(those)) for key, those in given.items() if len(those) == 1}

    def edges(self, without: Collection[Key]) -> dict[Key, set[Key]]:
        """Returns who is joined to whom, but by contested ids."""
        return {
            key: {other for other in others if other not in without}
            for key, others in self.neighbours.items()
            if key not in without
        }

    def contested(self) -> frozenset[Key]:
        found = {key for key, those in self._given.items() if len(those) > 1}
        found |= {key for key, others in self._users().items() if len(others) > 1}
        found |= set(self._taken())
        return frozenset(found | self._owned_by_another(found))

    def _users(self) -> dict[Key, set[Key]]:
        """Returns the user ids that each phone was seen with."""
        users: dict[Key, set[Key]] = defaultdict(set)
        for one in self._known:
            if one.other is not None and is_phone(one.other) and not is_phone(one.key):
                users[one.other].add(one.key)
        return users

    def _taken(self) -> Iterable[Key]:
        """Yields phones that somebody changed to, and that were seen before that without them."""
        for change in self._known:
            if not change.changed or change.other is None or not is_phone(change.other):
                continue
            own = {change.key, *self.neighbours[change.key]} - {change.other}
            for one in self._known:
                about = {one.key, one.other} - {None}
                if change.other in about and one.at < change.at and not about & own:
                    yield change.other

    def _owned_by_another(self, contested: Collection[Key]) -> set[Key]:
        """Returns phones that were given for another learner than whom the rest of their ids belong to.

        Of the phones that a person was seen with the first one that was given for somebody says who they are.
        """
        found: set[Key] = set()
        done: set[Key] = set()
        edges = self.edges(without=contested)
        for key in sorted(edges):
            if key in done:
                continue
            joined = _component(key, edges)
            done |= joined
            owned = sorted((self._since(one), one) for one in joined if one in self.owners)
            if len({self.owners[one] for _, one in owned}) > 1:
                first = self.owners[owned[0][1]]
                found |= {one for _, one in owned if self.owners[one] != first}
        return found

    def _since(self, key: Key) -> tuple[bool, datetime]:
        """Returns since when an id is joined to another; those to which somebody changed come last."""
        joined = [one for one in self._known if one.other is not None and key in (one.key, one.other)]
        into = any(one.changed and one.other == key for one in joined)
        return into, min((one.at for one in joined), default=_NEVER)


def _component(key: Key, edges: dict[Key, set[Key]]) -> set[Key]:
    found, waiting = {key}, [key]
    while waiting:
        for other in edges.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found
