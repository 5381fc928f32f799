"""A skill rated in plain numbers, event after event, has the row that the columns give, whatever its rule asks for."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.frameworks.domain.framework import Rule
from shared.observations.domain.observation import Observation
from shared.ratings.domain.projection import Projection
from shared.ratings.usecases.employee_state import EmployeeState
from tests.harness.speed import examples
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
    made: Observation = draw(st.sampled_from([field, field, practice, exam, lesson]))(score, day)
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
