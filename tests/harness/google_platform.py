"""The whole platform on each environment, as the outside meets it: an address, tokens, and the clock's runs.

`embedded_house` is the Runtime with its ports. `google_house` serves the very same functions over HTTP on Google's
adapters: Firestore and Pub/Sub by Google's emulators with real push subscriptions, Cloud Tasks and Cloud Storage by
stand-ins. What signs Google's calls (Pub/Sub's pushes, Cloud Tasks, the clock) is a local issuer that is injected as
Google's; the functions verify it as they verify Google.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TextIO
from urllib.parse import urlsplit

import yaml
from werkzeug.serving import WSGIRequestHandler, make_server

from infra.declarations.pipeline import Pipeline
from infra.frameworks.shipped import FRAMEWORKS
from infra.gcp.cloud_tasks import CloudTasksQueue, TaskTarget
from infra.gcp.dead_letters import GoogleDeadLetters, PushSubscription
from infra.gcp.log import CloudLog
from infra.gcp.secrets import MountedSecrets, variable
from infra.local.ambient import SystemClock
from infra.local.identity import LocalIssuer
from infra.local.platform import SYSTEM
from infra.local.runtime import FUNCTIONS_FOLDER, load_applications
from infra.local.serving import Dispatcher
from infra.vendors.integrations import Integrations
from infra.web.identity import GOOGLE_ISSUERS, VerifiedTokens
from infra.web.observations import HttpObservations
from infra.wiring.environment import configure as configure_environment
from infra.wiring.ports.documents import documents
from shared.frameworks.domain.framework import framework_from_dict
from tests.harness.cloud_tasks_stand_in import CloudTasksStandIn, Queue
from tests.harness.embedded_platform import ATTEMPTS, impatient_pipeline
from tests.harness.google import GivenPorts
from tests.harness.platform import Platform
from tests.harness.storage_server import storage_server
from tests.harness.web import posting, running, variables
from tests.ports.google import emulators, new_project

REGION = "europe-west1"


class Told(NamedTuple):
    """An answer over HTTP. value: the JSON body, None if there is none."""

    status: int
    value: Any


class RunningPlatform(Protocol):
    """A platform as the outside meets it."""

    address: str
    platform: Platform
    minted: list[str]
    """Every token that was given to a caller."""

    def token(self, account: str, function: str) -> str:
        """A token of a service account (`voice-roleplay`, `administration`) for one function."""
        ...

    def person(self, email: str, function: str = "skills_api") -> str:
        """A token of a person for one function."""
        ...

    def clock(self, schedule: str) -> None:
        """The clock asks for a schedule's run now."""
        ...

    def facts(self, topic: str) -> list[dict[str, Any]]:
        """What a reader of a topic got so far, repetitions included."""
        ...


def ask(
    house: RunningPlatform,
    method: str,
    path: str,
    body: Any = None,
    *,
    account: str = "administration",
    function: str = "skills_api",
    token: str | None = None,
) -> Told:
    """One request; a text body goes as CSV, everything else as JSON. An empty token sends none."""
    if token is None:
        token = house.token(account, function)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    content: bytes | None = None
    if isinstance(body, str):
        content, headers["Content-Type"] = body.encode(), "text/csv"
    elif body is not None:
        content, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
    connection = http.client.HTTPConnection(urlsplit(house.address).netloc, timeout=60)
    try:
        connection.request(method, path, content, headers)
        answer = connection.getresponse()
        raw = answer.read()
        return Told(answer.status, json.loads(raw) if raw else None)
    finally:
        connection.close()


def eventually(found: Callable[[], Any], what: str, *, timeout: float = 60) -> Any:
    """The first true value of `found`; fails when it does not come."""
    deadline = time.monotonic() + timeout
    while True:
        value = found()
        if value:
            return value
        assert time.monotonic() < deadline, f"{what} did not come within {timeout} s"
        time.sleep(0.1)


