"""The two engines that run the warehouse's SQL."""

from __future__ import annotations

import os

import pytest

from infra.bigquery.catalogue import Catalogue, catalogue
from tests.sql import googlesql


@pytest.fixture(scope="session")
def tables() -> Catalogue:
    return catalogue()


@pytest.fixture(scope="session")
def analyser(tables: Catalogue) -> googlesql.GoogleSQL:
    """The GoogleSQL analyser; where CI=true its absence is an error, elsewhere the test is skipped."""
    if not googlesql.installed():
        if os.environ.get("CI") == "true":
            pytest.fail("the GoogleSQL analyser (package zetasql) is not installed")
        pytest.skip("the GoogleSQL analyser (package zetasql) is not installed")
    return googlesql.GoogleSQL(tables)
