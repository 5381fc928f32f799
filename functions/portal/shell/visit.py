"""Holds one request of one person, and what a handler may answer with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from functions.portal.shell import words
from functions.portal.shell.frame import Notice, Place
from infra.wiring.edges.session import Session
from shared.kernel.access import LIST_SIGHT, Caller, Permission, own_calls_first
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

_EVERYONE: tuple[tuple[Permission, Place], ...] = (
    ("team.read", Place("team", "My team", "/team", "people", "Understand")),
    ("readiness.read", Place("readiness", "Readiness", "/", "readiness", "Understand")),
    ("pipeline.read", Place("pipeline", "Pipeline risk", "/pipeline", "pipeline", "Understand")),
    ("readiness.read", Place("reports", "Reports", "/reports", "analysts", "Understand")),
    ("people.list", Place("people", "People", "/people", "people", "Understand")),
    ("readiness.read", Place("activity", "Activity", "/activity", "activity", "Understand")),
    ("profile.read", Place("me", "My profile", "/me", "person", "Understand")),
    ("assignments.complete", Place("preparation", "Preparation", "/preparation", "preparation", "Understand")),
    ("histories.read", Place("calls", "Calls", "/calls", "calls", "Understand")),
    ("observations.write", Place("observe", "Observe", "/observe", "reviews", "Understand")),
    ("behaviours.verify", Place("verify", "Verify behaviours", "/verify", "reviews", "Understand")),
    ("samples.read", Place("samples", "Samples", "/samples", "samples", "Understand")),
    ("reviews.read", Place("reviews", "Reviews", "/reviews", "reviews", "Understand")),
    ("certificates.read", Place("analysts", "Analysts", "/analysts", "analysts", "Understand")),
    ("notifications.read", Place("notifications", "Notifications", "/notifications", "notifications", "Privacy")),
    ("grants.read", Place("access", "Transcript access", "/access", "access", "Privacy")),
    ("skills.read", Place("skills", "Skills and rules", "/skills", "skills", "Configure")),
    ("learners.read", Place("learners", "Learners", "/learners", "people", "Understand")),
    ("standards.read", Place("standards", "Standards", "/standards", "audit", "Configure")),
    (
        "assignment_rules.manage",
        Place("assignment_rules", "Assignments by rule", "/assignment-rules", "preparation", "Configure"),
    ),
    ("operations.read", Place("held", "Held scores", "/held-scores", "held", "Configure")),
    ("operations.read", Place("health", "Health", "/health", "health", "Operate")),
    ("operations.read", Place("calibration", "Calibration", "/calibration", "calibration", "Operate")),
    ("hold_out.manage", Place("hold_out", "Hold-out", "/hold-out", "calibration", "Operate")),
    ("operations.read", Place("quarantine", "Quarantine", "/quarantine", "quarantine", "Operate")),
    ("operations.read", Place("dead_letters", "Dead letters", "/dead-letters", "dead-letters", "Operate")),
    (
        "operations.read",
        Place("notification_deliveries", "What was sent", "/notification-deliveries", "dead-letters", "Operate"),
    ),
    ("webhooks.manage", Place("webhooks", "Webhooks", "/webhooks", "webhooks", "Operate")),
    ("erasure.run", Place("erasures", "Erasures", "/erasures", "erasures", "Operate")),
    ("audit.read", Place("audit", "Audit", "/audit", "audit", "Operate")),
)


def home(caller: Caller, address: str = "/") -> str:
    """Returns where somebody starts who asked for nothing else: a manager at the own team, others as `/` leads them."""
    return "/team" if address == "/" and caller.role == "manager" else address


def places(caller: Caller, *, reports_here: bool = True) -> tuple[Place, ...]:
    """Returns where a person may go, in the navigation's order; the own profile for those whose pages begin with it.

    reports_here: the portal itself shows them
    """
    left_out = {name for name, there in (("me", own_calls_first(caller)), ("reports", reports_here)) if not there}
    return tuple(
        place for permission, place in _EVERYONE if permission in caller.permissions and place.name not in left_out
    )
