"""A platform with a few apprentices and lessons, and one WSGI application for the portal's host."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from werkzeug import Request, Response
from werkzeug.test import Client

from functions.learn.application import LearnApp
from functions.learn.served import served
from functions.portal.shell.application import Portal
from infra.frameworks.shipped import framework_file
from infra.local.ambient import JsonLog
from infra.local.environment import EmbeddedEnvironment
from infra.local.runtime import open_parts
from infra.wiring.evidence import evidence
from infra.wiring.learning import learning
from infra.wiring.sign_in import SignIn
from shared.evidence.contract import EvidenceView
from shared.frameworks.domain.framework import framework_from_dict
from shared.kernel.access import Caller
from shared.learning.contract import LessonsBody
from shared.learning.domain.review import Review
from tests.harness.browser import ANYBODY, Person
from tests.harness.platform import Platform
from tests.learning.lesson_files import FRAMEWORK, lesson_body

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ADA, BEN, MAX = "ada@example.com", "ben@example.com", "max@example.com"
PEOPLE = f"""name,email,role,framework,mentor
Max Mentor,{MAX},mentor,{FRAMEWORK},
Ada Cable,{ADA},employee,{FRAMEWORK},{MAX}
Ben Joint,{BEN},employee,{FRAMEWORK},{MAX}
"""
ADMINISTRATION = Caller(
    email="administration@example.iam.gserviceaccount.com", scopes=frozenset({"administration", "events.write"})
)
LESSONS = 6
PATIENCE = 60.0
"""Seconds that a held request waits."""
DEMONSTRATION = Path(__file__).parents[2] / "infra" / "demonstration" / "lessons"


class Held:
    """Requests with answers that wait until they are let go. arrived: how many; told: what became of each answer"""

    def __init__(self) -> None:
        self.arrived = 0
        self.told: list[list[str]] = []
        self._open = threading.Event()
        self._lock = threading.Lock()

    def let_go(self) -> None:
        self._open.set()

    def __call__(self, request: Request, answer: Callable[[], Response]) -> Response:
        if not request.path.endswith("/learning/answers"):
            return answer()
        with self._lock:
            self.arrived += 1
        assert self._open.wait(PATIENCE), "nobody let it go"
        response = answer()
        self.told.append([one["status"] for one in json.loads(response.get_data())["results"]])
        return response


class Academy:
    """The platform. before: is given each request first and may answer it itself: a fault of the network's

    sent: how many answers came in requests, however often
    """

    def __init__(self, directory: Path) -> None:
        self.log = StringIO()
        self.parts = open_parts(directory, log=JsonLog(self.log))
        self.platform = Platform(EmbeddedEnvironment(self.parts, {}))
        ways = SignIn(session_key="a-key-for-tests", demonstration=ANYBODY)
        self.portal = Portal(self.platform.on, ways)
        self.app = LearnApp(self.platform.on, ways, served(self.platform.on))
        self.before: Callable[[Request, Callable[[], Response]], Response] = lambda request, answer: answer()
        self.sent = 0
        self._counting = threading.Lock()
        framework = framework_from_dict(yaml.safe_load(framework_file(FRAMEWORK).read_text("utf-8")))
        self.platform.publish_frameworks.install(framework, ADMINISTRATION)
        answer = self.platform.people.import_people.from_csv(ADMINISTRATION, PEOPLE.encode())
        assert answer.rejected == 0, answer
        self.publish(*[lesson_body(f"lesson_{one}", hazard=one == 1) for one in range(1, LESSONS + 1)])

    def publish(self, *lessons: dict[str, Any]) -> None:
        learning(self.platform.on).publish.publish(
            ADMINISTRATION, LessonsBody.model_validate_json(json.dumps({"lessons": lessons}))
        )

    def publish_film(self) -> str:
        """The demonstration's own lesson with its film; its id."""
        body = yaml.safe_load((DEMONSTRATION / "proved_dead.yaml").read_text("utf-8"))
        for name, digest, media in (
            (body["clip"]["video"], body["clip"]["sha256"], "video/mp4"),
            (body["clip"]["captions"], body["clip"]["captions_sha256"], "text/vtt"),
            ("proved_dead.jpg", body["clip"]["poster_sha256"], "image/jpeg"),
        ):
            content = (DEMONSTRATION / "clips" / name).read_bytes()
            learning(self.platform.on).clips.keep(ADMINISTRATION, digest, content, media)
        self.publish(body)
        return str(body["lesson_id"])

    def answers(self, email: str = ADA) -> list[Review]:
        """What is kept of somebody's answers."""
        return list(learning(self.platform.on).kept.answers.of(email))

    def evidence(self, email: str = ADA) -> list[EvidenceView]:
        caller = self.platform.people.callers.person(email)
        return list(evidence(self.platform.on).showing.of(caller, None, 50, None, None)[1].items)

    def evidence_keys(self, email: str) -> list[str]:
        """Names every item of somebody's evidence, page after page."""
        caller, found, after = self.platform.people.callers.person(email), [], None
        while True:
            _, page = evidence(self.platform.on).showing.of(caller, None, 200, after, None)
            found += [one.evidence_id for one in page.items]
            after = page.next
            if after is None:
                return found

    def hold_answers(self) -> Held:
        """Has requests with answers wait from now on."""
        self.before = held = Held()
        return held

    def serve(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        ours = request.path == "/learn" or request.path.startswith("/learn/")
        respond = self.app.respond if ours else self.portal.respond

        def answer() -> Response:
            if request.path.endswith("/learning/answers"):
                with self._counting:
                    self.sent += len(json.loads(request.get_data())["answers"])
            return respond(request)

        return self.before(request, answer)(environ, start_response)

    def stranger(self) -> Person:
        return Person(Client(self.serve))

    def visit(self, email: str) -> Person:
        person = self.stranger()
        person.sign_in(email)
        return person
