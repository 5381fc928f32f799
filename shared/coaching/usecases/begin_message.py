"""Begins messages, freely within the window or by a template, and counts what they should cost: all that the coach
writes without being written to is drafted, counted and queued here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.coaching.domain.inbound import Category
from shared.coaching.domain.outbound import Button, Content, TemplateUse, cut
from shared.coaching.domain.templates import Reach, Templates, Via, price_of, via
from shared.coaching.domain.window import Template
from shared.coaching.records.identities import Person
from shared.coaching.records.nudges import NudgeRecords
from shared.coaching.records.outgoing import KEPT, Outgoing, outgoing_path
from shared.coaching.usecases.inbox_queue import InboxQueue
from shared.coaching.usecases.take_in import CoachRecords
from shared.ports.documents import Create, Reader, Transaction, Write

WORTH_SENDING: Final = timedelta(hours=2)
"""After that what was begun is sent no more: a queue that stood still must not wake anybody at night."""
MOST_VALUE: Final = 600
"""Characters of a template's value; WhatsApp takes 1,024 with the template's own words."""


@dataclass(frozen=True, slots=True)
class Planned:
    """Says how a message goes. category, price: as what it is charged, and expected to cost; None: nobody has said"""

    about: str
    way: Via
    category: Category
    price: float | None
    content: Content


class BeginMessage:
    """Plans and writes messages that answer nothing. connected: tells whether WhatsApp is"""

    def __init__(
        self,
        records: CoachRecords,
        nudges: NudgeRecords,
        queue: InboxQueue,
        templates: Templates,
        *,
        connected: Callable[[], bool],
    ) -> None:
        self._records = records
        self._nudges = nudges
        self._queue = queue
        self._templates = templates
        self._connected = connected

    def planned(self, person: Person, about: str, said: str, button: Button | None, now: datetime) -> Planned:
        """Returns how somebody is told something now. about: which template tells it; said: one sentence or two"""
        template = self.template(about)
        reach = Reach(self._connected(), person.last_inbound_at, person.stopped, person.marketing_stopped)
        way = via(reach, template, now)
        category: Category = template.category if way == "template" and template is not None else "service"
        words = cut(" ".join(said.split()), MOST_VALUE)
        used = TemplateUse(template.name, template.language, (words,)) if way == "template" and template else None
        buttons = () if button is None or used is not None else (button,)
        return Planned(about, way, category, self._price(category), Content(words, buttons, used))

    @property
    def connected(self) -> bool:
        """Tells whether WhatsApp is connected."""
        return self._connected()

    def template(self, about: str) -> Template | None:
        """Returns the template that tells something, as WhatsApp told of it last; None where none does."""
        shipped = self._templates.by_about.get(about)
        if shipped is None:
            return None
        known = self._records.templates.of(shipped.name, shipped.language)
        return Template(shipped.name, shipped.language, shipped.charged_as(known.category), known.usable)

    def writes(
        self, transaction: Transaction, planned: Planned, person: Person, outgoing_id: str, now: datetime
    ) -> list[Write]:
        """Returns what is written of a message within a transaction that has written nothing yet."""
        if planned.way == "notice":
            return [self._counted(transaction, planned.about, planned.way, planned.category, now)]
        outgoing = drafted(person.inboxes[0], person.contact.employee, outgoing_id, planned.content, now)
        return self.writes_of(transaction, planned.about, outgoing.changed(not_after=now + WORTH_SENDING))

    def writes_of(self, transaction: Transaction, about: str, outgoing: Outgoing) -> list[Write]:
        """Returns what is written of a draft within a transaction that has written nothing yet.

        about: what it tells; what answers somebody costs nothing and is not counted
        """
        written: list[Write] = [Create(outgoing_path(outgoing.outgoing_id), outgoing.stored())]
        if outgoing.about is not None:
            return written
        used = outgoing.content is not None and outgoing.content.template is not None
        template = self.template(about) if used else None
        category: Category = "service" if template is None else template.category
        way: Via = "template" if used else "text"
        return [self._counted(transaction, about, way, category, outgoing.created_at), *written]

    def deliver(self, inbox: str, outgoing_id: str) -> None:
        """Has what was written sent; again about the same message it adds nothing. Raises Retryable."""
        self._queue.answer(inbox, "begun", outgoing_id)

    def sent(self, outgoing_id: str, reader: Reader | None = None) -> Outgoing | None:
        """Returns what became of a message; None where none was begun."""
        return self._records.outgoing.get(outgoing_id, reader)

    def _counted(self, transaction: Transaction, about: str, way: Via, category: Category, now: datetime) -> Write:
        day = self._nudges.day(now.astimezone(UTC).date(), now, transaction)
        return self._nudges.put_of(day.with_one(about, way, category, self._price(category)))

    def _price(self, category: Category) -> float | None:
        return price_of(category, self._templates.prices)


def drafted(
    inbox: str, employee_id: str | None, outgoing_id: str, content: Content, now: datetime, about: str | None = None
) -> Outgoing:
    """Returns a message that waits to be sent. about: the message of theirs that it comes with"""
    return Outgoing(
        outgoing_id=outgoing_id,
        inbox=inbox,
        order=f"{now.isoformat()}|{now.isoformat()}|00",
        about=about,
        content=content,
        due_at=now,
        employee_id=employee_id,
        created_at=now,
        expires_at=now + KEPT,
    )
