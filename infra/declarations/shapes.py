"""Types the parts of a declaration: functions, topics, queues, schedules, routes, secrets, stores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

Edge = Literal["app", "iam"]
Trigger = Literal["http", "topic", "task", "schedule"]
Access = Literal["none", "read", "write"]
WarehouseAccess = Literal["none", "read", "ask", "write", "erase"]
EVERY_GROUP: Final = "all"
"""What a function that reads every setting names in place of their groups."""
METHODS: Final = ("DELETE", "GET", "PATCH", "POST", "PUT")


@dataclass(frozen=True, slots=True)
class Retry:
    """Seconds between deliveries, doubling from min to max, and how many before the dead letter."""

    min_backoff: float
    max_backoff: float
    max_attempts: int


@dataclass(frozen=True, slots=True)
class Topic:
    """Facts of one kind. contract: `<capability>.<class>`, the message's class in `shared.<capability>.messages`.

    from_outside: others publish to it, no function of ours; the warehouse is not told
    """

    name: str
    contract: str
    about: str
    from_outside: bool = False


@dataclass(frozen=True, slots=True)
class Queue:
    """Work for one function, at most so many a second and so many at a time."""

    name: str
    rate_per_second: float
    max_concurrent: int
    retry: Retry


@dataclass(frozen=True, slots=True)
class Schedule:
    """A function that runs by the clock. cron: five fields, in UTC."""

    name: str
    cron: str
    function: str
    about: str


@dataclass(frozen=True, slots=True)
class Data:
    """Says what a function may do to each store.

    integrations   the second document database: cursors, tokens and marks of the integrations
    transcripts    the bucket of what was said in calls and e-mails, which nothing else holds
    evidence       the bucket of what learners and those beside them sent in as evidence, as it came
    clips          the bucket of what lessons show, each file under its SHA-256
    warehouse      read: the marts; ask: the named questions, of staging; write: fills them from what came raw;
                   erase: changes what came raw as well
    dead_letters   read: takes them out of their subscriptions into documents; write: calls the functions that topics
                   call, too, to deliver them again; whoever may ask for that has a task made
    """

    documents: Access = "none"
    integrations: Access = "none"
    warehouse: WarehouseAccess = "none"
    quarantine: Access = "none"
    transcripts: Access = "none"
    evidence: Access = "none"
    clips: Access = "none"
    dead_letters: Access = "none"


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """One deployed function; the name is its folder under `functions/` and its entry point.

    topic, queue   what triggers it, for the triggers of that name
    posts          functions that it posts events to, with its own account, as any integration does
    settings       groups of settings that it reads; `all`: every one
    audiences      what its callers' tokens may be minted for, beyond its own URL
    retry          of its topic's subscription; a queue has its own
    signs          signs tokens as its own account, which domain-wide delegation needs
    """

    name: str
    about: str
    edge: Edge
    trigger: Trigger
    memory: str
    cpu: float
    timeout_seconds: int
    concurrency: int
    min_instances: int
    max_instances: int
    retry: Retry
    topic: str | None = None
    queue: str | None = None
    publishes: tuple[str, ...] = ()
    enqueues: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    data: Data = Data()
    secrets: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    signs: bool = False


@dataclass(frozen=True, slots=True)
class Subscription:
    """A topic's reader: a function by push, or the warehouse (function is None)."""

    name: str
    topic: str
    function: str | None


@dataclass(frozen=True, slots=True)
class Route:
    """On one host, a path and all below it, for one method or (None) all, belongs to one function."""

    host: str
    path: str
    method: str | None
    function: str


@dataclass(frozen=True, slots=True)
class Secret:
    """generated: nobody has to supply it, any long random value will do."""

    name: str
    about: str
    generated: bool = False


@dataclass(frozen=True, slots=True)
class WarehouseSubscriptions:
    """The topics that are carried into the warehouse's raw dataset."""

    dataset: str
    topics: tuple[str, ...]
    retention_days: int


@dataclass(frozen=True, slots=True)
class DocumentStore:
    """A database of documents, by collection name.

    indexes:   the composite indexes ("-field" is descending, "field[]" what an array contains)
    unindexed: the fields that are never queried
    expires:   the field whose time ends a document's life
    excerpts:  the fields that are read without the rest of their documents, by the field that finds these
    """

    database: str
    indexes: Mapping[str, tuple[tuple[str, ...], ...]]
    unindexed: Mapping[str, tuple[str, ...]]
    expires: Mapping[str, str]
    excerpts: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Pipeline:
    """The whole platform, as declared. settings: by group, the environment variables that an operator may set"""

    service: str
    topics: Mapping[str, Topic]
    queues: Mapping[str, Queue]
    schedules: Mapping[str, Schedule]
    functions: Mapping[str, FunctionSpec]
    routes: tuple[Route, ...]
    secrets: Mapping[str, Secret]
    settings: Mapping[str, tuple[str, ...]]
    documents: DocumentStore
    integrations: DocumentStore
    warehouse_subscriptions: WarehouseSubscriptions

    @cached_property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """Returns `function--topic` per function that a topic triggers, `warehouse--topic` per topic it carries."""
        pushed = [
            Subscription(f"{function.name}--{function.topic}", function.topic, function.name)
            for function in self.functions.values()
            if function.trigger == "topic" and function.topic
        ]
        pulled = [Subscription(f"warehouse--{topic}", topic, None) for topic in self.warehouse_subscriptions.topics]
        return (*pushed, *pulled)

    def subscriptions_of(self, topic: str) -> tuple[Subscription, ...]:
        return tuple(subscription for subscription in self.subscriptions if subscription.topic == topic)

    def function_of_queue(self, queue: str) -> FunctionSpec:
        """Returns the one function that a queue's tasks are for."""
        return next(function for function in self.functions.values() if function.queue == queue)

    def settings_of(self, function: str) -> frozenset[str]:
        """Returns the names of the settings that a function reads."""
        groups = self.functions[function].settings
        return frozenset(
            name for group, names in self.settings.items() if group in groups or EVERY_GROUP in groups for name in names
        )

    def posters(self, function: str) -> tuple[str, ...]:
        """Returns the functions that post events to one."""
        return tuple(name for name, other in self.functions.items() if function in other.posts)

    def schedules_of(self, function: str) -> tuple[Schedule, ...]:
        return tuple(schedule for schedule in self.schedules.values() if schedule.function == function)

    def owner(self, host: str, path: str, method: str) -> FunctionSpec | None:
        """Finds the function that answers: of the routes that take this method, the one with the longest matching path.

        HEAD goes where GET goes. A path matches at its segments: /api/v1 owns /api/v1/skills and not /api/v10.
        """
        wanted = "GET" if method == "HEAD" else method
        candidates = [
            route
            for route in self.routes
            if route.host == host and route.method in (None, wanted) and _is_below(path, route.path)
        ]
        if not candidates:
            return None
        return self.functions[max(candidates, key=lambda route: len(route.path)).function]


def _is_below(path: str, root: str) -> bool:
    return root == "/" or path == root or path.startswith(root + "/")
