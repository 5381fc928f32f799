""" "Are we ready to sell?" for a person, a team and a deal's context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from functions.portal.shell import words
from shared.frameworks.domain.framework import Framework
from shared.kernel.statistics import Z_NINETY_FIVE, wilson
from shared.ratings.domain.head import Head, head_of
from shared.ratings.domain.likely_ready import LikelyReady
from shared.ratings.domain.readiness import (
    core_count,
    core_ratings,
    core_validated,
    overall,
    overall_interval,
    tier,
)
from shared.ratings.domain.skill_rating import SkillRating
from shared.ratings.domain.team_sums import heat_map, team
from shared.ratings.domain.weights import Z_EIGHTY
from tests.ratings.builders import GENERAL_DISCOVERY, TODAY, field, framework, rows

SALES = framework(GENERAL_DISCOVERY, competencies=("discovery", "closing"), core=("discovery",))


def person(score: float, calls: int = 3, **context: Any) -> list[SkillRating]:
    return rows(*[field(score, **context) for _ in range(calls)], of=SALES)


def heads(group: Mapping[str, Sequence[SkillRating]]) -> dict[str, Head]:
    return {name: head_of(profile) for name, profile in group.items()}


def sure(level: float, deviation: int = 1) -> list[SkillRating]:
    """Someone whose level is known: nothing but that is taken from a row with it."""
    return [
        row._replace(level=round(100 * level), deviation=deviation, shared=0, status="in_progress")
        for row in person(80)
    ]


class TestAPerson:
    def test_is_the_mean_of_the_core_and_not_known_while_one_is_not(self) -> None:
        of = framework(competencies=("discovery", "closing", "listening"), core=("discovery", "closing"))
        one = [field(81), field(10, competency="listening")]
        both = [*one, field(61, competency="closing")]

        assert (overall(rows(*one, of=of), of), len(core_ratings(rows(*one, of=of), of))) == (None, 1)
        assert overall(rows(*both, of=of), of) == 7100

    def test_is_not_known_on_what_is_stale(self) -> None:
        old = rows(*[field(80, TODAY - 91) for _ in range(3)], of=SALES)

        assert (old[1].rating, old[1].status, old[1].observations) == (8000, "validated", 3)
        assert (overall(old, SALES), core_validated(old, SALES)) == (None, False)

    def test_is_less_sure_the_more_the_skills_of_one_person_go_together(self) -> None:
        """Two levels of 78 with a deviation of 5 points: 1.28 * sqrt((2 * 25 + 2 * likeness * 25) / 4) to a side."""
        of = framework(competencies=("discovery", "closing"))
        both = rows(*[field(78, competency=name) for name in ("discovery", "closing") for _ in range(3)], of=of)
        known = [row._replace(level=7800, deviation=500, shared=0) for row in both]

        assert [overall_interval(known, of, likeness) for likeness in (0.0, 0.3, 1.0)] == [
            (73.5, 82.5),
            (72.8, 83.2),
            (71.6, 84.4),
        ]

    def test_rounds_half_up(self) -> None:
        of = framework(competencies=("discovery", "closing"))

        assert overall(rows(field(80.01), field(80, competency="closing"), of=of), of) == 8001

    def test_general_ratings_only(self) -> None:
        assert overall([row for row in person(90, industry="retail") if row.context], SALES) is None

    def test_holds_as_many_as_are_validated_in_general_on_fresh_evidence(self) -> None:
        of = framework(
            *(replace(GENERAL_DISCOVERY, competency=name) for name in ("discovery", "closing", "listening")),
            competencies=("discovery", "closing", "listening"),
            core=("discovery", "closing"),
        )
        both = [field(80, competency=name) for name in ("discovery", "listening") for _ in range(3)]
        old = [field(80, TODAY - 91, competency="closing") for _ in range(3)]

        assert core_count(rows(*both, *old, of=of), of) == 1
        assert not core_validated(rows(*both, *old, of=of), of)

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
        answer = team(heads(group), SALES)

        assert (answer.people, answer.ready, answer.share) == (7, 4, 4 / 7)
        assert (answer.low, answer.high) == wilson(4, 7, Z_EIGHTY)
        assert (answer.rated, answer.mean) == (6, 73.3)

    def test_says_how_many_are_likely_ready_beside_who_hold_every_validation(self) -> None:
        group = {f"p{n}": sure(90 if n < 4 else 60) for n in range(6)} | {"new": []}
        assert team(heads(group), SALES).sentence == (
            "Partly: 4 of 7 are likely ready (80 % interval 4 to 4). 0 hold every validation; 1 is not yet known."
        )

    @pytest.mark.parametrize("known", range(7))
    def test_says_nothing_of_few_who_are_known_among_many(self, known: int) -> None:
        group = {f"p{n}": sure(90) if n < known else [] for n in range(8)}
        of_many, own = (team(heads(group), SALES, own_team=manages) for manages in (False, True))
        assert (of_many.likely is None) == (known < 5)
        assert (own.likely is None) == (known == 0)
        few = "nobody is" if known == 0 else "fewer than 5 are"
        if known < 5:
            assert of_many.sentence == (
                f"Not known yet: of 8 {few} known in every core competency. 0 hold every validation."
            )

    @pytest.mark.parametrize("number", range(1, 40))
    def test_a_number_is_rounded_once(self, number: int) -> None:
        """What the sentence says is what the rounded answer rounds to, at halves as well."""
        probability = (number + 0.5) / 40
        likely = LikelyReady(40, (round(40e6 * probability),) * 7, (round(40e6 * probability * (1 - probability)),) * 7)
        answer = replace(team(heads({f"p{n}": sure(90) for n in range(40)}), SALES), likely=likely)
        assert f": {number + 1} of 40 are likely ready" in answer.sentence

    @pytest.mark.parametrize(
        ("ready", "people", "verdict"),
        [(81, 100, "Yes"), (79, 100, "Nearly"), (70, 100, "Nearly"), (69, 100, "Partly"), (39, 100, "Not yet")],
    )
    def test_the_verdict_begins_at_its_shares(self, ready: int, people: int, verdict: str) -> None:
        group = {f"p{n}": sure(95 if n < ready else 55) for n in range(people)}

        assert team(heads(group), SALES).sentence.startswith(f"{verdict}: {ready} of {people} ")

    def test_a_doubt_is_on_our_side(self) -> None:
        """85 of 100 are expected, but the number may as well be 75: nearly, and not yes."""
        group = {f"p{n}": sure(75 + 1.0364 * 6, deviation=600) for n in range(100)}
        answer = team(heads(group), SALES)
        assert answer.likely is not None
        assert answer.likely.number == pytest.approx(85, abs=0.1)
        assert answer.likely.interval == pytest.approx((85 - 1.2816 * 3.57, 85 + 1.2816 * 3.57), abs=0.2)
        shared = {name: [row._replace(shared=500) for row in rows] for name, rows in group.items()}
        assert [team(heads(one), SALES).sentence.split(":")[0] for one in (group, shared)] == ["Yes", "Nearly"]

    def test_a_share_is_said_as_every_page_does(self) -> None:
        assert words.percent(17 / 40) == "43"

    def test_counts_stale_evidence_apart_in_coverage_and_nowhere_as_current(self) -> None:
        old = rows(*[field(80, TODAY - 91) for _ in range(3)], of=SALES)
        discovery = team(heads({f"p{n}": person(60) for n in range(5)} | {"old": old}), SALES).coverage[0]

        assert (discovery.validated, discovery.in_progress, discovery.stale) == (0, 5, 1)
        assert (discovery.mean_rating, discovery.people) == (60, 6)

    def test_below_five_people_only_the_own_manager_sees_it(self) -> None:
        four = {f"p{n}": person(80) for n in range(4)}

        hidden, own = team(heads(four), SALES), team(heads(four), SALES, own_team=True)
        assert (hidden.suppressed, hidden.ready, hidden.mean, hidden.coverage) == (True, None, None, ())
        assert (own.suppressed, own.ready, own.mean) == (False, 4, 80.0)

    def test_nobody(self) -> None:
        assert not team({}, SALES).suppressed
        assert team({}, SALES).sentence == "There is nobody to be ready yet: import people first."

    def test_a_mean_over_few_of_a_large_group_is_not_shown(self) -> None:
        group = {f"p{n}": person(80) if n < 4 else [] for n in range(9)}
        hidden, own = team(heads(group), SALES).coverage[0], team(heads(group), SALES, own_team=True).coverage[0]

        assert (hidden.validated, hidden.not_started, hidden.mean_rating) == (4, 5, None)
        assert (own.mean_rating, own.share_validated) == (80.0, 0.4444)


class TestTheMean:
    def test_has_the_interval_of_the_mean_level(self) -> None:
        """25 people with a deviation of 5 points each: 1.28 * 5 / 5 to either side."""
        group = {f"p{n}": sure(78, deviation=500) for n in range(25)}
        assert team(heads(group), SALES).mean_interval == (76.7, 79.3)

    def test_is_no_surer_than_what_scorers_share(self) -> None:
        group = {f"p{n}": [row._replace(shared=500) for row in sure(78, deviation=500)] for n in range(25)}
        assert team(heads(group), SALES).mean_interval == (71.6, 84.4)


class TestTheHeatMap:
    def group(self, people: int) -> dict[str, list[SkillRating]]:
        return {f"p{n}": person(60 + 2 * n, industry="healthcare") for n in range(people)}

    def test_is_the_mean_of_those_who_have_a_rating_in_the_context(self) -> None:
        ((healthcare, fintech, retail),) = heat_map(heads(self.group(5) | {"new": []}), SALES, "industry")

        assert (healthcare.mean, healthcare.people, healthcare.weak, healthcare.suppressed) == (64.0, 5, True, False)
        assert [(cell.value, cell.mean, cell.people) for cell in (fintech, retail)] == [
            ("fintech", None, 0),
            ("retail", None, 0),
        ]

    def test_suppresses_cells_of_few(self) -> None:
        ((healthcare, *_),) = heat_map(heads(self.group(4)), SALES, "industry")
        ((own, *_),) = heat_map(heads(self.group(4)), SALES, "industry", own_team=True)

        assert (healthcare.mean, healthcare.suppressed) == (None, True)
        assert (own.mean, own.suppressed) == (63.0, False)

    def test_has_no_column_for_a_word_that_the_framework_does_not_declare(self) -> None:
        group = {f"p{n}": person(80, industry="mining") for n in range(5)}
        (line,) = heat_map(heads(group), SALES, "industry")

        assert [cell.value for cell in line] == ["healthcare", "fintech", "retail"]


class TestWilson:
    @pytest.mark.parametrize(
        ("successes", "trials", "low", "high"),
        # R: prop.test(x, n, correct = FALSE)
        [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (1, 100, 0.0018, 0.0545)],
    )
    def test_known_values(self, successes: int, trials: int, low: float, high: float) -> None:
        assert wilson(successes, trials, Z_NINETY_FIVE) == pytest.approx((low, high), abs=1e-4)

    def test_knows_nothing_without_trials(self) -> None:
        assert wilson(0, 0, Z_EIGHTY) == (0.0, 1.0)


def test_a_framework_without_core_says_unknown() -> None:
    empty: Framework = framework(core=())

    assert overall(person(90), empty) is None
