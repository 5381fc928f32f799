"""Secrets as Terraform mounts them: pinned versions in environment variables or files. No SDK, no request."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from shared.kernel.errors import NotFound, Retryable


class MountedSecrets:
    """The `Secrets` port.

    declared:    the names that the pipeline gives to this function
    environment: holds `SECRET_SESSION_KEY` for `session-key`
    folder:      holds a file `session-key` for what is mounted as a volume; the environment goes first
    """

    def __init__(self, declared: Collection[str], environment: Mapping[str, str], folder: Path | None = None):
        self._declared = frozenset(declared)
        self._environment = environment
        self._folder = folder

    def get(self, name: str) -> str:
        if name not in self._declared:
            raise NotFound(f"the secret {name} is not declared for this function")
        value = self._environment.get(variable(name))
        if value is None and self._folder is not None:
            try:
                value = (self._folder / name).read_text(encoding="utf-8")
            except FileNotFoundError:
                value = None
            except OSError as error:
                raise Retryable(f"the secret {name} cannot be read: {type(error).__name__}") from error
        # What was typed or made by hand ends in a line break that is no part of the secret.
        value = value.rstrip("\r\n") if value else value
        if not value:
            raise Retryable(f"the secret {name} is not mounted; {variable(name)} is empty")
        return value


def variable(name: str) -> str:
    """Names the environment variable of a secret: `session-key` is in `SECRET_SESSION_KEY`."""
    return "SECRET_" + name.upper().replace("-", "_")
