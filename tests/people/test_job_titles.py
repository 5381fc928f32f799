"""The table of titles: composed and decomposed letters are one, and a table that says two things is no table."""

from __future__ import annotations

from unicodedata import normalize

import pytest

from shared.people.domain.job_titles import JobTitles


def test_letters_are_compared_composed() -> None:
    titles = JobTitles.of({normalize("NFD", "Verkäufer"): "employee"})
    assert titles.role(normalize("NFC", "VERKÄUFER")) == titles.role(normalize("NFD", "verkäufer")) == "employee"


@pytest.mark.parametrize(
    "declared", [{"AE": "employee", "a-e": "manager"}, {"Senior manager": "manager"}, {"AE": "seller"}]
)
def test_a_table_that_contradicts_itself_is_refused(declared: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"there already|none of"):
        JobTitles.of(declared)
