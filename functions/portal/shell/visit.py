"""Holds one request of one person, and what a handler may answer with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from functions.portal.shell import words
from functions.portal.shell.frame import Notice
from infra.wiring.edges.session import Session
from shared.kernel.access import LIST_SIGHT, Caller, Permission
from shared.kernel.ids import DEFAULT_FRAMEWORK


@dataclass(frozen=True)
class SentFile:
    """A file that came with a form. media_type: as the browser says"""

    content: bytes
    media_type: str


@dataclass(frozen=True)
class Visit:
    """An authenticated request. query and form: the first value of each name; files: by the name of their field"""

    caller: Caller
    session: Session | None
    now: datetime
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, SentFile] = field(default_factory=dict)

    def may(self, permission: Permission) -> bool:
        return permission in self.caller.permissions

    @property
    def scope(self) -> str:
        """Returns over whom the person's lists run, in words."""
        return words.SCOPE[LIST_SIGHT[self.caller.role] if self.caller.role else "everyone"]

    @property
    def framework_id(self) -> str:
        """Returns the framework that was asked for, else the person's own."""
        return self.query.get("framework") or self.caller.framework_id or DEFAULT_FRAMEWORK


@dataclass(frozen=True)
class Page:
    """A page to render. place: what is current in the navigation."""

    template: str
    variables: Mapping[str, Any]
    place: str
    notice: Notice | None = None
    status: int = 200


@dataclass(frozen=True)
class Redirect:
    """Go and GET another page of ours."""

    location: str


@dataclass(frozen=True)
class Foreign:
    """HTML that is shown as it is, apart from our pages: it may have styles of its own and nothing else."""

    html: str


@dataclass(frozen=True)
class Attachment:
    """Bytes that somebody sent, to be saved under a name; a picture our own page may show."""

    content: bytes
    media_type: str
    name: str


PageOrRedirect = Page | Redirect
Reply = PageOrRedirect | Foreign | Attachment
