"""In which direction practice and field disagree, and since when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.frameworks.domain.framework import Framework
from shared.observations.domain.observation import Observation
from shared.ratings.domain.discrepancy import (
    Direction,
    Discrepancy,
    direction_of,
    discrepancies,
    from_text,
    since,
    to_text,
)
from shared.ratings.domain.projection import Projection
from shared.ratings.domain.skill_rating import SkillRating
from tests.harness.speed import examples
from tests.ratings.builders import GENERAL_DISCOVERY, PARAMETERS, TODAY, field, framework, practice, state

PLAIN = framework()
RULED = framework(replace(GENERAL_DISCOVERY, observation_window_days=30))


def begun(*observations: Observation, of: Framework = PLAIN, as_of: int = TODAY) -> tuple[Direction | None, int | None]:
    """(direction, since) of the general discovery; days before TODAY are negative."""
    projection = Projection(state(*observations), of, PARAMETERS, as_of)
    row = projection.row("discovery", "")
    day = since(projection, row)
    return direction_of(row), None if day is None else day - TODAY


def three(what: Callable[..., Observation], score: float, *days: int) -> list[Observation]:
    """One observation on each day, counted from TODAY."""
    return [what(score, TODAY + day) for day in days]


class TestSince:
    def test_is_the_day_of_the_third_observation_of_the_later_side(self) -> None:
        assert begun(*three(practice, 92, -40, -30, -20), *three(field, 71, -15, -9, -4)) == ("practice_ahead", -4)

    def test_is_the_day_on_which_a_new_observation_moved_them_apart(self) -> None:
        together = [*three(practice, 80, -40, -30, -20), *three(field, 70, -40, -30, -20)]
        assert begun(*together) == (None, None)
        assert begun(*together, field(30, TODAY - 7), field(70, TODAY - 3)) == ("practice_ahead", -7)

    def test_starts_anew_after_a_day_without(self) -> None:
        """In the middle the calls have left the window: there was nothing to compare."""
        early = [*three(practice, 92, -150, -149, -148), *three(field, 60, -150, -149, -148)]
        late = [*three(practice, 92, -20, -19, -18), *three(field, 60, -12, -11, -10)]
        assert begun(*early, as_of=TODAY - 100) == ("practice_ahead", -148)
        assert begun(*early, as_of=TODAY - 50) == (None, None)
        assert begun(*early, *late) == ("practice_ahead", -10)

    def test_starts_anew_when_the_direction_turns(self) -> None:
        first = [*three(practice, 90, -60, -59, -58), *three(field, 60, -60, -59, -58)]
        turned = [practice(10, TODAY - 5) for _ in range(12)]
        assert begun(*first, as_of=TODAY - 6) == ("practice_ahead", -58)
        assert begun(*first, *turned) == ("field_ahead", -5)

    def test_does_not_move_while_days_pass(self) -> None:
        events = [*three(practice, 92, -40, -30, -20), *three(field, 71, -15, -9, -4)]
        assert {begun(*events, as_of=TODAY + days) for days in range(50)} == {("practice_ahead", -4)}

    def test_of_a_rule_that_practice_meets_and_the_field_contradicts(self) -> None:
        events = [*three(practice, 80, -12, -11, -10), *three(field, 74, -9, -8, -6)]
        row = Projection(state(*events), RULED, PARAMETERS, TODAY).row("discovery", "")
        assert (row.discrepancy, row.apart) == (True, False)
        assert begun(*events, of=RULED) == ("practice_ahead", -6)
        assert begun(*events, of=PLAIN) == (None, None)


def by_hand(observations: list[Observation], of: Framework) -> tuple[Direction | None, int | None]:
    """The same by one whole projection per day."""
    day, last = TODAY, None
    direction = direction_of(row_on(observations, of, TODAY))
    while direction is not None and direction_of(row_on(observations, of, day)) == direction:
        last, day = day - TODAY, day - 1
    return direction, last


def row_on(observations: list[Observation], of: Framework, day: int) -> SkillRating:
    return Projection(state(*observations), of, PARAMETERS, day).row("discovery", "")


kinds = st.sampled_from([practice, field])
streams = st.lists(
    st.tuples(kinds, st.sampled_from([40, 60, 74, 76, 80, 95]), st.integers(-130, 0)), min_size=6, max_size=14
)


@settings(max_examples=examples(60), deadline=None)
@given(streams, st.sampled_from([PLAIN, RULED]))
def test_it_is_what_the_projections_of_the_days_before_say(
    stream: list[tuple[Callable[..., Observation], float, int]], of: Framework
) -> None:
    observations = [one for what, score, day in stream for one in three(what, score, day)]
    assert begun(*observations, of=of) == by_hand(observations, of)


@settings(max_examples=examples(40), deadline=None)
@given(st.data())
def test_the_order_in_which_the_state_learnt_changes_nothing(data: st.DataObject) -> None:
    observations = [one for what, score, day in data.draw(streams) for one in three(what, score, day)]
    other = data.draw(st.permutations(observations))
    assert begun(*observations, of=RULED) == begun(*other, of=RULED)


class TestOfACollectedState:
    """What is left of it: the last days. What was known before tells how it began."""

    LEFT = (*three(practice, 92, -3, -2, -1), *three(field, 60, -3, -2, -1))

    @pytest.mark.parametrize(
        ("known", "expected"),
        [
            (Discrepancy("discovery", "", "practice_ahead", TODAY - 200), -200),
            (Discrepancy("discovery", "", "practice_ahead", TODAY), -1),
            (Discrepancy("discovery", "", "field_ahead", TODAY - 200), -1),
            (Discrepancy("product_knowledge", "", "practice_ahead", TODAY - 200), -1),
        ],
    )
    def test_the_earlier_beginning_of_the_same_stands(self, known: Discrepancy, expected: int) -> None:
        projection = Projection(state(*self.LEFT), PLAIN, PARAMETERS, TODAY)
        (found,) = discrepancies(projection, projection.rows(), {known.key: known}, collected=True)
        assert found == Discrepancy("discovery", "", "practice_ahead", TODAY + expected)


@settings(max_examples=examples(60), deadline=None)
@given(streams, st.sampled_from([PLAIN, RULED]), st.integers(0, 40))
def test_with_what_an_earlier_day_knew_it_is_the_same(
    stream: list[tuple[Callable[..., Observation], float, int]], of: Framework, days: int
) -> None:
    entries = state(*[one for what, score, day in stream for one in three(what, score, day)])
    earlier = Projection(entries, of, PARAMETERS, TODAY)
    known = {one.key: one for one in discrepancies(earlier, earlier.rows())}
    later = Projection(entries, of, PARAMETERS, TODAY + days)
    assert discrepancies(later, later.rows(), known, known_on=TODAY) == discrepancies(later, later.rows())


def test_they_are_read_as_they_were_written() -> None:
    found = [
        Discrepancy("discovery", "industry=retail", "field_ahead", 3),
        Discrepancy("closing", "", "practice_ahead", 4),
    ]
    assert from_text(to_text(found)) == found
    assert from_text(to_text([])) == []
