"""A small organisation in Google's emulators, and what a function is asked there: a request that it answers with
something, instead of the refusal of a stranger.

Tokens are signed by a local issuer; a function that is started with `trusting` verifies them like Google's, without
the download of Google's keys.
"""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final

from infra.declarations.pipeline import load_pipeline
from infra.demonstration.events import when
from infra.demonstration.model import framework
from infra.demonstration.organisation import Organisation
from infra.gcp.channels import plaintext_channel
from infra.local.ambient import SystemClock
from infra.local.identity import LocalIssuer
from infra.web.identity import GOOGLE_ISSUERS
from infra.wiring.edges.session import SessionCookies
from infra.wiring.platform import platform
from scripts.commands.emulators import Emulators
from shared.kernel.access import Caller
from shared.observations.contract import FieldObservation, LearningActivity, ValidationEvent
from shared.observations.usecases.interpret import Body, sent
from shared.ports.messages import Message
from tests.harness.google import GivenPorts
from tests.harness.issuers import published
from tests.harness.platform import Platform
from tests.proofs.cold_start import Asked
from tests.proofs.population import COMPETENCIES, validation_event

ADMINISTRATION: Final = Caller(
    email="administration@measured.iam.gserviceaccount.com", scopes=frozenset({"administration", "events.write"})
)
ROLE_PLAYS: Final = "role-plays@measured.iam.gserviceaccount.com"
ENGINEERS: Final = 10
DAYS: Final = timedelta(days=60)
MODELS: Final[Mapping[str, type[Body]]] = {
    "validation-events": ValidationEvent,
    "field-observations": FieldObservation,
    "learning-activities": LearningActivity,
}


class KeptBus:
    """Messages by topic, for who delivers them later."""

    def __init__(self) -> None:
        self.messages: dict[str, list[Message]] = defaultdict(list)

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        self.messages[topic] += messages


