"""A whole embedded platform in a directory, with part of the demonstration organisation: what the portal stands on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from werkzeug import Request
from werkzeug.test import Client

from functions.portal.shell.application import Portal
from infra.demonstration import model
from infra.demonstration.events import when
from infra.demonstration.model import framework
from infra.demonstration.organisation import Organisation
from infra.local.ambient import JsonLog
from infra.local.environment import EmbeddedEnvironment
from infra.local.runtime import open_parts
from infra.wiring.sign_in import SignIn
from shared.kernel.access import Caller
from shared.observations.contract import FieldObservation, LearningActivity, ValidationEvent
from shared.observations.usecases.interpret import Body, Sent, sent
from tests.harness.browser import ANYBODY, Person
from tests.harness.built import built_once
from tests.harness.granted import GrantedQueue, answering
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
    """A platform with people and events, and the portal in front of it; a copy of the one that is built once."""

    def __init__(self, directory: Path, built: Path | None = None, settings: Mapping[str, str] | None = None) -> None:
        """built: the directory of the one to copy; without it this one is built. settings: of the integrations"""
        if built is not None:
            shutil.copytree(built, directory, dirs_exist_ok=True)
        self.log = StringIO()
        parts = open_parts(directory, log=JsonLog(self.log))
        self.queue = GrantedQueue(parts.queue, parts.pipeline)
        self.parts = replace(parts, queue=self.queue)
        self.platform = Platform(EmbeddedEnvironment(self.parts, settings))
        self.ways = SignIn(session_key="a-key-for-tests", demonstration=ANYBODY)
        self.portal = Portal(self.platform.on, self.ways)
        people = Organisation(datetime.now(UTC).date()).people()
        everybody = [person for person in people if person.role == "employee"]
        apart = [person for person in everybody[ENGINEERS:] if person.name in model.APART][:1]
        engineers = [person.email for person in [*everybody[:ENGINEERS], *apart]]
        kept = [person for person in people if person.role != "employee" or person.email in engineers]
        self.people = {role: [p.email for p in kept if p.role == role] for role in {p.role for p in kept}}
        if built is None:
            rows = ["name,email,role,manager,hire_date", *(",".join(person) for person in kept)]
            self._fill("\n".join(rows), engineers)

    def _fill(self, people: str, engineers: Sequence[str]) -> None:
        self.platform.publish_frameworks.install(framework(), ADMINISTRATION)
        self.platform.people.import_people.from_csv(ADMINISTRATION, people.encode())
        since = (datetime.now(UTC) - DAYS).isoformat()
        items: list[Sent] = []
        for event in Organisation(datetime.now(UTC).date()).events():
            if event.body["employee_id"] in engineers and when(event) > since:
                items.append(sent(PATHS[event.path.rsplit("/", 1)[-1]], event.body))
        for start in range(0, len(items), 500):
            self.platform.event_lists.several(items[start : start + 500], ADMINISTRATION)
        for employee_id in engineers:
            self.platform.ratings.update(employee_id)

    def visit(self, role: str, index: int = 0) -> Person:
        """A browser of a person of that role, signed in through the demonstration's page."""
        person = self.stranger()
        person.sign_in(self.people[role][index])
        return person

    def stranger(self) -> Person:
        return Person(Client(self.serve))

    def serve(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with answering("portal"):
            return self.portal.respond(Request(environ))(environ, start_response)

    def close(self) -> None:
        self.parts.close()
        assert self.queue.refused == []

    def events_logged(self, name: str) -> list[dict[str, object]]:
        lines = [json.loads(line) for line in self.log.getvalue().splitlines()]
        return [line for line in lines if name in line.values()]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a platform that is built once, to be copied: building it takes some seconds."""
    return built_once(tmp_path_factory, "portal", lambda directory: House(directory).parts.close())


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory, built: Path) -> Iterator[House]:
    """Shared by all tests that do not change configuration."""
    made = House(tmp_path_factory.mktemp("house"), built)
    yield made
    made.close()


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, built: Path) -> Iterator[House]:
    """A house of the module's own: its tests change what others look at."""
    made = House(tmp_path_factory.mktemp("own"), built)
    yield made
    made.close()
