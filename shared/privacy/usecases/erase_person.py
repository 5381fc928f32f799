"""Erase one person: everything about them goes, in steps that may be cut off and done again at any point.

    erasures/<run id>    the run: its state, how far it is, what it did so far, counted by store and collection
                         while it runs also whom it erases; none of that once it has finished

Starting a run takes the person's record and state away and leaves a tombstone, all at once: from then on nothing about
the person is accepted. The steps go through every collection of both databases, document by document (a document that
merely names the person is found only so), the calls' words, undelivered messages and the warehouse. Each part of a step
is committed together with how far it is and what it counted, so that a step that is repeated counts nothing twice.

Then a second look, two hours later, for what was on its way while the first went through: requests and deliveries in
flight, messages that the warehouse had not written, rows in BigQuery's streaming buffer. With it the run's knowledge of
whom it erased goes, and with that the salt of the pseudonym.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.conversations.usecases.transcripts import TranscriptStore
from shared.kernel.access import Caller, require
from shared.kernel.errors import Forbidden, NotFound, Rejected, Retryable
from shared.kernel.log_events import LogEvent
from shared.kernel.reading import is_document_name
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.platform.usecases.tombstones import SALT, path_of
from shared.ports.ambient import Clock, Files, Ids, Log
from shared.ports.documents import (
    AlreadyExists,
    Create,
    Delete,
    Document,
    Documents,
    Merge,
    PreconditionFailed,
    Put,
    Query,
    Transaction,
    Where,
    Write,
)
from shared.ports.messages import DeadLetters, TaskQueue
from shared.ports.warehouse import Warehouse
from shared.privacy.domain.erasure import Erasing, cleaned_document, is_about, without

QUEUE, FUNCTION = "erasure", "erase_person"
SECOND_LOOK_AFTER = timedelta(hours=2)
LEFT_ALONE = timedelta(minutes=15)
"""A run that has not moved for so long has lost its task."""
LOOKS = 2
STORES = ("documents", "integrations")
LONG_WAIT_SECONDS = 600
"""What asks for more patience than this waits outside the queue's own attempts."""
PAGE = 100
PAGES_A_TASK = 40
MOST_COMMIT_BYTES = 4_000_000
MOST_LETTERS = 10_000
OWN_COLLECTIONS = frozenset({"erasure_salt", "tombstones"})


@dataclass(frozen=True, slots=True)
class Stores:
    """Everything that holds something of people."""

    documents: Documents
    integrations: Documents
    quarantine: Files
    transcripts: TranscriptStore
    dead_letters: DeadLetters
    warehouse: Warehouse


