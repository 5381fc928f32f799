"""Answers every request of the portal, by what holds for all of its pages.

A person has a session, or is led to the sign-in. Every page states the permission it needs; a form must come from our
own pages and carry the session's token; a page that was shown is counted; an error becomes a page that says what to do.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.exceptions import MethodNotAllowed as WrongMethod
from werkzeug.routing import Map, Rule

from functions.portal.shell import doors, words
from functions.portal.shell.assets import WORKER
from functions.portal.shell.frame import Frame
from functions.portal.shell.navigation import home, places
from functions.portal.shell.notices import DONE, FORM_EXPIRED, TITLES
from functions.portal.shell.pages import Route
from functions.portal.shell.rendering import render, static_files
from functions.portal.shell.routes import ROUTES
from functions.portal.shell.sign_in import CALLBACK, Entrance
from functions.portal.shell.visit import Attachment, Foreign, Page, Redirect, Reply, SentFile, Visit
from infra.wiring.edges.browser import (
    GOOGLE,
    MOST_FORM_BYTES,
    ForeignResponse,
    check_origin,
    local_address,
    protect,
)
from infra.wiring.edges.session import Session, SessionCookies
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
)
from shared.kernel.log_events import LogEvent
from shared.kernel.unicode_form import folded
from shared.notifications.domain.one_click import PATH

THEMES = ("system", "light", "dark")
A_YEAR = 31_536_000
MOST_FILE_BYTES = 25_000_000
"""Of a form with a file."""
OPEN = ("static", "worker", "filling", "unsubscribe", "sign_in")
OWN = (*OPEN, "to_google", "from_google", "demonstrate", "by_link", "sign_out", "theme")


class Portal:
    """Answers every request of the web pages."""

    def __init__(self, on: Environment, ways: SignIn) -> None:
        self._on = on
        self._ways = ways
        self._sessions = SessionCookies(lambda: platform(on).sessions, ways.session_key, secure=ways.secure)
        self._entrance = Entrance(on, ways, self._sessions)
        self._routes = {route.name: route for route in ROUTES}
        rules = [
            Rule(route.path, endpoint=route.name, methods=["GET", "POST"] if route.act else ["GET"]) for route in ROUTES
        ]
        rules += [
            Rule("/sign-in", endpoint="sign_in", methods=["GET"]),
            Rule("/sign-in/google", endpoint="to_google", methods=["POST"]),
            Rule(CALLBACK, endpoint="from_google", methods=["GET"]),
            Rule("/sign-in/demonstration", endpoint="demonstrate", methods=["POST"]),
            Rule("/sign-in/link", endpoint="by_link", methods=["POST"]),
            Rule("/sign-out", endpoint="sign_out", methods=["POST"]),
            Rule(f"{PATH}<token>", endpoint="unsubscribe", methods=["GET", "POST"]),
            Rule("/theme", endpoint="theme", methods=["POST"]),
            Rule("/filling", endpoint="filling", methods=["GET"]),
            Rule(WORKER, endpoint="worker", methods=["GET"]),
            Rule("/assets/<name>", endpoint="static", methods=["GET"]),
        ]
        self._map = Map(rules, merge_slashes=False).bind("localhost")

    def respond(self, request: Request) -> Response:
        """Answers a request; an error is a page as well."""
        leaves_to = ""
        try:
            endpoint, arguments = self._match(request)
            route = self._routes.get(endpoint)
            most = MOST_FORM_BYTES if route is None or not route.takes_file else MOST_FILE_BYTES
            if (request.content_length or 0) > most:
                raise TooLarge(f"a form may have at most {most:,} bytes")
            if request.method == "POST":
                if endpoint != "unsubscribe":  # a mail program is no page of ours
                    check_origin(request, self._ways.public_url)
                _check_fields(request)
            if endpoint in OWN:
                response = self._own(endpoint, request, arguments)
                leaves_to = GOOGLE if endpoint == "sign_in" and self._ways.google else ""
            else:
                response = self._visit(self._routes[endpoint], request, arguments)
        except Unauthenticated as problem:
            response = self._to_the_door(request, problem)
        except Rejected as problem:
            response = self._problem(request, problem.status, problem.detail)
            self._on.log.event(LogEvent.PORTAL_REJECTED, status=problem.status, problem=type(problem).__name__)
        except Retryable as problem:
            detail = "A part of the platform is busy or cannot be reached. Nothing is lost; try again in a minute."
            response = self._problem(request, 503, detail)
            response.headers["Retry-After"] = str(problem.after_seconds)
            self._on.log.event(LogEvent.PORTAL_UNAVAILABLE, "WARNING", cause=type(problem).__name__)
        except Exception as defect:
            reference = self._on.ids.new()[:12]
            detail = "It has been reported. Try again; if it stays, pass on the reference."
            response = self._problem(request, 500, detail, reference)
            self._on.log.event(
                LogEvent.PORTAL_FAILED, "ERROR", reference=reference, cause=type(defect).__name__, at=_where(defect)
            )
        return protect(response, secure=self._ways.secure, leaves_to=leaves_to, asks=bool(self._on.filling))

    def _match(self, request: Request) -> tuple[str, dict[str, str]]:
        try:
            endpoint, arguments = self._map.match(request.path, method=request.method)
        except WrongMethod:
            raise MethodNotAllowed("this address is not meant to be used like that") from None
        except HTTPException:
            raise NotFound("The address may be mistyped, or the page may have moved.") from None
        return endpoint, dict(arguments)

    # Pages

    def _visit(self, route: Route, request: Request, arguments: dict[str, str]) -> Response:
        session, caller, cookie = self._who(request)
        if session is None or caller is None:
            raise Unauthenticated("sign in first")
        acting = request.method == "POST"
        if acting:
            self._check_token(request, session)
        permission = route.act_permission if acting else route.permission
        if permission is not None and permission not in caller.permissions:
            raise Forbidden(words.for_others(caller.role, permission))
        visit = Visit(
            caller,
            session,
            self._on.clock.now(),
            request.path,
            request.args.to_dict(),
            request.form.to_dict() if acting else {},
            _files(request) if acting and route.takes_file else {},
        )
        if cookie is not None and request.path != home(self._on, caller, request.path):
            return self._admit(session, cookie, request.path)  # through a proxy: this is the first that they open
        reply = self._reply(route, visit, arguments)
        if isinstance(reply, Redirect):
            response = _go(reply.location)
        elif isinstance(reply, Attachment):
            response = _saved(reply)
        elif isinstance(reply, Foreign):
            response = ForeignResponse(reply.html, content_type="text/html; charset=utf-8")
        else:
            response = self._page(request, reply, caller, session)
            if reply.status == 200 and not acting and request.method == "GET":
                platform(self._on).page_views.viewed(caller, route.name)
        if cookie is not None:
            self._entrance.admit(response, cookie)
        return response

    def _reply(self, route: Route, visit: Visit, arguments: dict[str, str]) -> Reply:
        handler = route.act if visit.form and route.act is not None else route.show
        try:
            return handler.load()(self._on, visit, **arguments)
        except NotFound:
            present = self._under_present_id(route, visit, arguments)
            if present is None:
                raise
            return present

    def _under_present_id(self, route: Route, visit: Visit, arguments: dict[str, str]) -> Redirect | None:
        """Leads from an id that somebody had to the same page under the one that they have, if that may be seen."""
        people_here = people(self._on)
        current = people_here.aliases.now_called(folded(arguments.get("employee_id", "")))
        if current is None or not people_here.profile_access.visible_to(visit.caller, [current]):
            return None
        return Redirect(self._map.build(route.name, {**arguments, "employee_id": current}))

    def _who(self, request: Request) -> tuple[Session | None, Caller | None, str | None]:
        """Returns the session, the person, and a new session's cookie. Who has left has no session."""
        session = self._sessions.recognise(request.cookies.get(self._sessions.name("session")))
        cookie = None
        if session is None:
            admitted = self._entrance.through_proxy(request)
            if admitted is None:
                return None, None, None
            session, cookie = admitted
        try:
            return session, people(self._on).callers.person(session.email), cookie
        except Forbidden:
            self._sessions.end(session)
            raise Unauthenticated("this account is not active here any more") from None

    def _check_token(self, request: Request, session: Session) -> None:
        if not self._sessions.matches(request.form.get("token", ""), session.session_id):
            raise Forbidden(FORM_EXPIRED, field="token")

    def _page(self, request: Request, page: Page, caller: Caller, session: Session) -> Response:
        frame = self._frame(request, caller, session)
        notice = page.notice or DONE.get(request.args.get("done", ""))
        text = render(page.template, frame=frame, here=page.place, notice=notice, **page.variables)
        return _html(text, page.status)

    def _frame(self, request: Request, caller: Caller, session: Session) -> Frame:
        return Frame(
            viewer=caller.name or caller.email,
            role=words.role_name(caller.role),
            places=places(self._on, caller),
            token=session.token,
            here=_here(request),
            theme=_theme(request),  # type: ignore[arg-type]
            demonstration=bool(self._ways.demonstration),
            filling=self._on.filling,
        )

    # The way in, and what belongs to no page

    def _own(self, endpoint: str, request: Request, arguments: dict[str, str]) -> Response:
        if endpoint in OPEN:
            return self._open(endpoint, request, arguments)
        if endpoint == "from_google":
            session, cookie, address = self._entrance.from_google(request)
            return self._admit(session, cookie, address)
        if endpoint in {"to_google", "demonstrate", "by_link"}:
            self._entrance.check_form(request)
            if endpoint == "to_google":
                address, door = self._entrance.to_google(request)
                return self._entrance.keep_at_door(_go(address), door)
            enter = self._entrance.demonstrate if endpoint == "demonstrate" else self._entrance.by_link
            session, cookie = enter(request)
            return self._admit(session, cookie, local_address(request.form.get("next")))
        known = self._sessions.recognise(request.cookies.get(self._sessions.name("session")))
        return _go("/sign-in") if known is None else self._of_session(endpoint, request, known)

    def _admit(self, session: Session, cookie: str, address: str) -> Response:
        """Lets somebody in, to where they wanted, or where their role starts."""
        caller = people(self._on).callers.person(session.email)
        return self._entrance.admit(_go(home(self._on, caller, address)), cookie)

    def _of_session(self, endpoint: str, request: Request, session: Session) -> Response:
        self._check_token(request, session)
        if endpoint == "sign_out":
            self._sessions.end(session)
            response = _go("/sign-in")
            self._sessions.drop_cookie(response, "session")
            return response
        theme = request.form.get("theme", "")
        response = _go(local_address(request.form.get("next")))
        if theme in THEMES:
            response.set_cookie("theme", theme, max_age=A_YEAR, path="/", samesite="Lax", secure=self._ways.secure)
        return response

    def _open(self, endpoint: str, request: Request, arguments: dict[str, str]) -> Response:
        """Answers what needs neither a session nor a door."""
        if endpoint == "static":
            return self._static(arguments["name"])
        if endpoint == "worker":
            return _worker()
        if endpoint == "unsubscribe":
            return self._unsubscribe(request, arguments["token"])
        if endpoint == "filling":
            return Response(self._on.filling, content_type="text/plain; charset=utf-8")
        return self._sign_in(request)

    def _unsubscribe(self, request: Request, token: str) -> Response:
        from functions.portal.unsubscribe.page import answer

        view = answer(self._on, request, token)
        return _html(render("unsubscribe/unsubscribe.html", frame=None, theme=_theme(request), view=view))

    def _sign_in(self, request: Request, problem: str | None = None) -> Response:
        view, door = self._entrance.page(request, problem)
        text = render("shell/sign_in.html", frame=None, theme=_theme(request), view=view)
        response = _html(text, 401 if problem else 200)
        return self._entrance.keep_at_door(response, door)

    def _static(self, name: str) -> Response:
        for asset in static_files().values():
            if asset.address == f"/assets/{name}":
                response = Response(asset.content, content_type=asset.content_type)
                response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
                return response
        raise NotFound("There is no such file; the page may have been updated, so load it again.")

    # Errors

    def _to_the_door(self, request: Request, problem: Unauthenticated) -> Response:
        """Leads who has no session to the sign-in and back; a sign-in that failed says why."""
        if request.path.startswith("/sign-in"):
            return self._sign_in(request, f"{problem.detail[:1].upper()}{problem.detail[1:]}.")
        if request.path == "/" or not self._has_page(request):
            return _go("/sign-in")
        return _go("/sign-in?" + urlencode({"next": _here(request)}))

    def _has_page(self, request: Request) -> bool:
        """Tells whether a page stands where the request went: a form that could not be sent is shown again there."""
        try:
            return self._match(request)[0] in self._routes
        except (MethodNotAllowed, NotFound):
            return False

    def _problem(self, request: Request, status: int, detail: str, reference: str | None = None) -> Response:
        words_of = detail if detail[:1].isupper() else f"{detail[:1].upper()}{detail[1:]}"
        if words_of[-1:] not in {".", "!", "?"}:
            words_of += "."
        title = TITLES.get(status, TITLES[422])
        view = doors.Problem(status, title, words_of, reference=reference)
        text = render("shell/problem.html", frame=self._frame_around(request, status), theme=_theme(request), view=view)
        return _html(text, status)

    def _frame_around(self, request: Request, status: int) -> Frame | None:
        """Returns what surrounds a problem, for who is signed in; None where that cannot be told, too."""
        if status >= 500 or request.path.startswith("/assets/"):
            return None
        try:
            session, caller, cookie = self._who(request)
            if session is None or caller is None or cookie is not None:
                return None
            return self._frame(request, caller, session)
        except (Rejected, Retryable):
            return None


