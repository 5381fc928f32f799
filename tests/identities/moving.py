"""Moves Joe, who has left a trace in every store, to another id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shared.conversations.usecases.transcripts import TranscriptStore
from shared.identities.records import MoveRecords
from shared.identities.usecases.move_document import Stores
from shared.identities.usecases.move_person import MovePerson
from shared.identities.usecases.move_runs import MoveRuns
from shared.identities.usecases.start_move import StartMove
from shared.kernel.errors import Retryable
from shared.observations.domain.entry import canonical_bytes
from shared.ports.documents import Documents, Query
from shared.ratings.usecases.rebuild_state import RebuildState
from tests.harness.crash_harness import ADMINISTRATOR, Died, Fuse, FusedDocuments, FusedTasks, Numbers
from tests.privacy.fused_stores import FusedFiles, FusedWarehouse
from tests.privacy.organisation import JOE, House, data

NEW = "joanna.smith@example.com"
WHY = "Took another name"
SAYS_WHO_WAS_WHO = {"aliases", "moves"}
RAW = {"quarantine", "delivery_failures", "dead_letters"}


@dataclass
class Moves:
    """What starts and does moves, as one instance of a function has it."""

    starting: StartMove
    moving: MovePerson


def moves(house: House, fuse: Fuse | None = None) -> Moves:
    """A new instance, which knows nothing but what is outside."""
    fuse = fuse or Fuse()
    process = house.world.process(fuse)
    clock = house.world.clock
    stores = Stores(
        process.documents,
        process.people.records,
        FusedDocuments(house.integrations, fuse),
        TranscriptStore(FusedFiles(house.files, fuse), clock),
        FusedWarehouse(house.warehouse, fuse),
    )
    runs = MoveRuns(MoveRecords(process.documents), FusedTasks(house.world, fuse), clock)
    return Moves(
        StartMove(process.documents, runs, process.audit, clock, Numbers(house.world)),
        MovePerson(lambda: stores, runs, process.people.writing, clock, house.world.log),
    )


def moved(house: House, fuse: Fuse | None = None, *, into: str | None = None) -> dict[str, Any]:
    """Moves Joe to the end, with one cut at the fuse's point at most; the run."""
    used = fuse or Fuse()
    run_id = ""
    for _ in range(20):
        one = moves(house, used)
        try:
            if into is None:
                run_id = one.starting.rename(ADMINISTRATOR, JOE, NEW, WHY).run_id
            else:
                run_id = one.starting.merge(ADMINISTRATOR, JOE, into, WHY).run_id
            if one.moving.work(run_id).state == "finished":
                break
            house.world.clock.forward(hours=3)
        except (Died, Retryable):
            used = Fuse()
        house.world.tasks.clear()
    return dict(data(house.world.store, f"moves/{run_id}"))


def is_green(house: House, employee_id: str = NEW) -> bool:
    """Whether a person's state is the ledger's, byte for byte."""
    process = house.world.process()
    before = canonical_bytes(data(house.world.store, f"states/{employee_id}")["observations"])
    rebuilt = RebuildState(process.documents, process.configuration, house.world.log).rebuild(employee_id)
    assert rebuilt is not None
    return not rebuilt.repaired and canonical_bytes(dict(rebuilt.state.entries)) == before


def values(value: Any) -> Iterator[Any]:
    """Every value and key in a document."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from values(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from values(inner)
    else:
        yield value


def named(store: Documents, employee_id: str) -> set[str]:
    """The documents in which an id stands for itself, but for those that say who was who."""
    found = set()
    for collection in store.collections():
        if collection in SAYS_WHO_WAS_WHO | RAW:
            continue
        for document in store.query(Query(collection)):
            texts = [text for text in values(dict(document.data)) if isinstance(text, str)]
            plain = any(text == employee_id or f'"{employee_id}"' in text for text in texts)
            former = collection == "states" and employee_id in document.data.get("former", ())
            if document.id == employee_id or (plain and not former):
                found.add(document.path)
    return found
