"""Salesforce's interface on a loopback port, with a client of ours that has been let in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from infra.demonstration.salesforce_interface import AUDIENCE, CLIENT_ID, TOKEN_PATH, USERNAME, SalesforceInterface
from infra.demonstration.salesforce_records import Organisation
from infra.demonstration.salesforce_server import SalesforceServer
from infra.vendors.salesforce import MOST_BYTES, PAGE, SalesforceRecords
from infra.vendors.salesforce_login import ConnectedApp, Login
from infra.web.whole_answers import WholeAnswers
from tests.harness.web import FixedClock


@cache
def key_pair() -> tuple[str, str]:
    """A private and its public key, as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


@dataclass(frozen=True)
class Connected:
    """A server with an organisation, and our client of it."""

    organisation: Organisation
    interface: SalesforceInterface
    url: str
    records: SalesforceRecords


def app(url: str, other: Mapping[str, str]) -> ConnectedApp:
    """The connected app that the server knows, but for what is `other`."""
    known = {
        "token_url": url + TOKEN_PATH,
        "audience": AUDIENCE,
        "consumer_key": CLIENT_ID,
        "user": USERNAME,
        "private_key": key_pair()[0],
    }
    return ConnectedApp(**(known | dict(other)))


def client(
    url: str, other: Mapping[str, str] | None = None, *, page: int = PAGE, now: Callable[[], datetime] | None = None
) -> SalesforceRecords:
    """A client of ours. other: of its connected app; now: a clock that is not the machine's"""
    answers = WholeAnswers(MOST_BYTES)
    clock = FixedClock((now or (lambda: datetime.now(UTC)))())
    return SalesforceRecords(Login(app(url, other or {}), answers, clock), answers, page=page)


@contextmanager
def salesforce(
    organisation: Organisation | None = None, *, page: int = PAGE, page_size: int = 2000, per_day: int = 15_000
) -> Iterator[Connected]:
    """Serves an organisation. page: changes that we ask for at once; page_size: records in a page of the server's"""
    held = organisation or Organisation()
    interface = SalesforceInterface(held, key_pair()[1], page_size=page_size, per_day=per_day)
    with SalesforceServer(interface) as server:
        records = client(server.url, page=page)
        yield Connected(held, interface, server.url, records)
        records.close()
