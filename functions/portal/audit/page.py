"""Shows who saw whom, and who changed what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from functions.portal.shell.forms import period
from functions.portal.shell.paging import following
from functions.portal.shell.visit import Page, PageOrRedirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.platform import platform
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.edges.query import one_of, place_of

if TYPE_CHECKING:
    from shared.platform.contract import AuditItem


@dataclass(frozen=True)
class Audit:
    """filters: actor, subject, action, from, to as entered; errors: filter → what is wrong; more: the next page."""

    records: tuple[AuditItem, ...]
    filters: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    more: str | None = None


def search_audit(on: Environment, visit: Visit) -> PageOrRedirect:
    filters = {name: visit.query.get(name, "").strip()[:200] for name in ("actor", "subject", "action", "from", "to")}
    errors: dict[str, str] = {}
    since, until = period(filters, errors, required=False)
    if errors:
        return present(Audit((), filters, errors))
    found = platform(on).search_audit.search(
        visit.caller,
        actor=filters["actor"] or None,
        subject=filters["subject"] or None,
        action=one_of(visit, "action", tuple(AuditAction)),
        since=since,
        until=until,
        after=place_of(visit),
    )
    chosen = {name: value for name, value in filters.items() if value}
    return present(Audit(found.items, filters, {}, following("/audit", found.next, chosen)))


def present(view: Audit) -> Page:
    variables = {"view": view, "actions": tuple(AuditAction), "filtered": any(view.filters.values())}
    return Page("audit/audit.html", variables, "audit", status=422 if view.errors else 200)
