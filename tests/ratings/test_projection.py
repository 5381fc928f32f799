"""From a state to a profile: what counts, for which skill, on which day."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.frameworks.domain.parameters import Lean, Noise, Parameters
from shared.kernel.context import context_of, decode_skill
from shared.observations.domain.entry import decode_entries
from shared.observations.domain.observation import Observation, Score
from shared.ratings.domain.projection import Projection, project
from tests.harness.speed import examples
from tests.ratings.builders import (
    GENERAL_DISCOVERY,
    PARAMETERS,
    TODAY,
    field,
    framework,
    lesson,
    practice,
    rated,
    rating_for,
    rows,
    seen,
    state,
)

histories = st.lists(
    st.builds(
        lambda score, age, practised, industry, size, persona: (practice if practised else field)(
            score, TODAY - age, industry=industry, deal_size=size, buyer_persona=persona
        ),
        st.integers(0, 100),
        st.integers(0, 120),
        st.booleans(),
        st.lists(st.sampled_from(["healthcare", "retail"]), max_size=2),
        st.lists(st.sampled_from(["smb", "enterprise"]), max_size=2),
        st.lists(st.sampled_from(["technical", "executive"]), max_size=1),
    ),
    max_size=8,
)
"""Calls and role-plays in contexts of up to three dimensions, with several values each."""


class TestPracticeAndFieldApart:
    @pytest.mark.parametrize(("practised", "apart"), [(86.0, True), (85.99, False)])
    def test_fifteen_points_are_apart_where_many_make_them_sure(self, practised: float, apart: bool) -> None:
        row = rated(*[practice(practised) for _ in range(12)], *[field(71) for _ in range(12)])

        assert (row.practice_rating, row.field_rating) == (round(practised * 100), 7100)
        assert (row.apart, row.discrepancy) == (apart, apart)

    @pytest.mark.parametrize(("practised", "apart"), [(90.21, True), (90.20, False)])
    def test_of_three_each_the_noise_alone_makes_nineteen(self, practised: float, apart: bool) -> None:
        """1.96 * sqrt(144 / 3 + 144 / 3) = 19.204"""
        assert rated(*[practice(practised) for _ in range(3)], *[field(71) for _ in range(3)]).apart == apart

    def test_noise_is_the_competencys(self) -> None:
        quiet = Parameters(competencies={"discovery": Noise(sigma=6.0, practice=6.0)})
        alike = Parameters(competencies={"discovery": Noise(sigma=6.0, likeness=0.8, practice=6.0)})
        seen = [*[practice(87) for _ in range(3)], *[field(71) for _ in range(3)]]

        assert [
            Projection(state(*seen), framework(), one, TODAY).row("discovery", "").apart for one in (quiet, alike)
        ] == [
            True,
            False,
        ]

    def test_the_field_contradicting_a_bar_that_practice_meets_is_noted(self) -> None:
        rule = framework(GENERAL_DISCOVERY)
        row = rated(*[practice(80) for _ in range(3)], *[field(74) for _ in range(3)], of=rule)

        assert (row.status, row.discrepancy) == ("in_progress", True)

    def test_when_both_miss_their_bar_they_agree(self) -> None:
        rule = framework(GENERAL_DISCOVERY)
        row = rated(*[practice(60) for _ in range(3)], *[field(58) for _ in range(3)], of=rule, as_of=TODAY)

        assert (row.status, row.discrepancy) == ("in_progress", False)


class TestStaleRatings:
    def test_the_last_rating_stays_when_the_window_is_empty(self) -> None:
        row = rated(*[field(82, TODAY - 100 + day) for day in range(3)])

        assert (row.rating, row.stale, row.confidence, row.basis) == (8200, True, "unknown", "field")

    def test_its_interval_is_as_wide_as_the_skill_may_have_wandered_since(self) -> None:
        row = rated(*[field(82, TODAY - 300) for _ in range(3)])

        before = 64 + 0.35**2 * 90
        after = 1 / (1 / before + 3 / 144)
        assert row.deviation == round(100 * sqrt(after + 0.35**2 * 300 + (4 * (1 - after / before)) ** 2))

    def test_learning_never_moves_a_rating_that_the_field_has_set(self) -> None:
        calls = [field(82, TODAY - 100) for _ in range(3)]
        without, with_quiz = rated(*calls), rated(*calls, lesson(30, TODAY))

        assert with_quiz._replace(learning=0, last_learning_at=None) == without

    def test_a_single_session_leaves_a_baseline_and_no_rating(self) -> None:
        row = rated(practice(64, TODAY - 200))

        assert (row.rating, row.preliminary, row.stale) == (None, 6400, True)

    def test_a_quiz_of_long_ago_says_nothing_now(self) -> None:
        row = rated(lesson(64, TODAY - 91))

        assert (row.rating, row.preliminary, row.stale, row.basis, row.status) == (
            None,
            None,
            False,
            "none",
            "in_progress",
        )


class TestOneDay:
    """A profile as of a day knows nothing of later days."""

    def test_later_events_change_nothing(self) -> None:
        before = [field(80, TODAY - 100), practice(70, TODAY - 95, industry="retail"), lesson(None, TODAY - 120)]
        after = [
            field(20, TODAY + 1),
            practice(20, TODAY + 2, industry="fintech"),
            lesson(9, TODAY + 3),
            field(30, TODAY + 4, standing="held", industry="retail"),
        ]

        assert rows(*before, *after) == rows(*before)

    def test_what_is_observed_tomorrow_shows_no_bygone_combination_today(self) -> None:
        pair = {"industry": "healthcare", "deal_size": "smb"}
        bygone = practice(70, TODAY - 91, **pair)
        for tomorrow in (practice(70, TODAY + 1, **pair), field(70, TODAY + 1, standing="held", **pair)):
            today, later = (
                Projection(state(bygone, tomorrow), framework(), PARAMETERS, day) for day in (TODAY, TODAY + 1)
            )
            skill = ("discovery", "deal_size=smb&industry=healthcare")

            assert [one.shows(*skill) for one in (today, later)] == [False, True]
            assert [skill in {row.key for row in one.rows()} for one in (today, later)] == [False, True]

    def test_the_last_rating_is_found_before_the_day_not_after_it(self) -> None:
        row = rated(field(80, TODAY - 200), field(20, TODAY + 1))

        assert (row.rating, row.stale) == (8000, True)


class TestOneEventIsOneObservation:
    def test_two_words_for_one_competency_in_one_call_count_once_with_their_mean(self) -> None:
        words = framework(aliases={"discovery": ("needs_analysis",)})
        call = field(0, scores=(Score("discovery", 8000), Score("needs_analysis", 7001)))
        row = rated(call, of=words)

        assert (row.field, row.rating) == (1, 7501)

    def test_one_session_in_two_contexts_is_one_session_of_the_general_skill(self) -> None:
        session = practice(
            0,
            scores=(
                Score("discovery", 8000, (("industry", ("healthcare",)),)),
                Score("discovery", 6000, (("industry", ("fintech",)),)),
            ),
        )
        profile = {row.context: row for row in rows(session) if row.competency == "discovery"}

        assert (profile[""].validation, profile[""].preliminary) == (1, 7000)
        assert profile["industry=healthcare"].preliminary == 8000
        assert profile["industry=fintech"].preliminary == 6000

    def test_a_held_call_waits_once(self) -> None:
        call = field(0, scores=(Score("discovery", 8000), Score("discovery", 7000)), standing="held")

        assert rated(call).pending_review == 1


class TestWhereAScorerLeans:
    BEGIN = 64 + 0.35**2 * 90
    """The variance of a level on a window's last day, before anything was seen."""

    def test_an_error_does_not_average_out(self) -> None:
        measured = Parameters(scorers={"gong": Lean(error=5.0)})
        row = rated(*[field(80) for _ in range(300)], parameters=measured)

        assert row.deviation == pytest.approx(100 * sqrt(144 / 300 + 25), abs=5)

    def test_a_bias_moves_where_the_level_lies_and_not_the_rating(self) -> None:
        calls = [field(80) for _ in range(6)]
        row, other = (rated(*calls, parameters=Parameters(scorers={"gong": Lean(bias, 1.0)})) for bias in (0.0, 6.0))

        assert row.level is not None
        assert other.level is not None
        assert row.rating == other.rating == 8000
        assert row.level - other.level == pytest.approx(600 * (1 - 1 / (1 + 6 * self.BEGIN / 144)), abs=1)

    def test_it_belongs_to_its_source(self) -> None:
        measured = Parameters(scorers={"gong": Lean(error=5.0), "manager": Lean(error=0.0)})
        row = rated(field(80), field(80, source="manager"), field(80, source="manager"), parameters=measured)
        variance = 1 / (1 / self.BEGIN + 3 / 144)

        assert row.deviation == pytest.approx(100 * sqrt(variance + (5 * variance / 144) ** 2), abs=1)

    def test_of_whom_nothing_is_learnt_the_error_is_four_points(self) -> None:
        assert rated(*[field(80) for _ in range(2000)]).deviation == pytest.approx(400, abs=10)


