"""Outbound messages of our own making, as Salesforce sends them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest

from infra.demonstration.salesforce_records import Organisation
from infra.demonstration.salesforce_sender import OutboundSender, http_post
from tests.harness.web import Asked, FixedClock, Told, serving

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OUTBOUND = "{http://soap.sforce.com/2005/09/outbound}"
OBJECT = "{urn:sobject.enterprise.soap.sforce.com}"
ACK = (
    b'<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    b'<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>'
    b"</soapenv:Body></soapenv:Envelope>"
)


class Receiver:
    """Keeps the envelopes that come, and answers as told."""

    def __init__(self, answer: bytes = ACK) -> None:
        self.answer = answer
        self.envelopes: list[list[tuple[str, dict[str, str]]]] = []

    def __call__(self, content: bytes) -> bytes:
        notifications = ElementTree.fromstring(content).iter(f"{OUTBOUND}Notification")
        self.envelopes.append([(_id(one), _fields(one)) for one in notifications])
        if not self.answer:
            raise OSError("nobody there")
        return self.answer

    @property
    def ids(self) -> Counter[str]:
        return Counter(name for envelope in self.envelopes for name, _ in envelope)


def _id(notification: ElementTree.Element) -> str:
    return notification.findtext(f"{OUTBOUND}Id") or ""


def _fields(notification: ElementTree.Element) -> dict[str, str]:
    held = notification.find(f"{OUTBOUND}sObject")
    assert held is not None
    return {one.tag.removeprefix(OBJECT): one.text or "" for one in held}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def organisation(clock: FixedClock) -> Organisation:
    return Organisation(clock.now)


def sender(organisation: Organisation, clock: FixedClock, twice: float = 0.1) -> OutboundSender:
    return OutboundSender(organisation, {"Opportunity": ["Name", "Amount"]}, now=clock.now, twice=twice)


def test_a_hundred_in_an_envelope_out_of_order_and_some_twice(organisation: Organisation, clock: FixedClock) -> None:
    sending, receiver = sender(organisation, clock), Receiver()
    made = [organisation.add("Opportunity", {"Name": f"Deal {number}"}) for number in range(250)]
    organisation.add("Account", {"Name": "No flow is about accounts"})
    assert sending.send(receiver) >= 250
    assert [len(envelope) for envelope in receiver.envelopes][:2] == [100, 100]
    assert len(receiver.ids) == 250
    assert set(receiver.ids.values()) == {1, 2}
    came = [fields["Id"] for envelope in receiver.envelopes for _, fields in envelope]
    assert set(came) == set(made)
    assert came != sorted(came)
    assert sending.waiting == 0


def test_a_message_holds_its_record_as_it_is_when_it_is_sent(organisation: Organisation, clock: FixedClock) -> None:
    """A cleared field is absent, and of a record that was deleted meanwhile only the id is left."""
    sending, receiver = sender(organisation, clock, twice=0), Receiver()
    deal, gone = (organisation.add("Opportunity", {"Name": "A & B <c>", "Amount": 1.25e7}) for _ in range(2))
    organisation.change("Opportunity", deal, {"Amount": None})
    organisation.delete("Opportunity", gone)
    sending.send(receiver)
    held = [fields for _, fields in receiver.envelopes[0]]
    assert held.count({"Id": deal, "Name": "A & B <c>"}) == 2, "both messages of it: neither knows the amount"
    assert held.count({"Id": gone}) == 1


@pytest.mark.parametrize("answer", [b"", b"<html>200</html>", ACK.replace(b"true", b"false")])
def test_what_is_not_acknowledged_comes_again_later_each_time(
    organisation: Organisation, clock: FixedClock, answer: bytes
) -> None:
    sending, receiver = sender(organisation, clock, twice=0), Receiver(answer)
    organisation.add("Opportunity", {"Name": "Deal"})
    sent: list[int] = []
    for second in range(0, 300, 5):
        clock.time = NOON + timedelta(seconds=second)
        sending.send(receiver)
        sent += [second] * (len(receiver.envelopes) - len(sent))
    assert sent == [0, 15, 45, 105, 225]
    receiver.answer = ACK
    clock.time = NOON + timedelta(hours=3)
    assert (sending.send(receiver), sending.waiting) == (1, 0)


def test_after_a_day_it_is_dropped(organisation: Organisation, clock: FixedClock) -> None:
    sending = sender(organisation, clock)
    deal = organisation.add("Opportunity", {"Name": "Deal"})
    clock.time = NOON + timedelta(hours=24)
    assert sending.send(Receiver()) == 0
    assert ([one.record_id for one in sending.dropped], sending.waiting) == ([deal], 0)


def test_it_posts_as_soap_and_any_status_but_success_is_no_acknowledgement(
    organisation: Organisation, clock: FixedClock
) -> None:
    asked: list[Asked] = []
    answers = [Told(ACK, status=500), Told(ACK)]

    def answer(request: Asked) -> Told:
        asked.append(request)
        return answers[len(asked) - 1]

    sending = sender(organisation, clock, twice=0)
    organisation.add("Opportunity", {"Name": "Deal"})
    with serving(answer) as url:
        post = http_post(f"{url}/webhooks/salesforce?token=t")
        assert sending.send(post) == 0
        clock.time += timedelta(minutes=1)
        assert sending.send(post) == 1
    assert asked[0].headers["content-type"].startswith("text/xml")
    assert (asked[0].path, asked[0].query) == ("/webhooks/salesforce", {"token": "t"})
