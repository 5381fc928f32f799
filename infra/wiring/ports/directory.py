"""Opens the company's directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment

if TYPE_CHECKING:
    from infra.wiring.google_environment import GoogleEnvironment
    from shared.ports.ambient import Directory


SECRET = "directory-delegate"


def directory(on: Environment) -> Directory | None:
    """Opens the company's directory; None where none is configured."""
    return on.port("directory", _google)


def _google(on: GoogleEnvironment) -> Directory | None:
    if SECRET not in on.pipeline.functions[on.function].secrets:
        return None
    administrator = on.secrets.get(SECRET)
    if "@" not in administrator:
        return None  # a secret must hold something: "none" where there is no directory
    from infra.gcp.directory import WorkspaceDirectory

    return WorkspaceDirectory(on.own.account(), administrator, on.own.access_token, on.clock)