def _check_fields(request: Request) -> None:
    """Raises TooLarge for a form of which more fields are sent than any page has."""
    try:
        len(request.form)
    except RequestEntityTooLarge:
        raise TooLarge("a form may have at most 1,000 fields") from None


def _files(request: Request) -> dict[str, SentFile]:
    """Returns the files of a form, by their fields; a field that was left empty sends none."""
    sent = {name: (part.read(), part.mimetype) for name, part in request.files.items() if part.filename}
    return {name: SentFile(content, media) for name, (content, media) in sent.items() if content}


def _saved(reply: Attachment) -> Response:
    """Answers with what somebody sent: saved, never opened as a page."""
    response = Response(reply.content, content_type=reply.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{reply.name}"'
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _worker() -> Response:
    """Answers with the worker of push notifications: under one address, so that browsers ask whether it is another."""
    asset = static_files()["push_worker.js"]
    return Response(asset.content, content_type=asset.content_type, headers={"Cache-Control": "no-cache"})


def _html(text: str, status: int = 200) -> Response:
    # What came from outside may hold half a character, which has no UTF-8.
    shown = text.encode("utf-8", "replace")
    return Response(shown, status=status, content_type="text/html; charset=utf-8")


def _go(location: str) -> Response:
    return Response(status=303, headers={"Location": location})


def _theme(request: Request) -> str:
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else "system"


def _here(request: Request) -> str:
    """Returns this page's address without a note that has been read."""
    query = {name: value for name, value in request.args.items() if name != "done"}
    return quote(request.path, safe="/@") + (f"?{urlencode(query)}" if query else "")


def _where(defect: Exception) -> str:
    """Names the innermost line of a defect: file and number, never a value."""
    trace = defect.__traceback__
    place = ""
    while trace is not None:
        place = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
