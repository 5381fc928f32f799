"""What survives a process, the process itself, and the moments at which it may die.

A CrashHarness holds what lies outside every function: the documents (real SQLite), what the bus carried, what the queue
holds, and the time. A Process is the use cases on it, as one function instance has them; it remembers nothing of an
earlier one. A Fuse makes a process die, or an outside call fail, at one exact point: every write, publication and task
has a point before and one after it, and a publication of several messages one in the middle.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from infra.declarations.pipeline import load_pipeline
from infra.local.sqlite_documents import SqliteDocuments
from infra.vendors.integrations import Integrations
from infra.wiring.environment import Environment
from shared.conversations.ports.calls import Calls
from shared.frameworks.domain.framework import Framework
from shared.kernel.access import Caller, Scope
from shared.kernel.errors import NotFound, Retryable
from shared.platform.usecases.commit_then_publish import CommitThenPublish
from shared.ports.documents import Documents, Merge, Query, Reader, Transaction, Write
from shared.ports.messages import Message
from shared.ratings.domain.retention import retain
from shared.ratings.messages import LookTask, PartTask, ShardTask
from shared.ratings.usecases.recalculate_shard import ShardCounts
from tests.harness.platform import Platform
from tests.harness.sent_events import NOON, sent_of

T = TypeVar("T")
MACHINE = Caller(email="voice@demo.iam.gserviceaccount.com", scopes=frozenset({"events.write"}))
ADMINISTRATOR = Caller(email="ada@example.com", role="administrator", employee_id="ada@example.com")
PIPELINE = load_pipeline()
"""Read once: reading it takes as long as a whole test."""
INDEXES = PIPELINE.documents.indexes
KEYS: Mapping[str, tuple[str, ...]] = {
    "observation-recorded": ("event_id",),
    "skill-changed": ("employee_id", "revision", "sight"),
    "discrepancy-changed": ("discrepancy_id", "revision", "sight"),
    "ratings-snapshotted": ("employee_id", "as_of", "revision"),
    "employee-changed": ("employee_id", "changed_at"),
    "framework-published": ("framework_id", "version"),
    "review-decided": ("review_id", "review_version"),
    "audit-recorded": ("actor", "action", "subject", "detail"),
}
"""By which of its fields a reader tells that it has seen a fact."""


class Died(BaseException):
    """kill -9, as far as Python can tell: no handler of the code under test catches it."""


class Fuse:
    """Blows at the point of this number, once; counts the points that were passed.

    failure: raised there; Died for a crash, Retryable for an outside that does not answer
    """

    def __init__(self, point: int | None = None, failure: Callable[[], BaseException] = Died) -> None:
        self._point = point
        self._failure = failure
        self.passed = 0
        self.blown = False

    def point(self) -> None:
        """One of the moments."""
        number, self.passed = self.passed, self.passed + 1
        if number == self._point:
            self.blown = True
            raise self._failure()


class Watch:
    """The `Clock` port, set by hand."""

    def __init__(self) -> None:
        self.time = NOON

    def now(self) -> datetime:
        return self.time

    def forward(self, **by: float) -> None:
        self.time += timedelta(**by)


class Notes:
    """The `Log` port, kept."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str, dict[str, Any]]] = []

    def event(self, name: str, severity: str = "INFO", **fields: str | int | float | bool | None) -> None:
        self.lines.append((name, severity, fields))

    def named(self, name: str) -> list[dict[str, Any]]:
        return [fields for known, _, fields in self.lines if known == name]


