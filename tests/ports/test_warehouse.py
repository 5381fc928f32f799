"""The `Warehouse` port: DuckDB, and Google's own client against a server that speaks BigQuery's protocol."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from infra.bigquery.catalogue import catalogue
from infra.local.duckdb_warehouse import RawMessage
from shared.call_pipeline.messages import CallAnalysed
from shared.frameworks.messages import FrameworkPublished, PublishedCompetency
from shared.kernel.errors import NotFound, Retryable
from shared.observations.messages import ObservationRecorded, ScoredCompetency
from shared.people.messages import EmployeeChanged
from shared.platform.messages import AuditRecorded, PageViewed
from shared.ports.warehouse import Row
from shared.reviews.messages import ReviewDecided, ReviewedScore
from tests.harness.bigquery_server import PAGE
from tests.ports.warehouse_bench import NOW, Bench, bench, views

__all__ = ["bench"]


def conversations(people: int, *, first: int) -> list[ObservationRecorded]:
    """One conversation of each of so many people, scored in the competencies a and b."""
    scores = [ScoredCompetency(competency=name, score=70.5) for name in ("a", "b")]
    return [
        ObservationRecorded(
            event_id=f"e{n}", employee_id=f"p{n}@x.test", framework_id="sales", kind="field", source="gong",
            source_id=f"c{n}", activity="gong", occurred_at=NOW, received_at=NOW, analysis=3, scores=scores,
        )
        for n in range(first, first + people)
    ]  # fmt: skip


@dataclass
class Told:
    """A fact as an earlier version of the platform published it."""

    fields: dict[str, Any]

    def model_dump(self, mode: str) -> dict[str, Any]:
        return self.fields


def decided(review_id: str, *, blind: bool | None) -> Any:
    """A decision 4 points under the scorer; blind None: of before the message said so."""
    fact = ReviewDecided(
        review_id=review_id, review_version=1, employee_id="ann", scorer="m:1", source="gong", reason="sample",
        decision="corrected", sampled=True, reviewed_by_role="enablement", decided_at=NOW, blind=bool(blind),
        pairs=[ReviewedScore(competency="a", scorer_score=80, own_score=76, person_score=76, reason="sample")],
    )  # fmt: skip
    fields = fact.model_dump(mode="json")
    return fact if blind is not None else Told({name: value for name, value in fields.items() if name != "blind"})


class TestWarehouse:
    def test_a_query_takes_parameters_of_every_type(self, bench: Bench) -> None:
        given: Row = {
            "text": 'O\'Neil \\ "x" Ω',
            "whole": 2**53 + 1,
            "number": 81.25,
            "flag": False,
            "day": date(2026, 2, 28),
            "time": datetime(2026, 11, 25, 9, 30, 0, 250000, tzinfo=UTC) + timedelta(0),
            "words": ["a", "b"],
        }
        columns = ", ".join(f"@{name} AS {name}" for name in given)
        assert bench.warehouse.query(f"SELECT {columns}", given) == [given]

    def test_a_time_with_an_offset_is_the_same_instant(self, bench: Bench) -> None:
        local = datetime.fromisoformat("2026-11-25T11:00:00+02:00")
        [row] = bench.warehouse.query("SELECT @at AS at_utc", {"at": local})
        assert row["at_utc"] == local
        assert isinstance(row["at_utc"], datetime)
        assert row["at_utc"].utcoffset() == timedelta(0)
        with pytest.raises(ValueError, match="zone"):
            bench.warehouse.query("SELECT @at AS at_utc", {"at": datetime(2026, 11, 25)})  # noqa: DTZ001

    def test_all_rows_come_however_many_pages_they_take(self, bench: Bench) -> None:
        bench.deliver("page-viewed", *views(2 * PAGE + 1))
        bench.warehouse.refresh("page_viewed")
        rows = bench.warehouse.query("SELECT view_id FROM staging.page_viewed ORDER BY view_id")
        assert [row["view_id"] for row in rows] == [f"v{n}" for n in range(2 * PAGE + 1)]

    def test_what_is_delivered_or_published_twice_counts_once(self, bench: Bench) -> None:
        for _ in range(2):
            bench.deliver("page-viewed", *views(3))
            bench.warehouse.refresh("page_viewed")
        bench.deliver("page-viewed", *views(2), first=10, published_at=NOW + timedelta(days=1))
        bench.deliver("page-viewed", *views(1, first=3), first=12, published_at=NOW - timedelta(days=2))
        bench.warehouse.refresh("page_viewed")
        rows = bench.warehouse.query("SELECT view_id, message_id FROM staging.page_viewed ORDER BY view_id")
        assert [(row["view_id"], row["message_id"]) for row in rows] == [
            ("v0", "page-viewed-10"),
            ("v1", "page-viewed-11"),
            ("v2", "page-viewed-2"),
            ("v3", "page-viewed-12"),
        ]

    def test_a_refresh_fills_everything_in_order_and_may_be_repeated(self, bench: Bench) -> None:
        bench.deliver(
            "employee-changed",
            *[
                EmployeeChanged(employee_id=f"e{n}", framework_id="sales", role="employee", changed_at=NOW)
                for n in range(6)
            ],
        )
        closing = PublishedCompetency(competency="closing", name="Closing", category="c", core=True, has_rule=True)
        bench.deliver(
            "framework-published",
            FrameworkPublished(framework_id="sales", version=1, published_at=NOW, competencies=[closing]),
        )
        for _ in range(2):
            assert bench.warehouse.refresh() == list(catalogue().order)
            [row] = bench.warehouse.mart("skill_coverage")
            assert (row["competency"], row["people"], row["not_started"]) == ("closing", 6, 6)
            assert len(bench.warehouse.mart("team_skill_matrix")) == 6

    def test_a_mart_comes_in_the_order_of_its_key(self, bench: Bench) -> None:
        bench.warehouse.load(
            "marts.context_heat_map",
            [{"framework_id": "f", "competency": c, "dimension": d, "value": "v"} for c in "ba" for d in "yx"],
        )
        rows = bench.warehouse.mart("context_heat_map")
        assert [(row["competency"], row["dimension"]) for row in rows] == [
            ("a", "x"),
            ("a", "y"),
            ("b", "x"),
            ("b", "y"),
        ]

    def test_one_person_is_erased_and_the_others_are_not(self, bench: Bench) -> None:
        people = [
            EmployeeChanged(employee_id=e, manager_id=m, framework_id="sales", role="employee", changed_at=NOW)
            for e, m in (("ann@x.test", None), ("joann@x.test", "ann@x.test"), ("ann@x.test.uk", "bob@x.test"))
        ]
        bench.deliver("employee-changed", *people)
        viewed = [
            PageViewed(view_id=who, employee_id=who, role="employee", page="profile", viewed_at=NOW)
            for who in ("ann@x.test", "joann@x.test")
        ]
        bench.deliver("page-viewed", *viewed)
        acts = [
            AuditRecorded(
                audit_id=str(number),
                actor=actor,
                actor_role="manager",
                action="seen",
                subject=subject,
                detail=detail,
                at=NOW,
            )
            for number, (actor, subject, detail) in enumerate(
                [
                    ("ann@x.test", "joann@x.test", "to: ann@x.test,ann@x.test"),
                    ("joann@x.test", "ann@x.test", None),
                    ("joann@x.test", "ann@x.test.uk", "joann@x.test"),
                ]
            )
        ]
        bench.deliver("audit-recorded", *acts)
        call = CallAnalysed(
            record_id="gong-1",
            source="gong",
            call_id="1",
            analysis=0,
            state="observed",
            started_at=NOW,
            finished_at=NOW,
            employees=["ann@x.test", "joann@x.test"],
        )
        bench.deliver("call-analysed", call)
        bench.warehouse.refresh()
        found = bench.warehouse.mentions("ann@x.test")
        assert (found["raw.audit_recorded"], found["staging.audit_recorded"]) == (2, 2)
        assert (found["staging.employee_changed"], found["staging.page_viewed"]) == (2, 1)
        for _ in range(2):
            bench.warehouse.erase("ann@x.test", "erased-1")
            assert bench.warehouse.mentions("ann@x.test") == {}
        bench.warehouse.refresh()
        people_left = bench.warehouse.query(
            "SELECT employee_id, manager_id, active FROM staging.employee_changed ORDER BY employee_id"
        )
        assert [tuple(row.values()) for row in people_left] == [
            ("ann@x.test.uk", "bob@x.test", True),
            ("erased-1", None, False),
            ("joann@x.test", None, True),
        ]
        left = bench.warehouse.query("SELECT actor, subject, detail FROM staging.audit_recorded ORDER BY audit_id")
        assert [tuple(row.values()) for row in left] == [
            ("erased-1", "joann@x.test", "to: erased-1,erased-1"),
            ("joann@x.test", "erased-1", None),
            ("joann@x.test", "ann@x.test.uk", "joann@x.test"),
        ]
        views_left = bench.warehouse.query("SELECT employee_id FROM staging.page_viewed")
        assert bench.warehouse.query("SELECT employees FROM staging.call_analysed") == [{"employees": ["joann@x.test"]}]
        assert [row["employee_id"] for row in views_left] == ["joann@x.test"]
        assert bench.warehouse.query("SELECT COUNT(*) AS n FROM raw.page_viewed") == [{"n": 1}]

    def test_a_moved_person_is_in_every_row_under_the_present_id_once(self, bench: Bench) -> None:
        views = [
            PageViewed(view_id=f"v{number}", employee_id=who, role="manager", page="profile", viewed_at=NOW)
            for number, who in enumerate(["ann@x.test", "joann@x.test"])
        ]
        bench.deliver("page-viewed", *views)
        acts = [
            AuditRecorded(
                audit_id=f"a{number}",
                actor=actor,
                actor_role="manager",
                action="profile.viewed",
                subject=subject,
                detail=None,
                at=NOW,
            )
            for number, (actor, subject) in enumerate([("ann@x.test", "joann@x.test"), ("joann@x.test", "ann@x.test")])
        ]
        bench.deliver("audit-recorded", *acts)
        call = CallAnalysed(
            record_id="gong-1",
            source="gong",
            call_id="1",
            analysis=0,
            state="observed",
            started_at=NOW,
            finished_at=NOW,
            employees=["ann@x.test", "new@x.test"],
        )
        bench.deliver("call-analysed", call)
        bench.warehouse.refresh()
        for _ in range(2):
            bench.warehouse.move("ann@x.test", "new@x.test")
            assert bench.warehouse.mentions("ann@x.test") == {}
        bench.warehouse.refresh()
        rows = bench.warehouse.query("SELECT actor, subject FROM staging.audit_recorded ORDER BY audit_id")
        assert [tuple(row.values()) for row in rows] == [("new@x.test", "joann@x.test"), ("joann@x.test", "new@x.test")]
        rows = bench.warehouse.query("SELECT employee_id FROM staging.page_viewed ORDER BY view_id")
        assert [row["employee_id"] for row in rows] == ["new@x.test", "joann@x.test"]
        assert bench.warehouse.query("SELECT employees FROM staging.call_analysed") == [{"employees": ["new@x.test"]}]

    def test_an_empty_warehouse_answers_every_question(self, bench: Bench) -> None:
        assert [bench.warehouse.ask(name) for name in sorted(catalogue().questions)] == [[], []]

    def test_calibration_sees_the_same_400_people_however_many_there_are(self, bench: Bench) -> None:
        seen = []
        for first in (0, 401):
            bench.deliver("observation-recorded", *conversations(401, first=first), first=first)
            bench.warehouse.refresh("observation_recorded")
            rows = bench.warehouse.ask("calibration_scores")
            by_competency = {name: [r["person"] for r in rows if r["competency"] == name] for name in ("a", "b")}
            assert [len(set(people)) for people in by_competency.values()] == [400, 400]
            seen.append(set(by_competency["a"]))
            assert seen[-1] == set(by_competency["b"])
        # Who joins an organisation may take another's place; a choice by chance would keep a half.
        assert 100 < len(seen[0] & seen[1]) < 400
        assert rows == bench.warehouse.ask("calibration_scores")
        assert rows[0].keys() == {"competency", "person", "day", "score", "practice", "source", "analysis"}
        assert {(r["day"], r["score"], r["practice"], r["source"], r["analysis"]) for r in rows} == {
            (20782, 70.5, False, "gong", 3)
        }

    def test_blind_pairs_are_told_apart_from_others(self, bench: Bench) -> None:
        bench.deliver(
            "review-decided", decided("r1", blind=True), decided("r2", blind=False), decided("r3", blind=None)
        )
        bench.warehouse.refresh("review_decided")
        assert bench.warehouse.ask("blind_pairs") == [{"source": "gong", "review_id": "r1", "difference": 4.0}]

    def test_loaded_counts_are_compared_with_staging(self, bench: Bench) -> None:
        assert bench.warehouse.check("ledger_reconciliation") == []
        counted: Row = {"day": date(2026, 11, 24), "kind": "field", "events": 2, "counted_at": NOW}
        bench.warehouse.load("checks.ledger_counts", [counted])
        [wrong] = bench.warehouse.check("ledger_reconciliation")
        assert wrong == {
            "day": date(2026, 11, 24),
            "kind": "field",
            "ledger_events": 2,
            "staged_events": 0,
            "difference": -2,
            "repaired": 0,
        }

    def test_a_message_that_does_not_say_what_it_is_about_is_named(self, bench: Bench) -> None:
        bench.deliver("page-viewed", *views(1))
        bench.local.ingest_raw("page-viewed", [RawMessage("odd", NOW, {"page": "profile"})])
        assert bench.warehouse.check("unreadable_messages") == [
            {"topic": "page-viewed", "message_id": "odd", "publish_time": NOW}
        ]

    def test_unknown_names_are_not_found(self, bench: Bench) -> None:
        for ask in (
            lambda: bench.warehouse.mart("nonsense"),
            lambda: bench.warehouse.check("nonsense"),
            lambda: bench.warehouse.ask("nonsense"),
            lambda: bench.warehouse.refresh("nonsense"),
            lambda: bench.warehouse.load("checks.nonsense", [{"day": None}]),
            lambda: bench.warehouse.load("checks.ledger_counts", [{"nonsense": 1}]),
        ):
            with pytest.raises(NotFound, match="nonsense"):
                ask()

    def test_a_wrong_statement_is_a_defect_and_not_retried(self, bench: Bench) -> None:
        with pytest.raises(Exception, match=r"nonsense|invalidQuery") as raised:
            bench.warehouse.query("SELECT nonsense FROM staging.page_viewed")
        assert not isinstance(raised.value, Retryable)
