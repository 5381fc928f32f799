"""Who reads what was said in a call: on which ground, for how long, and who learns of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.local.files import LocalFiles
from infra.local.sqlite_documents import SqliteDocuments
from shared.conversations.records import CallRecords
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.kernel.access import Caller
from shared.kernel.errors import Forbidden, NotFound, Rejected, Retryable
from shared.kernel.ids import review_id_of
from shared.kernel.pages import Page
from shared.platform.usecases.notices import Notifications
from shared.ports.documents import Merge, Put, Query
from shared.privacy.records.access import EscalationRecords, GrantRecords
from shared.privacy.usecases.escalations import Escalations
from shared.privacy.usecases.grants import Grants
from shared.privacy.usecases.open_transcript import Opened, OpenTranscript
from shared.privacy.usecases.tell_of_access import TellOfAccess
from shared.privacy.usecases.transcript_grounds import Given, TranscriptGrounds
from shared.reviews.domain.review import State
from shared.reviews.records import Review, ReviewRecords
from tests.conversations.test_transcripts import CALL
from tests.harness.call_records import call_record, took_part
from tests.harness.crash_harness import (
    ADMINISTRATOR,
    PIPELINE,
    CrashHarness,
    Fuse,
    Process,
    new_crash_harness,
    unavailable,
)
from tests.ratings.builders import framework

JOE, SARAH, DANA, ELI, MO = (
    "joe@example.com",
    "sarah@example.com",
    "dana@example.com",
    "eli@example.com",
    "mo@example.com",
)
VIC, ENID, CRO, WALT = "vic@example.com", "enid@example.com", "cro@example.com", "walt@example.com"
PEOPLE = f"""name,email,role,manager,mentor
Joe Smith,{JOE},employee,{DANA},{MO}
Sarah Johnson,{SARAH},employee,{ELI},
Dana Manager,{DANA},manager,{VIC},
Eli Manager,{ELI},manager,{VIC},
Vic Senior,{VIC},senior_manager,{CRO},
Walt Senior,{WALT},senior_manager,{CRO},
Enid Enablement,{ENID},enablement,,
Chris Revenue,{CRO},cro,,
Mo Mentor,{MO},mentor,,
Ada Min,ada@example.com,administrator,,
"""
GONG, CALL_ID = "gong", CALL.call_id
RECORD = f"{GONG}-{CALL_ID}"
FRAMEWORK = replace(framework(), framework_id="sales_engineering")


@dataclass
class Access:
    """What opens transcripts, and what lets somebody open them, as one instance of a function has it."""

    transcripts: OpenTranscript
    grants: Grants
    escalations: Escalations

    def open(self, caller: Caller, record_id: str) -> Opened:
        return self.transcripts.open(caller, record_id)


@dataclass
class House:
    """A world with a call of Joe's in it, and the process that serves it."""

    world: CrashHarness
    integrations: SqliteDocuments
    files: LocalFiles
    process: Process
    access: Access
    notifications: Notifications

    def caller(self, email: str) -> Caller:
        return self.process.people.callers.person(email)

    def audited(self, action: str = "transcript.opened") -> list[dict[str, Any]]:
        found = [document.data for document in self.world.store.query(Query("audit"))]
        return sorted((one for one in found if one["action"] == action), key=lambda one: one["at"])

    def told(self, employee_id: str = JOE) -> list[tuple[str, dict[str, str]]]:
        page = self.notifications.list(self.caller(employee_id), employee_id)
        return [(notice.kind, dict(notice.facts)) for notice in page.items]

    def with_fuse(self, fuse: Fuse) -> Access:
        return access_of(self.world.process(fuse), self.world, self.integrations, self.files)


