"""Gaps and next activities: severities, the nearest scenario, and why it is the next one."""

from __future__ import annotations

import pytest

from shared.frameworks.domain.framework import Framework, Rule, Scenario
from shared.kernel.context import Context, context_of
from shared.observations.domain.observation import Observation
from shared.ratings.domain.contexts import Expected, deal_contexts, place, works_in
from shared.ratings.domain.gaps import Gap, for_a_week, gaps, reason, recommendations, scenario_for, severity
from shared.ratings.domain.projection import Projection
from shared.ratings.domain.skill_rating import Progress
from tests.ratings.builders import (
    GENERAL_DISCOVERY,
    PARAMETERS,
    TODAY,
    exam,
    field,
    framework,
    lesson,
    practice,
    rows,
    state,
)

NOWHERE = Expected()
HEALTHCARE = context_of({"industry": "healthcare"})
ENTERPRISE = context_of({"industry": "healthcare", "deal_size": "enterprise"})


def scenario(name: str, *competencies: str, minutes: int = 15, activity: str = "role_play", **context: str) -> Scenario:
    return Scenario(name, name.replace("-", " ").capitalize(), activity, competencies, context_of(context), minutes)


GENERAL = scenario("discovery-basics", "discovery")
HOSPITAL = scenario("hospital-discovery", "discovery", industry="healthcare")
BIG_HOSPITAL = scenario("big-hospital", "discovery", industry="healthcare", deal_size="enterprise")
BANK = scenario("bank-discovery", "discovery", industry="fintech", minutes=5)
EXAM = scenario("platform-exam", "product_knowledge", activity="certification_exam")
ALL = (GENERAL, HOSPITAL, BIG_HOSPITAL, BANK, EXAM)


@pytest.mark.parametrize(
    ("rating", "expected"),
    [(6499, "high"), (6500, "medium"), (7499, "medium"), (7500, "low"), (7999, "low"), (8000, None)],
)
def test_severity(rating: int, expected: str | None) -> None:
    assert severity(rating) == expected


class TestTheNearestScenario:
    @pytest.mark.parametrize(
        ("context", "expected"),
        [
            ((), GENERAL),
            (HEALTHCARE, HOSPITAL),
            (ENTERPRISE, BIG_HOSPITAL),
            (context_of({"industry": "fintech"}), BANK),
            (context_of({"industry": "retail"}), GENERAL),
        ],
    )
    def test_agrees_most_and_contradicts_nothing(
        self, context: tuple[tuple[str, str], ...], expected: Scenario
    ) -> None:
        assert scenario_for(framework(scenarios=ALL), "discovery", context) == expected

    def test_of_a_kind(self) -> None:
        of = framework(scenarios=ALL)

        assert scenario_for(of, "product_knowledge", (), "certification_exam") == EXAM
        assert scenario_for(of, "discovery", (), "certification_exam") is None
        assert scenario_for(of, "juggling", ()) is None

    def test_ties_go_to_the_more_focused_the_shorter_then_the_name(self) -> None:
        broad = scenario("a", "discovery", "product_knowledge", minutes=1)
        short = scenario("c", "discovery", minutes=5)
        same = scenario("b", "discovery", minutes=5)

        assert scenario_for(framework(scenarios=(broad, short, GENERAL)), "discovery", ()) == short
        assert scenario_for(framework(scenarios=(short, same)), "discovery", ()) == same


FINTECH = context_of({"industry": "fintech"})
RETAIL = context_of({"industry": "retail"})


def found(
    *events: Observation, of: Framework, expected: Expected = NOWHERE, as_of: int = TODAY
) -> list[tuple[str, Context, str, str]]:
    profile = rows(*events, of=of, as_of=as_of)
    return [(gap.competency, gap.context, gap.kind, gap.severity) for gap in gaps(profile, of, expected, as_of)]


