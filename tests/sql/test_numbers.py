"""The numbers in the warehouse's SQL are the platform's: each stands once in Python, and SQL says the same."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from infra.bigquery import catalogue as warehouse
from infra.local.googlesql_on_duckdb import translated
from shared.analysts.domain.agreement import TOLERANCE
from shared.kernel.access import SMALLEST_GROUP
from shared.kernel.statistics import wilson
from shared.operations.usecases.check_health import STALE_AFTER
from shared.ratings.domain.weights import HEAT_LEVELS, RATING_WINDOW_DAYS, Z_EIGHTY

MARTS = sorted(path for of in ("marts", "organisations") for path in warehouse.DIRECTORY.glob(f"*/{of}.*.sql"))
WILSON = (
    "marts.readiness_over_time",
    "marts.skill_coverage",
    "organisations.organisation_coverage",
    "organisations.organisation_readiness",
    "organisations.organisation_teams",
    "marts.jit_completion",
    "marts.learning_practice",
)
"""Marts of shares, with their interval."""
SAID = (
    (r"\b(?:people|persons|rated|ratings|kept) < (\d+)", SMALLEST_GROUP, 9),
    (r"\bmean_rating < (\d+)", HEAT_LEVELS[0] / 100, 1),
    (r"\bABS\(difference\) <= (\d+)", TOLERANCE, 1),
    (r"mean_difference [-+] ([\d.]+)e0", Z_EIGHTY, 1),
    (r"last_observed_at\) < CAST\(DATE_SUB\(@as_of, INTERVAL (\d+) DAY", STALE_AFTER.days, 1),
    (r"\(observed\.occurred_at\) > CAST\(DATE_SUB\(@as_of, INTERVAL (\d+) DAY", RATING_WINDOW_DAYS, 1),
    (r"([\d.]+)e0 \* SQRT\(SAFE_DIVIDE", Z_EIGHTY, 2),
    (r"SAFE_DIVIDE\(\w+ \+ ([\d.]+)e0", Z_EIGHTY**2 / 2, 2),
    (r"(?:people|asked) \+ ([\d.]+)e0", Z_EIGHTY**2, 2),
    (r"people\) \+ ([\d.]+)e0\)", Z_EIGHTY**2 / 4, 2),
)
"""How SQL says a number, what it is, and in how many files at least it stands."""


def statement(path: Path) -> str:
    """The SQL on one line, without comments."""
    return " ".join(re.sub(r"--[^\n]*", "", path.read_text("utf-8")).split())


@pytest.mark.parametrize(("pattern", "number", "least"), SAID, ids=[pattern for pattern, _, _ in SAID])
def test_sql_has_the_platforms_numbers(pattern: str, number: float, least: int) -> None:
    found = {path.name: {float(one) for one in re.findall(pattern, statement(path))} for path in MARTS}
    said = {name: numbers for name, numbers in found.items() if numbers}

    assert len(said) >= least
    assert [one for numbers in said.values() for one in numbers] == pytest.approx([number] * len(said), abs=1e-12)


def test_every_suppression_is_of_the_smallest_group() -> None:
    suppressed = [path for path in MARTS if "FALSE AS suppressed" not in statement(path)]
    assert len(suppressed) > 8
    for path in suppressed:
        assert re.search(rf"\w+ < {SMALLEST_GROUP}\b", statement(path)), path.name


def interval_in(mart: str) -> str:
    """The passage that computes a mart's interval, with `successes` for what it counts."""
    (path,) = warehouse.DIRECTORY.glob(f"*/{mart}.sql")
    text = statement(path)
    begin = text.index(" AS suppressed,", text.index("shared AS (")) + len(" AS suppressed,")
    passage = text[begin : text.index(" FROM ", begin)]
    counted = re.sub(r"\b(?:ready|validated|in_time|again_right)\b", "successes", passage)
    counted = re.sub(r"\basked\b", "people", counted)
    return counted.replace("( ", "(").replace(" )", ")")


def test_the_interval_of_a_share_is_written_the_same_wherever_it_is() -> None:
    assert len({interval_in(mart) for mart in WILSON}) == 1
    assert {path.name for path in MARTS if "SQRT(SAFE_DIVIDE(CAST" in statement(path)} == {
        f"{mart}.sql" for mart in WILSON
    }


@pytest.mark.parametrize(("successes", "people"), [(0, 5), (1, 5), (5, 5), (13, 40), (40, 40)])
def test_the_interval_in_sql_is_wilsons(successes: int, people: int) -> None:
    selected = interval_in(WILSON[0])
    sql, _ = translated(
        f"WITH counted AS (SELECT {successes} AS successes, {people} AS people), "
        f"shared AS (SELECT {selected} FROM counted) "
        "SELECT GREATEST(0, centre - spread), LEAST(1, centre + spread) FROM shared"
    )
    with duckdb.connect(":memory:") as database:
        found = database.execute(sql).fetchone()

    assert found == pytest.approx(wilson(successes, people, Z_EIGHTY))