def house_in(folder: Path) -> House:
    (folder / "documents").mkdir()
    world = new_crash_harness(folder / "documents", FRAMEWORK)
    process = world.process()
    assert process.people.import_people.from_csv(ADMINISTRATOR, PEOPLE.encode()).rejected == 0
    indexes = PIPELINE.integrations.indexes
    integrations = SqliteDocuments(folder / "integrations.sqlite", indexes=indexes, durable=False)
    assert CallRecords(integrations, world.clock).create(
        call_record(GONG, CALL_ID, world.clock.now(), state="observed", employees=[JOE])
    )
    files = LocalFiles(folder / "transcripts")
    store = TranscriptStore(files, world.clock)
    store.keep(GONG, CALL)
    access = access_of(process, world, integrations, files)
    return House(world, integrations, files, process, access, Notifications(process.documents, world.clock))


def access_of(process: Process, world: CrashHarness, integrations: SqliteDocuments, files: LocalFiles) -> Access:
    documents, clock, employees = process.documents, world.clock, process.people.records
    calls = CallRecords(integrations, clock)
    telling = TellOfAccess(process.audit, Notifications(documents, clock))
    given = Given(GrantRecords(documents), EscalationRecords(documents))
    grounds = TranscriptGrounds(given, employees, ReviewRecords(documents), process.configuration, clock)
    return Access(
        OpenTranscript(calls, TranscriptStore(files, clock), grounds, telling, clock),
        Grants(given.grants, employees, telling, clock),
        Escalations(given.escalations, calls, employees, telling, clock),
    )


@pytest.fixture
def house(tmp_path: Path) -> House:
    return house_in(tmp_path)


class TestOnWhatGround:
    def test_who_took_part_reads_the_own_call_and_nobody_is_told(self, house: House) -> None:
        opened = house.access.open(house.caller(JOE), RECORD)
        assert (opened.ground, opened.conversation) == ("own", CALL)
        assert house.audited() == []
        assert house.told() == []

    def test_who_was_invited_and_did_not_come_has_no_part_in_it(self, house: House) -> None:
        """A calendar's invitation is no grant: neither for the manager on it, nor through somebody else who is."""
        people = [(JOE, True), (DANA, False), (SARAH, False)]
        house.integrations.commit(
            [
                Merge(
                    f"calls/{RECORD}",
                    {
                        "employees": [one for one, _ in people],
                        "participants": [took_part(one) | {"attended": there} for one, there in people],
                    },
                )
            ]
        )
        house.access.grants.give(ADMINISTRATOR, SARAH, ELI, purpose="coaching")
        for who in (DANA, SARAH, ELI):
            with pytest.raises(Forbidden):
                house.access.open(house.caller(who), RECORD)
        with pytest.raises(Forbidden, match="manager of somebody in the call"):
            house.access.escalations.escalate(house.caller(ELI), RECORD, VIC, reason="quality")
        assert house.access.open(house.caller(JOE), RECORD).ground == "own"

    @pytest.mark.parametrize(
        ("who", "needed"),
        [
            (SARAH, "that you took part in"),
            (DANA, "an administrator gives it"),
            (ELI, "own reports only"),
            (MO, "an administrator gives it"),
            (VIC, "needs an escalation"),
            (WALT, "needs an escalation"),
            (ENID, "anonymised samples"),
            (CRO, "reads scores"),
        ],
    )
    def test_others_are_told_what_would_be_needed(self, house: House, who: str, needed: str) -> None:
        with pytest.raises(Forbidden, match=needed):
            house.access.open(house.caller(who), RECORD)
        assert house.audited() == []
        assert house.told() == []

    def test_a_machine_reads_no_transcript(self, house: House) -> None:
        with pytest.raises(Forbidden, match=r"transcripts\.read"):
            house.access.open(Caller("robot@example.com", scopes=frozenset({"administration"})), RECORD)

    def test_an_administrator_reads_and_is_on_record(self, house: House) -> None:
        assert house.access.open(ADMINISTRATOR, RECORD).ground == "administrator"
        [record] = house.audited()
        assert (record["actor"], record["subject"]) == ("ada@example.com", JOE)
        assert record["detail"] == f"gong {CALL_ID}, ground: administrator"
        [(kind, facts)] = house.told()
        assert kind == "transcript.opened"
        assert facts == {"source": "gong", "call_id": CALL_ID, "by": "ada@example.com", "ground": "administrator"}

    def review(self, house: House, state: State) -> None:
        now, review_id = house.world.clock.now(), review_id_of(GONG, CALL_ID, JOE)
        review = Review(
            review_id=review_id,
            employee_id=JOE,
            framework_id="sales_engineering",
            source=GONG,
            source_id=CALL_ID,
            event_id="e",
            scorer="lexical-1",
            analysis=1,
            account_name=None,
            occurred_at=now,
            scored_at=now,
            opened_at=now,
            state=state,
            reasons=(),
            scores=(),
            contest=None,
            decision=None,
            earlier=(),
            human=0,
        )
        house.world.store.commit([Put(f"reviews/{review_id}", review.stored())])

    @pytest.mark.parametrize(("who", "hours"), [(ENID, 0), (DANA, 48)])
    def test_who_decides_about_its_scores_reads_while_the_review_is_open(
        self, house: House, who: str, hours: int
    ) -> None:
        self.review(house, "open")
        if hours:
            with pytest.raises(Forbidden):  # the employee sees the scores first
                house.access.open(house.caller(who), RECORD)
        house.world.clock.forward(hours=hours)
        assert house.access.open(house.caller(who), RECORD).ground == "review"
        assert [facts["ground"] for _, facts in house.told()] == ["review"]
        assert [record["actor"] for record in house.audited()] == [who]
        self.review(house, "decided")
        house.world.clock.forward(hours=hours)
        with pytest.raises(Forbidden):
            house.access.open(house.caller(who), RECORD)

    @pytest.mark.parametrize("who", [ELI, MO, CRO, SARAH, VIC])
    def test_an_open_review_lets_nobody_else_read(self, house: House, who: str) -> None:
        self.review(house, "open")
        house.world.clock.forward(days=3)
        with pytest.raises(Forbidden):
            house.access.open(house.caller(who), RECORD)


