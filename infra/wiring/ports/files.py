"""Opens the bucket of quarantined input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment

if TYPE_CHECKING:
    from infra.wiring.google_environment import GoogleEnvironment
    from shared.ports.ambient import Files


def files(on: Environment) -> Files:
    """Opens the bucket of quarantined input."""
    return on.port("files", _google)


def _google(on: GoogleEnvironment) -> Files:
    from infra.gcp.storage import CloudStorageFiles

    return CloudStorageFiles(on.project, on.settings["AUGMENT_QUARANTINE_BUCKET"])
