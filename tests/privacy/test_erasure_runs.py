"""One erasure's run: asked for once, in parts, twice over, cut off anywhere."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra.bigquery.catalogue import Catalogue, catalogue
from shared.kernel.access import Caller
from shared.kernel.errors import Forbidden, NotFound, Rejected, Retryable
from shared.ports.documents import Merge, Put, Query
from shared.privacy.usecases.erase_person import SECOND_LOOK_AFTER
from tests.harness.crash_harness import ADMINISTRATOR, Died, Fuse, unavailable
from tests.harness.sent_events import NOON
from tests.harness.speed import Moments
from tests.privacy.fused_stores import FusedWarehouse
from tests.privacy.organisation import DANA, JOE, MIA, SAM, House, copied, data, house, of_others, template, traced

__all__ = ["house", "template"]


class TestARun:
    def test_needs_the_id_twice_and_an_administrator_who_is_another(self, house: House) -> None:
        erase = house.erase().starting
        with pytest.raises(Rejected, match="repeat the id"):
            erase.start(ADMINISTRATOR, JOE, SAM)
        with pytest.raises(Forbidden, match="another administrator"):
            erase.start(ADMINISTRATOR, "ada@example.com", "ada@example.com")
        with pytest.raises(NotFound):
            erase.start(ADMINISTRATOR, "nobody@example.com", "nobody@example.com")
        for role in ("manager", "enablement", "cro"):
            with pytest.raises(Forbidden, match=r"erasure\.run"):
                erase.start(Caller(DANA, role=role, employee_id=DANA), JOE, JOE)
        assert house.world.store.get(f"employees/{JOE}") is not None

    def test_is_one_run_however_often_it_is_asked_for(self, house: House) -> None:
        first = house.erase().starting.start(ADMINISTRATOR, JOE, JOE)
        assert house.erase().starting.start(ADMINISTRATOR, JOE, f" {JOE.upper()} ") == first
        assert len(house.world.tasks) == 1
        house.run_to_the_end(first.run_id)
        house.world.tasks.clear()
        again = house.erase().starting.start(ADMINISTRATOR, JOE, JOE)
        assert (again.run_id, again.state) == (first.run_id, "finished")
        assert house.world.tasks == []

    def test_finishes_for_somebody_whom_no_integration_knows(self, house: House) -> None:
        run_id = house.erase().start(MIA)
        house.run_to_the_end(run_id)
        report = house.erase().following.one(ADMINISTRATOR, run_id).report
        assert {line.store for line in report} == {"documents", "warehouse"}
        assert house.integrations.query(Query("erasures")) == []

    def test_looks_a_second_time_for_what_was_on_its_way(self, house: House) -> None:
        run_id = house.erase().start()
        assert house.erase().work(run_id) == "waiting"
        house.world.store.commit(
            [
                Merge(f"states/{JOE}", {"observations": {"o1": "[]"}}),
                Put("ratings/" + JOE, {"employee_id": JOE}),
                Put("quarantine/q9", {"quarantine_id": "q9", "state": "open", "reason": f"{JOE} is not known"}),
            ]
        )
        view = {"view_id": "late", "employee_id": JOE, "role": "manager", "page": "p", "viewed_at": NOON.isoformat()}
        house.world.facts.append(("page-viewed", view))
        house.carry()
        assert house.erase().work(run_id) == "waiting"  # too early
        house.world.clock.time += SECOND_LOOK_AFTER
        assert house.erase().work(run_id) == "finished"
        assert house.erase().work(run_id) == "finished"
        house.world.log.lines.clear()
        house.world.tasks.clear()
        assert [place for place, content in house.everything() if traced(content)] == []

    def test_that_lost_its_task_is_asked_for_again(self, house: House) -> None:
        run_id = house.erase().start()
        house.world.tasks.clear()
        assert house.erase().resuming.resume() == 0
        house.world.clock.forward(minutes=16)
        assert house.erase().resuming.resume() == 1
        assert [payload for _, payload in house.world.tasks] == [{"run_id": run_id}]
        house.run_to_the_end(run_id)
        house.world.clock.forward(days=1)
        assert house.erase().resuming.resume() == 0

    def test_waits_for_rows_that_were_streamed_in_lately(self, house: House) -> None:
        run_id = house.erase().start()
        erase = house.erase()
        stores = erase.erasing._stores()

        class Streaming(FusedWarehouse):
            def erase(self, employee_id: str, instead: str) -> None:
                raise Retryable("rows were streamed in lately", after_seconds=5400)

        erase.erasing._stores = lambda: replace(stores, warehouse=Streaming(house.warehouse, Fuse()))
        house.world.tasks.clear()
        assert erase.work(run_id) == "running"
        assert len(house.world.tasks) == 1
        house.run_to_the_end(run_id)
        assert house.traces(JOE.replace("joe", " joe")) == []

    def test_does_its_work_in_parts(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("shared.privacy.usecases.clean_database.PAGE", 3)
        monkeypatch.setattr("shared.privacy.usecases.erase_person.PAGES_A_TASK", 2)
        run_id = house.erase().start()
        deliveries = 0
        state = "running"
        while state != "finished":
            house.world.tasks.clear()
            state = house.erase().work(run_id)
            assert state == "finished" or len(house.world.tasks) == 1
            deliveries += 1
            house.world.clock.forward(hours=3)
        assert deliveries > 10
        house.world.log.lines.clear()
        assert [place for place, content in house.everything() if traced(content)] == []
        report = house.erase().following.one(ADMINISTRATOR, run_id).report
        whole = {line.part: line.removed for line in report}
        assert (whole["events"], whole["quarantine"]) == (4, 2)


def test_cut_off_at_any_point_it_comes_to_the_same(template: Path, tmp_path: Path, moments: Moments) -> None:
    few = ("raw.page_viewed", "staging.page_viewed", "staging.ratings_snapshotted")
    tables = Catalogue(catalogue().tables[address] for address in few)
    whole = copied(template, tmp_path / "whole", tables)
    untouched = Fuse()
    wanted = outcome(whole, untouched)
    whole.close()
    assert untouched.passed > 40
    for point in moments.of(range(untouched.passed)):
        house = copied(template, tmp_path / f"at {point}", tables)
        fuse = Fuse(point, unavailable if point % 3 == 0 else Died)
        assert outcome(house, fuse) == wanted, f"cut off at point {point}"
        assert fuse.blown
        house.close()
        shutil.rmtree(house.folder)


def outcome(house: House, fuse: Fuse) -> dict[str, Any]:
    """Erases Joe with one cut at the fuse's point; everything that is stored then, with the report."""
    run_id = ""
    used = fuse
    for _ in range(20):
        erase = house.erase(used)
        try:
            run_id = erase.start()
            if erase.work(run_id) == "finished":
                break
            house.world.clock.forward(hours=3)
        except (Died, Retryable):
            used = Fuse()
        house.world.tasks.clear()
    done = data(house.world.store, f"erasures/{run_id}")
    assert done["state"] == "finished"
    pseudonyms = {d.data["actor"] for d in house.world.store.query(Query("audit")) if "erased-" in d.data["actor"]}
    [pseudonym] = pseudonyms
    left = {place: content.replace(pseudonym, "…") for place, content in of_others(house).items()}
    left = {place.replace(pseudonym, "…"): content for place, content in left.items()}
    return {"report": done["report"], "left": left}
