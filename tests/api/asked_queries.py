"""Asks the use cases everything that queries, over documents that record what was asked."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from typing import Any, TypeVar

import pytest

from infra.gcp.dead_letters import GoogleDeadLetters
from infra.local.environment import EmbeddedEnvironment
from infra.local.sqlite_documents import SqliteDocuments
from infra.wiring.answering import answering
from infra.wiring.call_analysis import call_analysis
from infra.wiring.coaching import coaching
from infra.wiring.discovery import discovery
from infra.wiring.enablement import enablement
from infra.wiring.enrolment import enrolment
from infra.wiring.environment import configure
from infra.wiring.evidence import evidence
from infra.wiring.notifications import notifications as wired_notifications
from infra.wiring.people import people as wired_people
from infra.wiring.ports.integrations import integrations
from infra.wiring.preparation_count import preparation_count
from shared.call_pipeline.messages import CallTask
from shared.call_pipeline.records.batches import Batches
from shared.call_pipeline.usecases.batched_calls import BatchedCalls
from shared.call_pipeline.usecases.discover_calls import Recorder as Connected
from shared.coaching.domain.inbound import InboundMessage, Sender
from shared.coaching.messages import InboxTask, NudgeTask
from shared.coaching.records.inbox import inbox_of
from shared.coaching.usecases.name_theirs import NameTheirs
from shared.coaching.usecases.tell_answerer import Said
from shared.coaching.wire.whatsapp import Received
from shared.conversations.domain.recorded_call import CrmObject
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.crm.records import HintRecords, ReadRecords
from shared.evidence.usecases.take_evidence import Sending
from shared.intake.usecases.reconcile import Reconcile
from shared.kernel.access import ROLES, Caller
from shared.kernel.errors import NotFound
from shared.learning import enrolment_records
from shared.notifications.records import Delivery, NotificationDeliveries
from shared.observations.domain.event_filter import EventFilter
from shared.observations.records import Ledger
from shared.operations.usecases.activity import Activity
from shared.people.domain.name_search import NameSearch
from shared.people.records import EmployeeRecords
from shared.platform.records.audit import AuditRecords
from shared.platform.records.changes import KEPT, Changes
from shared.platform.records.document_pages import pages_of
from shared.platform.records.unpublished import UnpublishedRecords
from shared.platform.usecases.notices import Notifications
from shared.ports.documents import Document, Documents, Put, Query, Reader, Transaction, Write
from shared.privacy.usecases.clean_document import Stores
from shared.privacy.usecases.erase_person import ErasePerson
from shared.ratings.records import RatingsRecords
from shared.ratings.sums_records import ReadinessSums
from shared.ratings.usecases.list_changes import Cursor
from shared.subscriptions.records import SubscriptionRecords
from tests.api.conftest import Loaded, _api
from tests.enablement.deals import CRM, acme
from tests.frameworks.standards import apprenticeship, plan
from tests.harness.api_client import (
    ADA,
    CRO,
    DANA,
    INTEGRATION,
    JOE,
    MO,
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
from tests.learning import apprentices
from tests.learning.lesson_files import answer_body, lesson_body

T = TypeVar("T")
ROOT = Path(__file__).parents[2]


class Recorded:
    """The queries that were made, each with the (file, function) of `shared` that made it."""

    def __init__(self) -> None:
        self.queries: list[tuple[tuple[str, str], Query]] = []

    def note(self, query: Query) -> None:
        frame = sys._getframe(1)
        while frame.f_back is not None and not frame.f_code.co_filename.startswith(str(ROOT / "shared")):
            frame = frame.f_back
        if frame.f_code is pages_of.__code__ and frame.f_back is not None:  # goes through the pages of another's query
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

    def get_many(self, paths: Iterable[str], fields: Sequence[str] | None = None) -> dict[str, Document]:
        return self._inner.get_many(paths, fields)

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
    unknown = {"event_id": "call-of-nobody", "source": "gong", "reason": "Not ours"}
    for body in (unknown, unknown | {"employee_id": JOE}):
        assert api.post("voids", body).status == 404
    assert api.get("events/val_0123456789abcdef").status == 404
    asked(api, "employees", {"manager": DANA, "active": "all"})
    for who in (DANA, "vic@augmentcode.com", "mo@augmentcode.com"):
        asked(api, "employees", {"active": "all"}, who)
    asked(api, "audit", {"actor": ADA, "subject": JOE, "action": "profile.viewed", **moments})
    for path in ("held-scores", "quarantine"):
        asked(api, path, {})
    assert api.get("frameworks/sales_engineering/unknown-values", who=ADA).status == 200
    assert api.post("standards/import", {"standards": [apprenticeship()]}).status == 200
    assert api.post("assessment-plans/import", {"plans": [plan()]}).status == 200
    _learners(api)
    for path in (
        "frameworks",
        "standards",
        "standards/ST9417@1.0/assessment-plans",
        "skills",
        "skills/discovery/versions",
        f"employees/{JOE}/skills",
    ):
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
        for search in ("", "dana") if "people.list" in caller.permissions else ():
            platform.people.in_sight.listed(caller, NameSearch(search), limit=2)
        if role == "employer":
            continue
        activity = Activity(platform.documents, platform.people.in_sight, platform.first_sight, platform.audit)
        for kind in ("validation", "field", "learning"):
            first = activity.latest(caller, kind, limit=1)
            if first.next:
                activity.latest(caller, kind, limit=1, after=first.next)
    dana = Caller(email=DANA, role="manager", employee_id=DANA)
    cro = Caller(email=CRO, role="cro", employee_id=CRO)
    platform.changes.page(cro, Cursor((api.clock.now() - KEPT, "-")), every=False, limit=1)
    assert len(list(platform.export.lines(cro, every=False, after=None))) > 1
    platform.history.of(dana, platform.employee(JOE), EventFilter(), limit=10)
    activity.effective(dana, platform.employee(JOE))
    platform.publications.finish()
    platform.publish_pending.sweep()
    platform.sum_readiness.sweep()
    wired_people(platform.on).listing_anew.run()
    ReadinessSums(platform.documents).forget("none", lambda: True)
    Changes(platform.documents).collect(api.clock.now())
    AuditRecords(platform.documents).collect(api.clock.now())
    UnpublishedRecords(platform.documents, platform.on.ids).left(api.clock.now())
    platform.reviews.following.finish()
    platform.certify.run()
    platform.certificates.all(Caller(email=ADA, role="administrator"))
    platform.calibration.show(Caller(email=ADA, role="administrator"))
    with pytest.raises(NotFound):
        platform.certificates.history(Caller(email=ADA, role="administrator"), "none")
    platform.health.check()
    platform.documents.commit([Put("certificates/odd", {"scorer": "none"})])
    assert api.get(f"employees/{JOE}/skills", who=DANA, known_at=api.clock.now().isoformat()).status == 200
    ask_about_transcripts(api)
    platform.recalculate.start(started_by="schedule", nightly=True)
    api.deliver()
    Reconcile(Ledger(platform.documents), platform.warehouse, api.parts.queue, api.clock, platform.on.log).days_over()


def ask_about_dead_letters(api: ApiClient) -> None:
    """Asks Google's adapter, which alone keeps letters as documents."""
    no: Any = None
    letters = GoogleDeadLetters("demo", api.platform.documents, [], tokens=no, tasks=no, clock=api.clock, access="none")
    letters.list()
    letters.list(subscription="recalculation")


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
    narrowing = {"employee": JOE, "state": "failed", "deal": "unmatched"}
    for size in (1, 2, 3):
        for chosen in combinations(narrowing.items(), size):
            asked(api, "calls", {**dict(chosen), **moments})
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
    notifications = Notifications(platform.documents, api.parts.queue, api.clock)
    for role in ("employee", "administrator"):
        caller = Caller(email=JOE, role=role, employee_id=JOE, name="Joe")
        platform.privacy.grants.in_force(caller)
        platform.privacy.escalations.in_force(caller)
        for number in range(3):
            notifications.tell(JOE, "grant.given", {}, once=str(number))
        first = notifications.list(caller, JOE, limit=1)
        notifications.list(caller, JOE, limit=1, after=first.next)
        notifications.unread(caller, JOE)
        sent = wired_notifications(platform.on)
        own = Caller(email=ADA, role="administrator", employee_id=ADA, name="Ada")
        asked(api, f"employees/{JOE}/notification-deliveries", {}, who=JOE)
        for page in (sent.history.all(own, limit=1), sent.history.of(own, JOE, limit=1)):
            sent.history.all(own, limit=1, after=page.next)
        _summarise(api, role)
        sent.outbox.list(own)
        sent.outbox.list(caller)
        notifications.sweep()


