"""`infra/declarations/pipeline.yaml` as values: read once, defaults applied, cross-checked.

    pipeline = load_pipeline()
    pipeline.functions["ingest"].timeout_seconds        60
    pipeline.owner("api", "/api/v1/skills", "GET")      the function that answers
    pipeline.subscriptions                              who receives what the topics carry

A declaration that contradicts itself is refused with all its contradictions (`PipelineError`), so nothing that runs or
provisions from it has to check again.

Reading YAML costs a sixth of an empty function's cold start, half of it for the library. So a package carries the
declaration as JSON as well (`as_json`), under the digest of the YAML that it was made from: beside any other YAML the
copy counts for nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, get_args, get_type_hints

PIPELINE_FILE: Final = Path(__file__).with_name("pipeline.yaml")

Edge = Literal["app", "iam"]
Trigger = Literal["http", "topic", "task", "schedule"]
Access = Literal["none", "read", "write"]
WarehouseAccess = Literal["none", "read", "write", "erase"]
METHODS: Final = ("DELETE", "GET", "PATCH", "POST", "PUT")


class PipelineError(ValueError):
    """The declaration contradicts itself. problems: each in one sentence."""

    def __init__(self, problems: list[str]):
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Retry:
    """Seconds between deliveries, doubling from min to max, and how many before the dead letter."""

    min_backoff: float
    max_backoff: float
    max_attempts: int


@dataclass(frozen=True, slots=True)
class Topic:
    """Facts of one kind. contract: `<capability>.<class>`, the message's class in `shared.<capability>.messages`."""

    name: str
    contract: str
    about: str


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
    """What a function may do to each store.

    integrations   the second document database: cursors, tokens and marks of the integrations
    transcripts    the bucket of what was said in calls and e-mails, which nothing else holds
    warehouse      read: the marts; write: fills them from what came raw; erase: changes what came raw as well
    dead_letters   read: takes them out of their subscriptions into documents; write: delivers them again, too
    """

    documents: Access = "none"
    integrations: Access = "none"
    warehouse: WarehouseAccess = "none"
    quarantine: Access = "none"
    transcripts: Access = "none"
    dead_letters: Access = "none"