class OnThisMachine(GivenPorts):
    """Google's adapters where the functions, Cloud Tasks and the issuer are on this machine.

    functions: each function's address; cloud_tasks: host:port of the stand-in
    """

    def __init__(
        self,
        settings: Mapping[str, str],
        pipeline: Pipeline,
        issuer: LocalIssuer,
        functions: Mapping[str, str],
        cloud_tasks: str,
        log: TextIO,
    ) -> None:
        super().__init__(settings, {}, pipeline)
        self.log = CloudLog(self.project, self.function, self.clock, stream=log)
        # One process is every function here, so it has what any of them may read, of what there is.
        mounted = [name for name in pipeline.secrets if variable(name) in settings]
        self.secrets = MountedSecrets(mounted, settings)
        self.connected = Integrations(settings, self.secrets, frozenset(mounted))
        api = settings["AUGMENT_API_URL"]
        self._functions = functions
        targets = {
            name: TaskTarget(functions[name], functions[name], function.timeout_seconds, account_to(name))
            for name, function in pipeline.functions.items()
            if function.trigger == "task"
        }
        queue = CloudTasksQueue(self.project, REGION, targets, address=cloud_tasks)
        subscriptions = [
            PushSubscription(
                one.name,
                f"{one.name}--dead-letters",
                functions.get(one.function or ""),
                functions.get(one.function or "", ""),
            )
            for one in pipeline.subscriptions
        ]
        self.given = {
            "tokens": VerifiedTokens(dict.fromkeys(GOOGLE_ISSUERS, issuer), self.clock),
            "observations": HttpObservations(
                lambda: api, InvokersTokens(issuer, account_of_function("gong_call")), api
            ),
            "tasks": queue,
            "dead_letters": GoogleDeadLetters(
                self.project,
                documents(self),
                subscriptions,
                tokens=OwnInvokers(issuer, functions),
                tasks=lambda: queue,
                clock=self.clock,
            ),
        }

    def url(self, function: str) -> str:
        return self._functions[function]

    def invoker(self, function: str) -> str:
        return account_to(function)


class InvokersTokens:
    """Tokens as Google signs them for a service account."""

    def __init__(self, issuer: LocalIssuer, account: str) -> None:
        self._issuer, self._account = issuer, account

    def token_for(self, audience: str) -> str:
        return self._issuer.token(self._account, audience, iss=GOOGLE_ISSUERS[0])[0]


class OwnInvokers:
    """Tokens of the account that may call the function at an address."""

    def __init__(self, issuer: LocalIssuer, functions: Mapping[str, str]) -> None:
        self._issuer, self._names = issuer, {url: name for name, url in functions.items()}

    def token_for(self, audience: str) -> str:
        return InvokersTokens(self._issuer, account_to(self._names[audience])).token_for(audience)


class GooglePlatform:
    """The functions on Google's adapters in this process, each on a port of its own."""

    def __init__(
        self,
        address: str,
        platform: Platform,
        functions: Mapping[str, str],
        issuer: LocalIssuer,
        pipeline: Pipeline,
    ) -> None:
        self.address, self.platform = address, platform
        self.functions, self._issuer, self._pipeline = functions, issuer, pipeline
        self.minted: list[str] = []
        self.read: dict[str, list[dict[str, Any]]] = {}
        self.invoker = OwnInvokers(issuer, functions)

    def token(self, account: str, function: str) -> str:
        token = InvokersTokens(self._issuer, account_of(account)).token_for(self.functions[function])
        self.minted.append(token)
        return token

    def person(self, email: str, function: str = "skills_api") -> str:
        token = InvokersTokens(self._issuer, email).token_for(self.functions[function])
        self.minted.append(token)
        return token

    def clock(self, schedule: str) -> None:
        url = self.functions[self._pipeline.schedules[schedule].function]
        headers = {"Authorization": f"Bearer {self.invoker.token_for(url)}", "X-CloudScheduler": "true"}
        with direct().open(urllib.request.Request(url, data=b"", headers=headers, method="POST"), timeout=60) as answer:
            assert answer.status == 200

    def facts(self, topic: str) -> list[dict[str, Any]]:
        return list(self.read[topic])


def account_of(name: str) -> str:
    return f"{name}@demo.iam.gserviceaccount.com"


def account_to(function: str) -> str:
    return account_of(f"to-{function.replace('_', '-')}")


def account_of_function(name: str) -> str:
    return account_of(f"fn-{name.replace('_', '-')}")


