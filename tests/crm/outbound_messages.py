"""Outbound messages as Salesforce sends them, made for tests; every id and name in them is invented."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

ORGANIZATION = "00D4x00000OrgOnEAJ"
SESSION = "00D4x00000OrgOn!AQ4AQFakeFakeFake.NotASession_1234"
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>
<notifications xmlns="http://soap.sforce.com/2005/09/outbound">
"""


def notification(hint_id: str, record_id: str, *, kind: str = "Opportunity", inner: str = "") -> str:
    """One notification. inner: the XML of the record's other fields"""
    return (
        f"<Notification><Id>{hint_id}</Id>"
        f'<sObject xsi:type="sf:{kind}" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">'
        f"<sf:Id>{record_id}</sf:Id>{inner}</sObject></Notification>"
    )


def fields(**said: str) -> str:
    """A record's fields."""
    return "".join(f"<sf:{name}>{escape(value)}</sf:{name}>" for name, value in said.items())


def envelope(notifications: Iterable[str], *, organization: str = ORGANIZATION, session: str | None = SESSION) -> bytes:
    """A message. session: None: it says that it has none"""
    said = '<SessionId xsi:nil="true"/>' if session is None else f"<SessionId>{session}</SessionId>"
    return (
        f"{_HEAD}<OrganizationId>{organization}</OrganizationId><ActionId>04k4x000000ActOAAS</ActionId>{said}"
        "<EnterpriseUrl>https://ours.my.salesforce.example/services/Soap/c/64.0/00D4x00000OrgOn</EnterpriseUrl>"
        f"{''.join(notifications)}</notifications></soapenv:Body></soapenv:Envelope>"
    ).encode()
