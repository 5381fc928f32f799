"""Signs people in and out.

In the cloud: Google's OAuth 2.0 code flow with state, nonce and PKCE, or Identity-Aware Proxy in front. Embedded: the
link that a start prints for the administrator, or a demonstration, labelled as such, in which one chooses an invented
person.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections import Counter
from urllib.parse import urlencode

from werkzeug import Request, Response

from functions.portal.shell import doors
from infra.wiring.edges.browser import local_address
from infra.wiring.edges.session import DOOR_LASTS, Session, SessionCookies
from infra.wiring.environment import Environment
from infra.wiring.people import people
from infra.wiring.sign_in import OAuthClient, SignIn
from shared.kernel.access import ROLES, Caller, Role
from shared.kernel.errors import Forbidden, Unauthenticated
from shared.people.domain.name_search import LONGEST_SEARCH, NameSearch

AUTHORISATION_ENDPOINT = "https://accounts.google.com/o/oauth2/v2/auth"
CALLBACK = "/sign-in/google/answer"
MOST_PERSONAS = 8
"""Of each role, on the demonstration's sign-in page."""

LONGEST_KEY = 100

_READER = Caller(email="portal", scopes=frozenset({"administration"}))
_ORDER: tuple[Role, ...] = ("cro", "manager", "senior_manager", "enablement", "administrator", "employee", "mentor")


