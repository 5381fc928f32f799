"""Days in refusals, texts and lessons are told as people say them, wherever a page shows them."""

from __future__ import annotations

import pytest

from functions.portal.lessons.page import about
from functions.portal.shell import words
from functions.portal.shell.forms import sentence


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        (
            "ends: 2026-02-01 is before the break begins, on 2026-02-03",
            "1 Feb 2026 is before the break begins, on 3 Feb 2026.",
        ),
        ("at: 2026-02-01T10:00:00Z is over", "2026-02-01T10:00:00Z is over."),
        ("at: 2026-02-31 is no day", "2026-02-31 is no day."),
        ("at: Input should be a valid date or datetime, input is too short", "Enter a date as 2026-11-30."),
    ],
)
def test_a_refusal_writes_days_as_people_do(detail: str, said: str) -> None:
    assert sentence(detail, detail.partition(":")[0]) == said


@pytest.mark.parametrize(
    ("number", "said"), [(1, "first"), (10, "tenth"), (11, "11th"), (21, "21st"), (112, "112th"), (103, "103rd")]
)
def test_which_of_several_texts(number: int, said: str) -> None:
    assert words.ordinal(number) == said


def test_a_lesson_is_about_competencies_by_their_names() -> None:
    names = {"K2": "Safe isolation", "product_knowledge": "Product knowledge"}
    said = "K2 Safe isolation, Product knowledge, Gone since, K9"
    assert about(["K2", "product_knowledge", "gone_since", "K9"], names) == said