class ErasePerson:
    """Starts, does and reports erasures (see the module)."""

    def __init__(
        self, stores: Callable[[], Stores], documents: Documents, tasks: TaskQueue, audit: Audit, clock: Clock,
        ids: Ids, log: Log,
    ) -> None:  # fmt: skip
        """stores: asked for by the work alone; whoever starts a run or looks at one needs live state only"""
        self._stores = stores
        self._documents = documents
        self._tasks = tasks
        self._audit = audit
        self._clock = clock
        self._ids = ids
        self._log = log

    # Starting and looking

    def start(self, caller: Caller, employee_id: str, confirm: str) -> dict[str, Any]:
        """Starts the erasure of a person, or finds the one under way; the run.

        confirm: the id once more. Raises Forbidden, NotFound, Rejected (the confirmation is another id).
        """
        require(caller, "erasure.run")
        if confirm.strip().lower() != employee_id:
            raise Rejected("employee_id: repeat the id of the path; an erasure cannot be undone", field="employee_id")
        if caller.employee_id == employee_id:
            raise Forbidden("another administrator erases you: your record is what lets you start this")
        run_id, salt, own_salt = self._ids.new(), self._salt(), self._ids.new()
        now = self._clock.now()
        pseudonym = f"erased-{hashlib.sha256(f'{own_salt} {employee_id}'.encode()).hexdigest()[:20]}"

        def work(transaction: Transaction) -> str:
            grave = transaction.get(path_of(salt, employee_id))
            record = transaction.get(f"employees/{employee_id}") if is_document_name(employee_id) else None
            if grave is not None:
                return str(grave.data["run_id"])
            if record is None:
                raise NotFound(f"there is no employee {employee_id[:80]!r}", field="employee_id")
            run = {
                "run_id": run_id,
                "state": "running",
                "requested_by": caller.employee_id or caller.email,
                "requested_at": now,
                "moved_at": now,
                "second_look_at": None,
                "finished_at": None,
                "look": 1,
                "report": {"documents": {"employees": _one(removed=1), "states": _one(removed=1)}},
                "employee_id": employee_id,
                "name": record.data["name"],
                "pseudonym": pseudonym,
                "progress": {},
            }
            transaction.write(
                Create(f"erasures/{run_id}", run),
                Put(path_of(salt, employee_id), {"run_id": run_id, "erased_at": now}),
                Delete(f"employees/{employee_id}"),
                Delete(f"states/{employee_id}"),
            )
            return run_id

        known = self._documents.transact(work)
        run = self._run(known)
        self._audit.record(caller, AuditAction.ERASURE_STARTED, subject=known)
        if run["state"] != "finished":
            self._enqueue(run)
        return shown(run)

    def progress(self, caller: Caller, run_id: str) -> dict[str, Any]:
        """A run and what it has done so far. Raises Forbidden, NotFound."""
        require(caller, "erasure.run")
        return shown(self._run(run_id))

    def list(self, caller: Caller, *, limit: int = 50) -> list[dict[str, Any]]:
        """The latest runs, the newest first."""
        require(caller, "erasure.run")
        found = self._documents.query(Query("erasures", order_by=[("requested_at", "desc")], limit=limit))
        return [shown(document.data) for document in found]

    def resume(self) -> int:
        """Asks again for the work of runs that have lost their task; how many there were."""
        now = self._clock.now()
        left = 0
        for document in self._documents.query(Query("erasures", where=[Where("state", "in", ["running", "waiting"])])):
            due = max(document.data["moved_at"], document.data["second_look_at"] or document.data["moved_at"])
            if now - due > LEFT_ALONE:
                self._enqueue(document.data, again=True)
                left += 1
        return left

    def _run(self, run_id: str) -> dict[str, Any]:
        document = self._documents.get(f"erasures/{run_id}") if is_document_name(run_id) else None
        if document is None:
            raise NotFound(f"there is no erasure {run_id[:60]!r}", field="run_id")
        return document.data

    def _salt(self) -> str:
        """The tombstones' salt; made with the first erasure."""
        known = self._documents.get(SALT)
        if known is None:
            with suppress(AlreadyExists):  # another run made it meanwhile
                self._documents.commit([Create(SALT, {"salt": self._ids.new() + self._ids.new()})])
            known = self._documents.get(SALT)
        if known is None:
            raise Retryable("the salt of the tombstones was being written")
        return str(known.data["salt"])

    def _enqueue(self, run: Mapping[str, Any], *, again: bool = False, run_at: datetime | None = None) -> None:
        moved = run["moved_at"].isoformat()
        name = f"{run['run_id']}-{run['look']}-{hashlib.sha256(moved.encode()).hexdigest()[:16]}"
        self._tasks.enqueue(
            QUEUE,
            FUNCTION,
            {"run_id": run["run_id"]},
            name=None if again else name,
            run_at=run["second_look_at"] if run["state"] == "waiting" else run_at,
        )

    # The work

    def work(self, run_id: str) -> dict[str, Any]:
        """Does a run's next steps, at most 4,000 documents of them, and asks for the rest; where the run stands.

        Raises Retryable: done again, it goes on where it was.
        """
        document = self._documents.get(f"erasures/{run_id}")
        if document is None or document.data["state"] == "finished":
            return {"run_id": run_id, "state": "gone" if document is None else "finished"}
        run, now = document.data, self._clock.now()
        if run["state"] == "waiting":
            if now < run["second_look_at"]:
                self._enqueue(run)
                return {"run_id": run_id, "state": "waiting"}
            run = self._move(run, state="running", look=run["look"] + 1, progress={})
        stores = self._stores()
        person = self._person(stores, run)
        pages = PAGES_A_TASK
        for name in STORES:
            pages = _Scan(stores, name, run_id, run["look"], person).go(pages)
            if not pages:
                self._enqueue(self._move(run))
                return {"run_id": run_id, "state": "running"}
        self._letters(stores, run_id, run["look"], person)
        try:
            self._warehouse(stores, run_id, run["look"], person)
        except Retryable as error:
            if error.after_seconds < LONG_WAIT_SECONDS:
                raise
            self._enqueue(self._move(run), run_at=now + timedelta(seconds=error.after_seconds))
            return {"run_id": run_id, "state": "running"}
        if run["look"] < LOOKS:
            self._enqueue(self._move(run, state="waiting", second_look_at=now + SECOND_LOOK_AFTER))
            return {"run_id": run_id, "state": "waiting"}
        self._finish(stores, run_id)
        return {"run_id": run_id, "state": "finished"}

    def _person(self, stores: Stores, run: Mapping[str, Any]) -> Erasing:
        """Whom the run erases. A name that somebody else has, too, is theirs as well and stays."""
        name: str | None = run["name"]
        if name is not None:
            same = stores.documents.query(Query("employees", where=[Where("name", "==", name)], limit=2))
            name = None if any(one.data["employee_id"] != run["employee_id"] for one in same) else name
        return Erasing(run["employee_id"], run["pseudonym"], name)

    def _move(self, run: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
        """Writes where the run stands; the time tells one step's task from another's."""
        moved = {"moved_at": self._clock.now(), **changes}
        path = f"erasures/{run['run_id']}"
        if "progress" in changes:
            # A merge would keep the last look's.
            document = self._documents.get(path)
            if document is None:
                raise Retryable("the run is gone")
            self._documents.commit([Put(path, {**document.data, **moved}, if_version=document.version)])
        else:
            self._documents.commit([Merge(path, moved)])
        return {**run, **moved}

    def _letters(self, stores: Stores, run_id: str, look: int, person: Erasing) -> None:
        """Discards what could not be delivered and names the person. The ids are written down first, so that those
        which are gone already when this is repeated are counted once."""
        progress = self._run(run_id)["progress"].get("letters", {})
        found = {
            letter.letter_id
            for letter in stores.dead_letters.list(limit=MOST_LETTERS)
            if person.mentions(_text([letter.data, letter.attributes, letter.reason]))
        }
        listed = sorted(found | set(progress.get("ids", ())))
        counted = {"report": {"dead_letters": {f"look {look}": _one(removed=len(listed))}}} if listed else {}
        self._documents.commit([Merge(f"erasures/{run_id}", {"progress": {"letters": {"ids": listed}}, **counted})])
        for letter_id in sorted(found):
            stores.dead_letters.discard(letter_id)

    def _warehouse(self, stores: Stores, run_id: str, look: int, person: Erasing) -> None:
        """Erases from the warehouse; what there was is counted and written down first, for the same reason."""
        progress = self._run(run_id)["progress"].get("warehouse")
        if progress is None:
            rows = stores.warehouse.mentions(person.employee_id)
            counted: dict[str, Any] = {"progress": {"warehouse": {"counted": True}}}
            if rows:
                counted["report"] = {
                    "warehouse": {f"{address}, look {look}": {"rows": count} for address, count in rows.items()}
                }
            self._documents.commit([Merge(f"erasures/{run_id}", counted)])
        stores.warehouse.erase(person.employee_id, person.pseudonym)

    def _finish(self, stores: Stores, run_id: str) -> None:
        """Puts the report in place of everything that the run knew."""
        run = self._run(run_id)
        done = stores.integrations.get(f"erasures/{run_id}")
        now = self._clock.now()
        kept = ("run_id", "requested_by", "requested_at", "second_look_at", "look")
        report = {**run["report"], **({"integrations": done.data["report"]} if done else {})}
        finished = {
            **{name: run[name] for name in kept},
            "state": "finished",
            "moved_at": now,
            "finished_at": now,
            "report": report,
        }
        self._documents.commit([Put(f"erasures/{run_id}", finished)])
        stores.integrations.commit([Delete(f"erasures/{run_id}")])
        self._log.event(LogEvent.ERASURE_FINISHED, run_id=run_id)


class _Scan:
    """One look through one database. Where it stands is kept in a document of that database, in the same commits."""

    def __init__(self, stores: Stores, name: str, run_id: str, look: int, person: Erasing) -> None:
        self._stores = stores
        self._documents: Documents = getattr(stores, name)
        self._live = name == "documents"
        self._path = f"erasures/{run_id}"
        self._look = look
        self._person = person

    def go(self, pages: int) -> int:
        """Goes on for so many pages at most; how many are left of them, 0 when it is not through."""
        known = self._documents.get(self._path)
        place = self._place(known)
        if place.get("done"):
            return pages
        for collection in self._documents.collections():
            if collection in OWN_COLLECTIONS or collection < place.get("collection", ""):
                continue
            after = place.get("after") if collection == place.get("collection") else None
            for page in self._pages(collection, after):
                self._work_through(collection, page)
                pages -= 1
                if not pages:
                    return 0
        self._documents.commit([Merge(self._path, self._at({"look": self._look, "done": True}))])
        return pages

    def _place(self, document: Document | None) -> Mapping[str, Any]:
        if document is None:
            return {}
        place: Mapping[str, Any] = (
            document.data["progress"].get("documents", {}) if self._live else document.data.get("place", {})
        )
        return place if place.get("look") == self._look else {}

    def _at(self, place: Mapping[str, Any]) -> dict[str, Any]:
        return {"progress": {"documents": dict(place)}} if self._live else {"place": dict(place)}

    def _mark(self, place: Mapping[str, Any], collection: str, counts: Mapping[str, int]) -> Merge:
        """The write that says how far the look is and what it has counted; it fails when another delivery of the same
        task has been here meanwhile."""
        document = self._documents.get(self._path)
        changes = self._at(place)
        if any(counts.values()):
            report: Mapping[str, Any] = {}
            if document is not None:
                report = document.data.get("report", {})
                report = report.get("documents", {}) if self._live else report
            before = report.get(collection, _one())
            summed = {collection: {name: before[name] + count for name, count in counts.items()}}
            changes["report"] = {"documents": summed} if self._live else summed
        return Merge(self._path, changes, if_version=document.version if document else None)

    def _pages(self, collection: str, after: str | None) -> Iterator[list[Document]]:
        while True:
            page = self._documents.query(Query(collection, limit=PAGE, after=None if after is None else [after]))
            if page:
                yield page
            if len(page) < PAGE:
                return
            after = page[-1].id

    def _work_through(self, collection: str, page: list[Document]) -> None:
        writes: list[Write] = []
        counts = _one()
        size = 0
        for number, document in enumerate(page, start=1):
            if document.path != self._path:
                write = self._write(collection, document)
                if write is not None:
                    writes.append(write)
                    counts["removed" if isinstance(write, Delete) else "anonymised"] += 1
                    size += 0 if isinstance(write, Delete) else len(_text(write.data))
            if number == len(page) or size > MOST_COMMIT_BYTES:
                place = {"look": self._look, "done": False, "collection": collection, "after": document.id}
                mark = self._mark(place, collection, counts)
                try:
                    self._documents.commit([*writes, mark])
                except PreconditionFailed:
                    raise Retryable("a document changed while the person was being taken out of it") from None
                writes, counts, size = [], _one(), 0

    def _write(self, collection: str, document: Document) -> Put | Delete | None:
        """What becomes of a document; None: it stays as it is. What hangs on it (files) is done before."""
        person = self._person
        if self._live and collection == "quarantine" and self._is_quarantined(document):
            self._stores.quarantine.delete(document.id)
            return Delete(document.path)
        if not self._live and collection == "calls" and person.employee_id in document.data.get("employees", ()):
            self._forget_words(document.data)
        if is_about(person, collection, document.id, document.data):
            return Delete(document.path)
        cleaned = cleaned_document(person, collection, document.data)
        return None if cleaned is None else Put(document.path, cleaned, if_version=document.version)

    def _is_quarantined(self, document: Document) -> bool:
        if is_about(self._person, "quarantine", document.id, document.data):
            return True
        if document.data.get("state") == "discarded":
            return False
        content = self._stores.quarantine.read(document.id)
        # Without its content it is one whose file went before this was cut off.
        return content is None or self._person.mentions(content.decode("utf-8", errors="replace"))

    def _forget_words(self, call: Mapping[str, Any]) -> None:
        """Takes the person out of what was said: all of it when nobody else of the organisation took part."""
        source, call_id = str(call["source"]), str(call["call_id"])
        person, transcripts = self._person, self._stores.transcripts
        if list(call["employees"]) == [person.employee_id]:
            transcripts.forget(source, call_id)
            return
        voices = [
            str(one["speaker_id"])
            for one in call.get("participants", ())
            if one.get("employee_id") == person.employee_id and one.get("speaker_id")
        ]
        transcripts.forget_analyses_of(source, call_id, person.employee_id)
        transcripts.rewrite(source, call_id, lambda said: without(person, said, voices), person.masked)


def shown(run: Mapping[str, Any]) -> dict[str, Any]:
    """A run without whom it erases: its state, its times and what it did, one line per store and part of it."""
    lines = [
        {
            "store": store,
            "part": part,
            "removed": counts.get("removed", 0),
            "anonymised": counts.get("anonymised", 0),
            "rows": counts.get("rows", 0),
        }
        for store, parts in sorted(run["report"].items())
        for part, counts in sorted(parts.items())
    ]
    names = ("run_id", "state", "requested_by", "requested_at", "second_look_at", "finished_at")
    return {**{name: run[name] for name in names}, "report": lines}


def _one(*, removed: int = 0, anonymised: int = 0) -> dict[str, int]:
    return {"removed": removed, "anonymised": anonymised}


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