_ACCESS: Final = get_type_hints(Data)


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """One deployed function; the name is its folder under `functions/` and its entry point.

    topic, queue   what triggers it, for the triggers of that name
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
    data: Data = Data()
    secrets: tuple[str, ...] = ()
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
    """The whole platform, as declared."""

    service: str
    topics: Mapping[str, Topic]
    queues: Mapping[str, Queue]
    schedules: Mapping[str, Schedule]
    functions: Mapping[str, FunctionSpec]
    routes: tuple[Route, ...]
    secrets: Mapping[str, Secret]
    documents: DocumentStore
    integrations: DocumentStore
    warehouse_subscriptions: WarehouseSubscriptions

    @cached_property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """`function--topic` for each function that a topic triggers, `warehouse--topic` for each topic it carries."""
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
        """The one function that a queue's tasks are for."""
        return next(function for function in self.functions.values() if function.queue == queue)

    def schedules_of(self, function: str) -> tuple[Schedule, ...]:
        return tuple(schedule for schedule in self.schedules.values() if schedule.function == function)

    def owner(self, host: str, path: str, method: str) -> FunctionSpec | None:
        """The function that answers: of the routes that take this method, the one with the longest matching path.

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


def load_pipeline(path: Path = PIPELINE_FILE) -> Pipeline:
    """Reads and checks a declaration. Raises PipelineError with everything that is wrong."""
    declaration = path.read_bytes()
    try:
        copy = json.loads(path.with_suffix(".json").read_bytes())
    except FileNotFoundError:
        copy = {}
    if copy.get("of") == _digest(declaration):
        return pipeline_from(copy["declared"])
    return pipeline_from(_parsed(declaration))


def as_json(declaration: bytes) -> bytes:
    """The copy of a declaration that lies beside it in a package. Raises PipelineError for a key declared twice."""
    return json.dumps({"of": _digest(declaration), "declared": _parsed(declaration)}, indent=1).encode()


def pipeline_from(declared: Mapping[str, Any]) -> Pipeline:
    """The pipeline that a parsed declaration describes. Raises PipelineError."""
    problems: list[str] = []
    expected = {field.name for field in fields(Pipeline)} | {"defaults"}
    problems += [f"unknown section {name}" for name in declared.keys() - expected]
    problems += [f"section {name} is missing" for name in expected - declared.keys()]
    if problems:
        raise PipelineError(sorted(problems))
    try:
        pipeline = _build(declared)
    except (TypeError, KeyError, AttributeError) as error:
        raise PipelineError([str(error)]) from error
    problems = list(_contradictions(pipeline))
    if problems:
        raise PipelineError(problems)
    return pipeline


def _digest(declaration: bytes) -> str:
    return hashlib.sha256(declaration).hexdigest()


def _parsed(declaration: bytes) -> Any:
    import yaml

    class StrictLoader(yaml.SafeLoader):
        """YAML lets the last of two equal keys win in silence: a path would change its owner unseen."""

        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
            keys = Counter(self.construct_object(key, deep=True) for key, _ in node.value)
            twice = [str(key) for key, count in keys.items() if count > 1]
            if twice:
                raise PipelineError([f"line {node.start_mark.line + 1}: {', '.join(twice)} is declared twice"])
            return super().construct_mapping(node, deep)

    return yaml.load(declaration.decode("utf-8"), Loader=StrictLoader)


def _build(declared: Mapping[str, Any]) -> Pipeline:
    defaults: Mapping[str, Any] = declared["defaults"]
    carried = declared["warehouse_subscriptions"]
    return Pipeline(
        service=declared["service"],
        topics=_named(declared["topics"], lambda name, entry: Topic(name=name, **entry)),
        queues=_named(
            declared["queues"],
            lambda name, entry: Queue(
                name=name, **{**entry, "retry": Retry(**{**defaults["retry"], **entry.get("retry", {})})}
            ),
        ),
        schedules=_named(declared["schedules"], lambda name, entry: Schedule(name=name, **entry)),
        functions=_named(declared["functions"], lambda name, entry: _function(name, entry, defaults)),
        routes=tuple(_routes(declared["routes"])),
        secrets=_named(declared["secrets"], lambda name, entry: Secret(name=name, **entry)),
        documents=_store(declared["documents"]),
        integrations=_store(declared["integrations"]),
        warehouse_subscriptions=WarehouseSubscriptions(
            dataset=carried["dataset"],
            topics=tuple(declared["topics"]) if carried["topics"] == "all" else tuple(carried["topics"]),
            retention_days=carried["retention_days"],
        ),
    )


def _function(name: str, entry: Mapping[str, Any], defaults: Mapping[str, Any]) -> FunctionSpec:
    values = {**defaults, **entry}
    values["retry"] = Retry(**{**defaults["retry"], **entry.get("retry", {})})
    values["data"] = Data(**entry.get("data", {}))
    for listed in ("publishes", "enqueues", "secrets", "packages", "audiences"):
        values[listed] = tuple(entry.get(listed, ()))
    return FunctionSpec(name=name, **values)


def _store(declared: Mapping[str, Any]) -> DocumentStore:
    return DocumentStore(
        database=declared["database"],
        indexes=_frozen({kind: tuple(map(tuple, lists)) for kind, lists in declared.get("indexes", {}).items()}),
        excerpts=_frozen(
            {
                kind: _frozen({by: tuple(names) for by, names in excerpts.items()})
                for kind, excerpts in declared.get("excerpts", {}).items()
            }
        ),
        unindexed=_frozen({kind: tuple(names) for kind, names in declared.get("unindexed", {}).items()}),
        expires=_frozen(declared.get("expires", {})),
    )


def _routes(declared: Mapping[str, Mapping[str, Any]]) -> Iterator[Route]:
    for host, paths in declared.items():
        for path, owner in paths.items():
            if isinstance(owner, str):
                yield Route(host, path, None, owner)
            else:
                for method, function in owner.items():
                    yield Route(host, path, method, function)


def _contradictions(pipeline: Pipeline) -> Iterator[str]:
    yield from _contradictions_of_functions(pipeline)
    readers = {subscription.topic for subscription in pipeline.subscriptions}
    for topic in pipeline.topics.keys() - readers:
        yield f"topic {topic} has no reader"
    for topic in pipeline.topics.keys() - {name for f in pipeline.functions.values() for name in f.publishes}:
        yield f"topic {topic} has no publisher"
    for topic in set(pipeline.warehouse_subscriptions.topics) - pipeline.topics.keys():
        yield f"warehouse_subscriptions names the unknown topic {topic}"
    consumers = Counter(function.queue for function in pipeline.functions.values() if function.queue)
    for queue in pipeline.queues:
        if consumers[queue] != 1:
            yield f"queue {queue} has {consumers[queue]} functions that take from it, one is needed"
    for schedule in pipeline.schedules.values():
        scheduled = pipeline.functions.get(schedule.function)
        if scheduled is None:
            yield f"schedule {schedule.name} names the unknown function {schedule.function}"
        elif scheduled.trigger != "schedule":
            yield f"schedule {schedule.name} starts {schedule.function}, whose trigger is {scheduled.trigger}"
        if len(schedule.cron.split()) != 5:
            yield f"schedule {schedule.name}: {schedule.cron!r} does not have five fields"
    for route in pipeline.routes:
        owner = pipeline.functions.get(route.function)
        if owner is None:
            yield f"route {route.host}{route.path} names the unknown function {route.function}"
        elif owner.edge != "app":
            yield f"route {route.host}{route.path} leads to {route.function}, whose edge is {owner.edge}"
        if route.method is not None and route.method not in METHODS:
            yield f"route {route.host}{route.path}: {route.method} is not one of {', '.join(METHODS)}"
        if not route.path.startswith("/") or (route.path != "/" and route.path.endswith("/")):
            yield f"route {route.host}: {route.path!r} starts with a slash and does not end with one"
    whole = {(route.host, route.path) for route in pipeline.routes if route.method is None}
    for route in pipeline.routes:
        if route.method is not None and (route.host, route.path) in whole:
            yield f"route {route.host}{route.path} has an owner for all methods and one for {route.method}"
    yield from _contradictions_of_documents(pipeline.documents)
    yield from _contradictions_of_documents(pipeline.integrations)
    used = {name for function in pipeline.functions.values() for name in function.secrets}
    for secret in pipeline.secrets.keys() - used:
        yield f"secret {secret} is used by no function"


def _contradictions_of_documents(documents: DocumentStore) -> Iterator[str]:
    for collection, indexes in documents.indexes.items():
        for index in indexes:
            named = f"index {collection}: {', '.join(index)}"
            if len([name for name in index if name.endswith("[]")]) > 1:
                yield f"{named}: at most one field is an array"
            if any(name.startswith("-") and name.endswith("[]") for name in index):
                yield f"{named}: what an array contains has no order"
            if index and index[-1].endswith("[]"):
                yield f"{named}: ends with an array, which a single-field index serves"
            for name in sorted({plain_field(name) for name in index} & set(documents.unindexed.get(collection, ()))):
                yield f"{named}: {name} is declared as unindexed"


def plain_field(name: str) -> str:
    """An index's field without the signs of its order ("-field") or its array ("field[]")."""
    return name.removeprefix("-").removesuffix("[]")