def _summarise(api: ApiClient, name: str) -> None:
    now = api.clock.now()
    kept = Delivery(
        delivery_id=name,
        employee_id=JOE,
        channel="email",
        kind=None,
        notices=("a-notice",),
        state="gathered",
        due_at=now,
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    api.platform.documents.commit([Put(f"notification_deliveries/{kept.delivery_id}", kept.stored())])
    assert NotificationDeliveries(api.platform.documents).summarise(kept, now) is not None


def ask_about_webhooks(api: ApiClient) -> None:
    """What subscribers see, and what tells them."""
    made = api.post(
        "webhook-subscriptions", {"address": "https://a.example/", "event_types": ["skill.changed"]}, who=ADA
    )
    path = f"webhook-subscriptions/{made.json['subscription_id']}"
    for who in (ADA, INTEGRATION):
        assert api.get("webhook-subscriptions", who=who).status == 200
    assert api.post(f"{path}/test", who=ADA).status == 202
    assert api.post(f"{path}/test", who=ADA).status == 202
    asked(api, f"{path}/deliveries", {})
    assert api.post(f"{path}/replay", {"since": "2026-02-01T00:00:00Z"}, who=ADA).status == 202
    SubscriptionRecords(api.platform.integrations).to("skill.changed")


def rename_somebody(api: ApiClient) -> None:
    assert (
        api.post(f"employees/{DANA}/rename", {"new_id": "dana.new@augmentcode.com", "reason": "x"}, who=ADA).status
        == 202
    )
    api.platform.identities.moves.of(Caller(email=ADA, role="administrator", employee_id=ADA, name="Ada"), DANA)
    api.platform.identities.runs.resume()


def erase_somebody(api: ApiClient) -> None:
    """The last of all: it goes through everything there is."""
    platform, documents = api.platform, api.platform.documents
    stores = Stores(
        documents,
        EmployeeRecords(documents),
        SqliteDocuments(api.parts.directory / "none.sqlite"),
        api.parts.files,
        TranscriptStore(api.parts.files, api.clock),
        api.parts.evidence,
        api.parts.queue,
        platform.warehouse,
    )
    caller = Caller(email=ADA, role="administrator", employee_id=ADA, name="Ada")
    run = platform.privacy.start_erasure.start(caller, PRIYA, PRIYA)
    ErasePerson(lambda: stores, platform.privacy.runs, api.clock, platform.on.log).work(run.run_id)
    platform.privacy.erasures.latest(caller)
    platform.privacy.resume_erasures.resume()


def ask_about_deals(api: ApiClient) -> None:
    assert api.post("deal-assignments", acme(next_meeting__date=_in_a_week(api)), who=CRM).status == 201
    api.deliver()
    assert api.get(f"employees/{JOE}/assignments", who=JOE).status == 200
    assert api.get("team/deals-at-risk", who=DANA).status == 200
    enablement(api.platform.on).remind.remind()
    enablement(api.platform.on).count_pipeline.run()
    preparation_count(api.platform.on).today()
    assert api.get("pipeline", who=DANA).status == 200
    assert api.get("pipeline", who=CRO).status == 200
    assert api.get("trial-deals", who=ADA).status == 200

    RatingsRecords(api.platform.documents).opened(api.clock.now(), 9)


def ask_about_evidence(api: ApiClient) -> None:
    made = evidence(api.platform.on)
    joe = Caller(email=JOE, role="employee", employee_id=JOE, name="Joe")
    made.taking.take(joe, Sending(key="asked", kind="note"), b"A joint")
    made.showing.of(joe, None, 10, None)
    made.showing.of(joe, None, 10, None, "note")
    made.tidying.sweep()


def ask_about_the_crm(api: ApiClient) -> None:
    on = api.platform.on
    hints, reads = HintRecords(integrations(on)), ReadRecords(integrations(on))
    hints.last_received_at("callout")
    reads.about("0014x0000000001AAA", limit=5)
    reads.refused(limit=5)


def ask_about_the_coach(api: ApiClient) -> None:
    made, now = coaching(api.platform.on), api.clock.now()
    ada = Caller(email=ADA, role="administrator", employee_id=ADA, name="Ada")
    assert made.agree.give(ada, JOE, "+447700900123", 1).phones
    sender = Sender(user_id="GB.24680", phone="447700900123")
    asking = InboundMessage(wamid="asked", sender=sender, at=now, kind="text", text="What is due?", called="text")
    made.take_in.take(Received(messages=[asking]), now)
    for key in sender.keys:
        answering(api.platform.on).answer_inbox.answer(InboxTask(inbox=inbox_of(key)))
    opened = made.hand_overs.open(JOE, "injury", Said("asked", "What is due?", now))
    made.hand_overs.pass_on()
    made.hand_overs.of_mentor(Caller(email=DANA, role="manager", employee_id=DANA, name="Dana"), 10)
    made.hand_overs.send_waiting(JOE, "wamid.9")
    made.hand_overs.resume(JOE, now)
    made.hand_overs.of_mentor(ada, 10)
    assert made.hand_overs.safety_stops(ada, 10)
    made.hand_overs.close(ada, opened.hand_over_id, "safe")
    made.oversee.show(ada)
    made.writing.address(JOE, now)
    made.nudging.page(NudgeTask(run="asked"))
    NameTheirs(integrations(api.platform.on)).name([JOE])


def _in_a_week(api: ApiClient) -> str:
    return (api.clock.now() + timedelta(days=7)).isoformat()


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
    ask_about_dead_letters(api)
    ask_the_rest(api)
    ask_about_webhooks(api)
    ask_about_deals(api)
    ask_about_the_crm(api)
    ask_about_evidence(api)
    ask_about_the_coach(api)
    rename_somebody(api)
    erase_somebody(api)
    yield notes
    api.close()


def _learners(api: ApiClient) -> None:
    """Who learns, and what they may do, by everybody who may ask."""
    apprentices.prepare(api)
    apprentices.enrolled(api)
    for who in (ADA, MO, apprentices.EMPLOYER, DANA):
        for path in ("learning/enrolments", "learning/authorisations", "learning/authorisations/in-force"):
            assert api.get(path, who=who).status == 200
    assert api.get(f"learning/enrolments/{apprentices.ANA}/authorisations", who=ADA).status == 200
    assert api.post("learning/lessons", {"lessons": [lesson_body()]}, who=ADA).status == 200
    answers = {"answers": [answer_body(1, "2026-02-12T10:00:00Z")]}
    assert api.post("learning/answers", answers, who=apprentices.ANA).json["results"][0]["status"] == "taken"
    for path in (
        "learning/feed",
        "learning/mastery",
        f"learning/mastery/{apprentices.ANA}/evidence/K2",
        "learning/lessons",
    ):
        assert api.get(path, who=apprentices.ANA).status == 200
    asking = Caller(email=ADA, role="administrator")
    enrolment(api.platform.on).keeping.pinned(asking, apprentices.STANDARD)
    enrolment(api.platform.on).keeping.pinned_to(asking, [apprentices.STANDARD])
    with pytest.MonkeyPatch.context() as few:  # whose learners are more than are read of all together
        few.setattr(enrolment_records, "COUNTED", 1)
        enrolment(api.platform.on).keeping.pinned_to(asking, [apprentices.STANDARD])
