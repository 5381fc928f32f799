"""Gives one worker at a time the right to answer somebody, under all ids that are certainly theirs.

The lease stands in the documents of the ids, so two that begin at different ids of one person meet. Whoever finds a
person taken leaves a mark, which the holder sees before it lets go: nothing that comes in meanwhile is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.coaching.domain.contact import sightings_in
from shared.coaching.domain.inbound import InboundMessage, Key
from shared.coaching.records.identities import Identity, Person
from shared.coaching.records.inbox import inbox_of
from shared.coaching.usecases.take_in import CoachRecords
from shared.ports.documents import Put, Reader, Transaction

LEASE: Final = timedelta(seconds=90)
"""Longer than the function may run: whoever held it has ended, one way or the other."""
LOOKED_AT: Final = 20
"""Waiting messages whose senders' ids are joined at once."""


@dataclass(frozen=True, slots=True)
class Busy:
    """Somebody else answers this person, until then at most."""

    until: datetime


class Leases:
    """Takes, keeps and lets go of people."""

    def __init__(self, records: CoachRecords) -> None:
        self._records = records

    def begin(self, inbox: str, holder: str, now: datetime) -> Person | Busy | None:
        """Takes whoever an inbox is of, with what its waiting messages tell of their ids; None where nothing is known.

        A holder that has them keeps them, and what became known since is joined.
        """

        def work(transaction: Transaction) -> Person | Busy | None:
            waiting = self._records.inbox.naming(inbox, limit=LOOKED_AT, reader=transaction)
            messages = [one.message for one in waiting if one.message is not None]
            named = (key for message in messages for key in message.sender.keys if inbox_of(key) == inbox)
            key = next(named, None) or self._records.identities.key_of(inbox, transaction)
            if key is None:
                return None
            seen = [one for message in messages for one in sightings_in(message)]
            person = self._records.identities.person(key, transaction, seen)
            until = person.taken_until(holder, now)
            touched = {end for one in seen for end in (one.key, one.other) if end is not None}
            after = {name: one for name, one in person.identities.items() if name in touched}
            for one in person.own:
                after[one.key] = _marked(one) if until else _taken(one, holder, now)
            transaction.write(*self._puts(after))
            return Person(person.contact, {**person.identities, **after}) if until is None else Busy(until)

        return self._records.identities.transact(work)

    def end(self, person: Person, holder: str, now: datetime) -> bool:
        """Lets somebody go, unless something has come in meanwhile; tells whether they are let go."""

        def work(transaction: Transaction) -> bool:
            own = self.held(person, holder, now, transaction)
            if own is None:
                return True
            again = any(one.again for one in own)
            again = again or bool(self._records.inbox.open_of(person.inboxes, limit=1, reader=transaction))
            after = {one.key: _taken(one, holder, now) if again else _free(one) for one in own}
            transaction.write(*self._puts(after))
            return not again

        return self._records.identities.transact(work)

    def release(self, keys: Iterable[Key], holder: str) -> None:
        """Lets go of those ids that a holder has, whatever has come in: whoever calls has queued what goes on."""
        names = sorted(keys)

        def work(transaction: Transaction) -> None:
            own = self._records.identities.some(names, transaction)
            transaction.write(*self._puts({one.key: _free(one) for one in own if one.holder == holder}))

        self._records.identities.transact(work)

    def held(self, person: Person, holder: str, now: datetime, reader: Reader) -> list[Identity] | None:
        """Returns what is known of somebody's ids by now; None where a holder has them no more."""
        own = self._records.identities.some(person.contact.keys, reader)
        held = all(one.holder == holder and one.until is not None and one.until > now for one in own)
        return own if held else None

    def _puts(self, identities: dict[str, Identity]) -> list[Put]:
        return self._records.identities.puts(identities[key] for key in sorted(identities))


def knows(person: Person, message: InboundMessage) -> bool:
    """Tells whether what a message says of its sender's ids is known already."""
    return all(person.knows(one) for one in sightings_in(message))


def renewed(identity: Identity, now: datetime) -> Identity:
    """Returns an id whose lease goes on."""
    return identity.changed(until=now + LEASE)


def _taken(identity: Identity, holder: str, now: datetime) -> Identity:
    return identity.changed(holder=holder, until=now + LEASE, again=False)


def _marked(identity: Identity) -> Identity:
    return identity.changed(again=True)


def _free(identity: Identity) -> Identity:
    return identity.changed(holder=None, until=None, again=False)