@dataclass
class CrashHarness:
    """What a crash leaves alone. facts: (topic, data) as carried, repetitions included; tasks: (name, payload)."""

    store: SqliteDocuments
    clock: Watch = field(default_factory=Watch)
    log: Notes = field(default_factory=Notes)
    facts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    tasks: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    numbers: count[int] = field(default_factory=count)

    def process(self, fuse: Fuse | None = None) -> Process:
        """A new process, which knows nothing but what is outside."""
        return Process(CrashEnvironment(self, fuse or Fuse()))

    def documents(self) -> dict[str, dict[str, Any]]:
        """Everything stored, by path, without what legitimately differs between two histories: audit records, of
        which a repeated act leaves another one, and the store's own version numbers."""
        found: dict[str, dict[str, Any]] = {}
        for collection in COLLECTIONS:
            for document in self.store.query(Query(collection)):
                found[document.path] = dict(document.data)
        for path, data in found.items():
            if path.startswith("ratings/"):
                # A version means something only beside the state it is of.
                state = self.store.get(path.replace("ratings/", "states/", 1))
                data["state_version"] = state is not None and data["state_version"] == state.version
            if path.startswith("states/") and data.get("collected"):
                # Of a collected state only that counts which a rating can need; the rest goes when it goes.
                framework = self.process().configuration.framework(data["framework_id"])
                data["observations"] = retain(data["observations"], framework)
        return found

    def published(self) -> dict[tuple[Any, ...], dict[str, Any]]:
        """The facts, each once. Fails when two that say they are the same say different things."""
        once: dict[tuple[Any, ...], dict[str, Any]] = {}
        for topic, data in self.facts:
            key = (topic, *(data[name] for name in KEYS[topic]))
            if topic == "audit-recorded":
                data = {**data, "audit_id": "", "at": ""}
            assert once.setdefault(key, data) == data, f"two different facts are called {key}"
        return once

    def told(self, topic: str) -> list[dict[str, Any]]:
        """What a topic carried about ratings with every call, closed ones too."""
        return [data for known, data in self.facts if known == topic and data["sight"] != "others"]

    def told_others(self, *topics: str) -> list[dict[str, Any]]:
        """What topics carried about ratings without calls that were closed."""
        return [data for known, data in self.facts if known in topics and data.get("sight") != "employee"]

    def asked(self) -> dict[str, dict[str, Any]]:
        """The tasks by name."""
        return dict(self.tasks)

    def picture(self) -> dict[tuple[str, str, str], dict[str, Any]]:
        """What a consumer of `skill-changed` believes that takes facts in any order and lets the highest revision of a
        skill stand: (employee, competency, context) → the skill."""
        best: dict[tuple[str, str, str], tuple[int, dict[str, Any]]] = {}
        for data in self.told("skill-changed"):
            for skill in data["skills"]:
                key = (data["employee_id"], skill["competency"], json.dumps(skill["context"], sort_keys=True))
                if best.get(key, (0, {}))[0] < data["revision"]:
                    best[key] = (data["revision"], skill)
        return {key: skill for key, (_, skill) in best.items()}

    def deliver(self, *, since: int = 0) -> None:
        """Delivers what the bus carries to `rating_update`, and the queue's tasks to `recalculate_shard`; those of
        `notify` and `directory_sync` go nowhere."""
        process = self.process()
        for topic, data in self.facts[since:]:
            if topic == "observation-recorded":
                process.ratings.update(data["employee_id"])
        while self.tasks:
            _, payload = self.tasks.pop(0)
            if not payload.keys() & {"step", "following"}:
                process.recalculation_task(payload)


COLLECTIONS = (
    "certificates",
    "employees",
    "events",
    "framework_versions",
    "frameworks",
    "held_scores",
    "parameter_versions",
    "parameters",
    "ratings",
    "recalculation_runs",
    "recalculation_shards",
    "reruns",
    "reviews",
    "states",
)


class CrashEnvironment(Environment):
    """One process's surroundings in a world: what leaves the process dies, or fails, where the fuse says."""

    name = "crash"
    services: Mapping[str, frozenset[Scope]] = {}
    administrators: Collection[str] = ()
    api_url = ""
    portal_url = "https://skills.example.com"
    recorded_calls: Calls | None = None

    def __init__(self, world: CrashHarness, fuse: Fuse) -> None:
        super().__init__()
        self.clock, self.ids, self.log, self.secrets = world.clock, Numbers(world), world.log, GivenSecrets({})
        documents, bus = FusedDocuments(world.store, fuse), FusedBus(world, fuse)
        self.ports: dict[str, Any] = {
            "documents": documents,
            "integrations": documents,
            "bus": bus,
            "tasks": FusedTasks(world, fuse),
            "outbox": CommitThenPublish(documents, bus, self.ids, self.clock),
            "storage": None,
        }

    def port(self, name: str, on_google: Callable[..., T]) -> T:
        found: T = self.ports[name]
        return found

    @cached_property
    def connected(self) -> Integrations:
        return Integrations({}, self.secrets, frozenset())

    def audiences(self, function: str) -> tuple[str, ...]:
        return ()

    def check_invoker(self, headers: Mapping[str, str], function: str) -> None:
        """Lets everybody in: nobody calls a process but the test."""


