"""Offers what pure code may not reach for itself: time, names, secrets, files, people's directory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.kernel.log_events import LogEvent


class Clock(Protocol):
    def now(self) -> datetime:
        """Returns the present, in UTC, with a time zone."""
        ...


class Ids(Protocol):
    def new(self) -> str:
        """Returns a new unguessable id, URL-safe."""
        ...


class Secrets(Protocol):
    def get(self, name: str) -> str:
        """Reads a secret's pinned version. Raises NotFound for an undeclared name, Retryable."""
        ...


class Log(Protocol):
    def event(self, name: LogEvent, severity: str = "INFO", **fields: str | int | float | bool | None) -> None:
        """Writes one structured line: an event's name and ids, never a payload, a token or a person's name."""
        ...


@dataclass(frozen=True, slots=True)
class DirectoryPerson:
    """A person as the company's directory knows them. manager is an e-mail address; suspended people are inactive."""

    email: str
    name: str
    manager: str | None = None
    title: str | None = None
    hire_date: str | None = None
    country: str | None = None
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class DirectoryPage:
    """Some people of a directory. following: what the next page is asked for with; None after the last"""

    people: Sequence[DirectoryPerson]
    following: str | None = None


class Directory(Protocol):
    """The company's directory (Google Workspace)."""

    def page(self, following: str | None = None) -> DirectoryPage:
        """Returns some hundred people. following: as the page before says; None for the first. Raises Retryable."""
        ...

    def has(self, email: str) -> bool:
        """Tells whether somebody has this as their address, not as another name for it. Raises Retryable."""
        ...


class Files(Protocol):
    """A bucket: raw bytes by name (quarantined input, exports)."""

    def write(self, name: str, content: bytes, *, content_type: str = "application/octet-stream") -> None: ...

    def replace(
        self, name: str, before: bytes | None, content: bytes, *, content_type: str = "application/octet-stream"
    ) -> bool:
        """Writes where the file still holds `before` (None: where there is none), and tells whether it did: of two at
        once that read the same, one is told no."""
        ...

    def read(self, name: str) -> bytes | None: ...

    def delete(self, name: str) -> None: ...

    def list(self, prefix: str = "") -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class ProbeAnswer:
    """Whether a dependency answers. detail: what is wrong and who can mend it; no key, and of the vendor's words
    at most a bounded sentence without keys and addresses"""

    ok: bool
    detail: str


class Probe(Protocol):
    """Asks one outside dependency whether it answers."""

    def check(self) -> ProbeAnswer:
        """Asks, and returns what came of it; never raises."""
        ...
