"""Begins a message to somebody, freely within the window or by a template, and counts what it should cost."""

from __future__ import annotations

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
    """Plans and writes messages that answer nothing. connected: WhatsApp is"""

    def __init__(
        self, records: CoachRecords, nudges: NudgeRecords, queue: InboxQueue, templates: Templates, *, connected: bool
    ) -> None:
        self._records = records
        self._nudges = nudges
        self._queue = queue
        self._templates = templates
        self._connected = connected

    def planned(self, person: Person, about: str, said: str, button: Button | None, now: datetime) -> Planned:
        """Returns how somebody is told something now. about: which template tells it; said: one sentence or two"""
        shipped = self._templates.by_about.get(about)
        known = None if shipped is None else self._records.templates.of(shipped.name, shipped.language)
        template = None
        if shipped is not None and known is not None:
            told = shipped.charged_as(known.category)
            template = Template(shipped.name, shipped.language, told, known.usable)
        reach = Reach(self._connected, person.last_inbound_at, person.stopped, person.marketing_stopped)
        way = via(reach, template, now)
        category: Category = template.category if way == "template" and template is not None else "service"
        words = cut(" ".join(said.split()), MOST_VALUE)
        used = TemplateUse(template.name, template.language, (words,)) if way == "template" and template else None
        buttons = () if button is None or used is not None else (button,)
        price = price_of(category, self._templates.prices)
        return Planned(about, way, category, price, Content(words, buttons, used))

    def writes(
        self, transaction: Transaction, planned: Planned, person: Person, outgoing_id: str, now: datetime
    ) -> list[Write]:
        """Returns what is written of a message within a transaction that has written nothing yet."""
        day = self._nudges.day(now.astimezone(UTC).date(), now, transaction)
        counted = day.with_one(planned.about, planned.way, planned.category, planned.price)
        if planned.way == "notice":
            return [self._nudges.put_of(counted)]
        outgoing = Outgoing(
            outgoing_id=outgoing_id,
            inbox=person.inboxes[0],
            order=f"{now.isoformat()}|{now.isoformat()}|00",
            about=None,
            content=planned.content,
            due_at=now,
            not_after=now + WORTH_SENDING,
            employee_id=person.contact.employee,
            created_at=now,
            expires_at=now + KEPT,
        )
        return [self._nudges.put_of(counted), Create(outgoing_path(outgoing_id), outgoing.stored())]

    def deliver(self, inbox: str, outgoing_id: str) -> None:
        """Has what was written sent; again about the same message it adds nothing. Raises Retryable."""
        self._queue.answer(inbox, "begun", outgoing_id)

    def sent(self, outgoing_id: str, reader: Reader | None = None) -> Outgoing | None:
        """Returns what became of a message; None where none was begun."""
        return self._records.outgoing.get(outgoing_id, reader)
