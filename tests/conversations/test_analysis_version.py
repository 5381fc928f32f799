"""Which analysis of a call stands, and that its version tells who scored."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.conversations.domain.analysis_version import (
    LEXICAL_NUMBER,
    MOST_ANALYSES,
    analysis_version,
    requests_before,
    scorer_number,
)

NUMBERS = st.integers(LEXICAL_NUMBER, 99_999)
MODELS = st.integers(LEXICAL_NUMBER + 1, 99_999)
REQUESTS = st.integers(0, MOST_ANALYSES - 1)


@given(NUMBERS, REQUESTS)
def test_a_version_tells_the_scorer_and_how_often_the_call_had_been_analysed(number: int, before: int) -> None:
    version = analysis_version(number, before)
    assert (scorer_number(version), requests_before(version)) == (number, before)
    assert 0 < version <= 1_000_000_000, "what ingest takes"


@given(MODELS, MODELS, REQUESTS, REQUESTS)
def test_what_was_asked_for_last_stands_whoever_scored_it(one: int, other: int, before: int, later: int) -> None:
    before, later = sorted((before, later))
    first, second = analysis_version(one, before), analysis_version(other, later)
    assert first < second if before < later else (first < second) == (one < other)


@given(MODELS, REQUESTS, REQUESTS)
def test_a_count_of_words_stands_below_every_model(number: int, before: int, later: int) -> None:
    assert analysis_version(LEXICAL_NUMBER, later) < analysis_version(number, before)


@given(st.integers(LEXICAL_NUMBER + 1, 99), REQUESTS, MODELS, REQUESTS)
def test_versions_of_the_earlier_order_are_read_as_they_were_meant_and_are_replaced(
    number: int, before: int, newer: int, later: int
) -> None:
    earlier = number * 1000 + before
    assert (scorer_number(earlier), requests_before(earlier)) == (number, before)
    assert earlier < analysis_version(newer, later)


@given(st.integers(0, 999))
def test_other_systems_own_counts_name_no_scorer(version: int) -> None:
    assert scorer_number(version) == 0


def test_the_thousandth_request_is_the_last_that_is_told_apart() -> None:
    assert analysis_version(7, MOST_ANALYSES) == analysis_version(7, MOST_ANALYSES - 1)


@pytest.mark.parametrize("number", [0, 100_000])
def test_a_number_out_of_range_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="no scorer's number"):
        analysis_version(number, 0)