class TestGrants:
    @pytest.mark.parametrize("who", [DANA, MO])
    def test_lets_a_manager_or_mentor_read_for_thirty_days(self, house: House, who: str) -> None:
        house.access.grants.give(ADMINISTRATOR, JOE, who, purpose="coaching on discovery")
        assert house.access.open(house.caller(who), RECORD).ground == "grant"
        house.world.clock.forward(days=30)
        with pytest.raises(Forbidden, match="needs a grant in force"):
            house.access.open(house.caller(who), RECORD)
        assert house.access.grants.in_force(house.caller(who)) == []

    def test_the_employee_learns_of_it_and_of_every_reading(self, house: House) -> None:
        house.access.grants.give(ADMINISTRATOR, JOE, DANA, purpose="coaching", days=90)
        for _ in range(3):
            house.world.clock.forward(hours=1)
            house.access.open(house.caller(DANA), RECORD)
        assert [kind for kind, _ in house.told()] == ["transcript.opened", "grant.given"]
        assert len(house.audited()) == 3
        assert "coaching" not in str(house.audited("grant.given"))
        house.world.clock.forward(days=1)
        house.access.open(house.caller(DANA), RECORD)
        assert len(house.told()) == 3

    def test_ends_when_it_is_revoked(self, house: House) -> None:
        given = house.access.grants.give(ADMINISTRATOR, JOE, DANA, purpose="coaching")
        house.access.grants.end(ADMINISTRATOR, given.grant_id)
        again = house.access.grants.end(ADMINISTRATOR, given.grant_id)
        assert again.revoked_at == house.world.clock.now()
        with pytest.raises(Forbidden):
            house.access.open(house.caller(DANA), RECORD)
        assert sorted(kind for kind, _ in house.told()) == ["grant.given", "grant.revoked"]

    def test_ends_with_the_reporting_line(self, house: House) -> None:
        house.access.grants.give(ADMINISTRATOR, JOE, DANA, purpose="coaching")
        people = f"name,email,manager\nJoe Smith,{JOE},{ELI}\n"
        house.process.people.import_people.from_csv(ADMINISTRATOR, people.encode())
        with pytest.raises(Forbidden):
            house.access.open(house.caller(DANA), RECORD)

    @pytest.mark.parametrize("to", [ELI, VIC, ENID, JOE, SARAH])
    def test_goes_to_nobody_but_manager_and_mentor(self, house: House, to: str) -> None:
        with pytest.raises(Rejected, match="neither") as error:
            house.access.grants.give(ADMINISTRATOR, JOE, to, purpose="coaching")
        assert error.value.field == "to"

    @pytest.mark.parametrize("days", [0, -1, 91])
    def test_lasts_ninety_days_at_most(self, house: House, days: int) -> None:
        with pytest.raises(Rejected, match="1 to 90"):
            house.access.grants.give(ADMINISTRATOR, JOE, DANA, purpose="coaching", days=days)

    @pytest.mark.parametrize("who", [JOE, DANA, VIC, ENID, CRO, MO])
    def test_is_an_administrators_to_give(self, house: House, who: str) -> None:
        with pytest.raises(Forbidden, match=r"grants\.write"):
            house.access.grants.give(house.caller(who), JOE, DANA, purpose="coaching")

    def test_is_seen_by_those_whom_it_concerns(self, house: House) -> None:
        house.access.grants.give(ADMINISTRATOR, JOE, DANA, purpose="coaching")
        seen = {
            who: len(house.access.grants.in_force(house.caller(who)))
            for who in (JOE, DANA, SARAH, ELI, "ada@example.com")
        }
        assert seen == {JOE: 1, DANA: 1, SARAH: 0, ELI: 0, "ada@example.com": 1}


