"""Health, quarantine, dead letters and audit: from use cases to view models."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from functions.portal.pages import health, integrations, repairs
from functions.portal.services import Services
from functions.portal.shell.frame import Notice
from functions.portal.shell.paging import cursor, following
from functions.portal.shell.visit import Page, Redirect, Reply, Visit
from infra.declarations.integration_settings import WEBHOOK_PATH
from shared.kernel.errors import NotFound, Rejected
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.quarantine import CALL
from shared.ports.messages import DeadLetter

STATES = {"ok": "healthy", "failing": "failing", "stale": "stale"}
MOST_LETTERS = 100


def show_health(services: Services, visit: Visit) -> Reply:
    """The last check with its age, and live counts of what waits for a person."""
    latest = services.health.latest()
    quarantined, more = services.quarantine.list(limit=200)
    unmapped = services.unmapped.page(limit=200)
    backlog = services.backlog() if services.backlog else {}
    view = health.Health(
        now=visit.now,
        checked_at=_moment(latest["checked_at"]),
        integrations=tuple(
            health.Integration(
                item["name"],
                STATES.get(item["state"], "unknown"),
                item["detail"],
                _moment(item["checked_at"]),
                _moment(item["last_seen_at"]),
            )
            for item in latest["integrations"]
        ),
        backlogs=tuple(
            health.Backlog(name, waiting, max(0.0, (visit.now - oldest).total_seconds()))
            for name, (waiting, oldest) in sorted(backlog.items())
            if waiting
        ),
        dead_letters=len(services.dead_letters.list(limit=MOST_LETTERS)),
        quarantined=sum(item["state"] == "open" for item in quarantined),
        held=len(unmapped.items),
        counts_backlog=services.backlog is not None,
        capped=more is not None or unmapped.next is not None,
    )
    return Page("health.html", health.present(view), "health")


def show_integrations(services: Services, visit: Visit) -> Reply:
    """Every integration's settings and what is in force; of a secret, whether the health check found it set."""
    latest = services.health.latest()
    states = {item["name"]: item for item in latest["integrations"]}
    secrets = services.health.secrets()
    here = services.connections()
    items = []
    for declared in here.declared:
        checked = states.get(declared.health or "")
        items.append(
            integrations.Integration(
                name=declared.name,
                about=declared.about,
                settings=tuple(
                    integrations.Setting(
                        name=setting.name,
                        about=setting.about,
                        is_set=secrets.get(setting.name) if setting.secret else setting.name in here.in_force,
                        value=None if setting.secret else here.in_force.get(setting.name),
                        default=setting.default,
                        without=setting.without,
                        secret=setting.secret,
                    )
                    for setting in declared.settings
                ),
                steps=declared.steps,
                scopes=tuple((scope.name, scope.about) for scope in declared.scopes),
                address=f"{here.api}{declared.path}" if declared.path else None,
                registered=here.webhook_url if declared.path == WEBHOOK_PATH else None,
                state=STATES.get(checked["state"], "unknown") if checked else None,
                detail=checked["detail"] if checked else "",
            )
        )
    view = integrations.Integrations(tuple(items), _moment(latest["checked_at"]), visit.now)
    return Page("integrations.html", integrations.present(view), "health")


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


# Quarantine


def list_quarantine(services: Services, visit: Visit) -> Reply:
    items, more = services.quarantine.list(limit=50, after=cursor(visit.query.get("after")))
    view = repairs.QuarantineList(
        tuple(_quarantined(item) for item in items),
        following("/quarantine", more),
    )
    return Page("quarantine.html", repairs.present_quarantine(view), "quarantine")


def show_quarantined(
    services: Services, visit: Visit, item_id: str, notice: Notice | None = None, *, confirm: bool = False
) -> Reply:
    item, raw = services.quarantine.get(item_id)
    gone = item["state"] == "discarded"
    view = repairs.QuarantineItem(
        _quarantined(item),
        None if gone else repairs.readable(raw),
        (
            ("Size", f"{len(raw):,} bytes"),
            ("Received", f"{item['times_received']} times"),
            ("Field", item["field"] or "—"),
            ("Sent by", item["sent_by"]),
            ("Kept until", f"{item['expires_at']:%Y-%m-%d}"),
        ),
        confirm,
        item["source"] in services.take_in and (item["source"] != CALL or item.get("record_id") is not None),
    )
    status = 200 if notice is None or notice.tone != "danger" else 422
    return Page("quarantined.html", repairs.present_quarantined(view), "quarantine", notice, status)


def replay_quarantined(services: Services, visit: Visit, item_id: str) -> Reply:
    """Takes the input in again, or asks for its call; a refusal shows its reason beside the input, which stays."""
    try:
        services.quarantine.replay(item_id, visit.caller, services.take_in)
    except NotFound:
        raise
    except Rejected as problem:
        return show_quarantined(services, visit, item_id, Notice("It is still rejected.", problem.detail, "danger"))
    record_id = services.quarantine.get(item_id)[0].get("record_id")
    return Redirect("/quarantine?done=replayed" if record_id is None else f"/calls/{quote(record_id)}?done=queued")


def discard_quarantined(services: Services, visit: Visit, item_id: str) -> Reply:
    if visit.form.get("confirmed") != "yes":
        return show_quarantined(services, visit, item_id, confirm=True)
    services.quarantine.discard(item_id, visit.caller)
    return Redirect("/quarantine?done=discarded")


def _quarantined(item: Mapping[str, Any]) -> repairs.Quarantined:
    return repairs.Quarantined(
        item["quarantine_id"],
        item["source"],
        item["reason"],
        item["received_at"],
        item["times_received"],
        item["state"],
        item.get("record_id"),
    )


# Dead letters


def list_letters(services: Services, visit: Visit) -> Reply:
    letters = services.dead_letters.list(limit=MOST_LETTERS)
    view = repairs.DeadLetterList(tuple(_letter(letter) for letter in letters))
    return Page("dead_letters.html", repairs.present_letters(view), "dead_letters")


def show_letter(services: Services, visit: Visit, letter_id: str, *, confirm: bool = False) -> Reply:
    letter = services.dead_letters.get(letter_id)
    if letter is None:
        raise _no_letter()
    services.audit.record(visit.caller, AuditAction.DEAD_LETTER_VIEWED, subject=letter_id)
    view = repairs.DeadLetterItem(_letter(letter), confirm)
    return Page("dead_letter.html", repairs.present_letter(view), "dead_letters")


def replay_letter(services: Services, visit: Visit, letter_id: str) -> Reply:
    services.audit.record(visit.caller, AuditAction.DEAD_LETTER_REPLAYED, subject=letter_id)
    if not services.dead_letters.replay(letter_id):
        raise _no_letter()
    return Redirect("/dead-letters?done=redelivered")


def discard_letter(services: Services, visit: Visit, letter_id: str) -> Reply:
    if visit.form.get("confirmed") != "yes":
        return show_letter(services, visit, letter_id, confirm=True)
    services.audit.record(visit.caller, AuditAction.DEAD_LETTER_DISCARDED, subject=letter_id)
    if not services.dead_letters.discard(letter_id):
        raise _no_letter()
    return Redirect("/dead-letters?done=discarded")


def _no_letter() -> NotFound:
    return NotFound("there is no such dead letter; it may have been delivered or discarded meanwhile")


def _letter(letter: DeadLetter) -> repairs.Letter:
    return repairs.Letter(
        letter.letter_id,
        letter.subscription,
        letter.reason,
        letter.attempts,
        letter.published_at,
        letter.failed_at,
        letter.data,
        letter.attributes,
    )
