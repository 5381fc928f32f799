"""Keeps what is known of each id that WhatsApp knows somebody by. In the integrations' database:

coach_identities/<digest of the id>   what it was seen with, what its owner chose, and who is answering them

What was seen stands at both ends, so whoever begins at one id finds all that are joined to it. Everything here merges:
of moments the first and the last, of choices the latest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from shared.coaching.domain.contact import MOST_KEYS, Contact, Sighting, contact_of, given_up, is_phone
from shared.coaching.domain.conversation import State
from shared.coaching.domain.inbound import Key
from shared.coaching.domain.preference import Chosen, latest
from shared.coaching.records.inbox import inbox_of
from shared.kernel.ids import digest
from shared.kernel.records import Record
from shared.ports.documents import Documents, Put, Query, Reader, Transaction, Where

T = TypeVar("T")
MOST_LOOKED_AT: Final = 4 * MOST_KEYS
KEPT: Final = timedelta(days=400)
"""Since its last sign of life, of an id that is nobody's who is known: as long as what went out to it."""
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


class Seen(Record, frozen=True, kw_only=True):
    """One kind of sighting, with its first and its last moment (see `Sighting`)."""

    key: Key
    first: datetime
    last: datetime
    other: Key | None = None
    moved: bool = False
    employee_id: str | None = None

    def joined(self, other: Seen) -> Seen:
        """Returns both as one."""
        return self.changed(first=min(self.first, other.first), last=max(self.last, other.last))

    def sightings(self) -> tuple[Sighting, ...]:
        """Returns what decides who is who: when it was first and last so."""
        one = Sighting(self.key, self.first, self.other, self.moved, self.employee_id)
        return (one, Sighting(self.key, self.last, self.other, self.moved, self.employee_id))


class Talk(Record, frozen=True, kw_only=True):
    """Says where a conversation stands. at: of the message after which it does"""

    state: State
    at: datetime


class Identity(Record, frozen=True, kw_only=True):
    """Holds what is known of one id.

    employee_id:     whose it is, as they told us themselves
    chosen:          whether the coach may begin a conversation; marketing: whether templates of that kind may be sent
    last_inbound_at: opens the window; echoed_at: when a person wrote from the business's own phone
    holder, until:   who is answering its owner, until when at most; again: something has come in meanwhile
    expires_at:      when nothing of it is kept any more, while it is nobody's who is known; None of a learner's
    """

    key: Key
    seen: Mapping[str, Seen] = {}
    employee_id: str | None = None
    chosen: Chosen | None = None
    marketing: Chosen | None = None
    last_inbound_at: datetime | None = None
    echoed_at: datetime | None = None
    talk: Talk | None = None
    holder: str | None = None
    until: datetime | None = None
    again: bool = False
    expires_at: datetime | None = None

    def ending(self) -> Identity:
        """Returns it with its end: of what is a learner's none, of all else some time after its last sign of life."""
        if self.employee_id is not None or any(one.employee_id is not None for one in self.seen.values()):
            return self.changed(expires_at=None)
        told = (self.last_inbound_at, self.echoed_at, *(one.at for one in (self.chosen, self.marketing) if one))
        signs = [*(one.last for one in self.seen.values()), *(at for at in told if at is not None)]
        return self.changed(expires_at=max(signs) + KEPT if signs else None)

    def with_sighting(self, one: Sighting) -> Identity:
        """Returns it with what was seen of it."""
        name = _name(one)
        seen = Seen(
            key=one.key, first=one.at, last=one.at, other=one.other, moved=one.changed, employee_id=one.employee
        )
        known = self.seen.get(name)
        return self.changed(seen={**self.seen, name: seen if known is None else known.joined(seen)})

    @property
    def last_seen(self) -> datetime:
        """Returns when it was in use last; of a number that somebody has left, before that."""
        used = [one.last for one in self.seen.values() if not (one.moved and one.key == self.key)]
        return max(used, default=_NEVER)

    def sightings(self) -> tuple[Sighting, ...]:
        """Returns all that was seen of it."""
        return tuple(one for seen in self.seen.values() for one in seen.sightings())


