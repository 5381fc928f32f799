"""The demonstration's Salesforce: its opportunities, and the outbound message that tells of them.

The platform meets it as it would the real one: a message names a record, and the record is read over REST. The last of
the deals is nobody's until the platform has run for a while: whoever watches sees how it becomes somebody's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from threading import Event, Thread
from typing import Final, NamedTuple

from infra.declarations.salesforce_settings import CRM_PATH
from infra.demonstration import catalogue
from infra.demonstration.salesforce_interface import (
    AUDIENCE,
    CLIENT_ID,
    ORGANISATION_ID,
    TOKEN_PATH,
    USERNAME,
    SalesforceInterface,
)
from infra.demonstration.salesforce_records import Organisation
from infra.demonstration.salesforce_sender import OutboundSender, Post, http_post
from infra.demonstration.salesforce_server import SalesforceServer

AHEAD: Final = 4
"""Days until the first meeting, at least: a weekday comes then."""
SATURDAY: Final = 5
WATCHED: Final = "Joe Smith"
"""Who gets the last deal while one watches."""
WATCHED_AFTER: Final = 30.0
"""Seconds until that, so that there is time to open a page."""
EVERY: Final = 2.0
"""Seconds between two looks for messages that are to be sent."""


class Invented(NamedTuple):
    """A deal of the demonstration. people: name, title and the CRM's word for how they buy"""

    person: str
    account: str
    industry: str
    size: str
    value: int
    stage: str
    products: tuple[str, ...]
    meeting: str
    people: tuple[tuple[str, str, str], ...]


DEALS: Final = (
    Invented(
        "Joe Smith",
        "Acme Health",
        "healthcare",
        "enterprise",
        500_000,
        "discovery",
        ("platform", "security-module"),
        "technical_discovery",
        (
            ("Dr. Sarah Chen", "CISO", "technical_security"),
            ("Mark Williams", "CTO", "technical_executive"),
        ),
    ),
    Invented(
        "Sarah Johnson",
        "Fintech Corp",
        "fintech",
        "mid-market",
        250_000,
        "demo",
        ("platform",),
        "demo",
        (("Amir Haddad", "VP Engineering", "vp_engineering"),),
    ),
    Invented(
        WATCHED,
        "Meridian Retail",
        "retail",
        "mid-market",
        120_000,
        "discovery",
        ("platform",),
        "discovery",
        (("Lea Fontaine", "COO", "executive"),),
    ),
)


class DemonstrationCrm:
    """Salesforce of the invented organisation; the same day gives the same records.

    token: of the address that its messages are sent to
    """

    def __init__(self, as_of: date, token: str) -> None:
        private, public = _key_pair()
        self._token = token
        self._ended = Event()
        self.organisation = Organisation()
        self.sender = OutboundSender(self.organisation, {"Opportunity": ("Name", "StageName")})
        day = as_of + timedelta(days=AHEAD)
        self._deals: list[str] = []
        for deal in DEALS:
            while day.weekday() >= SATURDAY:
                day += timedelta(days=1)
            self._deals.append(self._add(deal, day))
            day += timedelta(days=1)
        self._watched = self.organisation.add("User", _user(WATCHED))
        self._server = SalesforceServer(SalesforceInterface(self.organisation, public))
        self.settings: Mapping[str, str] = {
            "AUGMENT_SALESFORCE_ORGANIZATION": ORGANISATION_ID,
            "AUGMENT_SALESFORCE_TOKEN_URL": f"{self._server.url}{TOKEN_PATH}",
            "AUGMENT_SALESFORCE_AUDIENCE": AUDIENCE,
            "AUGMENT_SALESFORCE_CONSUMER_KEY": CLIENT_ID,
            "AUGMENT_SALESFORCE_USER": USERNAME,
            "AUGMENT_SALESFORCE_ENGINEER": "field:Sales_Engineer__r.Email",
            "AUGMENT_SALESFORCE_SIZE": "Deal_Size__c",
            "AUGMENT_SALESFORCE_PRODUCTS": "Products__c",
            "AUGMENT_SALESFORCE_MEETING": "Next_Meeting__c,Next_Meeting_Type__c",
            "SECRET_SALESFORCE_KEY": private,
            "SECRET_SALESFORCE_WEBHOOK_TOKEN": token,
        }

    def start(self) -> None:
        """Begins to serve its interface."""
        self._server.start()

    def stop(self) -> None:
        """Ends what it does."""
        self._ended.set()
        self._server.stop()

    def tell(self, post: Post) -> int:
        """Sends what is due of its messages; how many of them were acknowledged."""
        return self.sender.send(post)

    def to(self, api: str) -> Post:
        """Returns what posts its messages to a platform."""
        return http_post(f"{api}{CRM_PATH}?token={self._token}")

    def go_on(self, api: str) -> None:
        """Goes on telling of what changes, and assigns the last deal after a while."""
        Thread(target=self._go_on, args=(self.to(api),), name="salesforce-messages", daemon=True).start()

    def assign_last(self) -> str:
        """Gives the last deal to somebody; its id."""
        self.organisation.change("Opportunity", self._deals[-1], {"Sales_Engineer__c": self._watched})
        return self._deals[-1]

    def _go_on(self, post: Post) -> None:
        waited = 0.0
        while not self._ended.wait(EVERY):
            if waited < WATCHED_AFTER <= waited + EVERY:
                self.assign_last()
            waited += EVERY
            self.tell(post)

    def _add(self, deal: Invented, day: date) -> str:
        held = self.organisation
        account = held.add("Account", {"Name": deal.account, "Industry": deal.industry})
        engineer = None if deal.person == WATCHED and deal is DEALS[-1] else held.add("User", _user(deal.person))
        deal_id = held.add(
            "Opportunity",
            {
                "Name": f"{deal.account} - Platform Expansion",
                "AccountId": account,
                "StageName": deal.stage,
                "Amount": float(deal.value),
                "IsClosed": False,
                "IsWon": False,
                "Deal_Size__c": deal.size,
                "Products__c": ";".join(deal.products),
                "Sales_Engineer__c": engineer,
                "Next_Meeting__c": datetime.combine(day, time(10), UTC),
                "Next_Meeting_Type__c": deal.meeting,
            },
        )
        for name, title, persona in deal.people:
            contact = held.add("Contact", {"Name": name, "Title": title, "AccountId": account})
            held.add("OpportunityContactRole", {"OpportunityId": deal_id, "ContactId": contact, "Role": persona})
        return deal_id


def _user(person: str) -> dict[str, str | bool]:
    address = catalogue.address(person)
    return {"Name": person, "Email": address, "Username": address, "IsActive": True}


def _key_pair() -> tuple[str, str]:
    """Makes the private key of the connected app and its public one, as PEM."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()