class UsefulRequests:
    """What each of `FUNCTIONS` is asked; never the same event twice."""

    def __init__(self, settings: Mapping[str, str], folder: Path) -> None:
        """settings: a function's in the cloud; folder: where the issuer's key may lie."""
        self.settings = settings
        self._bus = KeptBus()
        self._on = GivenPorts({**settings, "AUGMENT_FUNCTION": "portal"}, {"bus": self._bus})
        self._issuer = LocalIssuer(folder, SystemClock())
        self._numbers = count()
        self._ask: Mapping[str, Callable[[], Asked]] = {
            "ingest": self._ingest,
            "skills_api": self._skills_api,
            "portal": self._portal,
            "rating_update": lambda: self._recorded("rating_update"),
            "review_queue": lambda: self._recorded("review_queue"),
            "certify_scorers": self._certified,
        }

    @property
    def functions(self) -> Sequence[str]:
        """Those whose answer needs nothing but Firestore and Pub/Sub, which the emulators give."""
        return list(self._ask)

    @property
    def trusting(self) -> str:
        """Python that has a started function trust the local issuer's key in the place of Google's; else as
        `infra.wiring.environment` builds the environment."""
        return f"""
import os
from infra.web.identity import GOOGLE_ISSUERS
from infra.wiring.google_environment import GoogleEnvironment
from infra.gcp.garbage import spare_the_start
from infra.wiring.environment import configure
from infra.web.identity import VerifiedTokens
spare_the_start()
class Keys:
    def key(self, key_id, refresh=False):
        return {published(self._issuer)["keys"][0]!r}
class Trusting(GoogleEnvironment):
    def port(self, name, on_google):
        return self.once(tokens) if name == "tokens" else super().port(name, on_google)
def tokens(on):
    return VerifiedTokens(dict.fromkeys(GOOGLE_ISSUERS, Keys()), on.clock)
configure(Trusting({{**os.environ, "AUGMENT_RATE_LIMITS": "off"}}))
"""

    def ask(self, function: str) -> Asked:
        return self._ask[function]()

    def fill(self) -> None:
        """People, their framework and two months of events."""
        platform = Platform(self._on)
        platform.publish_frameworks.install(framework(), ADMINISTRATION)
        organisation = Organisation(datetime.now(UTC).date())
        people = organisation.people()
        self._engineers = [person.email for person in people if person.role == "employee"][:ENGINEERS]
        self._leader = next(person.email for person in people if person.role == "cro")
        kept = [person for person in people if person.role != "employee" or person.email in self._engineers]
        rows = ["name,email,role,manager,hire_date", *(",".join(person) for person in kept)]
        platform.people.import_people.from_csv(ADMINISTRATION, "\n".join(rows).encode())
        since = (datetime.now(UTC) - DAYS).isoformat()
        items = [
            sent(MODELS[event.path.rsplit("/", 1)[-1]], event.body)
            for event in organisation.events()
            if event.body["employee_id"] in self._engineers and when(event) > since
        ]
        for start in range(0, len(items), 500):
            platform.event_lists.several(items[start : start + 500], ADMINISTRATION)
        for employee_id in self._engineers:
            platform.ratings.update(employee_id)

    def _ingest(self) -> Asked:
        body = self._event()
        headers = {"Authorization": self._bearer(ROLE_PLAYS, "ingest"), "Content-Type": "application/json"}
        return Asked(201, "POST", "/api/v1/validation-events", headers, json.dumps(body).encode())

    def _skills_api(self) -> Asked:
        headers = {"Authorization": self._bearer(ROLE_PLAYS, "skills_api")}
        return Asked(200, "GET", f"/api/v1/employees/{self._engineers[0]}/skills", headers)

    def _portal(self) -> Asked:
        a = self._on
        sessions = SessionCookies(lambda: platform(a).sessions, self.settings["SECRET_SESSION_KEY"], secure=True)
        _, cookie = sessions.open(self._leader)
        return Asked(200, "GET", "/", {"Cookie": f"{sessions.name('session')}={cookie}"})

    def _recorded(self, function: str) -> Asked:
        """A message about an event that was recorded just now, and is not rated yet."""
        body = self._event()
        Platform(self._on).events.one(sent(ValidationEvent, body), ADMINISTRATION)
        message = self._bus.messages["observation-recorded"][-1]
        data = base64.b64encode(json.dumps(message.data).encode()).decode()
        subscription = f"projects/measured/subscriptions/{function}"
        push = {"message": {"data": data, "messageId": "1"}, "subscription": subscription}
        return Asked(200, "POST", "/", self._invoked(function), json.dumps(push).encode())

    def _certified(self) -> Asked:
        """A night's only part."""
        task = json.dumps({"begun_at": datetime.now(UTC).isoformat()})
        return Asked(200, "POST", "/", self._invoked("certify_scorers"), task.encode())

    def _event(self) -> dict[str, Any]:
        number = next(self._numbers)
        at = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
        return validation_event(
            self._engineers[number % ENGINEERS], f"cold-{number}-{at}", at, "healthcare", (72,) * len(COMPETENCIES)
        )

    def _bearer(self, email: str, function: str) -> str:
        url = self._on.audiences(function)[0]
        return f"Bearer {self._issuer.token(email, url, iss=GOOGLE_ISSUERS[0])[0]}"

    def _invoked(self, function: str) -> dict[str, str]:
        """As the platform's own deliveries arrive: Cloud Run has verified the token and taken the signature away."""
        signed = self._bearer(self._on.invoker(function), function)
        unsigned = signed.rpartition(".")[0] + ".SIGNATURE_REMOVED_BY_GOOGLE"
        return {"Authorization": unsigned, "Content-Type": "application/json"}


@contextmanager
def useful_requests(settings: Mapping[str, str], emulators: Emulators, folder: Path) -> Iterator[UsefulRequests]:
    """An organisation in a project of its own; topics exist and nobody reads them."""
    from google.api_core.exceptions import AlreadyExists
    from google.pubsub_v1.services.publisher import PublisherClient
    from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport

    channel = plaintext_channel(emulators.pubsub)
    publisher = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
    for topic in load_pipeline().topics:
        with suppress(AlreadyExists):
            publisher.create_topic({"name": f"projects/{settings['GOOGLE_CLOUD_PROJECT']}/topics/{topic}"})
    channel.close()
    requests = UsefulRequests(settings, folder)
    requests.fill()
    yield requests
