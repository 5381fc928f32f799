"""Reads Salesforce's outbound messages, and answers them: SOAP in both directions.

A message names records; what else it says of them is let lie. A field that was cleared is simply absent, a message that
was late says what was, and two messages about one record may come in either order: the record is read again anyway. Its
session id is a live credential, and is taken out before a message is kept anywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from shared.crm.domain.hint import Hint
from shared.deals.wire.salesforce_ids import eighteen
from shared.kernel.errors import Malformed

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_NOTIFICATIONS: Final = 100
MOST_DEPTH: Final = 50
"""Of elements within each other; a compound field of a record is the seventh."""
_ENVELOPE: Final = "{http://schemas.xmlsoap.org/soap/envelope/}"
_OUTBOUND: Final = "{http://soap.sforce.com/2005/09/outbound}"
_TYPE: Final = "{http://www.w3.org/2001/XMLSchema-instance}type"
_NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_KIND: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")
_SESSION: Final = re.compile(rb"<(?:[\w.-]+:)?SessionId\b.*?(?:</(?:[\w.-]+:)?SessionId\s*>|/>|\Z)", re.DOTALL)
_CREDENTIAL: Final = re.compile(rb"00D[A-Za-z0-9]{12,15}(?:!|%21|&#33;|&#x21;)[^\s<\"']*")

_ANSWER: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>{}</soapenv:Body>'
    "</soapenv:Envelope>"
)
ACKNOWLEDGED: Final = _ANSWER.format(
    '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>'
).encode()
"""Answers that every notification of a message is stored: anything else has Salesforce send all of them again."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """One notification that cannot be read. raw: it alone, which holds no session id"""

    raw: bytes
    detail: str


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """A message: its organisation's id as it came, what it says may have changed, and what nobody can read."""

    organization: str
    hints: tuple[Hint, ...]
    unreadable: tuple[Unreadable, ...]


def parse(raw: bytes) -> OutboundMessage:
    """Reads a message. Raises Malformed for what is none."""
    # A function that refuses its first caller starts without it.
    from xml.etree.ElementTree import ParseError, tostring

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(raw, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Malformed(f"the message is no XML that is read here ({type(error).__name__})", field="body") from None
    if not _is_flat(root):
        raise Malformed(f"the message has elements more than {MOST_DEPTH} deep", field="body")
    body = root.find(f"{_ENVELOPE}Body")
    message = None if body is None or root.tag != f"{_ENVELOPE}Envelope" else body.find(f"{_OUTBOUND}notifications")
    if message is None:
        raise Malformed("the message is no outbound message in a SOAP envelope", field="body")
    organization = _text(message.find(f"{_OUTBOUND}OrganizationId"))
    if organization is None:
        raise Malformed("the message names no organisation", field="OrganizationId")
    found = message.findall(f"{_OUTBOUND}Notification")
    if not 1 <= len(found) <= MOST_NOTIFICATIONS:
        raise Malformed(
            f"a message has 1 to {MOST_NOTIFICATIONS} notifications, not {len(found)}", field="Notification"
        )
    hints: dict[str, Hint] = {}
    unreadable: list[Unreadable] = []
    for one in found:
        try:
            hint = _hint(one)
        except Malformed as error:
            unreadable.append(Unreadable(tostring(one, encoding="utf-8"), error.detail))
        else:
            hints.setdefault(hint.name, hint)
    return OutboundMessage(organization, tuple(hints.values()), tuple(unreadable))


def without_session(raw: bytes) -> bytes:
    """Returns a message that nobody could read as it may be kept: without its session id, and whatever looks like one.

    A text in which that cannot be found, since its letters have several bytes, is not kept at all.
    """
    if b"\x00" in raw or raw.startswith((b"\xfe\xff", b"\xff\xfe")):
        return f"{len(raw)} bytes that are not UTF-8".encode()
    return _CREDENTIAL.sub(b"...", _SESSION.sub(b"<SessionId/>", raw))


def fault(detail: str, *, ours: bool) -> bytes:
    """Returns a SOAP fault, after which Salesforce sends the message again. ours: nothing is wrong with the message"""
    code = "Server" if ours else "Client"
    said = f"<faultcode>soapenv:{code}</faultcode><faultstring>{escape(detail)}</faultstring>"
    return _ANSWER.format(f"<soapenv:Fault>{said}</soapenv:Fault>").encode()


def _hint(notification: Element) -> Hint:
    record = notification.find(f"{_OUTBOUND}sObject")
    if record is None:
        raise Malformed("the notification has no record", field="sObject")
    kind = (record.get(_TYPE) or "").rpartition(":")[2]
    if not _KIND.fullmatch(kind):
        raise Malformed("the record does not say of what kind it is", field="sObject")
    said = next((_text(child) for child in record if child.tag.rpartition("}")[2] == "Id"), None)
    record_id = eighteen(said or "")
    if record_id is None:
        raise Malformed("the record has no id of Salesforce", field="sObject.Id")
    hint_id = eighteen(_text(notification.find(f"{_OUTBOUND}Id")) or "")
    if hint_id is None:
        raise Malformed("the notification has no id of Salesforce", field="Notification.Id")
    return Hint(hint_id, kind, record_id)


def _is_flat(root: Element) -> bool:
    """Tells whether no element is deeper than any message has them: what is kept of one is written depth by depth."""
    level = [root]
    for _ in range(MOST_DEPTH):
        level = [child for one in level for child in one]
        if not level:
            return True
    return False


def _text(element: Element | None) -> str | None:
    """Returns what an element says; None for an absent or empty one, and for one that says it is nil."""
    if element is None or element.get(_NIL) in ("true", "1"):
        return None
    return (element.text or "").strip() or None
