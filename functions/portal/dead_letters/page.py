"""Shows what could not be delivered, with its words; delivers it again or gives it up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.operations import operations

if TYPE_CHECKING:
    from shared.operations.contract import DeadLetterDetail

MOST_LETTERS = 100


def list_letters(on: Environment, visit: Visit) -> PageOrRedirect:
    letters = operations(on).dead_letters.list(visit.caller, limit=MOST_LETTERS)
    return Page("dead_letters/dead_letters.html", {"letters": letters}, "dead_letters")


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
