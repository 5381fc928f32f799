"""A skill rated in plain numbers, event after event, has the row that the columns give, whatever its rule asks for."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.frameworks.domain.framework import Rule
from shared.observations.domain.observation import Observation
from shared.ratings.domain.projection import Projection
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.usecases.employee_state import EmployeeState
from tests.harness.speed import examples
from tests.ratings import oracle
from tests.ratings.builders import PARAMETERS, TODAY, exam, field, framework, lesson, practice, state

WINDOW = 30
DAYS_AGO = (0, 1, WINDOW - 1, WINDOW, WINDOW + 1, 2 * WINDOW, 2 * WINDOW + 1, 60, 61, 89, 90, 91, 150)
"""Where something changes: a window, the rating's own, the age from which confidence drops, and what lies between."""


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Rules that few events can satisfy: with bars or without, for one kind or both, with an end or without."""
    field_least, practice_least = draw(st.sampled_from([(1, 0), (0, 1), (1, 1), (2, 1), (2, 0), (3, 1)]))
    return Rule(
        "discovery",
        min_field_observations=field_least or None,
        min_field_score=draw(st.sampled_from([60, 80])) if field_least and draw(st.booleans()) else None,
        min_validation_attempts=practice_least or None,
        min_validation_score=draw(st.sampled_from([60, 80])) if practice_least and draw(st.booleans()) else None,
        observation_window_days=WINDOW,
        expires_after_days=draw(st.sampled_from([None, 10, 120])),
        decay_rate=draw(st.sampled_from([None, 2.5])),
        field_overrides_validation=draw(st.booleans()),
    )


@st.composite
def observations(draw: st.DrawFn) -> Observation:
    day, score = TODAY - draw(st.sampled_from(DAYS_AGO)), draw(st.sampled_from([0, 20, 59, 60, 80, 81, 100]))
    second = draw(st.sampled_from([32_400, 43_200, 54_000]))
    made: Observation = draw(st.sampled_from([field, field, practice, exam, lesson]))(score, day, second=second)
    return made


@settings(max_examples=examples(200), deadline=None)
@given(rules(), st.lists(observations(), max_size=10))
def test_event_after_event_has_the_row_of_the_columns(rule: Rule, events: Sequence[Observation]) -> None:
    asked, remembered, entries = framework(rule), EmployeeState({}), state()
    for event in sorted(events, key=lambda one: one.at):
        key, text = event.entry()
        entries[key] = text
        remembered.add(key, text)
        plain = remembered.projection(asked, PARAMETERS, TODAY)
        columns = Projection(entries, asked, PARAMETERS, TODAY)
        columns.rows()  # all together, in columns
        assert plain.row("discovery", "") == columns.row("discovery", "")
        assert plain.progress("discovery", "") == columns.progress("discovery", "")


def test_within_a_day_scores_come_in_order_of_time() -> None:
    """Practice at nine shown perfect, a call at three failed: a score at an edge tells by what was known before it."""
    nine, three = 32_400, 54_000
    events = practice(100, TODAY, second=nine), field(0, TODAY, second=three)
    turned = practice(100, TODAY, second=three), field(0, TODAY, second=nine)
    found = []
    for one in (events, turned, (practice(100, TODAY - 1), field(0)), (practice(100), field(0, TODAY - 1))):
        remembered, entries = EmployeeState({}), state(*one)
        for key, text in entries.items():
            remembered.add(key, text)
        plain = remembered.projection(framework(), PARAMETERS, TODAY).row("discovery", "")
        columns = Projection(entries, framework(), PARAMETERS, TODAY)
        columns.rows()
        assert plain == columns.row("discovery", "")
        reference = oracle.profile(entries.values(), framework(), PARAMETERS, TODAY)
        of_oracle = next(SkillRating(*row) for row in reference if row[:2] == ("discovery", ""))
        assert (plain.level, plain.deviation) == (of_oracle.level, of_oracle.deviation)
        assert plain.level is not None
        found.append(plain.level)
    practice_first, field_first, *days_apart = found
    assert field_first - practice_first > 20
    # As on two days, but for the drift of a day.
    assert [practice_first, field_first] == pytest.approx(days_apart, abs=10)
