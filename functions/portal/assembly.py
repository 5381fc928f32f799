"""Puts the portal together on a platform: its use cases, and how people sign in here."""

import os
from threading import Lock

from functions.portal.application import Portal
from functions.portal.services import Connections, Google, Services, Settings
from infra.integration_settings import DECLARED
from infra.sign_in import sign_in
from infra.wiring import Platform
from shared.entry.taking_in import take_in
from shared.usecases.activity import Activity
from shared.usecases.compare_readiness import CompareReadiness

_lock = Lock()
_portals: dict[int, Portal] = {}


def portal_of(on: Platform) -> Portal:
    """The portal on a platform's use cases, built with its first request."""
    with _lock:
        if id(on) not in _portals:
            _portals.clear()
            _portals[id(on)] = Portal(services_of(on), settings_of(on))
        return _portals[id(on)]


def services_of(on: Platform) -> Services:
    a = on.adapters
    return Services(
        documents=a.documents,
        people=on.people,
        profiles=on.profiles,
        activity=Activity(a.documents, on.people, on.first_sight),
        readiness=on.readiness,
        compare=CompareReadiness(a.documents, on.configuration, a.clock),
        skills=on.skills,
        audit=on.audit,
        held=on.held_scores,
        health=on.health,
        quarantine=on.quarantine,
        dead_letters=a.dead_letters,
        views=on.page_views,
        reviews=on.reviews,
        certify=on.certify,
        call_records=on.call_records,
        calls=on.call_views,
        reanalyses=lambda: on.reanalyses,
        links=on.links,
        transcript_access=on.transcript_access,
        samples=on.transcript_samples,
        notifications=on.notifications,
        erasing=on.erasing,
        connections=lambda: connections_of(on),
        clock=a.clock,
        ids=a.ids,
        log=a.log,
        take_in=take_in(lambda: on.events, lambda: on.quarantine, lambda: on.reanalyses),
        backlog=getattr(a.bus, "backlog", None),
    )


def connections_of(on: Platform) -> Connections:
    connected = on.adapters.connected
    return Connections(DECLARED, connected.in_force(), on.adapters.api_url, connected.webhook_url)


def settings_of(on: Platform) -> Settings:
    ways = sign_in(on.adapters, os.environ)
    google = None
    if ways.google is not None:
        google = Google(ways.google.client_id, ways.google.exchange, ways.google.tokens)
    return Settings(ways.session_key, ways.public_url, google, ways.iap, ways.demonstration)
