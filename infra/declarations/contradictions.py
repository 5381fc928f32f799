"""Finds what contradicts itself in a declaration, each in one sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields
from typing import Final, get_args, get_type_hints

from infra.declarations.shapes import (
    EVERY_GROUP,
    METHODS,
    Data,
    Edge,
    FunctionSpec,
    Pipeline,
    Route,
    Schedule,
    Trigger,
)

_ACCESS: Final = get_type_hints(Data)


def contradictions(pipeline: Pipeline) -> Iterator[str]:
    """Yields each contradiction of a declaration in a sentence."""
    routed = {route.function for route in pipeline.routes}
    for function in pipeline.functions.values():
        yield from _of_trigger(function, function.name in routed, bool(pipeline.schedules_of(function.name)))
        yield from _of_names(function, pipeline)
        yield from _of_posts(function, pipeline)
        yield from _of_data(function)
    yield from _of_topics(pipeline)
    for schedule in pipeline.schedules.values():
        yield from _of_schedule(schedule, pipeline.functions.get(schedule.function))
    for route in pipeline.routes:
        yield from _of_route(route, pipeline.functions.get(route.function))
    whole = {(route.host, route.path) for route in pipeline.routes if route.method is None}
    for route in pipeline.routes:
        if route.method is not None and (route.host, route.path) in whole:
            yield f"route {route.host}{route.path} has an owner for all methods and one for {route.method}"
    for store in (pipeline.documents, pipeline.integrations):
        for collection, indexes in store.indexes.items():
            for index in indexes:
                yield from _of_index(collection, index, store.unindexed.get(collection, ()))
    used = {name for function in pipeline.functions.values() for name in function.secrets}
    for secret in pipeline.secrets.keys() - used:
        yield f"secret {secret} is used by no function"
    yield from _of_settings(pipeline)


def _of_settings(pipeline: Pipeline) -> Iterator[str]:
    read = {group for function in pipeline.functions.values() for group in function.settings}
    for group in pipeline.settings.keys() - read:
        yield f"group of settings {group} is named by no function"
    for name, times in Counter(name for names in pipeline.settings.values() for name in names).items():
        if times > 1:
            yield f"setting {name} is in {times} groups, it belongs to one"


def _of_topics(pipeline: Pipeline) -> Iterator[str]:
    readers = {subscription.topic for subscription in pipeline.subscriptions}
    for topic in pipeline.topics.keys() - readers:
        yield f"topic {topic} has no reader"
    published = {name for f in pipeline.functions.values() for name in f.publishes}
    outside = {topic.name for topic in pipeline.topics.values() if topic.from_outside}
    for topic in pipeline.topics.keys() - published - outside:
        yield f"topic {topic} has no publisher"
    for topic in outside & {*published, *pipeline.warehouse_subscriptions.topics}:
        yield f"topic {topic} is from outside: no function publishes to it, and the warehouse is not told"
    for topic in set(pipeline.warehouse_subscriptions.topics) - pipeline.topics.keys():
        yield f"warehouse_subscriptions names the unknown topic {topic}"
    consumers = Counter(function.queue for function in pipeline.functions.values() if function.queue)
    for queue in pipeline.queues:
        if consumers[queue] != 1:
            yield f"queue {queue} has {consumers[queue]} functions that take from it, one is needed"


def _of_schedule(schedule: Schedule, function: FunctionSpec | None) -> Iterator[str]:
    if function is None:
        yield f"schedule {schedule.name} names the unknown function {schedule.function}"
    elif function.trigger != "schedule":
        yield f"schedule {schedule.name} starts {schedule.function}, whose trigger is {function.trigger}"
    if len(schedule.cron.split()) != 5:
        yield f"schedule {schedule.name}: {schedule.cron!r} does not have five fields"


def _of_route(route: Route, owner: FunctionSpec | None) -> Iterator[str]:
    if owner is None:
        yield f"route {route.host}{route.path} names the unknown function {route.function}"
    elif owner.edge != "app":
        yield f"route {route.host}{route.path} leads to {route.function}, whose edge is {owner.edge}"
    if route.method is not None and route.method not in METHODS:
        yield f"route {route.host}{route.path}: {route.method} is not one of {', '.join(METHODS)}"
    if not route.path.startswith("/") or (route.path != "/" and route.path.endswith("/")):
        yield f"route {route.host}: {route.path!r} starts with a slash and does not end with one"


def _of_index(collection: str, index: Sequence[str], unindexed: Collection[str]) -> Iterator[str]:
    named = f"index {collection}: {', '.join(index)}"
    if len([name for name in index if name.endswith("[]")]) > 1:
        yield f"{named}: at most one field is an array"
    if any(name.startswith("-") and name.endswith("[]") for name in index):
        yield f"{named}: what an array contains has no order"
    if index and index[-1].endswith("[]"):
        yield f"{named}: ends with an array, which a single-field index serves"
    for name in sorted({plain_field(name) for name in index} & set(unindexed)):
        yield f"{named}: {name} is declared as unindexed"


def _of_trigger(function: FunctionSpec, routed: bool, scheduled: bool) -> Iterator[str]:
    name, trigger = function.name, function.trigger
    if function.edge not in get_args(Edge):
        yield f"function {name}: edge {function.edge!r} is neither app nor iam"
    if trigger not in get_args(Trigger):
        yield f"function {name}: trigger {trigger!r} is not one of {', '.join(get_args(Trigger))}"
    elif (trigger == "http") != (function.edge == "app"):
        yield f"function {name}: trigger {trigger} does not go with edge {function.edge}"
    if (trigger == "http") != routed:
        yield f"function {name}: trigger {trigger}, with {'a' if routed else 'no'} route to it"
    for kind, source, expected in (("topic", function.topic, "topic"), ("queue", function.queue, "task")):
        if (trigger == expected) != (source is not None):
            yield f"function {name}: trigger {trigger} with {kind} {source}"
    if trigger == "schedule" and not scheduled:
        yield f"function {name} has no schedule"


def _of_names(function: FunctionSpec, pipeline: Pipeline) -> Iterator[str]:
    if function.topic is not None and function.topic not in pipeline.topics:
        yield f"function {function.name} listens to the unknown topic {function.topic}"
    if function.queue is not None and function.queue not in pipeline.queues:
        yield f"function {function.name} takes from the unknown queue {function.queue}"
    for kind, names, known in (
        ("topic", function.publishes, pipeline.topics),
        ("queue", function.enqueues, pipeline.queues),
        ("secret", function.secrets, pipeline.secrets),
        ("group of settings", function.settings, {EVERY_GROUP: (), **pipeline.settings}),
    ):
        for unknown in sorted(set(names) - known.keys()):
            yield f"function {function.name} names the unknown {kind} {unknown}"


def _of_posts(function: FunctionSpec, pipeline: Pipeline) -> Iterator[str]:
    for name in function.posts:
        if not any(route.host == "api" and route.function == name for route in pipeline.routes):
            yield f"function {function.name} posts to {name}, which the API has no route to"


def _of_data(function: FunctionSpec) -> Iterator[str]:
    for store in fields(Data):
        accepted = get_args(_ACCESS[store.name])
        if getattr(function.data, store.name) not in accepted:
            yield f"function {function.name}: data.{store.name} is not one of {', '.join(accepted)}"


def plain_field(name: str) -> str:
    """Returns an index's field without the signs of its order ("-field") or its array ("field[]")."""
    return name.removeprefix("-").removesuffix("[]")
