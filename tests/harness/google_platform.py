"""The whole platform on each environment, as the outside meets it: an address, tokens, and the clock's runs.

`embedded_house` is the Runtime with its ports. `google_house` serves the very same functions over HTTP on Google's
adapters: Firestore and Pub/Sub by Google's emulators with real push subscriptions, Cloud Tasks and Cloud Storage by
stand-ins. Each function is a process with Terraform's environment for it and nothing added: the addresses of the world
(the functions', the hosts', Google's) end at stand-ins on this machine, and a local issuer signs in Google's place.
"""

from __future__ import annotations

import http.client
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TextIO
from urllib.parse import urlsplit

import yaml

from infra.declarations.pipeline import Pipeline, load_pipeline
from infra.frameworks.shipped import FRAMEWORKS
from infra.gcp.cloud_tasks import CloudTasksQueue, TaskTarget
from infra.gcp.log import CloudLog
from infra.local.ambient import SystemClock
from infra.local.identity import LocalIssuer
from infra.local.platform import SYSTEM
from infra.web.identity import GOOGLE_ISSUERS
from infra.wiring.environment import configure as configure_environment
from shared.frameworks.domain.framework import framework_from_dict
from tests.harness.cloud_tasks_stand_in import CloudTasksStandIn, Queue
from tests.harness.deployment import DeployedFunction, Deployment
from tests.harness.embedded_platform import ATTEMPTS, impatient_pipeline
from tests.harness.function_process import FunctionProcesses, served
from tests.harness.google import GivenPorts
from tests.harness.google_services import FrontDoor, GoogleServices
from tests.harness.loopback_internet import loopback_internet
from tests.harness.platform import Platform
from tests.harness.provisioned import provisioned
from tests.harness.storage_server import storage_server
from tests.harness.web import posting, variables
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

    def said(self) -> str:
        """What functions printed that have a process of their own."""
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
        try:
            return Told(answer.status, json.loads(raw) if raw else None)
        except ValueError:
            raise AssertionError(f"{method} {path}: {answer.status}, which is no JSON: {raw[:300]!r}") from None
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
        time.sleep(0.2)


class Processes(Protocol):
    """Functions that run, each started when it is first asked."""

    def address(self, name: str) -> str: ...
    def stop(self) -> None: ...


def signed_by_google(issuer: LocalIssuer, account: str, audience: str) -> str:
    """A token as Google signs it for an account."""
    return issuer.token(account, audience, iss=GOOGLE_ISSUERS[0])[0]


class GooglePlatform:
    """The functions on Google's adapters, each in a process of its own, as its own account."""

    def __init__(self, deployment: Deployment, platform: Platform, issuer: LocalIssuer, folder: Path) -> None:
        self.deployment, self.platform = deployment, platform
        self._issuer, self._folder = issuer, folder
        self.address = self.portal = self.door = ""
        self.hosts: Mapping[str, str] = {}
        self.minted: list[str] = []
        self.read: dict[str, list[dict[str, Any]]] = {}

    def token(self, account: str, function: str) -> str:
        return self.person(account_of(account), function)

    def person(self, email: str, function: str = "skills_api") -> str:
        token = signed_by_google(self._issuer, email, self.deployment.functions[function].url)
        self.minted.append(token)
        return token

    def issued(self, email: str, audience: str) -> str:
        """A token of anybody for any audience, as Google signs it."""
        return signed_by_google(self._issuer, email, audience)

    def outside(self, function: str) -> str:
        """Where a function's own address ends for whoever is outside."""
        return self.hosts[urlsplit(self.deployment.functions[function].url).netloc]

    def clock(self, schedule: str) -> None:
        account, audience, url = self.deployment.clock(schedule)
        token = signed_by_google(self._issuer, account, audience)
        headers = {"Authorization": f"Bearer {token}", "X-CloudScheduler": "true"}
        request = urllib.request.Request(self.inside(url), data=b"", headers=headers, method="POST")
        with direct().open(request, timeout=60) as answer:
            assert answer.status == 200

    def inside(self, url: str) -> str:
        """Where Google's own services reach the function of an address."""
        return f"{self.door}/{self.deployment.by_url[url].name}"

    def facts(self, topic: str) -> list[dict[str, Any]]:
        return list(self.read[topic])

    def said(self) -> str:
        log = self._folder / "functions.log"
        return log.read_text("utf-8") if log.exists() else ""


def account_of(name: str) -> str:
    """An integration's account, which the operator allows: terraform/modules/platform/tests/platform.tftest.hcl."""
    return f"{name}@acme-apps.iam.gserviceaccount.com"


