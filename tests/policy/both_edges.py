"""Drives one rule through the API and through the portal: who may, what is shown, what is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl

from werkzeug import Request
from werkzeug.test import Client, TestResponse

from functions.portal.shell.application import Portal
from functions.portal.shell.notices import FORM_EXPIRED
from functions.portal.shell.words import capital
from infra.wiring.sign_in import SignIn
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.records.audit import AuditRecords
from tests.harness.api_client import ADA, CRO, DANA, ENID, JOE, MO, VIC, ApiClient, Reply
from tests.harness.browser import ANYBODY, Person

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

T = TypeVar("T")

PEOPLE: Mapping[str, str] = {
    "employee": JOE,
    "manager": DANA,
    "senior_manager": VIC,
    "enablement": ENID,
    "cro": CRO,
    "mentor": MO,
    "employer": "employer@partner.example",
    "administrator": ADA,
}
"""Joe is Dana's report and Mo's learner; Vic is Dana's manager."""
ADMINISTRATOR = frozenset({"administrator"})
EVERYBODY = frozenset(PEOPLE)


@dataclass(frozen=True)
class Rule:
    """Something that both edges let people see or do.

    name:     of the test
    make:     makes what it is done to, for each attempt anew, and returns the id that stands for {id} in the addresses
    api:      method and path below /api/v1; page: method and address, None where there is none; {me} is who does it
    form:     the fields that the page is sent, or what makes them; body: the JSON that the API is sent; a text is
              CSV, bytes are captions
    may:      the roles that may; the others are refused, with 403
    refused:  with what instead: 404 where an id could be guessed, and must not tell that there is something
    shown:    words that whoever may sees, and nobody else; shown_to: the roles that see them; None: all who may
    never:    words that nobody sees
    recorded: what the audit then says about the id, or about nobody
    about:    whom the audit says it about instead; "*": whomever
    recorded_for: the roles for whom it does; None: all who may
    """

    name: str
    make: Callable[[ApiClient], str]
    api: tuple[str, str]
    page: tuple[str, str] | None
    may: frozenset[str]
    form: Mapping[str, str] | Callable[[ApiClient, str], Mapping[str, str]] | None = None
    body: object = None
    shown: tuple[str, ...] = ()
    shown_to: frozenset[str] | None = None
    never: tuple[str, ...] = ()
    recorded: AuditAction | None = None
    recorded_for: frozenset[str] | None = None
    about: str | None = None
    refused: frozenset[int] = frozenset({403})


@dataclass(frozen=True)
class Outcome:
    """recorded: the actions; wrongly_shown: words that somebody is not shown who may, or is who may not"""

    allowed: bool
    recorded: tuple[str, ...] = ()
    wrongly_shown: tuple[str, ...] = ()


class BothEdges:
    """A platform with its API and its portal."""

    def __init__(self, api: ApiClient) -> None:
        self.api = api
        self._portal = Portal(api.platform.on, SignIn(session_key="a-key-for-tests", demonstration=ANYBODY))
        self._browsers: dict[str, Person] = {}

    def expected(self, rule: Rule, role: str) -> Outcome:
        """Returns what the rule says."""
        if role not in rule.may:
            return Outcome(False)
        audited = rule.recorded is not None and (rule.recorded_for is None or role in rule.recorded_for)
        return Outcome(True, (str(rule.recorded),) if audited else ())

    def over_the_api(self, rule: Rule, role: str) -> Outcome:
        """Returns what comes of an attempt over the API."""
        method, path = rule.api

        def attempt(made: str) -> Reply:
            place, _, query = path.format(id=made, me=PEOPLE[role]).partition("?")
            sent: dict[str, Any] = dict(parse_qsl(query))
            body = _filled(rule.body, made)
            if isinstance(body, bytes):
                sent, body = {**sent, "raw": body, "content_type": "text/vtt"}, None
            elif isinstance(body, str):
                sent, body = {**sent, "raw": body.encode(), "content_type": "text/csv"}, None
            return self.api.call(method, place, body, who=PEOPLE[role], **sent)

        reply, recorded = self._recorded(rule, attempt)
        assert reply.status in {200, 201, 202} | rule.refused, reply
        return self._outcome(rule, role, reply.status not in rule.refused, recorded, repr(reply.json))

    def on_the_page(self, rule: Rule, role: str) -> Outcome:
        """Returns what comes of an attempt on the page."""
        assert rule.page is not None
        method, address = rule.page
        person = self._browser(role)

        def attempt(made: str) -> TestResponse:
            place = address.format(id=made, me=PEOPLE[role])
            form = rule.form(self.api, made) if callable(rule.form) else rule.form or {}
            return person.get(place) if method == "GET" else person.post(place, _filled(dict(form), made))

        response, recorded = self._recorded(rule, attempt)
        assert response.status_code in {200, 303} | rule.refused, response.get_data(as_text=True)[:2000]
        text = response.get_data().decode(errors="replace")  # what is saved need be no text
        frame, _, content = unescape(text).rpartition("<main")
        shown = content or frame  # around it stands who is looking
        assert capital(FORM_EXPIRED) not in shown, "the rule itself was not asked"
        return self._outcome(rule, role, response.status_code not in rule.refused, recorded, shown)

    def _outcome(self, rule: Rule, role: str, allowed: bool, recorded: tuple[str, ...], shown: str) -> Outcome:
        sees = allowed and (rule.shown_to is None or role in rule.shown_to)
        wrongly_shown = tuple(word for word in rule.shown if (word in shown) != sees)
        wrongly_shown += tuple(word for word in rule.never if word in shown)
        return Outcome(allowed, recorded, wrongly_shown)

    def _recorded(self, rule: Rule, attempt: Callable[[str], T]) -> tuple[T, tuple[str, ...]]:
        """Returns what an attempt came to, and the actions that it left a record of, about its object or nobody: as if
        nothing had been read in this hour."""
        made = rule.make(self.api)
        AuditRecords(self.api.platform.documents).collect(self.api.clock.now() + timedelta(days=2))
        self.api.clock.move(milliseconds=1)  # what was recorded from now on is the attempt's
        since = self.api.clock.now()
        outcome = attempt(made)
        found = self.api.platform.audited.page(since=since, limit=5_000).items
        about = (made if rule.about is None else rule.about, None)
        return outcome, tuple(sorted(one.action for one in found if rule.about == "*" or one.subject in about))

    def _serve(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._portal.respond(Request(environ))(environ, start_response)

    def _browser(self, role: str) -> Person:
        if role not in self._browsers:
            self._browsers[role] = person = Person(Client(self._serve))
            person.sign_in(PEOPLE[role])
        return self._browsers[role]


def _filled(value: Any, made: str) -> Any:
    """Returns a body or a form with the id where it says {id}."""
    if isinstance(value, dict):
        return {name: _filled(one, made) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, made) for one in value]
    return value.replace("{id}", made) if isinstance(value, str) else value
