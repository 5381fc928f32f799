"""The dashboards' pages: every mart is shown, and every page shows what exists to whom it may."""

from __future__ import annotations

import pytest

from infra.bigquery.catalogue import catalogue
from infra.looker.pages import ReportPage, pages

each_page = pytest.mark.parametrize("page", pages().values(), ids=list(pages()))


def test_every_mart_is_on_the_page_that_it_names_and_on_no_other() -> None:
    shown = [(chart.mart, name) for name, page in pages().items() for chart in page.charts]
    assert sorted(shown) == sorted((mart.name, mart.page) for mart in catalogue().marts)


@each_page
def test_a_page_shows_and_filters_columns_of_its_marts(page: ReportPage) -> None:
    for chart in page.charts:
        assert {*chart.shows, *page.filters} <= set(catalogue().mart(chart.mart).column_names)


@each_page
def test_a_page_is_for_somebody(page: ReportPage) -> None:
    assert page.audience


@each_page
def test_rows_about_individuals_are_filtered_by_the_viewer_and_aggregates_are_suppressed(page: ReportPage) -> None:
    for chart in page.charts:
        mart = catalogue().mart(chart.mart)
        assert "suppressed" in mart.column_names or mart.rows_about == "individuals"
        if mart.rows_about == "aggregates":
            assert (page.filter, chart.source) == (None, mart.address)
        else:
            view = catalogue().views[chart.source]
            assert (page.credentials, view.of) == ("viewer", mart.address)
            assert f"WHERE {page.filter} = LOWER(SESSION_USER())" in view.sql