class GivenSecrets:
    """The `Secrets` port, in memory."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = known

    def get(self, name: str) -> str:
        if name not in self._known:
            raise NotFound(f"no secret {name}")
        return self._known[name]


class Process(Platform):
    """The use cases, as one instance of a function has them."""

    def recalculation_task(self, task: Mapping[str, Any]) -> object:
        """Does what `recalculate_shard` does with a task."""
        if "look_id" in task:
            return self.sum_readiness.part(LookTask.model_validate(task))
        if "part" in task:
            return self.share_out.part(PartTask.model_validate(task))
        return self.recalculate_shard(task)

    def recalculate_shard(self, task: Mapping[str, Any]) -> ShardCounts:
        """Does a shard's task."""
        return self.shard.recalculate(ShardTask.model_validate(task))

    def record(self, *raws: Mapping[str, Any]) -> list[Any]:
        """One event alone, or several as a list: the outcomes."""
        items = [sent_of(raw) for raw in raws]
        if len(items) == 1:
            return [self.events.one(items[0], MACHINE)]
        return list(self.event_lists.several(items, MACHINE))


class Numbers:
    """The `Ids` port: never the same id twice in a world."""

    def __init__(self, world: CrashHarness) -> None:
        self._numbers = world.numbers

    def new(self) -> str:
        return f"id-{next(self._numbers):06d}"


class FusedDocuments:
    """The `Documents` port over another one."""

    def __init__(self, inner: Documents, fuse: Fuse) -> None:
        self._inner = inner
        self._fuse = fuse
        self.get = inner.get
        self.get_many = inner.get_many
        self.query = inner.query

    def commit(self, writes: Sequence[Write]) -> None:
        self._fuse.point()
        self._inner.commit(writes)
        self._fuse.point()

    def transact(self, work: Callable[[Transaction], T]) -> T:
        self._fuse.point()
        result = self._inner.transact(work)
        self._fuse.point()
        return result

    def read_together(self, work: Callable[[Reader], T]) -> T:
        return self._inner.read_together(work)

    def collections(self) -> list[str]:
        return self._inner.collections()


class FusedBus:
    """The `Bus` port into the world."""

    def __init__(self, world: CrashHarness, fuse: Fuse) -> None:
        self._world = world
        self._fuse = fuse

    def publish(self, topic: str, messages: Sequence[Message]) -> None:
        carried = [(topic, json.loads(json.dumps(message.data))) for message in messages]
        half = len(carried) // 2
        self._fuse.point()
        self._world.facts += carried[:half]
        if half:
            self._fuse.point()
        self._world.facts += carried[half:]
        self._fuse.point()


class FusedTasks:
    """The `TaskQueue` port into the world: a name is taken for good."""

    def __init__(self, world: CrashHarness, fuse: Fuse) -> None:
        self._world = world
        self._fuse = fuse

    def enqueue(
        self,
        queue: str,
        function: str,
        payload: Mapping[str, Any],
        *,
        name: str | None = None,
        run_at: datetime | None = None,
    ) -> bool:
        self._fuse.point()
        fresh = name is None or name not in self._world.asked()
        if fresh:
            self._world.tasks.append((name or f"unnamed-{next(self._world.numbers)}", json.loads(json.dumps(payload))))
        self._fuse.point()
        return fresh


def new_crash_harness(folder: Path, framework: Framework, people: Iterable[str] = ()) -> CrashHarness:
    """A world with a framework in force and some people in it."""
    number = sum(1 for _ in folder.iterdir())
    world = CrashHarness(SqliteDocuments(folder / f"documents-{number}.sqlite", indexes=INDEXES, durable=False))
    process = world.process()
    process.publish_frameworks.install(framework, ADMINISTRATOR)
    lines = [f"{employee_id.split('@')[0].title()},{employee_id}" for employee_id in people]
    if lines:
        process.people.import_people.from_csv(ADMINISTRATOR, "\n".join(["name,email", *lines]).encode())
    world.facts.clear()
    return world


def unavailable() -> Retryable:
    """An outside that does not answer."""
    return Retryable("nobody answers")


def tamper(world: CrashHarness, employee_id: str, entries: Mapping[str, Any]) -> None:
    """Changes a state behind everybody's back."""
    world.store.commit([Merge(f"states/{employee_id}", {"observations": dict(entries)})])