@contextmanager
def google_platform(folder: Path, log: TextIO, vendors: Mapping[str, str] | None = None) -> Iterator[GooglePlatform]:
    """The functions on Google's adapters. vendors: settings of the integrations and their secrets

    Raises Unavailable where the emulators are not installed."""
    running = emulators()
    pipeline, project = impatient_pipeline(), new_project()
    issuer = LocalIssuer(folder / "issuer", SystemClock())
    with ExitStack() as stack:
        bucket = f"quarantine-{uuid.uuid4().hex[:8]}"
        storage, _ = stack.enter_context(storage_server(bucket))
        stack.enter_context(variables(**running.environment, STORAGE_EMULATOR_HOST=storage))
        applications = load_applications(pipeline, FUNCTIONS_FOLDER)
        functions = {name: stack.enter_context(served(application)) for name, application in applications.items()}
        queues = {
            f"projects/{project}/locations/{REGION}/queues/{queue.name}": Queue(
                queue.retry.max_attempts, queue.retry.min_backoff, queue.retry.max_backoff
            )
            for queue in pipeline.queues.values()
        }
        cloud_tasks = stack.enter_context(
            CloudTasksStandIn(queues, lambda account, audience: InvokersTokens(issuer, account).token_for(audience))
        )
        address = stack.enter_context(served(Dispatcher(pipeline, "api", applications)))
        settings = {
            "GOOGLE_CLOUD_PROJECT": project,
            "AUGMENT_PROJECT_NUMBER": "42",
            "AUGMENT_REGION": REGION,
            "AUGMENT_FUNCTION": "skills_api",
            "AUGMENT_API_URL": address,
            "AUGMENT_PORTAL_URL": "https://portal.example",
            "AUGMENT_RATE_LIMITS": "off",
            "AUGMENT_DATABASE": "live",
            "AUGMENT_INTEGRATIONS_DATABASE": "integrations",
            "AUGMENT_TRANSCRIPTS_BUCKET": bucket,
            "AUGMENT_QUARANTINE_BUCKET": bucket,
            "AUGMENT_ALLOWED_CALLERS": ",".join(
                [
                    account_of("voice-roleplay"),
                    f"{account_of('administration')}:events.write|profiles.read|administration",
                    *(f"{account_of_function(name)}:events.write" for name in pipeline.posters("ingest")),
                ]
            ),
            **(vendors or {}),
        }
        on = OnThisMachine(settings, pipeline, issuer, functions, cloud_tasks.address, log)
        platform = Platform(configure_environment(on))
        house = GooglePlatform(address, platform, functions, issuer, pipeline)
        stack.enter_context(subscribed(house, project, pipeline, running.pubsub))
        for path in sorted(FRAMEWORKS.glob("*.yaml")):
            platform.publish_frameworks.install(
                framework_from_dict(yaml.safe_load(path.read_text(encoding="utf-8"))), SYSTEM
            )
        yield house


@contextmanager
def subscribed(house: GooglePlatform, project: str, pipeline: Pipeline, pubsub: str) -> Iterator[None]:
    """Topics, push subscriptions and dead letters as Terraform makes them; a reader of every topic for the test."""
    from google.pubsub_v1.services.publisher import PublisherClient
    from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
    from google.pubsub_v1.services.subscriber import SubscriberClient
    from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

    from infra.gcp.channels import plaintext_channel

    channel = plaintext_channel(pubsub)
    publisher = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
    subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))

    def topic_of(name: str) -> str:
        return f"projects/{project}/topics/{name}"

    def subscribe(name: str, topic: str, **more: Any) -> str:
        full = f"projects/{project}/subscriptions/{name}"
        subscriber.create_subscription({"name": full, "topic": topic_of(topic), "ack_deadline_seconds": 30, **more})
        made.append(full)
        return full

    made: list[str] = []
    with signing(house) as signer, reading(house) as reader:
        for topic in pipeline.topics:
            publisher.create_topic({"name": topic_of(topic)})
            house.read[topic] = []
            subscribe(f"test--{topic}", topic, push_config={"push_endpoint": f"{reader}/{topic}"})
        for subscription in pipeline.subscriptions:
            dead = f"{subscription.name}--dead-letters"
            publisher.create_topic({"name": topic_of(dead)})
            subscribe(dead, dead)
            if subscription.function is not None:
                subscribe(
                    subscription.name,
                    subscription.topic,
                    push_config={"push_endpoint": f"{signer}/{subscription.function}"},
                    dead_letter_policy={"dead_letter_topic": topic_of(dead), "max_delivery_attempts": ATTEMPTS},
                )
        try:
            yield
        finally:
            for name in made:
                subscriber.delete_subscription({"subscription": name})
            channel.close()


@contextmanager
def signing(house: GooglePlatform) -> Iterator[str]:
    """What the emulator leaves out of a push: the invoker's token. POST /<function> goes on to the function with it."""

    def forward(path: str, _: Mapping[str, str], body: bytes) -> int:
        url = house.functions[path.strip("/")]
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {house.invoker.token_for(url)}"}
        request = urllib.request.Request(url, data=body, headers=headers, method="POST")
        try:
            with direct().open(request, timeout=60) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    with posting(forward) as address:
        yield address


@contextmanager
def reading(house: GooglePlatform) -> Iterator[str]:
    """Takes what every topic carries: POST /<topic>."""
    import base64

    def take(path: str, _: Mapping[str, str], body: bytes) -> int:
        house.read[path.strip("/")].append(json.loads(base64.b64decode(json.loads(body)["message"]["data"])))
        return 204

    with posting(take) as address:
        yield address


class _Unlogged(WSGIRequestHandler):
    """Cloud Run's front end logs requests in its own way; a function does not."""

    def log(self, type: str, message: str, *arguments: Any) -> None:
        """Nothing."""


@contextmanager
def served(application: Any) -> Iterator[str]:
    """A function's app on a port of its own; its address."""
    with running(make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Unlogged)) as url:
        yield url


def direct() -> urllib.request.OpenerDirector:
    """Whatever proxy the environment names."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))
