"""On what ground somebody may read what was said."""

from __future__ import annotations

import pytest

from shared.kernel.access import Caller
from shared.kernel.errors import Forbidden
from shared.kernel.ids import review_id_of
from shared.ports.documents import Merge, Put
from shared.reviews.domain.review_state import State
from shared.reviews.records import Review
from tests.conversations.test_transcripts import CALL
from tests.harness.call_records import took_part
from tests.harness.crash_harness import ADMINISTRATOR
from tests.privacy.transcript_house import (
    CALL_ID,
    CRO,
    DANA,
    ELI,
    ENID,
    GONG,
    JOE,
    MO,
    RECORD,
    SARAH,
    VIC,
    WALT,
    House,
    house,
)

__all__ = ["house"]


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