@dataclass(frozen=True, slots=True)
class Person:
    """Holds one contact with all that is known of their ids."""

    contact: Contact
    identities: Mapping[Key, Identity]

    @property
    def inboxes(self) -> list[str]:
        """Returns the names of their inboxes."""
        return [inbox_of(key) for key in self.contact.keys]

    @property
    def own(self) -> Sequence[Identity]:
        """Returns what is known of the ids that are certainly theirs."""
        return [self.identities[key] for key in self.contact.keys]

    @property
    def stopped(self) -> bool:
        """Tells whether they said STOP, and not START since."""
        chosen = latest(one.chosen for one in self.own)
        return chosen is not None and chosen.choice == "stop"

    @property
    def marketing_stopped(self) -> bool:
        """Tells whether they want no templates of marketing."""
        chosen = latest(one.marketing for one in self.own)
        return chosen is not None and chosen.choice == "stop"

    @property
    def last_inbound_at(self) -> datetime | None:
        """Returns when they wrote last, under whichever id."""
        return max((one.last_inbound_at for one in self.own if one.last_inbound_at), default=None)

    @property
    def echoed_at(self) -> datetime | None:
        """Returns when a person wrote to them last from the business's own phone."""
        return max((one.echoed_at for one in self.own if one.echoed_at), default=None)

    @property
    def talk(self) -> Talk | None:
        """Returns where the conversation stands."""
        return max((one.talk for one in self.own if one.talk), key=lambda one: one.at, default=None)

    def taken_until(self, holder: str, now: datetime) -> datetime | None:
        """Returns until when at most somebody else answers them; None where nobody does."""
        held = [one.until for one in self.own if one.until and one.until > now and one.holder not in (None, holder)]
        return max(held, default=None)

    def knows(self, one: Sighting) -> bool:
        """Tells whether a sighting adds nothing to what decides who is who.

        Of a phone that was given up each one does that is later than all before: it may be another's by now.
        """
        identity = self.identities.get(one.key)
        seen = None if identity is None else identity.seen.get(_name(one))
        if seen is None or seen.first > one.at:
            return False
        left = given_up(known for each in self.identities.values() for known in each.sightings())
        return one.at <= seen.last or not (_ends(one) & left.keys())

    @property
    def phone(self) -> str | None:
        """Returns the number that they were seen with last; None where they have none."""
        found = [one for one in self.own if is_phone(one.key)]
        latest_seen = max(found, key=lambda one: (one.last_seen, one.key), default=None)
        return None if latest_seen is None else latest_seen.key.partition(":")[2]


def identity_path(inbox: str) -> str:
    """Returns where an id stands, by the name of its inbox."""
    return f"coach_identities/{inbox}"


class Identities:
    """Reads and writes ids.

    documents: the integrations' database
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def key_of(self, inbox: str, reader: Reader) -> Key | None:
        """Returns the id that an inbox is of; None where nothing is known of it yet."""
        found = reader.get(identity_path(inbox))
        return None if found is None else Identity.read(found).key

    def some(self, keys: Iterable[Key], reader: Reader) -> list[Identity]:
        """Returns what is known of some ids; of one that is not known nothing but its name."""
        paths = {identity_path(inbox_of(key)): key for key in keys}
        found = reader.get_many(paths)
        return [Identity.read(found[path]) if path in found else Identity(key=key) for path, key in paths.items()]

    def of(self, employee_id: str) -> list[Identity]:
        """Returns the ids that are known as somebody's, at most MOST_KEYS."""
        query = Query("coach_identities", [Where("employee_id", "==", employee_id)], limit=MOST_KEYS)
        return sorted(Identity.readable(self._documents.query(query)), key=lambda one: one.key)

    def person(self, key: Key, reader: Reader | None = None, added: Iterable[Sighting] = ()) -> Person:
        """Returns who stands behind an id. added: what is seen just now, and stored by `write`"""
        found: dict[Key, Identity] = {}
        new = list(added)
        waiting = {key} | {end for one in new for end in _ends(one)}
        while waiting and len(found) < MOST_LOOKED_AT:
            for identity in self.some(sorted(waiting), reader or self._documents):
                found[identity.key] = identity
            ends = {end for one in waiting for seen in found[one].sightings() for end in _ends(seen)}
            waiting = ends - found.keys()
        for sighting in new:
            for end in _ends(sighting):
                found[end] = found[end].with_sighting(sighting)
        known = [seen for one in found.values() for seen in one.sightings()]
        return Person(contact_of(key, known), found)

    def note(self, key: Key, sightings: Collection[Sighting], change: Callable[[Identity], Identity]) -> Person:
        """Merges what was seen, and changes what is known of an id, at once."""

        def work(transaction: Transaction) -> Person:
            person = self.person(key, transaction, sightings)
            changed = {**person.identities, key: change(person.identities[key])}
            touched = {key} | {end for one in sightings for end in _ends(one)}
            transaction.write(*self.puts(changed[one] for one in sorted(touched)))
            return Person(person.contact, changed)

        return self._documents.transact(work)

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Runs reads and writes that happen together (see the port)."""
        return self._documents.transact(work)

    @staticmethod
    def puts(identities: Iterable[Identity]) -> list[Put]:
        """Returns what is written of ids."""
        return [Put(identity_path(inbox_of(one.key)), one.ending().stored()) for one in identities]


def chosen_by(identity: Identity, chosen: Chosen, *, marketing: bool = False) -> Identity:
    """Returns an id with a choice of its owner's merged in."""
    known = identity.marketing if marketing else identity.chosen
    in_force = latest([known, chosen])
    return identity.changed(marketing=in_force) if marketing else identity.changed(chosen=in_force)


def _ends(one: Sighting) -> frozenset[Key]:
    """Returns the ids that a sighting is of."""
    return frozenset({one.key} if one.other is None else {one.key, one.other})


def _name(one: Sighting) -> str:
    """Returns under which name a kind of sighting stands."""
    return digest(one.key, one.other or "", str(one.changed), one.employee or "")
