"""Gaps and next activities: severities, the nearest scenario, and why it is the next one."""

from __future__ import annotations

import pytest

from shared.frameworks.domain.framework import Rule, Scenario
from shared.kernel.context import context_of
from shared.ratings.domain.gaps import gaps, reason, recommendations, scenario_for, severity
from shared.ratings.domain.projection import Projection
from shared.ratings.domain.skill_rating import Progress
from tests.ratings.builders import (
    GENERAL_DISCOVERY,
    PARAMETERS,
    TODAY,
    field,
    framework,
    practice,
    rows,
    state,
)

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
    [(None, "high"), (6499, "high"), (6500, "medium"), (7499, "medium"), (7500, "low"), (7999, "low"), (8000, None)],
)
def test_severity(rating: int | None, expected: str | None) -> None:
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


class TestTheGapsOfAProfile:
    def test_are_the_weak_core_in_general_and_the_weak_single_contexts(self) -> None:
        of = framework(core=("discovery",), scenarios=ALL)
        profile = rows(
            *[field(70, industry="fintech", deal_size="smb") for _ in range(3)],
            field(20, competency="product_knowledge"),
            of=of,
        )
        found = gaps(profile, of)

        assert [(gap.competency, gap.context, gap.severity) for gap in found] == [
            ("discovery", (), "medium"),
            ("discovery", context_of({"deal_size": "smb"}), "medium"),
            ("discovery", context_of({"industry": "fintech"}), "medium"),
        ]
        assert found[2].recommendation == "Complete the fintech discovery role-play “Bank discovery”"

    def test_an_unknown_or_a_stale_rating_is_a_gap(self) -> None:
        of = framework()
        found = gaps(rows(field(99, TODAY - 91), of=of), of)

        assert [(gap.competency, gap.severity, gap.rating) for gap in found] == [
            ("discovery", "high", None),
            ("product_knowledge", "high", None),
        ]
        assert found[0].recommendation == "Have a discovery conversation observed"

    def test_the_worst_come_first_and_there_is_an_end(self) -> None:
        of = framework()
        profile = rows(
            field(78), *[field(40, competency="product_knowledge", industry="retail") for _ in range(2)], of=of
        )

        assert [gap.severity for gap in gaps(profile, of)] == ["high", "high", "low"]
        assert len(gaps(profile, of, most=1)) == 1


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
            ((0, None, 3, 71.5), "Practice averages 71.5; validation asks for 80"),
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
