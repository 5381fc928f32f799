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
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

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

__all__ = [
    "PIPELINE_FILE", "Data", "DocumentStore", "FunctionSpec", "Pipeline", "PipelineError", "Queue", "Retry", "Route",
    "Schedule", "Secret", "Subscription", "Topic", "as_json", "load_pipeline", "pipeline_from",
]  # fmt: skip

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
    problems = list(contradictions(pipeline))
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
