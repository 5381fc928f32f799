"""A platform with a few learners, the portal's sign-in and the learners' app on one port, and browsers before it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from werkzeug import Request, Response
from werkzeug.serving import make_server
from werkzeug.test import Client

from functions.learn.application import LearnApp
from functions.portal.shell.application import Portal
from infra.demonstration.model import framework
from infra.local.ambient import JsonLog
from infra.local.environment import EmbeddedEnvironment
from infra.local.runtime import open_parts
from infra.wiring.sign_in import SignIn
from tests.browser.conftest import _Quiet, axe, browser
from tests.harness.browser import ANYBODY, Person
from tests.harness.platform import Platform
from tests.learn.fake_learning import Learning, served
from tests.portal.conftest import ADMINISTRATION

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__all__ = ["axe", "browser"]

PEOPLE = """name,email,role,manager,hire_date
Ada Cable,ada@example.com,employee,,2026-01-05
Ben Joint,ben@example.com,employee,,2026-01-05
Max Mentor,max@example.com,mentor,,2020-01-05"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents and "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


class Academy:
    """The platform, and one WSGI application for the portal's host, as the load balancer has it.

    before: is given each request first, and may answer it: a fault of the network's
    """

    def __init__(self, directory: Path) -> None:
        self.log = StringIO()
        self.parts = open_parts(directory, log=JsonLog(self.log))
        self.platform = Platform(EmbeddedEnvironment(self.parts, {}))
        self.learning = Learning()
        ways = SignIn(session_key="a-key-for-tests", demonstration=ANYBODY)
        self.portal = Portal(self.platform.on, ways)
        self.app = LearnApp(self.platform.on, ways, served(self.learning))
        self.before: Callable[[Request, Callable[[], Response]], Response] = lambda request, answer: answer()
        self.platform.publish_frameworks.install(framework(), ADMINISTRATION)
        self.platform.people.import_people.from_csv(ADMINISTRATION, PEOPLE.encode())

    def serve(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        ours = request.path == "/learn" or request.path.startswith("/learn/")
        respond = self.app.respond if ours else self.portal.respond
        return self.before(request, lambda: respond(request))(environ, start_response)

    def stranger(self) -> Person:
        return Person(Client(self.serve))

    def visit(self, email: str) -> Person:
        person = self.stranger()
        person.sign_in(email)
        return person


@pytest.fixture
def academy(tmp_path: Path) -> Iterator[Academy]:
    made = Academy(tmp_path / "data")
    yield made
    made.parts.close()


@pytest.fixture
def address(academy: Academy) -> Iterator[str]:
    """The app on a port of localhost."""
    server = make_server("localhost", 0, academy.serve, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
