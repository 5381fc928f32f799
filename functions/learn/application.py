"""Answers every request of the learners' app.

The shell and its files are the same for everybody and hold nothing of anyone. Who asks is told by the portal's session;
what is sent must come from our own pages and name the learner whom the phone takes the session for, so that nothing
that one learner has left on a phone is ever taken for another's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from werkzeug import Request, Response
from werkzeug.http import parse_cookie

from functions.learn.assets import Asset, assets
from infra.wiring.edges.browser import check_origin, protect_app
from infra.wiring.edges.session import Session, SessionCookies
from infra.wiring.edges.traffic import traffic
from infra.wiring.environment import Environment
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.sign_in import SignIn
from shared.kernel.access import Caller
from shared.kernel.errors import (
    Forbidden,
    MethodNotAllowed,
    NotFound,
    Rejected,
    Retryable,
    TooLarge,
    Unauthenticated,
    UnsupportedMedia,
)
from shared.kernel.json_values import JsonObject
from shared.kernel.log_events import LogEvent
from shared.kernel.reading import parse_json
from shared.platform.edges.http import HttpEdge, problem, unavailable
from shared.platform.edges.routes import Served

BASE: Final = "/learn"
API: Final = f"{BASE}/api"
LEARNER: Final = "Augment-Learner"
"""The header that says whose the sender takes the session for. No form of another site can send it."""
A_YEAR: Final = 31_536_000
MOST_SAID: Final = 2_000
"""Bytes of what is said of an invitation."""
STANDING: Final = {
    f"{BASE}/": "index.html",
    f"{BASE}/worker.js": "worker.js",
    f"{BASE}/manifest.webmanifest": "manifest.webmanifest",
}


class LearnApp:
    """Answers every request below /learn. served: the API's routes that a learner's session may ask"""

    def __init__(self, on: Environment, ways: SignIn, served: Sequence[Served]) -> None:
        self._on = on
        self._ways = ways
        self._sessions = SessionCookies(lambda: platform(on).sessions, ways.session_key, secure=ways.secure)
        self._edge = HttpEdge(served, self._caller, on.log, traffic(on))

    def respond(self, request: Request) -> Response:
        """Answers a request; what is refused is told as problem details."""
        try:
            response = self._api(request) if request.path.startswith(f"{API}/") else self._own(request)
        except Rejected as error:
            response = _raw(problem(error, request.path))
            self._on.log.event(
                LogEvent.REQUEST_REJECTED, operation="learn", status=error.status, problem=type(error).__name__
            )
        except Retryable as error:
            response = _raw(unavailable(error, request.path))
            self._on.log.event(LogEvent.REQUEST_UNAVAILABLE, "WARNING", operation="learn", cause=type(error).__name__)
        return protect_app(response, secure=self._ways.secure)

    # The app's own files and its session

    def _own(self, request: Request) -> Response:
        path = request.path
        if path in {f"{BASE}/sign-out", f"{BASE}/invitation"}:
            return self._sent(request)
        if request.method not in {"GET", "HEAD"}:
            raise MethodNotAllowed("this address is only read", allowed=["GET"])
        if path == BASE:
            return Response(status=308, headers={"Location": f"{BASE}/"})
        if path == f"{BASE}/session":
            return _json(self._said(request))
        if path.startswith(f"{BASE}/assets/"):
            return self._asset(request)
        if path.startswith(f"{BASE}/clips/"):
            return self._clip(request)
        name = "index.html" if path.startswith(f"{BASE}/join/") else STANDING.get(path)
        if name is None:
            raise NotFound("there is no such address; the app begins at /learn/")
        return _file(request, assets().files[name], "no-cache")

    def _asset(self, request: Request) -> Response:
        build, _, name = request.path.removeprefix(f"{BASE}/assets/").partition("/")
        found = assets().files.get(name)
        if build != assets().build or found is None:
            raise NotFound("there is no such file any more; the app has a new version, open it again")
        return _file(request, found, f"public, max-age={A_YEAR}, immutable")

    def _said(self, request: Request) -> JsonObject:
        """Returns what the app may know of the session: whether there is one, and whose."""
        try:
            caller = self._person(request.headers.get("Cookie"))
        except Unauthenticated:
            return {"signed_in": False}
        return {
            "signed_in": True,
            "learner": self._learner(caller),
            "employee_id": caller.employee_id,
            "name": caller.name or caller.email,
        }

    def _clip(self, request: Request) -> Response:
        """Answers with a film or its captions, or with a part: Safari plays nothing without parts."""
        from infra.wiring.learning import learning

        caller = self._person(request.headers.get("Cookie"))
        clip = learning(self._on).clips.show(caller, request.path.removeprefix(f"{BASE}/clips/"))
        response = Response(clip.content, content_type=clip.content_type)
        response.headers["Cache-Control"] = f"private, max-age={A_YEAR}, immutable"
        return response.make_conditional(request, accept_ranges=True, complete_length=len(clip.content))

    # Coming in and going out

    def _sent(self, request: Request) -> Response:
        if request.method != "POST":
            raise MethodNotAllowed("this is sent, not opened", allowed=["POST"])
        check_origin(request, self._ways.public_url)
        return self._sign_out(request) if request.path == f"{BASE}/sign-out" else self._invited(request)

    def _sign_out(self, request: Request) -> Response:
        session = self._session(request.headers.get("Cookie"))
        if session is not None:
            self._sessions.end(session)
        response = _json({"signed_in": False})
        self._sessions.drop_cookie(response, "session")
        return response

    def _invited(self, request: Request) -> Response:
        """Says whether an invitation's link still lets somebody in; to who wants to come in by it, opens a session.

        Sent, never opened as an address: what reads mail for safety follows links.
        """
        from infra.wiring.enrolment import enrolment
        from shared.platform.usecases.sessions import LASTS

        said = _said_of_invitation(request)
        invitations = enrolment(self._on).invitations
        if not said.get("enter"):
            return _json({"standing": invitations.look(str(said["token"]))})
        who = invitations.open_invitation(str(said["token"]))
        _, cookie = self._sessions.open(people(self._on).callers.person(who.employee_id).email)
        response = _json({"standing": "used", "name": who.name})
        self._sessions.set_cookie(response, "session", cookie, LASTS)
        return response

    # What it asks

    def _api(self, request: Request) -> Response:
        if request.method not in {"GET", "HEAD"}:
            check_origin(request, self._ways.public_url)
            self._check_learner(request)
        return _raw(self._edge.handle(_Below(request)))

    def _check_learner(self, request: Request) -> None:
        caller = self._person(request.headers.get("Cookie"))
        named = request.headers.get(LEARNER, "")
        if not named or named != self._learner(caller):
            raise Forbidden("somebody else is signed in than this was kept for; it stays on the phone", field=LEARNER)

    def _learner(self, caller: Caller) -> str:
        """Returns what stands for a person on a phone: no name, and nobody can make it up."""
        return self._sessions.token(f"learner {caller.employee_id or caller.email}")[:32]

    def _caller(self, headers: Mapping[str, str]) -> Caller:
        return self._person(headers.get("Cookie"))

    def _person(self, cookies: str | None) -> Caller:
        session = self._session(cookies)
        if session is None:
            raise Unauthenticated("sign in first")
        try:
            return people(self._on).callers.person(session.email)
        except Forbidden:
            self._sessions.end(session)
            raise Unauthenticated("this account is not active here any more") from None

    def _session(self, cookies: str | None) -> Session | None:
        return self._sessions.recognise(parse_cookie(cookies).get(self._sessions.name("session")))


class _Below:
    """A request as the API's routes know it: without the app's part of the path."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.path = request.path.removeprefix(BASE)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._request, name)


