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
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from infra.declarations.contradictions import contradictions
from infra.declarations.shapes import (
    Data,
    DocumentStore,
    FunctionSpec,
    Pipeline,
    Queue,
    Retry,
    Route,
    Schedule,
    Secret,
    Subscription,
    Topic,
    WarehouseSubscriptions,
)

if TYPE_CHECKING:  # a deployment reads the pipeline before anything else is there
    from shared.kernel.json_values import Json, JsonObject

__all__ = [
    "PIPELINE_FILE", "Data", "DocumentStore", "FunctionSpec", "Pipeline", "PipelineError", "Queue", "Retry", "Route",
    "Schedule", "Secret", "Subscription", "Topic", "as_json", "load_pipeline", "pipeline_from",
]  # fmt: skip

T = TypeVar("T")
PIPELINE_FILE: Final = Path(__file__).with_name("pipeline.yaml")


class PipelineError(ValueError):
    """The declaration contradicts itself. problems: each in one sentence."""

    def __init__(self, problems: list[str]):
        super().__init__("; ".join(problems))
        self.problems = problems


def load_pipeline(path: Path = PIPELINE_FILE) -> Pipeline:
    """Reads and checks a declaration. Raises PipelineError with everything that is wrong."""
    declaration = path.read_bytes()
    try:
        copy = json.loads(path.with_suffix(".json").read_bytes())
    except FileNotFoundError:
        copy = {}
    if copy.get("of") == _digest(declaration):
        return pipeline_from(copy["declared"])
    return _declared(declaration)


@lru_cache(maxsize=4)
def _declared(declaration: bytes) -> Pipeline:
    """Reads YAML, which takes a tenth of a second, once."""
    return pipeline_from(_parsed(declaration))


@lru_cache(maxsize=4)
def as_json(declaration: bytes) -> bytes:
    """Makes the copy of a declaration that lies beside it in a package. Raises PipelineError for a key given twice."""
    return json.dumps({"of": _digest(declaration), "declared": _parsed(declaration)}, indent=1).encode()


def pipeline_from(declared: JsonObject) -> Pipeline:
    """Makes the pipeline that a parsed declaration describes. Raises PipelineError."""
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
    problems = list(contradictions(pipeline))
    if problems:
        raise PipelineError(problems)
    return pipeline


def _digest(declaration: bytes) -> str:
    return hashlib.sha256(declaration).hexdigest()


def _parsed(declaration: bytes) -> Any:
    import yaml

    from infra.declarations.safe_yaml import SafeLoader

    class StrictLoader(SafeLoader):
        """YAML lets the last of two equal keys win in silence: a path would change its owner unseen."""

        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
            keys = Counter(self.construct_object(key, deep=True) for key, _ in node.value)
            twice = [str(key) for key, count in keys.items() if count > 1]
            if twice:
                raise PipelineError([f"line {node.start_mark.line + 1}: {', '.join(twice)} is declared twice"])
            return super().construct_mapping(node, deep)

    return yaml.load(declaration.decode("utf-8"), Loader=StrictLoader)


def _build(declared: JsonObject) -> Pipeline:
    defaults = _object(declared["defaults"])
    carried = _object(declared["warehouse_subscriptions"])
    ours = tuple(name for name, topic in _object(declared["topics"]).items() if not _object(topic).get("from_outside"))
    return _made(
        Pipeline,
        service=declared["service"],
        topics=_named(declared["topics"], lambda name, entry: _made(Topic, name=name, **entry)),
        queues=_named(
            declared["queues"],
            lambda name, entry: _made(Queue, name=name, **{**entry, "retry": _retry(entry, defaults)}),
        ),
        schedules=_named(declared["schedules"], lambda name, entry: _made(Schedule, name=name, **entry)),
        functions=_named(declared["functions"], lambda name, entry: _function(name, entry, defaults)),
        routes=tuple(_routes(_object(declared["routes"]))),
        secrets=_named(declared["secrets"], lambda name, entry: _made(Secret, name=name, **entry)),
        settings=_each(declared["settings"], _names),
        documents=_store(_object(declared["documents"])),
        integrations=_store(_object(declared["integrations"])),
        warehouse_subscriptions=_made(
            WarehouseSubscriptions,
            dataset=carried["dataset"],
            topics=ours if carried["topics"] == "all" else _names(carried["topics"]),
            retention_days=carried["retention_days"],
        ),
    )


def _function(name: str, entry: JsonObject, defaults: JsonObject) -> FunctionSpec:
    listed = ("publishes", "enqueues", "posts", "secrets", "settings", "packages", "audiences")
    return _made(
        FunctionSpec,
        name=name,
        **{
            **defaults,
            **entry,
            **{kind: _names(entry.get(kind, ())) for kind in listed},
            "retry": _retry(entry, defaults),
            "data": _made(Data, **_object(entry.get("data", {}))),
        },
    )


def _retry(entry: JsonObject, defaults: JsonObject) -> Retry:
    return _made(Retry, **{**_object(defaults["retry"]), **_object(entry.get("retry", {}))})


def _store(declared: JsonObject) -> DocumentStore:
    def by_kind(part: str, read: Callable[[Json], T]) -> Mapping[str, T]:
        return _each(declared.get(part, {}), read)

    return _made(
        DocumentStore,
        database=declared["database"],
        indexes=by_kind("indexes", lambda lists: tuple(map(_names, _list(lists)))),
        excerpts=by_kind("excerpts", lambda names_by_field: _each(names_by_field, _names)),
        unindexed=by_kind("unindexed", _names),
        expires=by_kind("expires", str),
    )


def _routes(declared: JsonObject) -> Iterator[Route]:
    for host, paths in declared.items():
        for path, owner in _object(paths).items():
            if isinstance(owner, str):
                yield Route(host, path, None, owner)
            else:
                for method, function in _object(owner).items():
                    yield Route(host, path, method, str(function))


def _made(kind: Callable[..., T], **fields: object) -> T:
    """Makes a part of the declaration, which refuses a field that it does not have and misses one that it needs."""
    return kind(**fields)


def _named(entries: Json, build: Callable[[str, JsonObject], T]) -> Mapping[str, T]:
    built = {}
    for name, entry in _object(entries).items():
        try:
            built[name] = build(name, _object(entry))
        except TypeError as error:
            raise TypeError(f"{name}: {error}") from error
    return MappingProxyType(built)


def _each(entries: Json, read: Callable[[Json], T]) -> Mapping[str, T]:
    return MappingProxyType({name: read(entry) for name, entry in _object(entries).items()})


def _object(value: Json) -> JsonObject:
    if not isinstance(value, Mapping):
        raise TypeError(f"{value!r} is no mapping")
    return value


def _list(value: Json) -> Sequence[Json]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise TypeError(f"{value!r} is no list")
    return value


def _names(value: Json) -> tuple[str, ...]:
    return tuple(map(str, _list(value)))
