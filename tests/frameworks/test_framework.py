"""A framework: words, contexts, the rule that decides, and its document."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.frameworks.domain.framework import Dimension, Rule, framework_from_dict, rule_from_dict, rule_to_dict
from shared.kernel.context import context_of
from shared.kernel.errors import Rejected
from tests.ratings.builders import DEAL_SIZE, GENERAL_DISCOVERY, PERSONA, PLATFORM_KNOWLEDGE, framework

HEALTHCARE = replace(GENERAL_DISCOVERY, context=context_of({"industry": "healthcare"}), min_field_score=80)
ENTERPRISE = replace(GENERAL_DISCOVERY, context=context_of({"deal_size": "enterprise"}), min_field_score=85)
BOTH = replace(
    GENERAL_DISCOVERY, context=context_of({"industry": "healthcare", "deal_size": "enterprise"}), min_field_score=90
)


class TestWords:
    @pytest.mark.parametrize(
        ("word", "mapped"),
        [
            ("ciso", ("technical", True)),
            (" CISO ", ("technical", True)),
            ("technical", ("technical", True)),
            ("Technical", ("technical", True)),
            ("Head of Things ", ("Head of Things", False)),
        ],
    )
    def test_of_personas(self, word: str, mapped: tuple[str, bool]) -> None:
        assert PERSONA.map(word) == mapped

    def test_case_apart_in_values_and_aliases_too(self) -> None:
        voltage = Dimension("voltage", ("LV", "11kV"), (("High Voltage", "11kV"),))

        assert [voltage.map(word) for word in ("lv", "11KV", "high voltage")] == [
            ("LV", True),
            ("11kV", True),
            ("11kV", True),
        ]

    def test_a_value_means_itself_whatever_the_aliases_say(self) -> None:
        assert replace(DEAL_SIZE, aliases=(("smb", "enterprise"),)).map("smb") == ("smb", True)

    def test_of_competencies(self) -> None:
        of = framework(aliases={"discovery": ("Needs_Analysis", "product_knowledge")})

        assert of.competency_named(" DISCOVERY ") == "discovery"
        assert of.competency_named("needs_analysis") == "discovery"
        assert of.competency_named("product_knowledge") == "product_knowledge", "a name is never another's alias"
        assert of.competency_named("juggling") is None


class TestTheRuleThatDecides:
    def test_is_the_most_specific_one_for_its_context(self) -> None:
        of = framework(GENERAL_DISCOVERY, HEALTHCARE, ENTERPRISE, BOTH)

        def bar(**context: str) -> float | None:
            rule = of.rule_for("discovery", context_of(context))
            return rule.min_field_score if rule else None

        assert bar() == 75
        assert bar(industry="fintech") == 75
        assert bar(industry="healthcare") == 80
        assert bar(industry="healthcare", buyer_persona="technical") == 80
        assert bar(industry="healthcare", deal_size="enterprise", buyer_persona="technical") == 90

    def test_of_equally_specific_ones_the_first_in_the_order_of_their_contexts(self) -> None:
        of = framework(HEALTHCARE, ENTERPRISE)

        assert of.rule_for("discovery", BOTH.context) == ENTERPRISE

    def test_none_for_a_context_beside_its_rules(self) -> None:
        assert framework(PLATFORM_KNOWLEDGE).rule_for("product_knowledge", ()) is None

    def test_contexts_that_rules_name(self) -> None:
        of = framework(GENERAL_DISCOVERY, BOTH, HEALTHCARE)

        assert of.rule_contexts == {"discovery": (BOTH.context, HEALTHCARE.context)}

    def test_how_long_an_observation_matters(self) -> None:
        assert framework(GENERAL_DISCOVERY, PLATFORM_KNOWLEDGE).longest_memory_days == 240
        assert framework().longest_memory_days == 0


class TestMinimums:
    def test_a_bar_asks_for_at_least_one(self) -> None:
        assert Rule("d", min_field_score=72.5).minimums == (1, 7250, 0, 0)

    def test_a_count_of_none_asks_for_nothing(self) -> None:
        none = Rule("d", min_field_observations=0, min_validation_attempts=3, min_validation_score=80)

        assert (none.wants_field, none.minimums) == (False, (0, 0, 3, 8000))

    @pytest.mark.parametrize("minimums", [{}, {"min_field_observations": 0}, {"min_validation_attempts": None}])
    def test_at_least_one_must_be_present(self, minimums: dict[str, int | None]) -> None:
        with pytest.raises(Rejected, match="needs at least one of"):
            rule_from_dict({"competency": "discovery", **minimums})


class TestItsDocument:
    def test_a_rule_survives_the_round_trip(self) -> None:
        assert rule_from_dict(rule_to_dict(PLATFORM_KNOWLEDGE)) == PLATFORM_KNOWLEDGE

    def test_a_framework_survives_the_round_trip(self) -> None:
        of = framework(GENERAL_DISCOVERY, BOTH, PLATFORM_KNOWLEDGE, aliases={"discovery": ("needs_analysis",)})

        assert framework_from_dict(of.to_dict()) == of

    def test_one_rule_per_competency_and_context(self) -> None:
        document = framework(GENERAL_DISCOVERY, HEALTHCARE).to_dict()
        document["rules"].append(document["rules"][1] | {"min_field_score": 1})

        with pytest.raises(Rejected, match="more than one rule"):
            framework_from_dict(document)

    def test_rules_and_scenarios_name_known_competencies(self) -> None:
        document = framework(GENERAL_DISCOVERY).to_dict()
        scenario = {"scenario_id": "s", "title": "S", "competencies": ["juggling"]}

        with pytest.raises(Rejected, match="unknown competency"):
            framework_from_dict(document | {"rules": [{"competency": "juggling", "min_field_score": 1}]})
        with pytest.raises(Rejected, match="unknown competencies"):
            framework_from_dict(document | {"scenarios": [scenario]})


def test_a_rule_may_use_any_word_that_a_dimension_knows() -> None:
    framework = framework_from_dict(
        {
            "framework_id": "f",
            "name": "F",
            "dimensions": [
                {"dimension": "buyer_persona", "values": ["technical"], "aliases": {"ciso": "technical"}},
            ],
            "competencies": [{"competency": "discovery"}],
            "rules": [{"competency": "discovery", "context": {"buyer_persona": "CISO"}, "min_field_score": 75}],
        }
    )
    assert framework.rules[0].context == (("buyer_persona", "technical"),)