class Entrance:
    """The way in: shows the doors, and opens sessions for those whose identity is verified."""

    def __init__(self, on: Environment, ways: SignIn, sessions: SessionCookies) -> None:
        self._on = on
        self._ways = ways
        self._sessions = sessions

    # The page

    def page(self, request: Request, problem: str | None = None) -> tuple[doors.SignIn, str]:
        """Returns the sign-in page's view model, and the door cookie that its forms belong to."""
        nonce = secrets.token_urlsafe(16)
        search = request.args.get("person", "").strip()[:LONGEST_SEARCH]
        personas, more = self._personas(NameSearch(search)) if self._ways.demonstration else ((), False)
        view = doors.SignIn(
            google=self._ways.google is not None,
            personas=personas,
            search=search,
            more=more or bool(search),
            by_link=self._ways.by_link is not None,
            key=request.args.get("key", "")[:LONGEST_KEY],
            token=self._sessions.token(nonce),
            next=local_address(request.args.get("next") or request.form.get("next")),
            problem=problem,
            filling=self._on.filling,
        )
        return view, self._sessions.door(form=nonce)

    def _personas(self, search: NameSearch) -> tuple[tuple[doors.Persona, ...], bool]:
        """Returns some of each role whom a search finds, and whether there are more."""
        records = sorted(people(self._on).in_sight.all(_READER), key=lambda one: one.employee_id)
        names = {record.employee_id: record.name for record in records}
        reports = Counter(record.manager_id for record in records)
        chosen = [one for one in records if one.employee_id in self._ways.demonstration]
        chosen = [one for one in chosen if search.finds(one.name, one.employee_id)]
        found = []
        for role in (*_ORDER, *(role for role in ROLES if role not in _ORDER)):
            for record in [one for one in chosen if one.role == role][:MOST_PERSONAS]:
                number, manager = reports[record.employee_id], record.manager_id
                about = f"{number} direct reports" if number else ""
                if not about and manager:
                    about = f"Reports to {names.get(manager, manager)}"
                found.append(doors.Persona(record.employee_id, record.name, role, about))
        return tuple(found), len(found) < len(chosen)

    def check_form(self, request: Request) -> None:
        """Raises Forbidden unless the form is one that this browser was shown within ten minutes."""
        state = self._sessions.at_door(request.cookies.get(self._sessions.name("door")))
        if "form" not in state or not self._sessions.matches(request.form.get("token", ""), state["form"]):
            raise Forbidden("the sign-in page has been open for too long; open it again", field="token")

    # The ways

    def demonstrate(self, request: Request) -> tuple[Session, str]:
        """Opens a session for a chosen person of the demonstration, and for nobody else."""
        chosen = request.form.get("employee", "").strip().lower()
        if chosen not in self._ways.demonstration:
            raise Forbidden("this is nobody of a demonstration; sign in with your organisation's account")
        return self._sessions.open(people(self._on).callers.person(chosen).email)

    def by_link(self, request: Request) -> tuple[Session, str]:
        """Opens a session for whom a link lets in, once."""
        redeem = self._ways.by_link
        email = redeem(request.form.get("key", "")[:LONGEST_KEY]) if redeem is not None else None
        if email is None:
            raise Unauthenticated("this link has been used, or is too old; starting the platform prints a new one")
        return self._sessions.open(people(self._on).callers.person(email).email)

    def to_google(self, request: Request) -> tuple[str, str]:
        """Returns Google's address to go to, and the door cookie with state, nonce and verifier."""
        google = self._google()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        address = f"{AUTHORISATION_ENDPOINT}?" + urlencode(
            {
                "client_id": google.client_id,
                "response_type": "code",
                "scope": "openid email",
                "redirect_uri": self._callback(request),
                "state": state,
                "nonce": nonce,
                "code_challenge": challenge,
                "code_challenge_method": "S256",
                "prompt": "select_account",
            }
        )
        next_address = local_address(request.form.get("next"))
        return address, self._sessions.door(state=state, nonce=nonce, verifier=verifier, next=next_address)

    def from_google(self, request: Request) -> tuple[Session, str, str]:
        """Returns a session, its cookie and where to go, from Google's answer.

        Raises Unauthenticated, Forbidden, Retryable.
        """
        google = self._google()
        known = self._sessions.at_door(request.cookies.get(self._sessions.name("door")))
        state = request.args.get("state", "")
        if not known.get("state") or not hmac.compare_digest(state.encode(), known["state"].encode()):
            raise Unauthenticated("the sign-in was not started here, or took over ten minutes; start it again")
        if request.args.get("error") or not request.args.get("code"):
            raise Unauthenticated("Google did not sign you in; start it again")
        token = google.exchange.id_token(request.args["code"], known["verifier"], self._callback(request))
        identity = google.tokens.verify(token, audiences=(google.client_id,))
        if identity.kind != "person" or not hmac.compare_digest(_nonce(token).encode(), known["nonce"].encode()):
            raise Unauthenticated("the sign-in does not belong to this browser; start it again")
        session, cookie = self._sessions.open(people(self._on).callers.person(identity.email).email)
        return session, cookie, local_address(known.get("next"))

    def through_proxy(self, request: Request) -> tuple[Session, str] | None:
        """Opens a session from Identity-Aware Proxy's assertion; None when it is not configured or absent."""
        assertion = request.headers.get("x-goog-iap-jwt-assertion")
        if self._ways.iap is None or not assertion:
            return None
        identity = self._ways.iap.verify(assertion)
        return self._sessions.open(people(self._on).callers.person(identity.email).email)

    def admit(self, response: Response, cookie: str) -> Response:
        from shared.platform.usecases.sessions import LASTS

        self._sessions.set_cookie(response, "session", cookie, LASTS)
        self._sessions.drop_cookie(response, "door")
        return response

    def keep_at_door(self, response: Response, cookie: str) -> Response:
        self._sessions.set_cookie(response, "door", cookie, DOOR_LASTS)
        return response

    def _google(self) -> OAuthClient:
        if self._ways.google is None:
            raise Forbidden("sign-in with Google is not configured here")
        return self._ways.google

    def _callback(self, request: Request) -> str:
        return (self._ways.public_url or request.host_url).rstrip("/") + CALLBACK


def _nonce(token: str) -> str:
    """Reads the nonce of an ID token whose signature has been verified."""
    body = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return str(claims.get("nonce", ""))