class TestEscalations:
    def test_lets_a_senior_manager_read_one_call_for_seven_days(self, house: House) -> None:
        house.access.escalations.escalate(house.caller(DANA), RECORD, VIC, reason="the customer complained")
        assert house.access.open(house.caller(VIC), RECORD).ground == "escalation"
        assert [kind for kind, _ in house.told()].count("escalation.raised") == 1
        house.world.clock.forward(days=7)
        with pytest.raises(Forbidden, match="needs an escalation"):
            house.access.open(house.caller(VIC), RECORD)

    def test_is_about_that_call_alone(self, house: House) -> None:
        house.access.escalations.escalate(ADMINISTRATOR, RECORD, VIC, reason="the customer complained")
        other = call_record(GONG, "2", house.world.clock.now(), state="observed", employees=[JOE])
        house.integrations.commit([Put(f"calls/{GONG}-2", other.stored())])
        with pytest.raises(Forbidden):
            house.access.open(house.caller(VIC), f"{GONG}-2")

    def test_ends_when_whoever_raised_it_says_so(self, house: House) -> None:
        raised = house.access.escalations.escalate(house.caller(DANA), RECORD, VIC, reason="the customer complained")
        with pytest.raises(Forbidden):
            house.access.escalations.end(house.caller(ELI), raised.escalation_id)
        house.access.escalations.end(house.caller(DANA), raised.escalation_id)
        with pytest.raises(Forbidden):
            house.access.open(house.caller(VIC), RECORD)

    @pytest.mark.parametrize(("who", "to"), [(ELI, VIC), (DANA, WALT), (DANA, ELI), (JOE, VIC), (VIC, VIC)])
    def test_is_raised_by_the_manager_to_somebody_above(self, house: House, who: str, to: str) -> None:
        with pytest.raises((Forbidden, Rejected)):
            house.access.escalations.escalate(house.caller(who), RECORD, to, reason="curious")
        assert house.access.escalations.in_force(ADMINISTRATOR) == []

    def test_is_seen_by_those_whom_it_concerns(self, house: House) -> None:
        house.access.escalations.escalate(house.caller(DANA), RECORD, VIC, reason="the customer complained")
        seen = {who: len(house.access.escalations.in_force(house.caller(who))) for who in (JOE, DANA, VIC, SARAH, WALT)}
        assert seen == {JOE: 1, DANA: 1, VIC: 1, SARAH: 0, WALT: 0}


