"""The dashboards' pages: every mart is shown, and every page shows what exists to whom it may."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from infra.bigquery.catalogue import catalogue
from shared.kernel.access import Role

LOOKER = Path(__file__).parent.parent.parent / "infra" / "looker"
PAGES: dict[str, dict[str, Any]] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(LOOKER.glob("*.yaml"))
}
each_page = pytest.mark.parametrize("name", PAGES)


def test_every_mart_is_on_the_page_that_it_names_and_on_no_other() -> None:
    shown = [(chart["mart"], name) for name, page in PAGES.items() for chart in page["charts"]]
    assert sorted(shown) == sorted((mart.name, mart.page) for mart in catalogue().marts)


@each_page
def test_a_page_shows_and_filters_columns_of_its_marts(name: str) -> None:
    page = PAGES[name]
    assert page["page"] == name
    for chart in page["charts"]:
        columns = set(catalogue().mart(chart["mart"]).column_names)
        assert {*chart["shows"], *page["filters"]} <= columns


@each_page
def test_a_page_is_for_known_roles(name: str) -> None:
    assert PAGES[name]["audience"]
    assert set(PAGES[name]["audience"]) <= set(get_args(Role))


@each_page
def test_rows_about_individuals_are_filtered_by_the_viewer_and_aggregates_are_suppressed(name: str) -> None:
    page = PAGES[name]
    for chart in page["charts"]:
        mart = catalogue().mart(chart["mart"])
        if mart.rows_about == "individuals":
            assert page["row_rule"]["credentials"] == "viewer"
            assert page["row_rule"]["filter"] in mart.column_names
            assert catalogue().views[chart["source"]].of == mart.address
        else:
            assert "suppressed" in mart.column_names
            assert "source" not in chart
