"""Sends a message of the coach's: claimed before, settled after, and never again where it is known to be sent.

A worker that dies between claiming and settling leaves a message of which nobody knows whether WhatsApp took it. Every
message carries our own name of it, which its statuses bring back within seconds; so who finds one waits for that long.
A status says that it was taken; none says that it was not, and it is sent again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from shared.coaching.domain.window import is_open
from shared.coaching.ports.messenger import Messenger, Recipient, Sent
from shared.coaching.records.identities import Person
from shared.coaching.records.outgoing import Outgoing, outgoing_path
from shared.coaching.usecases.leases import Leases
from shared.coaching.usecases.take_in import CoachRecords
from shared.kernel.log_events import LogEvent
from shared.ports.ambient import Clock, Log
from shared.ports.documents import Put, Transaction

SETTLES: Final = timedelta(seconds=60)
"""Within which WhatsApp tells of a message that it has taken."""
MOST_TRIES: Final = 12
"""With these waits about an hour: an outage of minutes loses nothing that a mentor has to be told."""
MOST_ATTEMPTS: Final = 4
"""Begun and never settled: whatever makes workers die at this message makes them die again."""
FIRST_WAIT: Final = timedelta(seconds=4)
LONGEST_WAIT: Final = timedelta(minutes=15)
OUTSIDE_WINDOW: Final = 131047

Step = Literal["done", "lost"]


@dataclass(frozen=True, slots=True)
class Later:
    """Says when the message is looked at again."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Ambient:
    """Holds the time and the log."""

    clock: Clock
    log: Log


class SendOutgoing:
    """Sends what waits, one message at a time. messenger: None where WhatsApp is not connected"""

    def __init__(self, records: CoachRecords, leases: Leases, messenger: Messenger | None, ambient: Ambient) -> None:
        self._records = records
        self._leases = leases
        self._messenger = messenger
        self._clock = ambient.clock
        self._log = ambient.log

    def send(self, person: Person, holder: str, waiting: Outgoing) -> Step | Later:
        """Does what is next about a message; `lost` where another answers the person by now. Raises Retryable."""
        now = self._clock.now()
        opens = waiting.claimed_at + SETTLES if waiting.state == "claimed" and waiting.claimed_at else waiting.due_at
        if now < opens:
            return Later(opens)
        why = self._against(person, waiting, now)
        if why is not None:
            self._records.outgoing.settle(waiting.outgoing_id, lambda one: why if one == waiting else None)
            return "done"
        claimed = self._claim(person, holder, waiting, now)
        if claimed is None:
            return "lost"
        if claimed.content is None or self._messenger is None:
            return "done"  # a status has told meanwhile that it was taken
        recipient = Recipient(person.phone, person.contact.user_id)
        sent = self._messenger.send(recipient, claimed.content, tracker=claimed.outgoing_id)
        return self._settle(person, claimed, sent)

    def _against(self, person: Person, waiting: Outgoing, now: datetime) -> Outgoing | None:
        """Returns what a message becomes that is not sent at all; None for one that is."""
        if self._messenger is None or waiting.content is None:
            return waiting.ended("withdrawn")
        if waiting.state == "waiting" and _not_wanted(person, waiting, now):
            return waiting.ended("withdrawn")
        if waiting.state == "claimed" and waiting.attempts - waiting.tries >= MOST_ATTEMPTS:
            return waiting.ended("unknown")
        if waiting.content.template is None and not is_open(person.last_inbound_at, now):
            return waiting.ended("failed", OUTSIDE_WINDOW)
        return None

    def _claim(self, person: Person, holder: str, waiting: Outgoing, now: datetime) -> Outgoing | None:
        def work(transaction: Transaction) -> Outgoing | None:
            if self._leases.held(person, holder, now, transaction) is None:
                return None
            known = self._records.outgoing.get(waiting.outgoing_id, transaction)
            if known is None or not known.open:
                return waiting.ended("sent")
            claimed = known.changed(state="claimed", attempts=known.attempts + 1, claimed_at=now)
            transaction.write(Put(outgoing_path(known.outgoing_id), claimed.stored()))
            return claimed

        return self._records.identities.transact(work)

    def _settle(self, person: Person, claimed: Outgoing, sent: Sent) -> Step | Later:
        now = self._clock.now()
        self._log.event(
            LogEvent.COACH_SENT,
            "INFO" if sent.verdict == "accepted" else "WARNING",
            outgoing_id=claimed.outgoing_id,
            attempt=claimed.attempts,
            verdict=sent.verdict,
            code=sent.code,
        )
        settled = self._records.outgoing.settle(
            claimed.outgoing_id, lambda one: _after(one, sent, now) if one.open else None
        )
        if settled is None or not settled.open:
            return "done"
        return Later(now + SETTLES if settled.state == "claimed" else settled.due_at)


def _not_wanted(person: Person, waiting: Outgoing, now: datetime) -> bool:
    """Tells whether what the coach began is wanted no more: STOP came meanwhile, or it is too late for it."""
    late = waiting.not_after is not None and now > waiting.not_after
    return waiting.about is None and (person.stopped or late)


def _after(claimed: Outgoing, sent: Sent, now: datetime) -> Outgoing | None:
    """Returns a message as it is after an attempt; None where nothing is known of it."""
    if sent.verdict == "accepted":
        return claimed.ended("sent").changed(wamid=sent.wamid)
    if sent.verdict == "uncertain":
        return None
    if sent.verdict != "later":
        return claimed.ended("failed", sent.code)
    tries = claimed.tries + 1
    if tries >= MOST_TRIES:
        return claimed.ended("failed", sent.code)
    wait = max(min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT), timedelta(seconds=min(sent.after_seconds or 0, 3_600)))
    return claimed.changed(state="waiting", tries=tries, due_at=now + wait, error_code=sent.code)