class TestTheWords:
    def test_are_answered_only_when_it_is_on_record_and_told(self, house: House) -> None:
        passed = 0
        while True:
            fuse = Fuse(passed, unavailable)
            before = len(house.audited())
            try:
                house.with_fuse(fuse).open(ADMINISTRATOR, RECORD)
            except Retryable:
                passed += 1
                continue
            assert not fuse.blown
            assert len(house.audited()) > before
            assert [kind for kind, _ in house.told()] == ["transcript.opened"]
            break
        assert passed >= 4

    def test_that_are_gone_leave_no_record_of_a_reading(self, house: House) -> None:
        house.world.clock.forward(days=365)
        for who in (house.caller(JOE), ADMINISTRATOR):
            with pytest.raises(NotFound, match="twelve months"):
                house.access.open(who, RECORD)
        assert house.audited() == []

    @pytest.mark.parametrize("record_id", ["gong-1", f"no-{CALL_ID}", "a/b-c", "", ".", "x" * 300])
    def test_of_an_unknown_call_are_not_found(self, house: House, record_id: str) -> None:
        with pytest.raises(NotFound):
            house.access.open(ADMINISTRATOR, record_id)

    def test_of_a_call_of_two_are_read_by_both_and_both_are_told(self, house: House) -> None:
        call = call_record(GONG, CALL_ID, house.world.clock.now(), state="observed", employees=[JOE, SARAH])
        house.integrations.commit([Put(f"calls/{GONG}-{CALL_ID}", call.stored())])
        assert house.access.open(house.caller(SARAH), RECORD).ground == "own"
        house.access.grants.give(ADMINISTRATOR, JOE, DANA, purpose="coaching")
        assert house.access.open(house.caller(DANA), RECORD).ground == "grant"
        assert sorted(record["subject"] for record in house.audited()) == [JOE, SARAH]
        assert [kind for kind, _ in house.told(SARAH)] == ["transcript.opened"]


class TestNotifications:
    def test_are_read_once_by_the_person_alone(self, house: House) -> None:
        joe = house.caller(JOE)
        house.access.open(ADMINISTRATOR, RECORD)
        assert house.notifications.unread(joe, JOE) == 1
        page = house.notifications.list(joe, JOE)
        [notice] = page.items
        assert page.next is None
        read = house.notifications.mark_read(joe, JOE, notice.notification_id)
        house.world.clock.forward(hours=1)
        assert house.notifications.mark_read(joe, JOE, notice.notification_id) == read
        assert house.notifications.unread(joe, JOE) == 0
        for other in (DANA, "ada@example.com"):
            with pytest.raises(Forbidden):
                house.notifications.list(house.caller(other), JOE)
            with pytest.raises(NotFound):
                house.notifications.mark_read(house.caller(other), other, notice.notification_id)

    def test_come_page_by_page_and_end_after_a_year(self, house: House) -> None:
        joe = house.caller(JOE)
        for number in range(5):
            house.world.clock.forward(minutes=1)
            assert house.notifications.tell(JOE, "grant.given", {"n": str(number)}, once=str(number))
            assert not house.notifications.tell(JOE, "grant.given", {"n": str(number)}, once=str(number))
        first = house.notifications.list(joe, JOE, limit=3)
        second = house.notifications.list(joe, JOE, limit=3, after=first.next)
        assert [notice.facts["n"] for notice in (*first.items, *second.items)] == ["4", "3", "2", "1", "0"]
        assert second.next is None
        house.world.clock.time += timedelta(days=366)
        assert house.notifications.list(joe, JOE) == Page((), None)
        assert house.notifications.unread(joe, JOE) == 0
