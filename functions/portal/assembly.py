"""Puts the portal together on a platform: its use cases, and how people sign in here."""

import os
from threading import Lock

from functions.portal.application import Portal
from functions.portal.services import Google, Services, Settings
from infra.sign_in import sign_in
from infra.wiring import Platform

_lock = Lock()
_portals: dict[int, Portal] = {}


def portal_of(on: Platform) -> Portal:
    """The portal on a platform's use cases, built with its first request."""
    with _lock:
        if id(on) not in _portals:
            _portals.clear()
            _portals[id(on)] = Portal(Services(on), settings_of(on))
        return _portals[id(on)]


def settings_of(on: Platform) -> Settings:
    ways = sign_in(on.adapters, os.environ)
    google = None
    if ways.google is not None:
        google = Google(ways.google.client_id, ways.google.exchange, ways.google.tokens)
    return Settings(ways.session_key, ways.public_url, google, ways.iap, ways.demonstration)
