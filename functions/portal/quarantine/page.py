"""Shows input that could not be taken in, with its raw words; takes it in again or gives it up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from functions.portal.shell import words
from functions.portal.shell.frame import Notice
from functions.portal.shell.paging import following
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.operations import operations
from shared.kernel.errors import NotFound, Rejected
from shared.platform.edges.query import place_of

if TYPE_CHECKING:
    from shared.operations.usecases.quarantined_input import WholeInput

MOST_CHARACTERS = 8000


def list_quarantine(on: Environment, visit: Visit) -> PageOrRedirect:
    page = operations(on).quarantined.list(visit.caller, after=place_of(visit))
    variables = {"items": page.items, "more": following("/quarantine", page.next)}
    return Page("quarantine/quarantine.html", variables, "quarantine")


def show_quarantined(
    on: Environment, visit: Visit, item_id: str, notice: Notice | None = None, *, confirm: bool = False
) -> PageOrRedirect:
    """Shows one input; that it was seen is recorded."""
    return present(operations(on).quarantined.show(visit.caller, item_id), notice, confirm=confirm)


def replay_quarantined(on: Environment, visit: Visit, item_id: str) -> PageOrRedirect:
    """Takes the input in again, or asks for its call; a refusal shows its reason beside the input, which stays."""
    try:
        item, _ = operations(on).quarantined.replay(visit.caller, item_id)
    except NotFound:
        raise
    except Rejected as problem:
        return show_quarantined(on, visit, item_id, Notice("It is still rejected.", problem.detail, "danger"))
    done = "/quarantine?done=replayed" if item.record_id is None else f"/calls/{quote(item.record_id)}?done=queued"
    return Redirect(done)


def discard_quarantined(on: Environment, visit: Visit, item_id: str) -> PageOrRedirect:
    """Gives the input up, once that is confirmed."""
    if visit.form.get("confirmed") != "yes":
        return show_quarantined(on, visit, item_id, confirm=True)
    operations(on).quarantined.discard(visit.caller, item_id)
    return Redirect("/quarantine?done=discarded")


def present(whole: WholeInput, notice: Notice | None = None, *, confirm: bool = False) -> Page:
    item = whole.item
    facts = (
        ("Size", f"{len(whole.raw):,} bytes"),
        ("How often", words.count(item.times_received, "time")),
        ("Field", item.field or "—"),
        ("Sent by", item.sent_by),
        ("Kept until", words.day(item.expires_at)),
    )
    raw = None if item.state == "discarded" else readable(whole.raw)
    variables = {"item": item, "raw": raw, "facts": facts, "confirm": confirm, "replayable": whole.replayable}
    status = 422 if notice is not None and notice.tone == "danger" else 200
    return Page("quarantine/quarantined.html", variables, "quarantine", notice, status)


def readable(raw: bytes) -> str:
    """Returns raw input for a person's eye: JSON indented, other text as it is, anything else by what it looks like."""
    try:
        return words.cut(json.dumps(json.loads(raw), indent=2, ensure_ascii=False), MOST_CHARACTERS)
    except (ValueError, RecursionError):
        pass
    try:
        return words.cut(raw.decode(), MOST_CHARACTERS)
    except UnicodeDecodeError:
        return f"Not readable as text: {len(raw):,} bytes, beginning with {raw[:64]!r}"