@contextmanager
def google_platform(
    folder: Path,
    log: TextIO,
    vendors: Mapping[str, str] | None = None,
    processes: Callable[[Mapping[str, Mapping[str, str]], Path], Processes] = FunctionProcesses,
) -> Iterator[GooglePlatform]:
    """The functions on Google's adapters. vendors: settings of the integrations and their secrets

    Raises Unavailable where the emulators are not installed, or terraform is not."""
    running = emulators()
    pipeline = impatient_pipeline()
    deployment = Deployment(provisioned().in_project(new_project()))
    issuer = LocalIssuer(folder / "issuer", SystemClock())
    with ExitStack() as stack:
        storage, _ = stack.enter_context(storage_server(*sorted(deployment.buckets())))
        emulated = {**running.environment, "STORAGE_EMULATOR_HOST": storage}
        stack.enter_context(variables(**emulated))
        queues = {
            f"projects/{deployment.project}/locations/{REGION}/queues/{queue.name}": Queue(
                queue.retry.max_attempts, queue.retry.min_backoff, queue.retry.max_backoff
            )
            for queue in pipeline.queues.values()
        }
        doors: list[str] = []
        cloud_tasks = stack.enter_context(
            CloudTasksStandIn(
                queues,
                partial(signed_by_google, issuer),
                lambda url: f"{doors[0]}/{deployment.by_url[url].name}",
            )
        )
        google = GoogleServices(deployment, issuer)
        front = FrontDoor(deployment, issuer)
        doors.append(stack.enter_context(served(front.inside)))
        hosts = {
            **stack.enter_context(google.hosts()),
            "cloudtasks.googleapis.com": f"http://{cloud_tasks.address}",
            **{host: stack.enter_context(served(front.of_host(host))) for host in deployment.routes},
            **{
                urlsplit(one.url).netloc: stack.enter_context(served(front.outside(one)))
                for one in deployment.functions.values()
            },
        }
        world = stack.enter_context(loopback_internet(folder / "authority", hosts))
        environments = {
            one.name: {
                **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
                **emulated,
                **world,
                **stack.enter_context(google.metadata(one.account)),
                **told(one, vendors or {}),
            }
            for one in deployment.functions.values()
        }
        started = processes(environments, folder / "functions.log")
        stack.callback(started.stop)
        front.address_of = started.address
        house = GooglePlatform(deployment, _inspected(deployment, cloud_tasks.address, log), issuer, folder)
        house.hosts, house.door = hosts, doors[0]
        house.address, house.portal = (
            hosts[urlsplit(url).netloc] for url in (deployment.api_url, deployment.portal_url)
        )
        stack.enter_context(subscribed(house, deployment.project, pipeline, running.pubsub))
        for path in sorted(FRAMEWORKS.glob("*.yaml")):
            house.platform.publish_frameworks.install(
                framework_from_dict(yaml.safe_load(path.read_text(encoding="utf-8"))), SYSTEM
            )
        yield house


def told(function: DeployedFunction, vendors: Mapping[str, str]) -> dict[str, str]:
    """What a function's process is told: Terraform's environment, those of the operator's settings that it reads, and
    its own secrets."""
    settings = {name: vendors[name] for name in load_pipeline().settings_of(function.name) if name in vendors}
    generated = "a secret that may have any value, long enough for a key"
    secrets = {
        variable: vendors.get(variable, generated if load_pipeline().secrets[name].generated else "none")
        for variable, name in function.secrets.items()
    }
    return {**settings, **function.environment, **secrets}


def _inspected(deployment: Deployment, cloud_tasks: str, log: TextIO) -> Platform:
    """The platform's use cases in the test's own process, on the same stores, to prepare and to look."""
    api = deployment.functions["skills_api"]
    declared = load_pipeline().functions
    targets = {
        one.name: TaskTarget(one.url, one.url, declared[one.name].timeout_seconds, *one.invokers)
        for one in deployment.functions.values()
        if declared[one.name].trigger == "task"
    }
    queue = CloudTasksQueue(deployment.project, REGION, targets, address=cloud_tasks)
    on = GivenPorts(api.environment, {"tasks": queue})
    on.log = CloudLog(on.project, on.function, on.clock, stream=log)
    return Platform(configure_environment(on))


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
                    push_config={"push_endpoint": f"{signer}/{subscription.name}"},
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
    """What the emulator leaves out of a push: its account's token. POST /<subscription> goes on to the function."""

    def forward(path: str, _: Mapping[str, str], body: bytes) -> int:
        account, audience = house.deployment.pusher(path.strip("/"))
        token = signed_by_google(house._issuer, account, audience)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        request = urllib.request.Request(house.inside(audience), data=body, headers=headers, method="POST")
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


def direct() -> urllib.request.OpenerDirector:
    """Whatever proxy the environment names."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))
