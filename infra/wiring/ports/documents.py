"""Opens the live state: Firestore, or the embedded store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment

if TYPE_CHECKING:
    from infra.wiring.google_environment import GoogleEnvironment
    from shared.ports.documents import Documents


def documents(on: Environment) -> Documents:
    """Opens the live state."""
    return on.port("documents", _google)


def _google(on: GoogleEnvironment) -> Documents:
    from infra.gcp.firestore import FirestoreDocuments

    return FirestoreDocuments(on.project, on.settings["AUGMENT_DATABASE"])
