"""A person moves to another id in every store; it may be cut off anywhere, and nothing on its way is lost."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from infra.bigquery.catalogue import Catalogue, catalogue
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.kernel.errors import ErasedPerson
from shared.observations.state_records import States
from shared.ports.documents import Create, Delete, Query
from tests.harness.crash_harness import ADMINISTRATOR, Died, Fuse, unavailable
from tests.harness.sent_events import call, role_play
from tests.harness.speed import Moments
from tests.identities.moving import NEW, WHY, is_green, moved, moves, named
from tests.privacy.organisation import DANA, JOE, MIA, SAM, House, copied, data, house, template, traced

__all__ = ["house", "template"]


class TestRename:
    def test_leaves_the_former_id_in_no_document_and_no_row(self, house: House) -> None:
        assert len(named(house.world.store, JOE)) > 15
        assert len(named(house.integrations, JOE)) > 3
        assert moved(house)["state"] == "finished"
        assert {path.split("/")[0] for path in named(house.world.store, JOE)} <= {"audit"}
        assert named(house.integrations, JOE) == set()
        house.carry()
        for address, table in house.warehouse._catalogue.tables.items():
            texts = [one.name for one in table.columns if one.type == "STRING" and one.mode != "REPEATED"]
            for row in house.warehouse.query(f"SELECT * FROM {address}"):
                assert JOE not in [row[name] for name in texts], address
        rows = "SELECT COUNT(*) AS many FROM staging.observation_recorded WHERE employee_id = @one"
        assert house.warehouse.query(rows, {"one": NEW})[0]["many"] == 4

    def test_takes_the_words_along_and_leaves_them_as_they_were_said(self, house: House) -> None:
        before = TranscriptStore(house.files, house.world.clock)
        said, judged = before.conversation("gong", "c2"), before.analysis("gong", "c2", JOE, 3000)
        moved(house)
        after = TranscriptStore(house.files, house.world.clock)
        now = after.conversation("gong", "c2")
        assert said is not None
        assert now is not None
        assert [turn.text for turn in now.turns] == [turn.text for turn in said.turns]
        assert [party.email for party in now.parties] == [NEW, SAM, "rita@customer.test"]
        assert (after.analysis("gong", "c2", NEW, 3000), after.analysis("gong", "c2", JOE, 3000)) == (judged, None)
        corrected = {one["speaker_id"]: one["to"] for one in data(house.integrations, "calls/gong-c5")["corrected"]}
        assert corrected == {"1": NEW, "2": SAM}

    def test_what_was_on_its_way_is_neither_lost_nor_brings_the_former_id_back(self, house: House) -> None:
        world = house.world
        world.process().record(role_play("late"))
        state = States(world.store).get(JOE)
        (event,) = [one for one in world.store.query(Query("events")) if '"late"' in one.data["payload"]]
        world.store.commit([Delete(event.path)])
        (key,) = [key for key, text in (state.entries if state else {}).items() if '"late"' in text]
        entry = {key: state.entries[key]} if state else {}
        world.store.commit([States.less(state, [key])] if state else [])
        run_id = moves(house).starting.rename(ADMINISTRATOR, JOE, NEW, WHY).run_id
        assert moves(house).moving.work(run_id).state == "waiting"
        # A request that read the state before the move commits after it.
        world.store.commit([Create(event.path, event.data), States.more(JOE, entry)])
        again = world.process().record({**role_play("later")}, role_play("late"))
        assert [json.loads(one.text)["duplicate"] for one in again] == [False, True]
        assert States(world.store).get(JOE) is None, "an entry alone is nobody's state"
        world.clock.forward(hours=3)
        assert moves(house).moving.work(run_id).state == "finished"
        assert key in data(world.store, f"states/{NEW}")["observations"]
        assert world.store.get(f"states/{JOE}") is None
        assert is_green(house)

    def test_erases_under_all_ids_afterwards(self, house: House) -> None:
        moved(house)
        house.run_to_the_end(house.erase().start(NEW))
        house.world.log.lines.clear()
        house.world.tasks.clear()
        assert [
            (place, content[:300]) for place, content in house.everything() if NEW in content or traced(content)
        ] == []
        for one in (JOE, NEW):
            with pytest.raises(ErasedPerson):
                house.world.process().record(role_play("after", employee=one))


class TestMerge:
    def test_unites_two_histories_and_leaves_the_other_record_as_it_is(self, house: House) -> None:
        process = house.world.process()
        process.record(call("both-joe", source_id="both"), call("both-mia", source_id="both", employee=MIA))
        run = moved(house, into=MIA)
        assert (run["state"], run["employee_id"]) == ("finished", MIA)
        mia = data(house.world.store, f"employees/{MIA}")
        assert (mia["name"], mia["manager_id"], mia["mentor_id"]) == ("Mia Ray", DANA, None)
        assert is_green(house, MIA)
        assert named(house.integrations, JOE) == set()
        again = house.world.process().record(call("both-joe", source_id="both"))
        assert json.loads(again[0].text)["duplicate"]
        assert data(house.integrations, "calls/gong-c2")["employees"] == [MIA, SAM]


def outcome(house: House, fuse: Fuse) -> dict[str, Any]:
    """Everything that is stored when Joe has moved, with one cut at the fuse's point."""
    run = moved(house, fuse)
    assert run["state"] == "finished"
    assert is_green(house)
    assert house.world.log.named("state.repaired") == []
    found: dict[str, Any] = {}
    for store in (house.world.store, house.integrations):
        for collection in store.collections():
            if collection in {"audit", "moves", "changes", "aliases"}:
                continue
            for document in store.query(Query(collection)):
                found[document.path] = {**document.data, "updated_at": None}
    found |= {name: house.files.read(name) for name in house.files.list()}
    found["rows"] = house.warehouse.query(
        "SELECT employee_id, COUNT(*) AS n FROM staging.page_viewed GROUP BY 1 ORDER BY 1"
    )
    return found


def test_cut_off_at_any_point_it_comes_to_the_same(template: Path, tmp_path: Path, moments: Moments) -> None:
    tables = Catalogue(catalogue().tables[address] for address in ("raw.page_viewed", "staging.page_viewed"))
    whole = copied(template, tmp_path / "whole", tables)
    untouched = Fuse()
    wanted = outcome(whole, untouched)
    whole.close()
    assert untouched.passed > 30
    for point in moments.of(range(untouched.passed)):
        house = copied(template, tmp_path / f"at {point}", tables)
        fuse = Fuse(point, unavailable if point % 3 == 0 else Died)
        assert outcome(house, fuse) == wanted, f"cut off at point {point}"
        assert fuse.blown
        house.close()
        shutil.rmtree(house.folder)
