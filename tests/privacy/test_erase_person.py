"""One person is erased from everything; the others are as they were; and it may be cut off anywhere."""

from __future__ import annotations

import json

from shared.conversations.usecases.transcripts import TranscriptStore
from shared.ports.documents import Query
from tests.harness.crash_harness import ADMINISTRATOR
from tests.privacy.organisation import (
    JOE,
    SAM,
    House,
    data,
    house,
    of_others,
    template,
    template_without_joe,
    traced,
    without_joe,
)

__all__ = ["house", "template", "template_without_joe", "without_joe"]


def only_run(house: House) -> str:
    """The id of Joe's erasure."""
    (run,) = house.world.store.query(Query("erasures"))
    return run.path.removeprefix("erasures/")


def files_left(house: House) -> list[str]:
    """The bytes of evidence that are still there."""
    return [name for name in house.files.list() if name.endswith(("/joes", "/sams"))]


class TestEverythingAboutThePerson:
    def test_was_in_every_store_before(self, house: House) -> None:
        places = {place.split()[0] for place in house.traces(JOE)}
        assert {"documents.sqlite", "integrations.sqlite", "queue.sqlite", "raw.audit_recorded"} <= places
        assert {"staging.observation_recorded", "staging.page_viewed", "individuals.team_skill_matrix"} <= places
        assert any(place.endswith(".blob") for place in places)

    def test_is_gone_from_every_store_after(self, without_joe: House) -> None:
        left = [place for place, content in without_joe.everything() if traced(content)]
        assert left == []

    def test_leaves_the_others_as_they_were(self, house: House) -> None:
        before = of_others(house)
        house.run_to_the_end(house.erase().start())
        after = of_others(house)
        for place in ("live quarantine/q1", "q2", "kept/gong/c1", "due/2027-03-04/gong/c1", "ab/joes", "ef/joes"):
            del before[place]  # Joe's, though they do not say so themselves
        assert {place: after.get(place) for place in before} == before
        assert len(before) > 50

    def test_leaves_what_names_the_person_without_the_name(self, without_joe: House) -> None:
        store, files = without_joe.world.store, TranscriptStore(without_joe.files, without_joe.world.clock)
        assert (files_left(without_joe), data(store, "evidence/e2")["recorded_by"][:7]) == (["cd/sams"], "erased-")
        sam = data(store, f"employees/{SAM}")
        assert (sam["manager_id"], sam["mentor_id"]) == (None, None)
        event = next(
            d.data for d in store.query(Query("events")) if d.data["employee_id"] == SAM and "s1" in str(d.data)
        )
        payload = json.loads(event["payload"])
        assert payload["analysis_metadata"]["reviewed_by"].startswith("erased-")
        assert payload["competency_scores"][0]["evidence"].startswith("as [removed]\nerased-")
        actors = {d.data["actor"] for d in store.query(Query("audit"))}
        assert len({actor for actor in actors if actor.startswith("erased-")}) == 1
        both = data(without_joe.integrations, "calls/gong-c2")
        assert (both["employees"], both["title"]) == ([SAM], "[removed], Sam Low and Rita")
        assert data(without_joe.integrations, "calls/gong-c1")["state"] == "nobody"
        assert files.conversation("gong", "c1") is None
        said = files.conversation("gong", "c2")
        assert said is not None
        assert [turn.text for turn in said.turns][:2] == ["[removed]", "I am Sam Low"]
        assert files.analysis("gong", "c2", JOE, 3000) is None
        for call_id, left in (("c4", {"2": f"{SAM} speaks"}), ("c5", {"1": "[removed]", "2": f"{SAM} speaks"})):
            corrected = files.conversation("gong", call_id)
            assert corrected is not None
            assert {turn.speaker_id: turn.text for turn in corrected.turns} == left, "the words are the right person's"
            assert files.analysis("gong", call_id, JOE, 3000) is None
            voices = {
                one["speaker_id"]: one["to"]
                for one in data(without_joe.integrations, f"calls/gong-{call_id}")["corrected"]
            }
            assert voices["2"] == SAM
            assert voices.get("1", "erased-").startswith("erased-"), "the voice stays nobody else's"
        analysis = files.analysis("gong", "c2", SAM, 3000)
        assert analysis is not None
        assert analysis.notes == ("■■■■■■■■■ was there",)
        assert files.analysis("gong", "c3", SAM, 3000) is not None
        assert [letter.data for letter in without_joe.queue.list()] == [{"employee_id": SAM}]
        assert without_joe.quarantine.list() == ["q3"]

    def test_is_counted_by_store(self, without_joe: House) -> None:
        report = {
            (line.store, line.part): (line.removed, line.anonymised, line.rows)
            for line in without_joe.erase().following.one(ADMINISTRATOR, only_run(without_joe)).report
        }
        assert report[("documents", "employees")] == (1, 2, 0)
        assert report[("documents", "events")] == (4, 1, 0)
        assert report[("documents", "quarantine")] == (2, 0, 0)
        assert report[("documents", "held_scores")] == (1, 0, 0)
        assert report[("integrations", "calls")] == (0, 4, 0)
        assert report[("dead_letters", "look 1")] == (1, 0, 0)
        assert report[("warehouse", "staging.page_viewed, look 1")][2] == 1
        assert not [part for _, part in report if "look 2" in part]

    def test_keeps_the_aggregates_of_the_past(self, house: House, without_joe: House) -> None:
        snapshots = "SELECT COUNT(*) AS people, AVG(overall_readiness) AS mean FROM staging.ratings_snapshotted"
        assert without_joe.warehouse.query(snapshots) == house.warehouse.query(snapshots)
        [person] = without_joe.warehouse.query(
            "SELECT * FROM staging.employee_changed WHERE employee_id LIKE 'erased-%'"
        )
        assert (person["active"], person["manager_id"], person["hire_date"]) == (False, None, None)