class TestWhichSkillsAProfileShows:
    def test_general_each_dimension_and_the_full_context(self) -> None:
        profile = rows(field(80, industry="healthcare", deal_size="enterprise"))

        assert [row.key for row in profile] == [
            ("discovery", ""),
            ("discovery", "deal_size=enterprise"),
            ("discovery", "deal_size=enterprise&industry=healthcare"),
            ("discovery", "industry=healthcare"),
            ("product_knowledge", ""),
        ]

    def test_a_context_that_a_rule_names(self) -> None:
        named = replace(GENERAL_DISCOVERY, context=context_of({"industry": "retail", "deal_size": "smb"}))
        keys = [row.key for row in rows(of=framework(named))]

        assert ("discovery", "deal_size=smb&industry=retail") in keys

    def test_any_other_context_on_request_bygone_ones_too(self) -> None:
        pair = context_of({"industry": "healthcare", "deal_size": "enterprise"})
        call = field(80, TODAY - 200, industry="healthcare", deal_size="enterprise", buyer_persona="ciso")
        profile = project(state(call), framework(), PARAMETERS, TODAY, extra={"discovery": (pair,)})

        asked = next(row for row in profile if row.context == "deal_size=enterprise&industry=healthcare")
        assert (asked.rating, asked.stale) == (8000, True)

    def test_a_row_counts_whatever_matches_its_context(self) -> None:
        both = {"industry": "healthcare", "deal_size": "enterprise"}
        calls = [field(78, TODAY - day, **both, buyer_persona="ciso", product_line="platform") for day in range(3)]
        row = rating_for(rows(practice(95, TODAY, **both), *calls), "discovery", context_of(both))

        assert row is not None
        assert (row.rating, row.confidence, row.basis, row.field, row.validation) == (7800, "medium", "field", 3, 1)

    @given(histories)
    @settings(max_examples=examples(60))
    def test_a_row_is_what_a_request_for_its_context_gives(self, events: list[Observation]) -> None:
        for row in rows(*events):
            asked = rated(*events, competency=row.competency, context=decode_skill(row.context), of=framework())
            alone = Projection(state(*events), framework(), PARAMETERS, TODAY).row(*row.key)
            assert row == asked == alone

    def test_what_comes_later_in_a_wider_context_counts_as_well(self) -> None:
        both = {"industry": "healthcare", "deal_size": "enterprise"}
        pair, wider = field(60, TODAY - 2, **both), field(80, TODAY - 1, **both, buyer_persona="ciso")
        for first, second in ((pair, wider), (replace(wider, at=pair.at), replace(pair, at=wider.at))):
            of = framework()
            scores = Projection(state(first), of, PARAMETERS, TODAY).scores
            (entry,) = decode_entries([second.entry()[1]])
            grown = Projection(scores.with_newest(entry), of, PARAMETERS, TODAY)
            assert grown.rows() == rows(first, second, of=of)

    def test_a_full_context_out_of_the_window_is_left_out(self) -> None:
        keys = [row.context for row in rows(field(80, TODAY - 91, industry="healthcare", deal_size="enterprise"))]

        assert "deal_size=enterprise&industry=healthcare" not in keys
        assert "industry=healthcare" in keys

    def test_words_that_a_framework_maps_become_contexts_and_others_do_not(self) -> None:
        profile = rows(field(80, buyer_persona=["ciso", "cto", "Head of Things"], industry="hospital"))
        singles = {row.context for row in profile if row.context and "&" not in row.context}

        assert singles == {"buyer_persona=technical", "industry=healthcare"}

    def test_a_few_skills_rate_as_in_the_whole_profile(self) -> None:
        events = [field(80, industry="retail"), practice(60), practice(70, industry="retail"), lesson(90)]
        whole = {row.key: row for row in rows(*events)}
        wanted = [("discovery", "industry=retail"), ("product_knowledge", "")]
        some = Projection(state(*events), framework(), PARAMETERS, TODAY, wanted=wanted)

        assert [some.row(*key) for key in wanted] == [whole[key] for key in wanted]


