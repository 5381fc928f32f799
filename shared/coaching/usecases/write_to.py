"""Writes to somebody who did not just write: within the window what is to be said, outside a template, or nothing.

What is written is drafted for the transaction of whatever it tells of, and queued when that is through.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.coaching.domain.outbound import Content, TemplateUse
from shared.coaching.domain.templates import MARGIN
from shared.coaching.domain.window import is_open, may_send_template
from shared.coaching.records.identities import Person
from shared.coaching.records.inbox import inbox_of
from shared.coaching.records.outgoing import Outgoing
from shared.coaching.usecases.begin_message import BeginMessage, drafted
from shared.coaching.usecases.take_in import CoachRecords
from shared.kernel.ids import digest
from shared.ports.documents import Transaction, Write


@dataclass(frozen=True, slots=True)
class Address:
    """Says where somebody is written to. stopped: they said STOP

    window: whether free text reaches them, also where it waits in a queue for a while
    """

    employee_id: str
    inbox: str
    window: bool
    stopped: bool
    marketing_stopped: bool


class WriteTo:
    """Drafts and queues messages that the coach begins."""

    def __init__(self, records: CoachRecords, beginning: BeginMessage) -> None:
        self._records = records
        self._beginning = beginning

    def address(self, employee_id: str, now: datetime) -> Address | None:
        """Returns where somebody is written to, and may be; None where no number is certainly theirs."""
        people = [self._records.identities.person(one.key) for one in self._records.identities.of(employee_id)]
        own = [one for one in people if one.contact.employee == employee_id]
        if not own:
            return None
        person = max(own, key=_last)
        return Address(
            employee_id=employee_id,
            inbox=inbox_of(person.contact.keys[0]),
            window=is_open(person.last_inbound_at, now + MARGIN),
            stopped=person.stopped,
            marketing_stopped=person.marketing_stopped,
        )

    def fitting(
        self, address: Address | None, tells: str, content: Content, template: TemplateUse | None = None
    ) -> Content | None:
        """Returns what reaches somebody: the message within the window, else the template; None where neither may.

        tells: what it tells, by the name under which it is counted and its template is known
        """
        if address is None or address.stopped or not self._beginning.connected:
            return None
        if address.window:
            return content
        return None if template is None or not self._may(address, tells) else Content("", (), template)

    def draft(self, address: Address, content: Content, once: str, now: datetime, about: str | None = None) -> Outgoing:
        """Returns a message to be stored with what it tells of. once: what makes it the same as another one

        about: the message of theirs that it comes with; what answers somebody reaches them after STOP too
        """
        outgoing_id = digest("begun", address.employee_id, once)
        return drafted(address.inbox, address.employee_id, outgoing_id, content, now, about)

    def writes(self, transaction: Transaction, tells: str, outgoing: Outgoing) -> list[Write]:
        """Returns what is written of a draft within a transaction that has written nothing yet."""
        return self._beginning.writes_of(transaction, tells, outgoing)

    def write(
        self, address: Address, tells: str, content: Content, once: str, now: datetime, about: str | None = None
    ) -> bool:
        """Stores and queues a message; False where it is known already. Raises Retryable."""
        draft = self.draft(address, content, once, now, about)

        def work(transaction: Transaction) -> bool:
            if self._records.outgoing.get(draft.outgoing_id, transaction) is not None:
                return False
            transaction.write(*self.writes(transaction, tells, draft))
            return True

        new = self._records.identities.transact(work)
        self.queue(draft)
        return new

    def queue(self, outgoing: Outgoing) -> None:
        """Has a message sent that is stored; queued again it adds nothing. Raises Retryable."""
        self._beginning.deliver(outgoing.inbox, outgoing.outgoing_id)

    def _may(self, address: Address, tells: str) -> bool:
        template = self._beginning.template(tells)
        return template is not None and may_send_template(
            template, stopped=address.stopped, marketing_stopped=address.marketing_stopped
        )


def _last(person: Person) -> tuple[bool, str]:
    last = person.last_inbound_at
    return last is not None, "" if last is None else last.isoformat()
