"""Puts the portal together in an environment: its use cases, and how people sign in here."""

import os

from functions.portal.application import Portal
from functions.portal.services import Google, Services, Settings
from infra.sign_in import sign_in
from infra.wiring.environment import Environment


def portal_of(on: Environment) -> Portal:
    """Makes the portal in an environment."""
    return Portal(Services(on), settings_of(on))


def settings_of(on: Environment) -> Settings:
    """Reads how people sign in here."""
    ways = sign_in(on, os.environ)
    google = None
    if ways.google is not None:
        google = Google(ways.google.client_id, ways.google.exchange, ways.google.tokens)
    return Settings(ways.session_key, ways.public_url, google, ways.iap, ways.demonstration)
