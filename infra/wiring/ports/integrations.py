"""Opens what the integrations keep for themselves, apart from live state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment

if TYPE_CHECKING:
    from infra.wiring.google_environment import GoogleEnvironment
    from shared.ports.documents import Documents


def integrations(on: Environment) -> Documents:
    """Opens the integrations' database."""
    return on.port("integrations", _google)


def _google(on: GoogleEnvironment) -> Documents:
    from infra.gcp.firestore import FirestoreDocuments

    return FirestoreDocuments(on.project, on.settings["AUGMENT_INTEGRATIONS_DATABASE"])
