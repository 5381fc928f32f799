"""Opens the bucket of evidence as it came, apart from all other files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment

if TYPE_CHECKING:
    from infra.wiring.google_environment import GoogleEnvironment
    from shared.ports.ambient import Files


def evidence_files(on: Environment) -> Files:
    """Opens the bucket of evidence as it came."""
    return on.port("evidence", _google)


def _google(on: GoogleEnvironment) -> Files:
    from infra.gcp.storage import CloudStorageFiles

    return CloudStorageFiles(on.project, on.settings["AUGMENT_EVIDENCE_BUCKET"])
