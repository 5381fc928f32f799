"""Shows what could not be delivered, with its words; delivers it again or gives it up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from functions.portal.shell import words
from functions.portal.shell.frame import Notice
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.operations import operations

if TYPE_CHECKING:
    from shared.operations.contract import DeadLetterDetail

MOST_LETTERS = 100


def list_letters(on: Environment, visit: Visit) -> PageOrRedirect:
    return _listed(on, visit)


def replay_letters(on: Environment, visit: Visit) -> PageOrRedirect:
    """Has all letters delivered again that one subscription or queue gave up."""
    told = operations(on).dead_letters.replay_all(visit.caller, visit.form.get("subscription") or None)
    if not (told.stay or told.more):
        return Redirect("/dead-letters?done=redelivered_all")
    said = [f"{words.count(told.replayed, 'letter')} delivered again."]
    said += [f"{told.stay} feed the warehouse: seek their subscription once the table is mended."] * bool(told.stay)
    said += ["There are more: ask again."] * told.more
    return _listed(on, visit, Notice("On its way.", " ".join(said), "attention"))


def _listed(on: Environment, visit: Visit, notice: Notice | None = None) -> Page:
    letters = operations(on).dead_letters.list(visit.caller, limit=MOST_LETTERS)
    to = sorted({letter.subscription for letter in letters})
    return Page(
        "dead_letters/dead_letters.html",
        {"letters": letters, "to": to, "full": len(letters) == MOST_LETTERS},
        "dead_letters",
        notice=notice,
    )


def show_letter(on: Environment, visit: Visit, letter_id: str, *, confirm: bool = False) -> PageOrRedirect:
    """Shows one letter; that it was seen is recorded."""
    return present(operations(on).dead_letters.show(visit.caller, letter_id), confirm=confirm)


def replay_letter(on: Environment, visit: Visit, letter_id: str) -> PageOrRedirect:
    operations(on).dead_letters.replay(visit.caller, letter_id)
    return Redirect("/dead-letters?done=redelivered")


def discard_letter(on: Environment, visit: Visit, letter_id: str) -> PageOrRedirect:
    """Gives the letter up, once that is confirmed."""
    if visit.form.get("confirmed") != "yes":
        return show_letter(on, visit, letter_id, confirm=True)
    operations(on).dead_letters.discard(visit.caller, letter_id)
    return Redirect("/dead-letters?done=discarded")


def present(letter: DeadLetterDetail, *, confirm: bool = False) -> Page:
    data = json.dumps(letter.data, indent=2, ensure_ascii=False, default=str)
    return Page("dead_letters/dead_letter.html", {"letter": letter, "data": data, "confirm": confirm}, "dead_letters")
