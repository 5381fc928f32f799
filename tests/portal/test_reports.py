"""The reports of the embedded platform: the dashboards' audiences and pages, each number with its interval."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from functions.portal.reports.table import MOST_ROWS, shown
from infra.bigquery.catalogue import catalogue
from infra.local.duckdb_warehouse import DuckDBWarehouse
from infra.looker.pages import ReportPage, pages, pages_of
from shared.kernel.access import ROLES, Role
from shared.ports.warehouse import Cell, Row
from tests.portal.conftest import House

TODAY = datetime.now(UTC).date()
VIC, NED = "vic@example.com", "ned@example.com"


def coverage(leader: str, competency: str, **figures: Cell) -> Row:
    row: Row = {"leader_id": leader, "framework_id": "sales_engineering", "competency": competency, "name": competency}
    return {**row, "core": True, "suppressed": False, **figures}


@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("mentor", "employer")])
def test_everybody_finds_the_reports_of_their_role_and_no_other(house: House, role: Role) -> None:
    person = house.visit(role)
    listed = person.get("/reports")
    if role == "employee":
        assert listed.status_code == 403
        return
    for name, page in pages().items():
        mine = page in pages_of(role)
        assert (f'href="/reports/{name}"' in listed.get_data(as_text=True)) == mine
        answer = person.get(f"/reports/{name}")
        about_people = page.filter == "manager_id"
        assert answer.status_code == (403 if not mine else 303 if about_people else 200), name
    assert person.get("/reports/nothing").status_code == 404


def test_a_senior_manager_reads_the_own_organisation_with_how_sure_each_number_is(house: House) -> None:
    [vic] = house.people["senior_manager"]
    figures = {"people": 9, "validated": 6, "in_progress": 2, "expired": 1, "not_started": 0, "stale": 0}
    share = {"validated_share": 0.667, "validated_share_low": 0.45, "validated_share_high": 0.83}
    other = {"validated_share": 0.123, "validated_share_low": 0.1, "validated_share_high": 0.2}
    warehouse = house.platform.on.port("warehouse", _never)
    assert isinstance(warehouse, DuckDBWarehouse)
    warehouse.load(
        "organisations.organisation_coverage",
        [
            coverage(vic, "Listening", **figures, **share),
            coverage(NED, "Elsewhere", **figures, **other),
            coverage(vic, "Few", suppressed=True),
        ],
    )
    day: Row = {"leader_id": vic, "framework_id": "sales_engineering", "people": 9, "known": 8, "suppressed": False}
    interval: Row = {"likely_ready_low": 2.1, "likely_ready_high": 6.0}
    warehouse.load(
        "organisations.organisation_readiness",
        [{**day, **interval, "day": TODAY - timedelta(days=back), "likely_ready": 3.5 + back} for back in (0, 1, 2)],
    )
    text = house.visit("senior_manager").text("/reports/organisation")
    assert "Listening" in text
    assert "67 % 45 % to 83 %" in text
    assert "Elsewhere" not in text
    assert "Few" not in text.replace("Fewer", "")
    assert "1 row is about fewer than 5 people" in text
    assert "3.5 2.1 to 6" in text
    assert "Validated people among all, fraction 0-1 (fraction, 0 to 1)" in text


def _never(on: object) -> object:
    raise AssertionError("this is the embedded platform")


def test_of_weeks_the_newest_that_is_over_stands_for_each_and_nothing_is_hidden_silently() -> None:
    [chart] = pages()["success"].charts
    weeks = [TODAY - timedelta(days=7 * back) for back in (0, 1, 2)]
    rows = [
        {
            "framework_id": "x", "metric": metric, "week": week, "week_complete": week != weeks[0], "numerator": 1,
            "denominator": 2, "value": 0.5 + number / 100, "target": 0.7, "met": False, "suppressed": False,
        }
        for metric in ("data_quality", *(f"m{number}" for number in range(MOST_ROWS)))
        for number, week in enumerate(weeks)
    ]  # fmt: skip
    found = shown(catalogue().mart("success_metrics"), chart, rows, None)
    assert [cell.text for cell in found.rows[0]][:1] == ["Data quality"]
    assert {row[2].text for row in found.rows} == {"51 %"}, "the newest week that is over"
    assert (len(found.rows), found.left_out, found.withheld) == (MOST_ROWS, 1, 0)


@pytest.mark.parametrize("page", pages().values(), ids=list(pages()))
def test_every_chart_shows_rows_whose_every_number_is_missing(page: ReportPage) -> None:
    """Groups without a single figure make a table without a single one."""
    for chart in page.charts:
        mart = catalogue().mart(chart.mart)
        row = {column.name: TODAY if column.type == "DATE" else None for column in mart.columns}
        found = shown(mart, chart, [{**row, "suppressed": False}, {**row, "suppressed": True}], None)
        assert len(found.rows) == 1
        assert found.withheld == 1
