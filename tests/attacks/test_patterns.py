"""No regular expression of the code base takes more time than its text is worth, whatever the text."""

from __future__ import annotations

import re

import pytest

from tests.attacks.patterns import SEARCHING, Found, every_pattern
from tests.attacks.proportion import slower_than_its_length
from tests.harness.speed import SPEED


def test_every_pattern_is_found() -> None:
    where = {found.where.rpartition(":")[0] or found.where.rpartition(".")[0] for found in every_pattern()}
    assert {
        "shared.conversations.wire.email_html",  # a global
        "shared.analysts.lexical.lexicon",  # made by a function at import
        "shared.privacy.domain.anonymise",  # within a tuple
        "shared/privacy/domain/anonymise.py",  # within a function
        "shared/frameworks/contract.py",  # a constraint of a model
    } <= where


def test_every_pattern_takes_time_in_proportion_to_its_text() -> None:
    found = (slower_than_its_length(one, whole=SPEED == "whole") for one in every_pattern())
    assert [*filter(None, found)] == []


@pytest.mark.parametrize("pattern", [r"(?:a+)+b", r"a+b", r"\s+$", r"(?:a|a)*b", r"x\s*\s*y", r"[a-z]+\d*=\w+;"])
def test_a_pattern_that_goes_back_is_too_slow(pattern: str) -> None:
    assert slower_than_its_length(Found("here", re.compile(pattern), SEARCHING), whole=False)


@pytest.mark.parametrize(
    "pattern",
    [
        r"\b(?:\w[\s.\-_*·]{1,2}){5,}\w\b",  # a word: `_` is letter and separator
        r"(?:[^@\n]+)+\Z",  # a new line
        r"\W+$",
        r"\S+$",  # a space
        r"[^.!]+$",  # a full stop
        r"=+[^=]",  # nothing
    ],
)
def test_a_pattern_that_goes_back_from_some_ends_only_is_too_slow(pattern: str) -> None:
    assert slower_than_its_length(Found("here", re.compile(pattern), SEARCHING), whole=False)


@pytest.mark.parametrize("pattern", [r"(?<!\w)\w++=", r"[a-z]{1,8}b", r"(?<=[.?!])\s", r"\d+"])
def test_a_pattern_that_goes_on_is_not(pattern: str) -> None:
    assert slower_than_its_length(Found("here", re.compile(pattern), SEARCHING), whole=False) is None
