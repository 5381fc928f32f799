"""A whole embedded platform in a directory, with part of the demonstration organisation: what the portal stands on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from werkzeug import Request
from werkzeug.test import Client

from functions.portal.services import Services
from functions.portal.shell.application import Portal
from functions.portal.shell.settings import Settings
from infra.demonstration.events import when
from infra.demonstration.model import framework
from infra.demonstration.organisation import Organisation
from infra.local.ambient import JsonLog
from infra.local.environment import EmbeddedEnvironment
from infra.local.runtime import open_parts
from shared.kernel.access import Caller
from shared.observations.contract import FieldObservation, LearningActivity, ValidationEvent
from shared.observations.usecases.interpret import Body, Sent, sent
from tests.harness.browser import Person
from tests.harness.platform import Platform

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ADMINISTRATION = Caller(
    email="administration@example.iam.gserviceaccount.com", scopes=frozenset({"administration", "events.write"})
)
PATHS: dict[str, type[Body]] = {
    "validation-events": ValidationEvent,
    "field-observations": FieldObservation,
    "learning-activities": LearningActivity,
}
DAYS = timedelta(days=100)
ENGINEERS = 14


class House:
    """A platform with people and events, and the portal in front of it."""

    def __init__(self, directory: Path) -> None:
        self.log = StringIO()
        self.parts = open_parts(directory, log=JsonLog(self.log))
        self.platform = Platform(EmbeddedEnvironment(self.parts))
        self.platform.publish_frameworks.install(framework(), ADMINISTRATION)
        self.services = Services(self.platform.on)
        self.settings = Settings(session_key="a-key-for-tests", demonstration=True)
        self.portal = Portal(self.platform.on, self.settings)
        today = datetime.now(UTC).date()
        organisation = Organisation(today)
        people = organisation.people()
        engineers = [person.email for person in people if person.role == "employee"][:ENGINEERS]
        kept = [person for person in people if person.role != "employee" or person.email in engineers]
        rows = ["name,email,role,manager,hire_date", *(",".join(person) for person in kept)]
        self.platform.people.import_people.from_csv(ADMINISTRATION, "\n".join(rows).encode())
        since = (datetime.now(UTC) - DAYS).isoformat()
        items: list[Sent] = []
        for event in organisation.events():
            if event.body["employee_id"] in engineers and when(event) > since:
                items.append(sent(PATHS[event.path.rsplit("/", 1)[-1]], event.body))
        for start in range(0, len(items), 500):
            self.platform.event_lists.several(items[start : start + 500], ADMINISTRATION)
        for employee_id in engineers:
            self.platform.ratings.update(employee_id)
        self.people = {role: [p.email for p in kept if p.role == role] for role in {p.role for p in kept}}

    def visit(self, role: str, index: int = 0) -> Person:
        """A browser of a person of that role, signed in through the demonstration's page."""
        person = self.stranger()
        person.sign_in(self.people[role][index])
        return person

    def stranger(self) -> Person:
        return Person(Client(self.serve))

    def serve(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self.portal.respond(Request(environ))(environ, start_response)

    def events_logged(self, name: str) -> list[dict[str, object]]:
        lines = [json.loads(line) for line in self.log.getvalue().splitlines()]
        return [line for line in lines if name in line.values()]


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Shared by all tests that do not change configuration: building it takes some seconds."""
    made = House(tmp_path_factory.mktemp("house"))
    yield made
    made.parts.close()