class TestDecay:
    def test_is_off_unless_set_and_leaves_the_rating_alone(self) -> None:
        off = rated(field(80, TODAY - 15), of=framework(GENERAL_DISCOVERY))
        on = rated(field(80, TODAY - 15), of=framework(replace(GENERAL_DISCOVERY, decay_rate=4)))

        assert (off.rating, off.decayed) == (8000, None)
        assert (on.rating, on.decayed) == (8000, 7800)


class TestTrendOfAProfile:
    @pytest.mark.parametrize("kind", ["field", "validation"])
    def test_looks_at_one_class_only(self, kind: str) -> None:
        calls = [seen(kind, 50 + 8 * number, TODAY - 20 + number) for number in range(6)]  # type: ignore[arg-type]

        assert rated(*calls).trend == "improving"

    def test_the_move_from_practice_to_customers_is_no_decline(self) -> None:
        events = [practice(90, TODAY - 30 + day) for day in range(6)] + [field(60, TODAY - 6 + day) for day in range(6)]

        assert rated(*events).trend == "stable"


def test_scores_take_an_entry_that_is_later_than_the_rest_of_its_kind() -> None:
    first, second = field(80, TODAY - 2), field(60, TODAY - 1)
    scores = Projection(state(first), framework(), PARAMETERS, TODAY).scores
    (entry,) = decode_entries([second.entry()[1]])
    grown = Projection(scores.with_newest(entry), framework(), PARAMETERS, TODAY)
    assert grown.row("discovery", "") == rated(first, second)
