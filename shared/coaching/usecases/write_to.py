"""Writes to somebody who did not just write: within the window what is to be said, outside a template, or nothing.

What is written is drafted for the transaction of whatever it tells of, and queued when that is through.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.coaching.domain.outbound import Content, TemplateUse
from shared.coaching.domain.templates import MARGIN
from shared.coaching.domain.window import Template, is_open, may_send_template
from shared.coaching.records.identities import Person
from shared.coaching.records.inbox import inbox_of
from shared.coaching.records.outgoing import KEPT, Outgoing, outgoing_path
from shared.coaching.usecases.inbox_queue import InboxQueue
from shared.coaching.usecases.take_in import CoachRecords
from shared.kernel.ids import digest
from shared.ports.documents import Create, Transaction


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

    def __init__(self, records: CoachRecords, queue: InboxQueue) -> None:
        self._records = records
        self._queue = queue

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

    def fitting(self, address: Address | None, content: Content, template: TemplateUse | None) -> Content | None:
        """Returns what reaches somebody: the message within the window, else the template; None where neither may."""
        if address is None or address.stopped:
            return None
        if address.window:
            return content
        return None if template is None or not self._may(address, template) else Content("", (), template)

    def draft(self, address: Address, content: Content, once: str, now: datetime, about: str | None = None) -> Outgoing:
        """Returns a message to be stored with what it tells of. once: what makes it the same as another one

        about: the message of theirs that it comes with; what answers somebody reaches them after STOP too
        """
        return Outgoing(
            outgoing_id=digest("begun", address.employee_id, once),
            inbox=address.inbox,
            order=f"{now.isoformat()}|{now.isoformat()}|00",
            about=about,
            content=content,
            due_at=now,
            employee_id=address.employee_id,
            created_at=now,
            expires_at=now + KEPT,
        )

    def write(self, address: Address, content: Content, once: str, now: datetime, about: str | None = None) -> bool:
        """Stores and queues a message; False where it is known already. Raises Retryable."""
        drafted = self.draft(address, content, once, now, about)
        path = outgoing_path(drafted.outgoing_id)

        def work(transaction: Transaction) -> bool:
            if transaction.get(path) is not None:
                return False
            transaction.write(Create(path, drafted.stored()))
            return True

        new = self._records.identities.transact(work)
        self.queue(drafted)
        return new

    def queue(self, drafted: Outgoing) -> None:
        """Has a message sent that is stored; queued again it adds nothing. Raises Retryable."""
        self._queue.answer(drafted.inbox, "begun", drafted.outgoing_id)

    def _may(self, address: Address, use: TemplateUse) -> bool:
        known = self._records.templates.of(use.name, use.language)
        template = Template(use.name, use.language, known.category, known.usable)
        return may_send_template(template, stopped=address.stopped, marketing_stopped=address.marketing_stopped)


def _last(person: Person) -> tuple[bool, str]:
    last = person.last_inbound_at
    return last is not None, "" if last is None else last.isoformat()
