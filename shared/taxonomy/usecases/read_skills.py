"""Reads frameworks and their skills, as they are in force and as they were."""

from __future__ import annotations

from shared.frameworks.domain.framework import Competency, Framework, rule_to_dict
from shared.frameworks.records import FrameworkRecords
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller, require
from shared.kernel.errors import NotFound
from shared.people.usecases.worlds import Worlds
from shared.taxonomy.contract import (
    FrameworkAnswer,
    FrameworkList,
    FrameworkSummary,
    RubricView,
    RuleView,
    SkillDefinition,
    SkillList,
    SkillVersion,
    SkillVersions,
)

EVERY_SKILL = "*"
"""Among the skills that a version changed: all of them."""


class ReadSkills:
    """Reads what is in force fresh from live state, for whoever may read skills: each their own world's."""

    def __init__(self, records: FrameworkRecords, configuration: Configuration, worlds: Worlds) -> None:
        self._records = records
        self._configuration = configuration
        self._worlds = worlds

    def frameworks(self, caller: Caller) -> list[Framework]:
        """Returns the frameworks in force with which the caller has to do, by id. Raises Forbidden."""
        require(caller, "skills.read")
        known = self._worlds.of(caller)
        return [one.content() for one in self._records.all() if known is None or one.framework_id in known]

    def competency_names(self, caller: Caller) -> dict[str, str]:
        """Returns what people call each competency, of all frameworks: what is shown beside may be of any."""
        require(caller, "skills.read")
        found = [one.content() for one in self._records.all()]
        return {one.competency: one.name for framework in found for one in framework.competencies}

    def framework(self, caller: Caller, framework_id: str, version: int | None = None) -> Framework:
        """Returns a framework in force, or an earlier version. Raises Forbidden, NotFound (of another world, too)."""
        require(caller, "skills.read")
        if not self._worlds.opens(caller, framework_id):
            raise NotFound(f"there is no framework {framework_id[:60]!r}", field="framework_id")
        if version is None:
            return self._configuration.framework(framework_id, fresh=True)
        found = self._records.version(framework_id, version)
        if found is None:
            raise NotFound(f"{framework_id} has no version {version}", field="version")
        return found.content()

    def skill(self, caller: Caller, framework_id: str, skill_id: str) -> tuple[Framework, Competency]:
        """Returns a skill and its framework. Raises NotFound."""
        framework = self.framework(caller, framework_id)
        return framework, skill_of(framework, skill_id)

    def definition(self, caller: Caller, framework_id: str, skill_id: str) -> SkillDefinition:
        """Returns a skill's definition with its rules. Raises NotFound."""
        return definition(*self.skill(caller, framework_id, skill_id))

    def definitions(self, caller: Caller, framework_id: str) -> SkillList:
        """Returns the definitions of all skills of a framework. Raises NotFound."""
        framework = self.framework(caller, framework_id)
        return SkillList(
            skills=[definition(framework, competency) for competency in framework.competencies],
            framework_id=framework.framework_id,
            framework_version=framework.version,
        )

    def versions(self, caller: Caller, framework_id: str, skill_id: str) -> SkillVersions:
        """Returns the versions in which a skill changed, the newest first. Raises NotFound."""
        self.skill(caller, framework_id, skill_id)
        versions = []
        for found in self._records.versions(framework_id):
            if skill_id not in found.skills_changed and EVERY_SKILL not in found.skills_changed:
                continue
            framework = found.content()
            competency = next((one for one in framework.competencies if one.skill_id == skill_id), None)
            versions.append(
                SkillVersion(
                    version=found.version,
                    published_at=found.published_at,
                    published_by=found.published_by,
                    change=found.change,
                    definition=None if competency is None else definition(framework, competency),
                )
            )
        return SkillVersions(skill_id=skill_id, versions=versions)

    def summaries(self, caller: Caller) -> FrameworkList:
        """Returns which frameworks are in force."""
        return FrameworkList(
            frameworks=[
                FrameworkSummary(
                    framework_id=framework.framework_id,
                    name=framework.name,
                    version=framework.version,
                    competencies=len(framework.competencies),
                    rules=len(framework.rules),
                )
                for framework in self.frameworks(caller)
            ]
        )

    def whole(self, caller: Caller, framework_id: str, version: int | None = None) -> FrameworkAnswer:
        """Returns a framework in the shape of its file, or one of its earlier versions. Raises NotFound."""
        return FrameworkAnswer(framework=self.framework(caller, framework_id, version).to_dict())


def skill_of(framework: Framework, skill_id: str) -> Competency:
    """Returns a framework's skill. Raises NotFound."""
    for competency in framework.competencies:
        if competency.skill_id == skill_id:
            return competency
    raise NotFound(f"{framework.framework_id} has no skill {skill_id[:60]!r}", field="skill_id")


def definition(framework: Framework, competency: Competency) -> SkillDefinition:
    """Returns a skill's definition with its rules."""
    rules = framework.rules_of.get(competency.competency, ())
    return SkillDefinition(
        skill_id=competency.skill_id,
        competency=competency.competency,
        name=competency.name,
        description=competency.description,
        category=competency.category,
        core=competency.core,
        rubric=[RubricView(from_score=start, description=words) for start, words in competency.rubric],
        aliases=list(competency.aliases),
        rules=[RuleView.model_validate(rule_to_dict(rule)) for rule in rules],
        framework_id=framework.framework_id,
        framework_version=framework.version,
    )
