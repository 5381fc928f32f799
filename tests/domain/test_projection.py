"""From a state to a profile: what counts, for which skill, on which day."""

from __future__ import annotations

from tests.domain.builders import GENERAL_DISCOVERY, TODAY, field, framework, practice, rated


class TestPracticeAndFieldApart:
    def test_fifteen_points_between_three_of_each_are_apart(self) -> None:
        row = rated(*[practice(88)] * 1, *[practice(88) for _ in range(2)], *[field(71) for _ in range(3)])

        assert (row.practice_rating, row.field_rating, row.discrepancy) == (8800, 7100, True)

    def test_a_hair_less_is_not(self) -> None:
        row = rated(*[practice(85.99) for _ in range(3)], *[field(71) for _ in range(3)])

        assert not row.discrepancy

    def test_the_field_contradicting_a_bar_that_practice_meets_is_noted(self) -> None:
        rule = framework(GENERAL_DISCOVERY)
        row = rated(*[practice(80) for _ in range(3)], *[field(74) for _ in range(3)], of=rule)

        assert (row.status, row.discrepancy) == ("in_progress", True)

    def test_when_both_miss_their_bar_they_agree(self) -> None:
        rule = framework(GENERAL_DISCOVERY)
        row = rated(*[practice(60) for _ in range(3)], *[field(58) for _ in range(3)], of=rule, as_of=TODAY)

        assert (row.status, row.discrepancy) == ("in_progress", False)
