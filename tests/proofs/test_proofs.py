"""The proofs run, on sizes that take seconds, and what they compare agrees. No figure is judged here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.deals.labelled_deals import SECOND_AUTHOR, halves, labelled_deals
from tests.proofs import (
    agreement,
    call_discovery,
    cold_start,
    cost_per_call,
    cost_per_event,
    coverage,
    crashes,
    deal_speed,
    deals,
    ingest_rate,
    postgres_server,
    prove,
    recalculation,
    speeds,
    suite,
)
from tests.proofs.demonstration_nights import demonstration_nights
from tests.proofs.measuring import NOW
from tests.proofs.population import EVENTS, events

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "benchmark"


def test_the_population_is_the_same_every_time_and_in_order_of_time() -> None:
    first = events(7, NOW)
    assert first == events(7, NOW)
    assert len(first) == EVENTS
    assert [event.at for event in first] == sorted(event.at for event in first)
    assert {event.path for event in first} == {"validation-events", "field-observations"}


def test_recalculation_compares_what_agrees() -> None:
    result = recalculation.measure(4, 8, rounds=2, sample=1, ingested=2)
    own = set(recalculation.NAMES) - {recalculation.SPECIFIED, recalculation.TOGETHER}
    assert own <= set(result.names)
    assert sum(one[recalculation.STATES].pieces for one in result.rounds) == 4
    assert [one[recalculation.JOB].pieces for one in result.rounds] == [1, 1], "half of each round's people"
    assert [one[recalculation.JOB_LEDGER].pieces for one in result.rounds] == [1, 1], "and the other half"
    assert "employees/s" in recalculation.report(result)
    result.demonstration = demonstration_nights(nights=2, people=2)
    assert [one.pieces for one in result.demonstration.nights] == [2, 2]
    assert result.demonstration.skills > 100, "far more than the 40 of the others"
    assert "100,000 employees, the demonstration's people" in recalculation.report(result)


@pytest.mark.postgres
@pytest.mark.skipif(not postgres_server.available(), reason="needs a PostgreSQL server binary")
def test_the_specifications_design_is_among_them() -> None:
    result = recalculation.measure(2, 10, rounds=1, sample=2, ingested=1)
    assert [one[recalculation.SPECIFIED].pieces for one in result.rounds] == [2]
    assert result.ratio(recalculation.STATES, recalculation.SPECIFIED) > 0


def test_ingest_is_measured_beside_a_constant() -> None:
    rates = ingest_rate.measure(requests=8, rounds=1, people=2)
    assert rates.requests == {ingest_rate.CONSTANT: 8, ingest_rate.INGEST: 8}
    assert "of the constant's rate" in ingest_rate.report(rates)


def test_cost_and_cold_start_report_what_they_measured(tmp_path: Path) -> None:
    assert "3 + 3      4 + 5" in cost_per_event.report(cost_per_event.measure([0]))
    times = cold_start.measure(1, tmp_path, ["rating_update"])
    assert "rating_update" in cold_start.report(times)


def test_a_call_costs_less_by_each_next_route() -> None:
    result = cost_per_call.measure(cost_per_call.sales_engineering(), most=3, at_once=1)
    costs = [route.per_call("claude-sonnet-5-5", result.analyses) for route in result.routes]
    assert costs == sorted(costs, reverse=True)
    assert len(set(costs)) == 3
    assert [sum(one.output_tokens for one in route.usages) for route in result.routes] == [
        sum(one.output_tokens for one in result.routes[0].usages)
    ] * 3
    assert "| cached batch |" in cost_per_call.report(result, "claude-sonnet-5-5")


def test_calls_are_discovered_and_queued_within_limits_that_are_enforced() -> None:
    runs = call_discovery.measure(20, instances=2, kills=2, fetched=2, page_size=11)
    together, fetched, without, day, killed = runs
    for run in (together, fetched, killed):
        assert (run.wanted, run.discovered) == (20, 20)
    for run in (together, fetched, day, killed):
        assert run.discovered == run.queued_once == run.queued
        assert (run.else_found, run.refused) == (0, 0)
    assert (together.pages, fetched.fetched, fetched.requests) == (4, 2, 4)
    assert without.refused == without.told_to_wait
    assert (day.requests <= 2, day.told_to_wait > 0) == (True, True)
    assert "queued exactly once" in call_discovery.report(runs)


def test_deals_in_words_of_the_trade_are_understood_and_the_risky_ones_found() -> None:
    """On the half that may be tuned on; of the other one only the figures say something."""
    tuned = deals.measure(halves()[0])
    share = {one.name: one.right / one.of for one in deals.shares(tuned)}
    assert share["context"] >= deals.ASKED["context"]
    assert share["recall"] >= deals.ASKED["recall"]
    assert share["false alarms"] <= 0.1
    assert f"| recall | {deals.shares(tuned)[-2]} |" in deals.report(tuned, tuned, tuned)
    assert len(deals.misses(tuned)) == sum(
        not (one.right_context and one.right_stage and one.high == one.deal.expected.high_risk) for one in tuned
    )


def test_of_the_second_authors_deals_only_counts_are_told_and_what_is_not_reached_is_said() -> None:
    second = deals.measure(labelled_deals(SECOND_AUTHOR)[:20])
    figures = {one.name: one for one in deals.shares(second)}
    assert {figures[name].of for name in ("context", "stage", *deals.DIMENSIONS)} == {20}
    assert figures["recall"].of + figures["false alarms"].of == 20
    told = "\n".join(
        [deals.report(second[:1], second[1:2], second), deals.wrong_fields(second), deals.against_asked(second)]
    )
    for name, share in figures.items():
        assert f"| {share} |" in told, name
    for name in (*deals.DIMENSIONS, "stage"):
        assert f"| {name} | {20 - figures[name].right} |" in told
    for name, asked in deals.ASKED.items():
        below = figures[name].right < asked * figures[name].of
        assert f"{name} {'is BELOW' if below else 'reaches'} the {asked:.0%} asked: {figures[name]}." in told
    assert not [one.deal.id for one in second if one.deal.id in told or one.deal.account.name in told]


def test_deals_are_timed_from_the_message_to_the_assignment() -> None:
    runs = [deal_speed.timed(people, 20, 6) for people in (3, 30)]
    for run in runs:
        assert (len(run.seconds), run.lost) == (6, 0)
        assert 0 < run.median <= run.p95
    assert f"| 30 | 20 | 6 | 0 | {runs[1].median:.2f} |" in deal_speed.report(runs)


def test_an_unknown_proof_is_told_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert prove.main(["speed"]) == 2
    assert "cold_start" in capsys.readouterr().err


def test_every_module_that_can_be_run_is_a_proof() -> None:
    beside = Path(prove.__file__).parent
    found = {path.stem for path in beside.glob("*.py") if "\nif __name__ ==" in path.read_text("utf-8")}
    found |= {path.parent.name for path in beside.glob("*/__main__.py")}
    assert found - {"prove"} == set(prove.PROOFS)


def test_a_table_takes_the_place_of_the_last_one_and_nothing_else_moves() -> None:
    first = prove.written("# Figures\n\nWords.\n", "cold_start", "`a` at 1", "x  y\n")
    block = "<!-- proof cold_start -->\n`a` at 1\n\n```\nx  y\n```\n<!-- end -->\n"
    assert first == f"# Figures\n\nWords.\n\n## Cold start\n\n{block}"
    again = prove.written(first + "\nMore words.\n", "cold_start", "`a` at 2", "| x |\n|---|\n")
    assert "at 1" not in again
    assert again.endswith("`a` at 2\n\n| x |\n|---|\n<!-- end -->\n\nMore words.\n")


def test_tests_are_read_with_their_moments_and_times() -> None:
    tests = suite.read(
        '<testsuites><testsuite><testcase classname="tests.a.test_b" name="test_c" time="1.5"><properties>'
        '<property name="moments" value="(31, 27)"/></properties></testcase>'
        '<testcase classname="tests.a.test_b" name="test_d" time="0.25"><failure/></testcase></testsuite></testsuites>'
    )
    assert tests == [
        suite.Tried("tests/a/test_b::test_c", 1.5, 31, False, False),
        suite.Tried("tests/a/test_b::test_d", 0.25, 0, True, False),
    ]
    assert "| in all | 2 | 31 | 2 | 1 |" in crashes.report(tests)
    done = suite.Run(tests, 2)
    assert done.failed == ["tests/a/test_b::test_d"]
    assert "| tests/a/test_b.py::test_c | 1.5 |" in speeds.report(done, done)


def test_coverage_is_of_domains() -> None:
    half = {"summary": {"covered_lines": 1, "num_statements": 2}}
    table, share = coverage.report({"shared/people/domain/a.py": half, "shared/people/usecases/b.py": half})
    assert share == 50
    assert "| people | 2 | 50 % |" in table


def test_the_interval_of_kappa_holds_the_truth_at_thirty_pairs() -> None:
    (found,) = agreement.coverage(agreement.Readers(65, 18, 10), 30, 80, 1)
    assert found.inside + found.below + found.above == pytest.approx(1)
    assert found.inside >= 0.88


def test_other_intervals_stand_beside_it_and_nights_pass() -> None:
    readers = agreement.Readers(65, 18, 15)
    assert len(agreement.coverage(readers, 30, 5, 1, tuple(agreement.METHODS))) == 4
    (passed,) = agreement.nights(readers, [0.05], 1, 1, number=4)
    assert 0 <= passed.waiting <= 1
    assert [passed] == agreement.nights(readers, [0.05], 1, 1, number=4)
