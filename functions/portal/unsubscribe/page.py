"""Answers the links that end mails. Looking changes nothing; the mail program's one click, or the page's, ends it.

There is no session here and no token of a form: a mail program has neither (RFC 8058). The link is signed, and all that
can be done with it is to be sent less.
"""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug import Request

from infra.wiring.environment import Environment
from infra.wiring.notifications import notifications
from shared.kernel.errors import Malformed

ONE_CLICK = ("List-Unsubscribe", "One-Click")


@dataclass(frozen=True)
class Unsubscribe:
    """token: in the page's address; filling: what every page without a session has"""

    token: str
    about: str
    is_over: bool
    may_end: bool
    ended_now: bool = False
    filling: str = ""


def answer(on: Environment, request: Request, token: str) -> Unsubscribe:
    """Returns what the page says. Raises NotFound, and Malformed for a form that is not the one click."""
    ending = notifications(on).ending
    name, value = ONE_CLICK
    acting = request.method == "POST"
    if acting and request.form.get(name) != value:
        raise Malformed(f"a mail is ended by posting {name}={value}")
    found = ending.end(token) if acting else ending.look(token)
    return Unsubscribe(token, found.about, found.is_over, found.may_end, acting)