def _contradictions_of_functions(pipeline: Pipeline) -> Iterator[str]:
    routed = {route.function for route in pipeline.routes}
    for name, function in pipeline.functions.items():
        if function.edge not in get_args(Edge):
            yield f"function {name}: edge {function.edge!r} is neither app nor iam"
        if function.trigger not in get_args(Trigger):
            yield f"function {name}: trigger {function.trigger!r} is not one of {', '.join(get_args(Trigger))}"
        elif (function.trigger == "http") != (function.edge == "app"):
            yield f"function {name}: trigger {function.trigger} does not go with edge {function.edge}"
        if (function.trigger == "http") != (name in routed):
            yield f"function {name}: trigger {function.trigger}, with {'a' if name in routed else 'no'} route to it"
        if (function.trigger == "topic") != (function.topic is not None):
            yield f"function {name}: trigger {function.trigger} with topic {function.topic}"
        if function.topic is not None and function.topic not in pipeline.topics:
            yield f"function {name} listens to the unknown topic {function.topic}"
        if (function.trigger == "task") != (function.queue is not None):
            yield f"function {name}: trigger {function.trigger} with queue {function.queue}"
        if function.queue is not None and function.queue not in pipeline.queues:
            yield f"function {name} takes from the unknown queue {function.queue}"
        if function.trigger == "schedule" and not pipeline.schedules_of(name):
            yield f"function {name} has no schedule"
        for kind, names, known in (
            ("topic", function.publishes, pipeline.topics),
            ("queue", function.enqueues, pipeline.queues),
            ("secret", function.secrets, pipeline.secrets),
        ):
            for unknown in sorted(set(names) - known.keys()):
                yield f"function {name} names the unknown {kind} {unknown}"
        for store in fields(Data):
            accepted = get_args(_ACCESS[store.name])
            if getattr(function.data, store.name) not in accepted:
                yield f"function {name}: data.{store.name} is not one of {', '.join(accepted)}"


def _named(entries: Mapping[str, Any], build: Any) -> Mapping[str, Any]:
    built = {}
    for name, entry in entries.items():
        try:
            built[name] = build(name, entry)
        except TypeError as error:
            raise TypeError(f"{name}: {error}") from error
    return MappingProxyType(built)


def _frozen(entries: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(entries))


def _is_below(path: str, root: str) -> bool:
    return root == "/" or path == root or path.startswith(root + "/")