class TestTheGapsOfAProfile:
    def test_who_falls_below_the_bar_is_not_said_to_be_at_it(self) -> None:
        of = framework(core=("discovery",), competencies=("discovery",))
        falling = [field(90 - 2 * n, TODAY - 30 + n) for n in range(9)]
        told = [row._replace(rating=7960, trend="declining") for row in rows(*falling, of=of)]
        assert gaps(told, of, NOWHERE, TODAY)[0].reason == "Rated 79.6 and falling"

    def test_no_evidence_where_the_organisation_works_is_a_gap_of_the_core(self) -> None:
        of = framework(core=("discovery",), scenarios=ALL)
        profile = rows(*[field(90, industry="healthcare") for _ in range(3)], of=of)
        (gap,) = gaps(profile, of, Expected((HEALTHCARE, FINTECH)), TODAY)

        assert (gap.context, gap.kind, gap.severity, gap.rating) == (FINTECH, "no_evidence", "medium", None)
        assert gap.reason == "Not seen in fintech yet, where the organisation works"
        assert gap.recommendation == "Complete the fintech discovery role-play “Bank discovery”"

    def test_no_evidence_for_an_own_deal_is_a_large_one(self) -> None:
        of = framework(core=("discovery",), scenarios=ALL)
        profile = rows(*[field(90, industry="healthcare") for _ in range(3)], of=of)
        (gap,) = gaps(profile, of, Expected((), (ENTERPRISE,)), TODAY)

        assert (gap.context, gap.kind, gap.severity) == (ENTERPRISE, "no_evidence", "high")
        assert gap.reason == "Not seen in enterprise, healthcare yet, and an open deal is there"

    def test_a_free_word_of_a_call_is_no_context(self) -> None:
        of = framework(core=("discovery",))

        assert found(*[field(60, industry="head of mining") for _ in range(3)], of=of) == [
            ("discovery", (), "weak", "high")
        ]

    def test_come_declining_then_expiring_then_weak_then_unknown_however_bad(self) -> None:
        of = framework(competencies=("discovery", "product_knowledge", "closing", "listening"))
        falling = [field(90 - 3 * n, TODAY - 30 + n) for n in range(9)]
        profile = rows(*falling, field(95, competency="product_knowledge"), field(10, competency="closing"), of=of)
        ending = [
            row._replace(status="validated", expires_on=TODAY + 60) if row.competency == "product_knowledge" else row
            for row in profile
        ]

        assert [(gap.competency, gap.kind, gap.severity) for gap in gaps(ending, of, NOWHERE, TODAY)] == [
            ("discovery", "declining", "low"),
            ("product_knowledge", "expiring", "low"),
            ("closing", "weak", "high"),
            ("listening", "no_evidence", "medium"),
        ]

    def test_a_stale_rating_is_said_with_its_rating_and_its_age(self) -> None:
        of = framework(core=("discovery",))
        profile = rows(*[field(88.4, TODAY - 95) for _ in range(3)], of=of)
        (gap,) = gaps(profile, of, NOWHERE, TODAY)

        assert (gap.kind, gap.cause, gap.severity, gap.rating) == ("expiring", "not_lately", "medium", 8840)
        assert gap.reason == "Rated 88 when last seen, 95 days ago"

    @pytest.mark.parametrize(
        ("event", "expected"),
        [
            (practice(90), ("weak", "low", "A baseline of 90 from one practice; a rating asks for 2")),
            (practice(50), ("weak", "high", "A baseline of 50 from one practice; a rating asks for 2")),
            (lesson(95), ("no_evidence", "medium", "Not seen yet")),
            (field(70, standing="held"), ("no_evidence", "medium", "Not seen yet; 1 observation to be reviewed")),
            (field(72.6), ("weak", "medium", "Rated 73, below 80")),
            (field(79.6), ("weak", "low", "Rated 79.6, below 80")),
        ],
    )
    def test_say_what_was_seen(self, event: Observation, expected: tuple[str, str, str]) -> None:
        of = framework(core=("discovery",), competencies=("discovery",))
        (gap,) = gaps(rows(event, of=of), of, NOWHERE, TODAY)

        assert (gap.kind, gap.severity, gap.reason) == expected
        assert gap.cause == (
            "unseen" if gap.kind == "no_evidence" else "unrated" if "baseline" in gap.reason else "below"
        )

    def test_an_expired_certificate_asks_for_the_exam(self) -> None:
        rule = Rule("product_knowledge", min_validation_score=80, expires_after_days=30, requires_recertification=True)
        of = framework(rule, core=(), scenarios=ALL)
        profile = rows(*[exam(90, TODAY - 40, competency="product_knowledge") for _ in range(2)], of=of)
        expired = [
            row._replace(status="expired", expires_on=TODAY - 10) for row in profile if row.field + row.validation
        ]
        (gap,) = gaps(expired, of, NOWHERE, TODAY)

        assert (gap.kind, gap.cause, gap.severity, gap.scenario) == ("expiring", "expired", "medium", EXAM)
        assert gap.reason == "Rated 90; the validation ended 10 days ago"

    def test_what_is_good_is_no_gap(self) -> None:
        of = framework(core=("discovery",))

        assert found(*[field(85) for _ in range(3)], of=of) == []

    @pytest.mark.parametrize(
        ("minutes", "number"),
        [([15] * 9, 4), ([10] * 9, 5), ([240, 5], 1), ([30, 30, 5], 2), ([5, 5], 2), ([], 0)],
    )
    def test_a_week_has_an_hour_of_the_first_and_at_least_one(self, minutes: list[int], number: int) -> None:
        these = [scenario(f"s{place}", "discovery", minutes=each) for place, each in enumerate(minutes)]

        assert for_a_week([Gap("discovery", (), "weak", "low", 7000, "", "", one) for one in these]) == number

    @pytest.mark.parametrize(("minutes", "number"), [(45, 2), (46, 1)])
    def test_a_conversation_to_be_observed_takes_a_quarter_of_it(self, minutes: int, number: int) -> None:
        first = Gap("discovery", (), "weak", "low", 7000, "", "", scenario("long", "discovery", minutes=minutes))

        assert for_a_week([first, first._replace(scenario=None)]) == number

    def test_gaps_that_one_activity_closes_share_its_time(self) -> None:
        long = scenario("long", "discovery", minutes=50)

        assert for_a_week([Gap("discovery", (), "weak", "low", 7000, "", "", long)] * 9) == 5


