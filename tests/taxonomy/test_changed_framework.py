"""The next version of a framework, from what an administrator wants of one skill."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.kernel.errors import Conflict, Rejected
from shared.taxonomy.contract import SkillBody, SkillChange
from shared.taxonomy.usecases.changed_framework import with_change, with_skill
from tests.taxonomy.conftest import FRAMEWORK

DISCOVERY = FRAMEWORK.by_competency["discovery"]
OTHERS = tuple(one for one in FRAMEWORK.competencies if one is not DISCOVERY)
RULE = {"min_field_observations": 2, "min_field_score": 70}


def added(**fields: Any) -> Any:
    return with_skill(FRAMEWORK, SkillBody(**{"competency": "story_telling", **fields}))


def changed(**fields: Any) -> Any:
    return with_change(FRAMEWORK, DISCOVERY, SkillChange.model_validate(fields))


def test_a_skill_that_says_no_more_is_named_after_its_competency() -> None:
    after, skill = added()

    assert (skill.skill_id, skill.name, skill.core) == ("story-telling", "Story telling", False)
    assert after.competencies == (*FRAMEWORK.competencies, skill)
    assert (after.version, after.rules) == (FRAMEWORK.version + 1, FRAMEWORK.rules)


def test_a_new_skills_rules_have_the_version_that_brings_them() -> None:
    after, _ = added(rules=[RULE, {**RULE, "context": {"industry": "retail"}}])

    assert {rule.context: rule.version for rule in after.rules_of["story_telling"]} == {
        (): FRAMEWORK.version + 1,
        (("industry", "retail"),): FRAMEWORK.version + 1,
    }


@pytest.mark.parametrize("name", ["discovery", "digging"])
def test_a_name_with_a_meaning_is_no_new_skill(name: str) -> None:
    with pytest.raises(Conflict, match="exists already") as refused:
        with_skill(changed(aliases=["Digging"]), SkillBody(competency=name))

    assert refused.value.field == "competency"


def test_a_name_that_makes_another_skills_id_is_taken() -> None:
    named = replace(FRAMEWORK, competencies=(replace(DISCOVERY, skill_id="story-telling"), *OTHERS))

    with pytest.raises(Conflict, match="exists already"):
        with_skill(named, SkillBody(competency="story_telling"))


def test_what_a_change_leaves_out_stays() -> None:
    after = changed(description="Asks.")

    (skill,) = [one for one in after.competencies if one.competency == "discovery"]
    assert (skill.description, skill.name, skill.core) == ("Asks.", DISCOVERY.name, DISCOVERY.core)
    assert tuple(one for one in after.competencies if one is not skill) == OTHERS
    assert (after.version, after.rules) == (FRAMEWORK.version + 1, FRAMEWORK.rules)


def test_a_rule_that_is_sent_again_keeps_its_version_and_another_has_the_new_one() -> None:
    once = changed(rules=[RULE])
    twice = with_change(
        once,
        once.by_competency["discovery"],
        SkillChange.model_validate({"rules": [RULE, {**RULE, "context": {"industry": "retail"}}]}),
    )

    assert {rule.context: rule.version for rule in twice.rules_of["discovery"]} == {
        (): FRAMEWORK.version + 1,
        (("industry", "retail"),): FRAMEWORK.version + 2,
    }


def test_no_rules_are_other_than_none_said() -> None:
    assert "discovery" in changed(name="Finding out").rules_of
    assert "discovery" not in changed(rules=[]).rules_of


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ([RULE, RULE], "rules.1.context"),
        ([RULE, {**RULE, "competency": "closing"}], "rules.1.competency"),
    ],
)
def test_rules_that_contradict_each_other_name_the_second(rules: list[dict[str, Any]], field: str) -> None:
    with pytest.raises(Rejected) as refused:
        changed(rules=rules)

    assert refused.value.field == field


def test_a_rubric_is_kept_from_the_lowest_score_and_has_each_score_once() -> None:
    steps = [{"from_score": 60, "description": "Has a hero."}, {"from_score": 0, "description": "Lists facts."}]

    assert changed(rubric=steps).by_competency["discovery"].rubric == ((0, "Lists facts."), (60, "Has a hero."))
    with pytest.raises(Rejected, match="same score"):
        changed(rubric=[steps[0], steps[0]])


def test_an_alias_is_kept_once_whatever_its_case_and_never_the_competency_itself() -> None:
    after = changed(aliases=["Digging", "digging", "DISCOVERY", "probing"])

    assert after.by_competency["discovery"].aliases == ("Digging", "probing")
    assert after.competency_named("DIGGING") == "discovery"


def test_a_word_of_another_skill_is_no_alias() -> None:
    with pytest.raises(Conflict, match=f"already means {OTHERS[0].competency}"):
        changed(aliases=[OTHERS[0].competency.upper()])
