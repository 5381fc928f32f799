""" "Are we ready to sell?" for a person, a team and a deal's context."""

from __future__ import annotations

from typing import Any

import pytest

from shared.frameworks.domain.framework import Framework
from shared.kernel.statistics import wilson
from shared.ratings.domain.readiness import core_validated, heat_map, overall, team, tier
from shared.ratings.domain.skill_rating import SkillRating
from tests.ratings.builders import GENERAL_DISCOVERY, field, framework, rows

SALES = framework(GENERAL_DISCOVERY, competencies=("discovery", "closing"), core=("discovery",))


def person(score: float, calls: int = 3, **context: Any) -> list[SkillRating]:
    return rows(*[field(score, **context) for _ in range(calls)], of=SALES)


class TestAPerson:
    def test_is_the_mean_of_the_core_an_unknown_counting_forty(self) -> None:
        of = framework(competencies=("discovery", "closing", "listening"), core=("discovery", "closing"))
        profile = rows(field(81), field(10, competency="listening"), of=of)

        assert overall(profile, of) == (8100 + 4000) // 2

    def test_rounds_half_up(self) -> None:
        of = framework(competencies=("discovery", "closing"))

        assert overall(rows(field(80.01), of=of), of) == 6001

    def test_general_ratings_only(self) -> None:
        assert overall([row for row in person(90, industry="retail") if row.context], SALES) == 4000

    def test_is_validated_when_every_core_competency_is(self) -> None:
        assert core_validated(person(80), SALES)
        assert not core_validated(person(80, calls=2), SALES)
        assert not core_validated(person(80), framework(GENERAL_DISCOVERY, competencies=("discovery", "closing")))
        assert not core_validated(person(80), framework(core=()))

    @pytest.mark.parametrize(
        ("rating", "expected"),
        [(None, None), (8000, "high"), (7999, "medium"), (6000, "medium"), (5999, "low")],
    )
    def test_tiers(self, rating: int | None, expected: str | None) -> None:
        assert tier(rating) == expected


class TestATeam:
    def test_is_the_share_of_people_with_every_core_competency_validated(self) -> None:
        group = {f"p{n}": person(80 if n < 4 else 60) for n in range(6)} | {"new": []}
        answer = team(group, SALES)

        assert (answer.people, answer.ready, answer.share) == (7, 4, 4 / 7)
        assert (answer.low, answer.high) == wilson(4, 7)
        assert answer.mean == round((4 * 80 + 2 * 60 + 40) / 7, 1)
        assert answer.sentence == "Partly: 4 of 7 are validated in every core competency (57%, between 25% and 84%)."

    def test_below_five_people_only_the_own_manager_sees_it(self) -> None:
        four = {f"p{n}": person(80) for n in range(4)}

        hidden, own = team(four, SALES), team(four, SALES, own_team=True)
        assert (hidden.suppressed, hidden.ready, hidden.mean, hidden.coverage) == (True, None, None, ())
        assert (own.suppressed, own.ready, own.mean) == (False, 4, 80.0)

    def test_nobody(self) -> None:
        assert not team({}, SALES).suppressed
        assert team({}, SALES).sentence == "There is nobody to be ready yet: import people first."

    def test_a_mean_over_few_of_a_large_group_is_not_shown(self) -> None:
        group = {f"p{n}": person(80) if n < 4 else [] for n in range(9)}
        hidden, own = team(group, SALES).coverage[0], team(group, SALES, own_team=True).coverage[0]

        assert (hidden.validated, hidden.not_started, hidden.mean_rating) == (4, 5, None)
        assert (own.mean_rating, own.share_validated) == (80.0, 0.4444)


class TestTheHeatMap:
    def group(self, people: int) -> dict[str, list[SkillRating]]:
        return {f"p{n}": person(60 + 2 * n, industry="healthcare") for n in range(people)}

    def test_is_the_mean_of_those_who_have_a_rating_in_the_context(self) -> None:
        ((healthcare, fintech, retail),) = heat_map(self.group(5) | {"new": []}, SALES, "industry")

        assert (healthcare.mean, healthcare.people, healthcare.weak, healthcare.suppressed) == (64.0, 5, True, False)
        assert [(cell.value, cell.mean, cell.people) for cell in (fintech, retail)] == [
            ("fintech", None, 0),
            ("retail", None, 0),
        ]

    def test_suppresses_cells_of_few(self) -> None:
        ((healthcare, *_),) = heat_map(self.group(4), SALES, "industry")
        ((own, *_),) = heat_map(self.group(4), SALES, "industry", own_team=True)

        assert (healthcare.mean, healthcare.suppressed) == (None, True)
        assert (own.mean, own.suppressed) == (63.0, False)

    def test_shows_values_that_the_framework_does_not_know(self) -> None:
        group = {f"p{n}": person(80, industry="mining") for n in range(5)}
        (line,) = heat_map(group, SALES, "industry")

        assert [cell.value for cell in line] == ["healthcare", "fintech", "retail", "mining"]


class TestWilson:
    @pytest.mark.parametrize(
        ("successes", "trials", "low", "high"),
        # R: prop.test(x, n, correct = FALSE)
        [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (1, 100, 0.0018, 0.0545)],
    )
    def test_known_values(self, successes: int, trials: int, low: float, high: float) -> None:
        assert wilson(successes, trials) == pytest.approx((low, high), abs=1e-4)

    def test_knows_nothing_without_trials(self) -> None:
        assert wilson(0, 0) == (0.0, 1.0)


def test_a_framework_without_core_says_unknown() -> None:
    empty: Framework = framework(core=())

    assert overall(person(90), empty) == 4000