class TestTheContextsOfDeals:
    def test_are_what_all_conversations_of_a_deal_have_in_common(self) -> None:
        of = framework()
        first = (("buyer_persona", ("technical",)), ("deal_size", ("enterprise",)), ("industry", ("healthcare",)))
        second = (("buyer_persona", ("executive", "head of it")), ("industry", ("healthcare", "our own word")))

        assert deal_contexts({"d1": [first, second], "d2": [first]}, of) == (
            ENTERPRISE,
            context_of({"buyer_persona": "technical", "deal_size": "enterprise", "industry": "healthcare"}),
        )
        assert deal_contexts({"d3": [(("industry", ("our own word",)),)]}, of) == ()


def test_a_person_works_where_they_were_seen_within_a_year() -> None:
    of = framework()
    profile = rows(
        field(70, TODAY - 365, industry="retail"),
        field(70, TODAY - 366, industry="fintech"),
        lesson(90, industry="fintech"),
        practice(70, industry="hospital", deal_size="smb"),
        practice(70, industry="mining"),
        of=of,
    )

    assert works_in(profile, of, TODAY) == [place(of, HEALTHCARE), place(of, RETAIL)]


class TestNextActivities:
    def recommended(self, *events: object, but_not: str | None = None) -> list[tuple[str, str]]:
        of = framework(GENERAL_DISCOVERY, scenarios=ALL)
        projection = Projection(state(*events), of, PARAMETERS, TODAY)  # type: ignore[arg-type]
        found = recommendations(projection, projection.rows(), but_not=but_not)
        return [(item.scenario.scenario_id, item.reason) for item in found]

    def test_say_what_the_rule_still_misses(self) -> None:
        assert self.recommended(practice(82, industry="healthcare")) == [
            ("hospital-discovery", "Complete 2 more healthcare scenarios for validation"),
            ("discovery-basics", "Complete 2 more scenarios for validation"),
        ]

    def test_nothing_for_what_is_validated(self) -> None:
        assert self.recommended(*[practice(82) for _ in range(3)]) == []

    def test_prefer_another_than_the_one_just_played(self) -> None:
        played = self.recommended(practice(82, industry="healthcare"), but_not="hospital-discovery")

        assert [name for name, _ in played] == ["discovery-basics", "hospital-discovery"]

    @pytest.mark.parametrize(
        ("counts", "expected"),
        [
            ((0, None, 2, 80.0), "Complete 1 more scenario for validation"),
            ((0, None, 3, 71.5), "Practice averages 72; validation asks for 80"),
            ((0, None, 3, 79.6), "Practice averages 79.6; validation asks for 80"),
            ((2, 60.0, 3, 85.0), "Prepare 1 more observed conversation for validation"),
            ((3, 60.0, 3, 85.0), "Practise this skill again: the average is below the bar"),
        ],
    )
    def test_reasons(self, counts: tuple[int, float | None, int, float | None], expected: str) -> None:
        assert reason(Progress(GENERAL_DISCOVERY, *counts), (), "role_play") == expected

    def test_an_exam_where_only_an_exam_renews(self) -> None:
        rule = Rule("product_knowledge", min_validation_score=85, expires_after_days=180, requires_recertification=True)
        of = framework(rule, scenarios=ALL)
        projection = Projection(state(field(70, competency="product_knowledge")), of, PARAMETERS, TODAY)
        (item,) = recommendations(projection, [projection.row("product_knowledge", "")])

        assert item.scenario == EXAM
        assert item.reason == "Pass the certification exam to validate, or to renew, this skill"
