"""Opens the bucket of what lessons show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment

if TYPE_CHECKING:
    from infra.wiring.google_environment import GoogleEnvironment
    from shared.ports.ambient import Files


def clips(on: Environment) -> Files:
    """Opens the bucket of what lessons show."""
    return on.port("clips", _google)


def _google(on: GoogleEnvironment) -> Files:
    from infra.gcp.storage import CloudStorageFiles

    return CloudStorageFiles(on.project, on.settings["AUGMENT_CLIPS_BUCKET"])
