"""Versions come into force one after another, and each has its consequences once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.frameworks.contract import DimensionBody, FrameworkBody, RuleBody
from shared.kernel.errors import Conflict, NotFound, Rejected, Retryable
from shared.kernel.reading import validated
from shared.taxonomy.contract import SkillBody, SkillChange
from tests.harness.crash_harness import ADMINISTRATOR, CrashHarness, Fuse, unavailable
from tests.harness.sent_events import role_play
from tests.taxonomy.conftest import FRAMEWORK

ID = FRAMEWORK.framework_id
STRICTER = SkillChange(rules=[RuleBody(min_validation_attempts=9, min_validation_score=80)])


def published(world: CrashHarness) -> list[int]:
    return [fact["version"] for topic, fact in world.facts if topic == "framework-published"]


def recorded(world: CrashHarness) -> list[tuple[str, str]]:
    """What the audit says was published, oldest first: (subject, change)."""
    acts = [fact for topic, fact in world.facts if topic == "audit-recorded"]
    return [(fact["subject"], fact["detail"]) for fact in acts if fact["action"] == "framework.published"]


def welding(**more: Any) -> FrameworkBody:
    body = {
        "framework_id": "welding",
        "name": "Welding",
        "competencies": [{"competency": "seams"}, {"competency": "cuts"}],
        "rules": [{"competency": "seams", "min_field_score": 75}, {"competency": "cuts", "min_field_score": 60}],
    }
    return validated(FrameworkBody, {**body, **more})


def asked(world: CrashHarness) -> list[dict[str, Any]]:
    """The recalculations of everybody whose first part waits, in the order in which they were asked for."""
    first = [payload for _, payload in world.tasks if payload["part"] == 0]
    found = [world.store.get(f"recalculation_runs/{payload['run_id']}") for payload in first]
    return [dict(run.data) for run in found if run is not None]


class TestOneSkill:
    def test_that_changes_is_in_force_recorded_told_and_recalculated(self, world: CrashHarness) -> None:
        changed = world.process().change_skills.change(ID, "discovery", STRICTER, ADMINISTRATOR)

        assert (changed.framework_version, changed.rules[0].min_validation_attempts) == (2, 9)
        assert world.process().skills.definition(ADMINISTRATOR, ID, "discovery") == changed
        assert published(world) == [2]
        assert recorded(world) == [(ID, f"changed {changed.name}")]
        assert [(run["shared_out"], run["from_ledger"]) for run in asked(world)] == [(False, False)]

    def test_that_stays_as_it_is_publishes_nothing(self, world: CrashHarness) -> None:
        known = world.process().skills.definition(ADMINISTRATOR, ID, "discovery")

        again = world.process().change_skills.change(ID, "discovery", SkillChange(name=known.name), ADMINISTRATOR)

        assert (again, published(world), recorded(world), world.tasks) == (known, [], [], [])

    def test_is_created_once(self, world: CrashHarness) -> None:
        body = SkillBody(competency="storytelling", framework_id=ID)
        created = world.process().change_skills.create(body, ADMINISTRATOR)

        assert (created.framework_version, published(world)) == (2, [2])
        with pytest.raises(Conflict):
            world.process().change_skills.create(body, ADMINISTRATOR)
        assert published(world) == [2]

    def test_that_looks_further_back_is_rebuilt_from_the_ledger(self, world: CrashHarness) -> None:
        longer = SkillChange(rules=[RuleBody(min_field_score=75, observation_window_days=700)])
        for change in (longer, STRICTER):
            world.process().change_skills.change(ID, "discovery", change, ADMINISTRATOR)

        assert [run["from_ledger"] for run in asked(world)] == [True, False]

    def test_of_an_older_version_or_no_framework_is_refused(self, world: CrashHarness) -> None:
        skills = world.process().change_skills
        skills.change(ID, "discovery", STRICTER, ADMINISTRATOR)

        with pytest.raises(Conflict, match="made on version 1; in force is 2"):
            skills.change(ID, "discovery", SkillChange(name="Late", if_version=1), ADMINISTRATOR)
        with pytest.raises(NotFound):
            skills.change(ID, "cooking", STRICTER, ADMINISTRATOR)
        with pytest.raises(NotFound):
            skills.change("nowhere", "discovery", STRICTER, ADMINISTRATOR)
        with pytest.raises(Rejected, match="is not known"):
            skills.add_alias(ID, "cooking", "stew", ADMINISTRATOR)
        assert published(world) == [2]

    def test_shows_the_versions_in_which_it_changed(self, world: CrashHarness) -> None:
        world.process().change_skills.change(ID, "discovery", STRICTER, ADMINISTRATOR)
        world.process().change_skills.create(SkillBody(competency="storytelling", framework_id=ID), ADMINISTRATOR)
        skills = world.process().skills

        assert [one.version for one in skills.versions(ADMINISTRATOR, ID, "discovery").versions] == [2, 1]
        (born, before) = skills.versions(ADMINISTRATOR, ID, "storytelling").versions
        assert (born.version, born.published_by, before.definition) == (3, ADMINISTRATOR.employee_id, None)
        assert skills.framework(ADMINISTRATOR, ID, 1).version == 1
        with pytest.raises(NotFound, match="no version 9"):
            skills.framework(ADMINISTRATOR, ID, 9)


class TestAWholeFramework:
    def test_comes_first_and_then_in_versions_whose_unchanged_rules_keep_theirs(self, world: CrashHarness) -> None:
        publishing = world.process().publish_frameworks
        publishing.publish("welding", welding(), ADMINISTRATOR, if_version=0)
        other = welding(
            rules=[{"competency": "seams", "min_field_score": 75}, {"competency": "cuts", "min_field_score": 90}]
        )

        after = publishing.publish("welding", other, ADMINISTRATOR, if_version=1).framework

        assert {rule["competency"]: rule["version"] for rule in after["rules"]} == {"seams": 1, "cuts": 2}
        assert publishing.publish("welding", other, ADMINISTRATOR).framework == after
        assert published(world) == [1, 2]
        assert [one.framework_id for one in world.process().skills.frameworks(ADMINISTRATOR)] == [ID, "welding"]

    def test_of_another_name_or_version_is_refused(self, world: CrashHarness) -> None:
        publishing = world.process().publish_frameworks
        with pytest.raises(Rejected, match="another framework than the path's"):
            publishing.publish("sewing", welding(), ADMINISTRATOR)
        with pytest.raises(Conflict, match="in force is none"):
            publishing.publish("welding", welding(), ADMINISTRATOR, if_version=1)
        publishing.publish("welding", welding(), ADMINISTRATOR)
        with pytest.raises(Conflict, match="made on version 0; in force is 1"):
            publishing.publish("welding", welding(), ADMINISTRATOR, if_version=0)
        assert published(world) == [1]

    def test_that_is_shipped_is_installed_where_there_is_none(self, world: CrashHarness) -> None:
        other = replace(FRAMEWORK, framework_id="other")

        assert world.process().publish_frameworks.install(other, ADMINISTRATOR)
        assert not world.process().publish_frameworks.install(other, ADMINISTRATOR)
        assert (published(world), world.tasks) == ([1], []), "nobody has been rated by it"

    def test_has_a_dimension_set_in_its_place(self, world: CrashHarness) -> None:
        names = [one.dimension for one in FRAMEWORK.dimensions]
        publishing = world.process().publish_frameworks
        body = DimensionBody(values=["near", "far", "near"], aliases={"Close": "near"})
        publishing.set_dimension(ID, names[0], body, ADMINISTRATOR)
        publishing.set_dimension(ID, "distance", body, ADMINISTRATOR)

        framework = world.process().skills.framework(ADMINISTRATOR, ID)
        assert [one.dimension for one in framework.dimensions] == [*names, "distance"]
        assert framework.by_dimension[names[0]].values == ("near", "far")
        assert framework.by_dimension["distance"].aliases == (("close", "near"),)
        with pytest.raises(Rejected, match="letters, digits"):
            publishing.set_dimension(ID, "a b", body, ADMINISTRATOR)


class TestAPublicationThatDied:
    def test_is_followed_by_the_sweep_once(self, world: CrashHarness) -> None:
        with pytest.raises(Retryable):
            world.process(Fuse(2, unavailable)).change_skills.change(ID, "discovery", STRICTER, ADMINISTRATOR)
        assert published(world) == []

        assert world.process().publications.finish() == 1
        assert (published(world), len(world.tasks)) == ([2], 1)
        assert world.process().publications.finish() == 0

    def test_is_followed_before_the_next_change(self, world: CrashHarness) -> None:
        with pytest.raises(Retryable):
            world.process(Fuse(2, unavailable)).change_skills.change(ID, "discovery", STRICTER, ADMINISTRATOR)

        world.process().change_skills.add_alias(ID, "discovery", "digging", ADMINISTRATOR)

        assert published(world) == [2, 3]
        assert [change for _, change in recorded(world)][-1].startswith("reads 'digging' as")


def test_a_rule_that_is_published_is_what_ratings_follow(world: CrashHarness) -> None:
    world.process().record(*[role_play(f"p{n}", score=85) for n in range(3)])
    world.deliver()
    world.process().change_skills.change(ID, "discovery", STRICTER, ADMINISTRATOR)
    world.deliver()

    last = [fact for topic, fact in world.facts if topic == "skill-changed"][-1]
    assert (last["framework_version"], last["skills"][0]["status"]) == (2, "in_progress")
