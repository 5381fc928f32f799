"""The frameworks that ship: they load, are complete, and can give the recommendations that the contracts print."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.frameworks.domain.framework import Framework, Scenario, framework_from_dict
from shared.frameworks.domain.parameters import Parameters
from shared.kernel.context import context_of, observed
from shared.observations.domain.observation import Observation, Score
from shared.ratings.domain.gaps import scenario_for
from shared.ratings.domain.projection import project
from tests.ratings.builders import rating_for

FOLDER = Path(__file__).parents[2] / "infra" / "frameworks"
NAMES = ("sales_engineering", "cable_jointing_demo")
LEVELS = [0, 40, 60, 75, 90]
ACTIVITIES = {"role_play", "multiple_choice_test", "certification_exam", "hands_on_lab"}


def data_of(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return loaded


def load(name: str) -> Framework:
    return framework_from_dict(data_of(name))


@pytest.fixture(scope="module")
def sales() -> Framework:
    return load("sales_engineering")


@pytest.fixture(scope="module")
def jointing() -> Framework:
    return load("cable_jointing_demo")


def scenarios_for(framework: Framework, competency: str, **context: str) -> list[Scenario]:
    """Scenarios that train a competency in exactly this context."""
    return [s for s in framework.scenarios if competency in s.competencies and s.context == context_of(context)]


@pytest.mark.parametrize("name", NAMES)
class TestEveryFramework:
    def test_survives_the_round_trip_through_its_document(self, name: str) -> None:
        framework = load(name)
        assert framework_from_dict(framework.to_dict()) == framework
        assert framework.framework_id == name

    def test_has_a_complete_rubric_for_every_competency(self, name: str) -> None:
        for competency in load(name).competencies:
            assert [start for start, _ in competency.rubric] == LEVELS, competency.competency
            words = [description for _, description in competency.rubric]
            assert len(set(words)) == len(LEVELS)
            assert all(len(description) > 12 and description.endswith(".") for description in words)
            assert competency.description.endswith("."), competency.competency

    def test_has_a_rule_for_every_competency(self, name: str) -> None:
        framework = load(name)
        without = [c for c in framework.by_competency if framework.rule_for(c, ()) is None]
        assert without == []

    def test_names_only_its_own_dimensions_and_values(self, name: str) -> None:
        framework = load(name)
        named = [rule.context for rule in framework.rules] + [s.context for s in framework.scenarios]
        for context in named:
            for dimension, value in context:
                assert value in framework.by_dimension[dimension].values, context

    def test_maps_every_alias_of_a_dimension_to_one_of_its_values(self, name: str) -> None:
        for dimension in load(name).dimensions:
            for word, value in dimension.aliases:
                assert value in dimension.values, (dimension.dimension, word)
                assert word not in dimension.values

    def test_gives_each_word_one_competency(self, name: str) -> None:
        framework = load(name)
        words = [alias.lower() for c in framework.competencies for alias in c.aliases]
        words += [c.lower() for c in framework.by_competency]
        assert [word for word, count in Counter(words).items() if count > 1] == []
        assert all(framework.competency_named(word) for word in words)

    def test_has_a_general_scenario_for_every_competency(self, name: str) -> None:
        framework = load(name)
        reachable = {c for s in framework.scenarios for c in s.competencies}
        assert reachable == set(framework.by_competency)

    def test_lists_scenarios_once_with_known_activities(self, name: str) -> None:
        scenarios = load(name).scenarios
        assert len({s.scenario_id for s in scenarios}) == len(scenarios)
        assert {s.activity_type for s in scenarios} <= ACTIVITIES
        assert all(5 <= s.minutes <= 240 for s in scenarios)

    def test_requires_known_competencies_at_each_stage(self, name: str) -> None:
        framework = load(name)
        assert framework.required_by_stage
        for stage, names in framework.required_by_stage.items():
            assert set(names) <= set(framework.by_competency), stage

    def test_counts_no_key_that_the_loader_ignores(self, name: str) -> None:
        """A misspelt key would be dropped silently, so the file may hold no other keys than the document has."""
        raw, document = data_of(name), load(name).to_dict()
        assert set(raw) == set(document)
        for section in ("competencies", "dimensions", "rules", "scenarios"):
            known = set().union(*document[section])
            for entry in raw[section]:
                assert set(entry) <= known, (section, entry)


class TestSalesEngineering:
    def test_has_leaderships_five_core_competencies(self, sales: Framework) -> None:
        assert sales.core == ("discovery", "objection_handling", "value_articulation", "product_knowledge", "closing")

    def test_seeds_seven_and_defines_at_least_fifteen_skills_in_the_four_categories(self, sales: Framework) -> None:
        assert {"listening", "technical_architecture", *sales.core} <= set(sales.by_competency)
        assert len(sales.competencies) >= 15
        assert {c.category for c in sales.competencies} == {
            "sales_technique",
            "product_knowledge",
            "industry_expertise",
            "soft_skills",
        }

    def test_has_the_specifications_discovery_rule(self, sales: Framework) -> None:
        rule = sales.rule_for("discovery", ())
        assert rule is not None
        assert (rule.min_validation_attempts, rule.min_validation_score) == (3, 80)
        assert (rule.min_field_observations, rule.min_field_score) == (3, 75)
        assert (rule.observation_window_days, rule.expires_after_days) == (90, None)
        assert rule.field_overrides_validation
        assert not rule.requires_recertification

    def test_has_the_specifications_platform_v2_rule(self, sales: Framework) -> None:
        rule = sales.rule_for("product_knowledge", context_of({"product_line": "platform-v2", "industry": "retail"}))
        assert rule is not None
        assert rule.context == context_of({"product_line": "platform-v2"})
        assert (rule.min_validation_attempts, rule.min_validation_score) == (1, 85)
        assert (rule.min_field_observations, rule.min_field_score) == (2, 80)
        assert (rule.observation_window_days, rule.expires_after_days) == (60, 180)
        assert rule.requires_recertification
        assert not rule.field_overrides_validation

    def test_has_a_role_play_for_every_core_competency_in_each_industry(self, sales: Framework) -> None:
        for competency in sales.core:
            for industry in sales.by_dimension["industry"].values:
                found = scenarios_for(sales, competency, industry=industry)
                assert any(s.activity_type == "role_play" and s.competencies[0] == competency for s in found), (
                    competency,
                    industry,
                )

    def test_has_a_general_scenario_led_by_every_competency(self, sales: Framework) -> None:
        for competency in sales.by_competency:
            assert any(s.competencies[0] == competency for s in scenarios_for(sales, competency)), competency

    def test_can_recommend_what_the_specification_prints(self, sales: Framework) -> None:
        discovery_in_healthcare = [s.scenario_id for s in scenarios_for(sales, "discovery", industry="healthcare")]
        assert discovery_in_healthcare == ["healthcare-discovery-call", "healthcare-objection-handling"]
        assert "fintech-discovery-call" in [
            s.scenario_id for s in scenarios_for(sales, "discovery", industry="fintech")
        ]
        assert {"enterprise-discovery-tech-buyer", "enterprise-discovery"} <= {s.scenario_id for s in sales.scenarios}
        certifications = [
            s.scenario_id
            for s in scenarios_for(sales, "product_knowledge", product_line="platform-v2")
            if s.activity_type == "certification_exam"
        ]
        assert certifications == ["platform-v2-certification"]

    @pytest.mark.parametrize(
        ("competency", "context", "scenario_id"),
        [
            ("discovery", {"industry": "healthcare"}, "healthcare-discovery-call"),
            ("objection_handling", {"industry": "healthcare"}, "healthcare-objection-handling"),
            ("discovery", {"industry": "fintech"}, "fintech-discovery-call"),
            ("discovery", {"industry": "healthcare", "deal_size": "enterprise"}, "healthcare-discovery-call"),
            (
                "value_articulation",
                {"deal_size": "enterprise", "buyer_persona": "technical"},
                "enterprise-discovery-tech-buyer",
            ),
        ],
    )
    def test_lets_the_gap_finder_choose_what_the_specification_prints(
        self, sales: Framework, competency: str, context: dict[str, str], scenario_id: str
    ) -> None:
        found = scenario_for(sales, competency, context_of(context), "role_play")
        assert found is not None
        assert found.scenario_id == scenario_id

    @pytest.mark.parametrize(
        ("dimension", "word", "value"),
        [
            ("buyer_persona", "ciso", "technical"),
            ("buyer_persona", "technical_security", "technical"),
            ("buyer_persona", "Technical_Architect", "technical"),
            ("buyer_persona", "technical_executive", "executive"),
            ("industry", "Healthcare", "healthcare"),
            ("industry", "financial_services", "fintech"),
            ("deal_size", "mid_market", "mid-market"),
            ("product_line", "security module", "security-module"),
        ],
    )
    def test_maps_the_words_of_integrations(self, sales: Framework, dimension: str, word: str, value: str) -> None:
        assert sales.by_dimension[dimension].map(word) == (value, True)

    def test_knows_the_competencies_of_the_specifications_payloads(self, sales: Framework) -> None:
        assert sales.competency_named("healthcare_knowledge") == "healthcare_knowledge"
        assert sales.competency_named("active_listening") == "listening"
        assert sales.competency_named("juggling") is None

    def test_knows_the_stage_of_the_specifications_call(self, sales: Framework) -> None:
        assert sales.required_by_stage["technical_discovery"] == (
            "discovery",
            "technical_architecture",
            "product_knowledge",
        )


class TestCableJointingDemonstration:
    def test_says_everywhere_that_it_is_synthetic(self, jointing: Framework) -> None:
        assert "SYNTHETIC" in (FOLDER / "cable_jointing_demo.yaml").read_text(encoding="utf-8").splitlines()[0]
        assert "synthetic" in jointing.name
        assert all("synthetic" in c.name for c in jointing.competencies)
        assert all("synthetic" in s.title for s in jointing.scenarios)

    def test_never_lets_practice_alone_validate_a_skill_or_a_behaviour(self, jointing: Framework) -> None:
        for rule in jointing.rules:
            if jointing.by_competency[rule.competency].category in ("skill", "behaviour"):
                assert rule.wants_field
                assert not (rule.field_overrides_validation and rule.wants_validation)

    def test_is_rated_by_the_same_projection(self, jointing: Framework) -> None:
        """Workshop practice, then five supervised transition joints: the specific rule decides about its context."""
        joint = observed({"voltage": "11kv", "cable_type": "transition", "environment": ["footway"]})
        day = 20_000
        practice = [
            Observation(
                "validation",
                (day - 60 + n) * 86_400,
                "simulator",
                f"run-{n}",
                "hands_on_lab",
                (Score("S3", 8800, joint),),
            )
            for n in range(3)
        ]
        site = [
            Observation(
                "field", (day - 30 + n) * 86_400, "supervisor", f"joint-{n}", "site", (Score("S3", 8200, joint),)
            )
            for n in range(5)
        ]
        transition = context_of({"voltage": "11kv", "cable_type": "transition"})

        def status(observations: list[Observation]) -> str:
            rows = project(dict(o.entry() for o in observations), jointing, Parameters(), day)
            row = rating_for(rows, "S3", transition)
            assert row is not None
            return row.status

        assert status([]) == "not_started"
        assert status(practice) == "in_progress"
        assert status(practice + site[:4]) == "in_progress"
        assert status(practice + site) == "validated"
