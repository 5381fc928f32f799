"""What a form says beside a field that cannot be taken as it is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from functions.portal.shell.forms import day, period, refusals
from shared.kernel.errors import Conflict, FieldError, Rejected

FIELDS = ("name", "min_field_score", "values")


@pytest.mark.parametrize(
    ("field", "detail", "beside", "said"),
    [
        ("name", "is required", "name", "Is required."),
        ("name", "name: 'x' already means y", "name", "'x' already means y."),
        ("rules.0.min_field_score", "must be a number", "min_field_score", "Must be a number."),
        ("values.3", "must be text", "values", "Must be text."),
        ("if_version", "if_version: in force is 2", "form", "In force is 2."),
        (None, "somebody was faster.", "form", "Somebody was faster."),
    ],
)
def test_a_refusal_stands_beside_the_field_that_it_names(
    field: str | None, detail: str, beside: str, said: str
) -> None:
    assert refusals(Conflict(detail, field=field), FIELDS) == {beside: said}


def test_of_several_refusals_each_field_keeps_its_first() -> None:
    wrong = [("name", "is required"), ("values.0", "must be text"), ("values.1", "is too long"), ("x", "is no field")]
    errors: list[FieldError] = [{"field": field, "detail": detail} for field, detail in wrong]
    assert refusals(Rejected("name: is required", field="name", errors=errors), FIELDS) == {
        "name": "Is required.", "values": "Must be text.", "form": "Is no field."
    }  # fmt: skip


@pytest.mark.parametrize("required", [True, False])
def test_a_day_begins_at_midnight_utc(required: bool) -> None:
    errors: dict[str, str] = {}
    assert day({"from": " 2026-11-30 "}, "from", errors, required=required) == datetime(2026, 11, 30, tzinfo=UTC)
    assert errors == {}
    assert day({"from": "2026-11-31"}, "from", errors, required=required) is None
    assert errors == {"from": "Enter a date as 2026-11-30."}


def test_a_period_includes_both_its_days() -> None:
    errors: dict[str, str] = {}
    found = period({"from": "2024-02-29", "to": "2024-02-29"}, errors, required=True)
    assert found == (datetime(2024, 2, 29, tzinfo=UTC), datetime(2024, 3, 1, tzinfo=UTC))
    assert errors == {}


def test_a_day_without_an_end_is_none() -> None:
    errors: dict[str, str] = {}
    assert period({"from": "", "to": "9999-12-31"}, errors, required=False) == (None, None)
    assert errors == {"to": "Enter a date as 2026-11-30."}


@pytest.mark.parametrize("entered", [{}, {"from": ""}, {"from": "  "}])
def test_an_empty_day_is_wrong_only_where_one_is_required(entered: dict[str, str]) -> None:
    errors: dict[str, str] = {}
    assert day(entered, "from", errors, required=False) is None
    assert errors == {}
    assert day(entered, "from", errors, required=True) is None
    assert errors.keys() == {"from"}
