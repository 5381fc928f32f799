"""What is learnt from facts that were delivered, in DuckDB and behind BigQuery's protocol."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from infra.gcp.bigquery import BigQueryWarehouse
from infra.local.duckdb_warehouse import DuckDBWarehouse, RawMessage
from shared.kernel.messages import Fact
from shared.observations.messages import ObservationRecorded, ScoredCompetency
from shared.ratings.usecases.calibrate import Calibrated
from shared.reviews.messages import ReviewDecided, ReviewedScore
from tests.harness.bigquery_server import bigquery_server, client_at
from tests.harness.crash_harness import ADMINISTRATOR, CrashEnvironment, Fuse, Process, new_crash_harness
from tests.ratings.builders import GENERAL_DISCOVERY, framework
from tests.sql.stopped_clock import StoppedClock

FRAMEWORK = replace(framework(GENERAL_DISCOVERY), framework_id="sales_engineering")
TODAY = datetime(2026, 11, 25, 8, tzinfo=UTC)


def observed(person: int, number: int) -> ObservationRecorded:
    """A conversation of one of some people, each of a level of their own."""
    score = 60.0 + person + (0, 14, 3, 11, 6, 17, 1, 8)[(3 * number + person) % 8]
    return ObservationRecorded(
        event_id=f"e{person}-{number}", employee_id=f"p{person}@x.test", framework_id="sales_engineering", kind="field",
        source="gong", source_id=f"c{person}-{number}", activity="gong", occurred_at=TODAY - timedelta(days=7 * number),
        received_at=TODAY, analysis=7000, scores=[ScoredCompetency(competency="discovery", score=score)],
    )  # fmt: skip


def blind(number: int) -> ReviewDecided:
    """A person's own score, 4 to 6 points under the scorer's, which the person confirms having seen it."""
    own = 66 - number % 3
    pair = ReviewedScore(competency="discovery", scorer_score=70, person_score=70, own_score=own, reason="sample")
    return ReviewDecided(
        review_id=f"r{number}", review_version=1, employee_id="p0@x.test", scorer="m-1", source="gong", reason="sample",
        decision="confirmed", pairs=[pair], sampled=True, reviewed_by_role="enablement", decided_at=TODAY, blind=True,
    )  # fmt: skip


def test_both_platforms_learn_the_same_from_the_same_facts(tmp_path: Path) -> None:
    local = DuckDBWarehouse(":memory:", StoppedClock())
    facts: list[tuple[str, list[Fact]]] = [
        ("observation-recorded", [observed(person, number) for person in range(8) for number in range(6)]),
        ("review-decided", [blind(number) for number in range(12)]),
    ]
    for topic, said in facts:
        messages = [RawMessage(f"{topic}-{n}", TODAY, fact.model_dump(mode="json")) for n, fact in enumerate(said)]
        local.ingest_raw(topic, messages)
    local.refresh()
    found = []
    with closing(local), bigquery_server(local) as (url, _):
        google = BigQueryWarehouse("demo", StoppedClock(), location="EU", client=client_at(url), patience=0.5)
        for name, warehouse in (("duckdb", local), ("bigquery", google)):
            (folder := tmp_path / name).mkdir()
            world = new_crash_harness(folder, FRAMEWORK, ("joe@example.com",))
            on = CrashEnvironment(world, Fuse())
            on.ports["warehouse"] = warehouse
            assert Process(on).calibrate.run() == Calibrated(2, True, 48, 12)
            assert Process(on).calibrate.run() == Calibrated(2, False, 48, 12)
            found.append(world.documents()["parameters/current"])
            shown = Process(on).calibration.show(ADMINISTRATOR)
            world.store.close()
    assert found[0] == found[1]
    discovery = next(one for one in shown.competencies if one.competency == "discovery")
    assert (discovery.learnt, discovery.observations, discovery.since_version) == (True, 48, 2)
    assert 2 < discovery.sigma < 12
    assert [(one.scorer, one.pairs, round(one.bias)) for one in shown.scorers] == [("gong", 12, 5)]
