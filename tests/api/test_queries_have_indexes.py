"""Every query that the use cases make is one that Firestore answers with the declared indexes.

Without its index a query fails in production and nowhere else: SQLite and Firestore's emulator answer everything. So a
recorder stands before the store, the use cases are asked in every way, and each recorded query is held against
Firestore's rules. A query in `shared` that no test here brings about fails the last test.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any, Literal, TypeVar

import pytest

from infra.declarations.pipeline import DocumentStore, load_pipeline
from infra.local.environment import EmbeddedEnvironment
from infra.local.sqlite_documents import SqliteDocuments
from infra.wiring.call_analysis import call_analysis
from infra.wiring.discovery import discovery
from infra.wiring.environment import configure
from shared.call_pipeline.messages import CallTask
from shared.call_pipeline.records.batches import Batches
from shared.call_pipeline.usecases.batched_calls import BatchedCalls
from shared.call_pipeline.usecases.discover_calls import Recorder as Connected
from shared.conversations.domain.recorded_call import CrmObject
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.intake.usecases.reconcile import Reconcile
from shared.kernel.access import ROLES, Caller
from shared.kernel.errors import NotFound
from shared.observations.domain.event_filter import EventFilter
from shared.observations.records import Ledger
from shared.operations.usecases.activity import Activity
from shared.platform.usecases.notices import Notifications
from shared.ports.documents import Document, Documents, Query, Reader, Transaction, Where, Write
from shared.privacy.usecases.clean_document import Stores
from shared.privacy.usecases.erase_person import ErasePerson
from tests.api.conftest import Loaded, _api
from tests.harness.api_client import (
    ADA,
    DANA,
    JOE,
    PRIYA,
    SARAH,
    ApiClient,
    call_analysed,
    call_seen,
    lesson,
    role_play,
)
from tests.harness.call_world import Recorder
from tests.harness.platform import Platform

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
LIVE, INTEGRATIONS = load_pipeline().documents, load_pipeline().integrations
DECLARED = DocumentStore(
    "both", {**LIVE.indexes, **INTEGRATIONS.indexes}, {**LIVE.unindexed, **INTEGRATIONS.unindexed}, {}
)
"""No collection is in both databases."""
INEQUALITIES = {"<", "<=", ">", ">="}


# --- Firestore's rules


def refusal(query: Query, declared: DocumentStore = DECLARED) -> str | None:
    """Why Firestore would refuse a query, None if it would not.

    It keeps an index of every single field by itself, and merges those for conditions of equality. Conditions together
    with an order need composite indexes that end with just that order and begin with conditions of the query only;
    several that end alike are merged. (https://firebase.google.com/docs/firestore/query-data/index-overview)
    """
    equal = {where.field for where in query.where if where.operator in ("==", "in")}
    arrays = {where.field for where in query.where if where.operator == "array_contains"}
    ranges = {where.field for where in query.where if where.operator in INEQUALITIES}
    order = list(query.order_by) or [(name, "asc") for name in sorted(ranges)]
    ordered = [name for name, _ in order]
    collection = query.collection.rsplit("/", 1)[-1]
    exempt = {*equal, *arrays, *ranges, *ordered} & set(declared.unindexed.get(collection, ()))
    if exempt:
        return f"{', '.join(sorted(exempt))} has no index"
    if len(arrays) > 1 or len(ranges) > 1:
        return "more than one array, or ranges over more than one field"
    if ranges and ordered[0] not in ranges:
        return f"a range over {', '.join(ranges)} with an order that begins with {ordered[0]}"
    conditions = {*equal, *(f"{name}[]" for name in arrays)}
    if not order or (not conditions and len(order) == 1):
        return None
    end = tuple(f"-{name}" if direction == "desc" else name for name, direction in order)
    served: set[str] = set()
    for index in declared.indexes.get(collection, ()):
        begin, rest = index[: -len(end)], index[-len(end) :]
        if rest == end and set(begin) <= conditions:
            served |= set(begin)
            if conditions == served:
                return None
    return f"no index with {', '.join(sorted(conditions - served)) or 'nothing'} before {', '.join(end)}"


def store(**indexes: Sequence[Sequence[str]]) -> DocumentStore:
    made = {name: tuple(tuple(index) for index in lists) for name, lists in indexes.items()}
    return DocumentStore("live", made, {"events": ("payload",)}, {})


BY_PERSON = [Where("employee_id", "==", "e1")]
NEWEST: list[tuple[str, Literal["asc", "desc"]]] = [("occurred_at", "desc")]


@pytest.mark.parametrize(
    ("query", "indexes", "reason"),
    [
        (Query("events"), [], None),
        (Query("events", BY_PERSON), [], None),
        (Query("events", [*BY_PERSON, Where("kind", "==", "field")]), [], None),
        (Query("events", order_by=NEWEST), [], None),
        (Query("events", [Where("occurred_at", ">", 1)]), [], None),
        (Query("events", [Where("payload", "==", 1)]), [], "payload has no index"),
        (Query("events", BY_PERSON, NEWEST), [], "no index with employee_id before -occurred_at"),
        (Query("events", BY_PERSON, NEWEST), [["employee_id", "occurred_at"]], "no index with employee_id"),
        (Query("events", BY_PERSON, NEWEST), [["employee_id", "kind", "-occurred_at"]], "no index with employee_id"),
        (Query("events", BY_PERSON, NEWEST), [["employee_id", "-occurred_at"]], None),
        (Query("events", [*BY_PERSON, Where("occurred_at", ">", 1)]), [], "employee_id before occurred_at"),
        (Query("events", [*BY_PERSON, Where("received_at", ">", 1)], NEWEST), [], "a range over received_at"),
        (
            Query("events", [*BY_PERSON, Where("competencies", "array_contains", "c")], NEWEST),
            [["employee_id", "competencies", "-occurred_at"]],
            r"competencies\[\], employee_id before",
        ),
        (
            Query("events", [*BY_PERSON, Where("competencies", "array_contains", "c")], NEWEST),
            [["employee_id", "competencies[]", "-occurred_at"]],
            None,
        ),
        (
            Query("events", [*BY_PERSON, Where("a", "==", 1), Where("b", "==", 1)], NEWEST),
            [["employee_id", "a", "-occurred_at"], ["employee_id", "b", "-occurred_at"]],
            None,
        ),
        (
            Query("events", [*BY_PERSON, Where("a", "==", 1), Where("b", "==", 1)], NEWEST),
            [["employee_id", "a", "-occurred_at"], ["b", "-received_at"]],
            "no index with b before",
        ),
    ],
)
def test_the_rules(query: Query, indexes: list[list[str]], reason: str | None) -> None:
    found = refusal(query, store(events=indexes))
    if reason is None:
        assert found is None
    else:
        with pytest.raises(AssertionError, match=reason):
            raise AssertionError(found)


# --- The recorder


class Recorded:
    """The queries that were made, each with the (file, function) of `shared` that made it."""

    def __init__(self) -> None:
        self.queries: list[tuple[tuple[str, str], Query]] = []

    def note(self, query: Query) -> None:
        frame = sys._getframe(1)
        while frame.f_back is not None and not frame.f_code.co_filename.startswith(str(ROOT / "shared")):
            frame = frame.f_back
        place = Path(frame.f_code.co_filename)
        name = place.relative_to(ROOT).as_posix() if place.is_relative_to(ROOT) else place.name
        self.queries.append(((name, frame.f_code.co_name), query))

    def of(self, collection: str) -> list[Query]:
        return [query for _, query in self.queries if query.collection == collection]


class RecordingReader:
    """A reader that notes its queries."""

    def __init__(self, inner: Reader, recorded: Recorded) -> None:
        self._inner = inner
        self._recorded = recorded

    def get(self, path: str) -> Document | None:
        return self._inner.get(path)

    def get_many(self, paths: Iterable[str]) -> dict[str, Document]:
        return self._inner.get_many(paths)

    def query(self, query: Query) -> list[Document]:
        self._recorded.note(query)
        return self._inner.query(query)


class RecordingTransaction(RecordingReader):
    def __init__(self, inner: Transaction, recorded: Recorded) -> None:
        super().__init__(inner, recorded)
        self._transaction = inner

    def write(self, *writes: Write) -> None:
        self._transaction.write(*writes)


class RecordingDocuments(RecordingReader):
    """The store, noting the queries of all its readers."""

    def __init__(self, inner: Documents, recorded: Recorded) -> None:
        super().__init__(inner, recorded)
        self._documents = inner

    def __getattr__(self, name: str) -> Any:
        """What only the embedded adapters ask of each other, as who accepts events does: no queries."""
        return getattr(self._documents, name)

    def commit(self, writes: Sequence[Write]) -> None:
        self._documents.commit(writes)

    def transact(self, work: Callable[[Transaction], T]) -> T:
        return self._documents.transact(lambda inner: work(RecordingTransaction(inner, self._recorded)))

    def read_together(self, work: Callable[[Reader], T]) -> T:
        return self._documents.read_together(lambda inner: work(RecordingReader(inner, self._recorded)))

    def collections(self) -> list[str]:
        return self._documents.collections()


# --- The use cases, asked in every way


def asked(api: ApiClient, path: str, filters: Mapping[str, str], who: str = ADA) -> None:
    """Lists with each combination of filters, each a page at a time."""
    for size in range(len(filters) + 1):
        for names in combinations(filters, size):
            chosen = {name: filters[name] for name in names}
            first = api.get(path, who=who, limit="1", **chosen)
            assert first.status == 200, first
            if cursor := first.json.get("next_cursor"):
                assert api.get(path, who=who, limit="1", cursor=cursor, **chosen).status == 200


def ask_everything(api: ApiClient) -> None:
    api.record(role_play(1), role_play(2, employee=SARAH), call_seen(1), call_seen(2, employee=PRIYA), lesson(1))
    api.record(call_analysed(3), call_analysed(4))
    api.deliver()
    moments = {"since": "2026-02-01T00:00:00Z", "until": "2026-02-12T00:00:00Z"}
    about = {"source": "voice-roleplay", "competency": "discovery", "standing": "counted", **moments}
    for history in ("validation-events", "field-observations", "learning-activities"):
        asked(api, f"{history}/{JOE}", about)
    assert api.get(f"events/{lesson(1)['activity_id']}").status == 200
    assert api.get(f"events/{lesson(1)['activity_id']}", who=JOE).status == 200
    assert api.post("voids", {"event_id": lesson(1)["activity_id"], "reason": "Never watched"}).status == 200
    assert api.get("events/val_0123456789abcdef").status == 404
    asked(api, "employees", {"manager": DANA, "active": "all"})
    for who in (DANA, "vic@augmentcode.com", "mo@augmentcode.com"):
        asked(api, "employees", {"active": "all"}, who)
    asked(api, "audit", {"actor": ADA, "subject": JOE, "action": "profile.viewed", **moments})
    for path in ("held-scores", "quarantine"):
        asked(api, path, {})
    for path in ("frameworks", "skills", "skills/discovery/versions", f"employees/{JOE}/skills"):
        assert api.get(path, who=ADA).status == 200
    assert api.post("skills/discovery/preview", {"core": False}, who=ADA, limit="2").status == 200
    asked(api, "reviews", {"state": "open", "reason": "low_confidence", "employee_id": JOE})
    for who in (JOE, DANA, "mo@augmentcode.com"):
        asked(api, "reviews", {"state": "open", "reason": "low_confidence"}, who)
    assert api.post("reviews/unknown/contest", {"reason": "Not me"}, who=JOE).status == 404
    started = api.post("skills/recalculate", {}, who=ADA)
    assert started.status == 202, started
    assert api.get(f"recalculations/{started.json['run_id']}", who=ADA).status == 200
    api.deliver()


def ask_the_rest(api: ApiClient) -> None:
    """What the schedules and the portal ask."""
    platform = api.platform
    for role in ROLES:
        caller = Caller(email=DANA, role=role, employee_id=DANA, name="Dana")
        platform.people.in_sight.all(caller)
        activity = Activity(platform.documents, platform.people.in_sight, platform.first_sight, platform.audit)
        for kind in ("validation", "field", "learning"):
            first = activity.latest(caller, kind, limit=1)
            if first.next:
                activity.latest(caller, kind, limit=1, after=first.next)
    dana = Caller(email=DANA, role="manager", employee_id=DANA)
    platform.history.of(dana, platform.employee(JOE), EventFilter(), limit=10)
    activity.effective(dana, JOE)
    platform.publications.finish()
    platform.publish_pending.sweep()
    platform.reviews.following.finish()
    platform.certify.run()
    platform.certificates.all(Caller(email=ADA, role="administrator"))
    with pytest.raises(NotFound):
        platform.certificates.history(Caller(email=ADA, role="administrator"), "none")
    platform.health.check()
    ask_about_transcripts(api)
    platform.recalculate.start(started_by="schedule", nightly=True)
    api.deliver()
    Reconcile(Ledger(platform.documents), platform.warehouse, api.clock, platform.on.log).yesterday()


def ask_about_calls(api: ApiClient) -> None:
    """Lists of calls, and what their import, their batches and a new analysis ask."""
    platform, on = api.platform, api.platform.on
    recorder = Recorder()
    account = CrmObject("Account", "001A", (("Name", "Acme Health"),))
    for number, crm in enumerate(([account], [])):
        call = recorder.add(str(number), employees=[], silent=[JOE], crm=crm)
        assert platform.call_records.discover("gong", call, [JOE]) is not None
    imports = call_analysis(on).import_call
    imports._fetching._recorder = Connected(recorder, on.connected.call_settings)
    for number in range(2):
        imports.run(CallTask(record_id=f"gong-{number}", route="batch"))
    moments = {"since": "2026-02-01T00:00:00Z", "until": "2027-02-12T00:00:00Z"}
    for chosen in ({"employee": JOE}, {"state": "failed"}, {"deal": "unmatched"}):
        asked(api, "calls", {**chosen, **moments})
    asked(api, "calls", moments, JOE)
    batches = Batches(platform.integrations, api.clock)
    batched = BatchedCalls(platform.call_records, batches, discovery(on).tasks, on.ids)
    batched.left_unsent()
    batched.look_at_those_left()
    batched.gather()
    for source in (None, "gong"):
        period = {"since": moments["since"], "until": moments["until"]} | ({"source": source} if source else {})
        run = api.post("calls/analyses", period, who=ADA)
        assert run.status == 202, run
        platform.calls.spread_reanalysis.spread(run.json["run_id"])


def ask_about_transcripts(api: ApiClient) -> None:
    """Who may read them, and what people are told of it."""
    platform = api.platform
    notifications = Notifications(platform.documents, api.clock)
    for role in ("employee", "administrator"):
        caller = Caller(email=JOE, role=role, employee_id=JOE, name="Joe")
        platform.privacy.grants.in_force(caller)
        platform.privacy.escalations.in_force(caller)
        for number in range(3):
            notifications.tell(JOE, "grant.given", {}, once=str(number))
        first = notifications.list(caller, JOE, limit=1)
        notifications.list(caller, JOE, limit=1, after=first.next)
        notifications.unread(caller, JOE)


def erase_somebody(api: ApiClient) -> None:
    """The last of all: it goes through everything there is."""
    platform, documents = api.platform, api.platform.documents
    stores = Stores(
        documents,
        SqliteDocuments(api.parts.directory / "none.sqlite"),
        api.parts.files,
        TranscriptStore(api.parts.files, api.clock),
        api.parts.queue,
        platform.warehouse,
    )
    caller = Caller(email=ADA, role="administrator", employee_id=ADA, name="Ada")
    run = platform.privacy.start_erasure.start(caller, PRIYA, PRIYA)
    ErasePerson(lambda: stores, platform.privacy.runs, api.clock, platform.on.log).work(run.run_id)
    platform.privacy.erasures.latest(caller)
    platform.privacy.resume_erasures.resume()


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, loaded: Loaded) -> Iterator[Recorded]:
    """Everything that the use cases asked the store."""
    api = _api(tmp_path_factory.mktemp("recorded") / "data", loaded)
    notes = Recorded()
    documents: Any = RecordingDocuments(api.parts.documents, notes)
    integrations: Any = RecordingDocuments(api.parts.integrations, notes)
    parts = replace(api.parts, documents=documents, integrations=integrations)
    api.platform = Platform(configure(EmbeddedEnvironment(parts, {})))
    ask_everything(api)
    ask_about_calls(api)
    ask_the_rest(api)
    erase_somebody(api)
    yield notes
    api.close()


def test_every_query_is_served_by_the_declared_indexes(recorded: Recorded) -> None:
    refused = {f"{place[0]} {place[1]}: {refusal(query)}" for place, query in recorded.queries if refusal(query)}
    assert refused == set()


def test_a_history_was_asked_with_every_combination_of_its_filters(recorded: Recorded) -> None:
    histories = {frozenset(where.field for where in query.where) for query in recorded.of("events") if query.order_by}
    optional = ("source", "competencies", "standing")
    for size in range(len(optional) + 1):
        for chosen in combinations(optional, size):
            assert {"employee_id", "kind", *chosen} in histories
            assert {"employee_id", "kind", "occurred_at", *chosen} in histories


def test_every_declared_index_is_needed(recorded: Recorded) -> None:
    """An index costs at every write; one that no query needs is an error of the declaration."""
    for collection, indexes in DECLARED.indexes.items():
        for index in indexes:
            if len(index) == 1:
                continue
            without = dict(DECLARED.indexes) | {collection: tuple(other for other in indexes if other != index)}
            fewer = replace(DECLARED, indexes=without)
            asked_of_it = recorded.of(collection)
            assert any(refusal(query, fewer) for query in asked_of_it), f"{collection}: {index} serves no query"


def test_no_query_of_the_use_cases_went_unasked(recorded: Recorded) -> None:
    written = set()
    for path in sorted((ROOT / "shared").rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef) and any(
                isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Query"
                for call in ast.walk(function)
            ):
                written.add((path.relative_to(ROOT).as_posix(), function.name))
    assert written
    assert written <= {place for place, _ in recorded.queries}