def _said_of_invitation(request: Request) -> JsonObject:
    """Reads which invitation is meant, and what is wanted of it. Raises Rejected."""
    if request.mimetype != "application/json":
        raise UnsupportedMedia("send application/json", field="Content-Type")
    raw = request.get_data() if (request.content_length or 0) <= MOST_SAID else None
    if raw is None or len(raw) > MOST_SAID:  # what comes in chunks announces no length
        raise TooLarge(f"an invitation's body has at most {MOST_SAID} bytes", field="body")
    said = parse_json(raw)
    if not isinstance(said, dict) or not isinstance(said.get("token"), str) or not said["token"]:
        raise Rejected("token: send what the link ends with", field="token")
    return said


def _raw(answer: tuple[Any, int, dict[str, str]]) -> Response:
    body, status, headers = answer
    return Response(body, status=status, headers=headers)


def _json(value: JsonObject) -> Response:
    return Response(json.dumps(value), content_type="application/json", headers={"Cache-Control": "no-store"})


def _file(request: Request, asset: Asset, kept: str) -> Response:
    """Answers with a file, compressed where the browser takes it, or with nothing where it has the same."""
    packed = asset.packed if request.accept_encodings["gzip"] else None
    response = Response(packed or asset.content, content_type=asset.content_type)
    response.headers["Cache-Control"] = kept
    if asset.packed is not None:
        response.headers["Vary"] = "Accept-Encoding"
    if packed is not None:
        response.headers["Content-Encoding"] = "gzip"
    response.add_etag()
    return response.make_conditional(request)
