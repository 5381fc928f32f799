"""Sends outbound messages as Salesforce does: SOAP, many in an envelope, again until they are acknowledged.

A message holds its record as it is when it is sent, not as it was when it was queued: fields that are empty are absent,
and a record that was deleted meanwhile comes with its id alone. Messages come out of order and sometimes twice; what
was not acknowledged comes again, later each time, for a day. Only the acknowledgement counts: 200 without it is none.
"""

from __future__ import annotations

import re
import threading
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from infra.demonstration.dice import Dice
from infra.demonstration.salesforce_interface import ORGANISATION_ID
from infra.demonstration.salesforce_records import Organisation
from infra.demonstration.salesforce_soql import Value
from shared.deals.wire.salesforce_ids import eighteen

MOST_IN_ENVELOPE: Final = 100
GIVEN_UP: Final = timedelta(hours=24)
FIRST_AGAIN: Final = timedelta(seconds=15)
LATEST_AGAIN: Final = timedelta(hours=2)
TIMEOUT_SECONDS: Final = 60

_ACK: Final = re.compile(rb"<(?:\w+:)?Ack>\s*(?:true|1)\s*</(?:\w+:)?Ack>")
_ENVELOPE: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    '<soapenv:Body><notifications xmlns="http://soap.sforce.com/2005/09/outbound">'
    '<OrganizationId>{organization}</OrganizationId><ActionId>{action}</ActionId><SessionId xsi:nil="true"/>'
    "<EnterpriseUrl>https://demonstration.my.salesforce.com/services/Soap/c/62.0/{short}</EnterpriseUrl>"
    "<PartnerUrl>https://demonstration.my.salesforce.com/services/Soap/u/62.0/{short}</PartnerUrl>"
    "{notifications}</notifications></soapenv:Body></soapenv:Envelope>"
)
_ACTION: Final = "04k000000000001"

Post = Callable[[bytes], bytes]
"""Sends an envelope and returns the answer's body. Raises OSError where there is none, or none of success."""


@dataclass(slots=True)
class Queued:
    """A message that has not been acknowledged. due: when it is sent next; tries: how often it was"""

    notification_id: str
    kind: str
    record_id: str
    since: datetime
    due: datetime
    tries: int = 0


class OutboundSender:
    """One outbound message of an organisation, whose flow queues it for every change of some kinds.

    fields: of each kind, what the message holds beside the id; twice: the share of messages that come once more
    """

    def __init__(
        self,
        organisation: Organisation,
        fields: Mapping[str, Sequence[str]],
        *,
        now: Callable[[], datetime] | None = None,
        seed: int = 1,
        twice: float = 0.1,
    ) -> None:
        self._organisation = organisation
        self._fields = fields
        self._now = now or (lambda: datetime.now(UTC))
        self._dice = Dice(seed, "outbound")
        self._twice = twice
        self._numbers = count(1)
        self._queue: list[Queued] = []
        self._lock = threading.Lock()
        self.dropped: list[Queued] = []
        """What nobody acknowledged for a day."""
        organisation.changed.append(self.queue)

    @property
    def waiting(self) -> int:
        """Returns how many messages are not acknowledged."""
        with self._lock:
            return len(self._queue)

    def queue(self, kind: str, record_id: str) -> None:
        """Queues a message about a record."""
        if kind not in self._fields:
            return
        with self._lock:
            whole = eighteen(f"04l{next(self._numbers):012}")
            assert whole is not None
            self._queue.append(Queued(whole, kind, record_id, self._now(), self._now()))

    def send(self, post: Post) -> int:
        """Sends what is due, in envelopes of up to a hundred; how many were acknowledged."""
        acknowledged = 0
        for some in self._due():
            if self._acknowledged(post, some):
                acknowledged += len({one.notification_id for one in some})
        return acknowledged

    def _due(self) -> list[list[Queued]]:
        """Returns what is due, shuffled and partly twice, of one kind in each envelope."""
        with self._lock:
            ended = [one for one in self._queue if self._now() - one.since >= GIVEN_UP]
            self.dropped += ended
            self._queue = [one for one in self._queue if one not in ended]
            due = [one for one in self._queue if one.due <= self._now()]
        envelopes = []
        for kind in sorted({one.kind for one in due}):
            some = [one for one in due if one.kind == kind]
            some += [one for one in some if self._dice.chance(self._twice)]
            some.sort(key=lambda one: self._dice.between(0, 1))
            envelopes += [some[at : at + MOST_IN_ENVELOPE] for at in range(0, len(some), MOST_IN_ENVELOPE)]
        return envelopes

    def _acknowledged(self, post: Post, some: Sequence[Queued]) -> bool:
        try:
            done = _ACK.search(post(self._envelope(some))) is not None
        except OSError:
            done = False
        with self._lock:
            names = {one.notification_id for one in some}
            if done:
                self._queue = [one for one in self._queue if one.notification_id not in names]
                return True
            for one in self._queue:
                if one.notification_id in names:
                    one.due = self._now() + min(FIRST_AGAIN * 2**one.tries, LATEST_AGAIN)
                    one.tries += 1
        return False

    def _envelope(self, some: Sequence[Queued]) -> bytes:
        text = _ENVELOPE.format(
            organization=ORGANISATION_ID,
            short=ORGANISATION_ID[:15],
            action=eighteen(_ACTION),
            notifications="".join(map(self._notification, some)),
        )
        return text.encode()

    def _notification(self, one: Queued) -> str:
        row = self._organisation.row(one.kind, one.record_id)
        fields: dict[str, Value] = {"Id": one.record_id}
        if row is not None and not row.get("IsDeleted"):
            fields |= {name: row.get(name) for name in self._fields[one.kind]}
        held = "".join(f"<sf:{name}>{_text(value)}</sf:{name}>" for name, value in fields.items() if value is not None)
        return (
            f"<Notification><Id>{one.notification_id}</Id><sObject xsi:type={quoteattr('sf:' + one.kind)} "
            f'xmlns:sf="urn:sobject.enterprise.soap.sforce.com">{held}</sObject></Notification>'
        )


def http_post(address: str) -> Post:
    """Returns what posts to an address, as Salesforce does."""

    def post(content: bytes) -> bytes:
        headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""', "User-Agent": "Salesforce"}
        request = urllib.request.Request(address, content, headers, method="POST")
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            body: bytes = answer.read(1 << 20)
            return body

    return post


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return value.isoformat() if isinstance(value, date) else escape(str(value))
