"""Changes one skill of a framework: a new one, another definition or other rules, one more word for it."""

from __future__ import annotations

from shared.frameworks.contract import MOST_ALIASES
from shared.kernel.access import Caller, require
from shared.kernel.errors import Conflict, Rejected
from shared.kernel.preconditions import Expect
from shared.taxonomy.contract import SkillBody, SkillChange, SkillDefinition
from shared.taxonomy.usecases.changed_framework import with_change, with_skill
from shared.taxonomy.usecases.publication import Publication, require_version
from shared.taxonomy.usecases.read_skills import definition, skill_of


class ChangeSkills:
    """Publishes frameworks in which one skill is another."""

    def __init__(self, publication: Publication) -> None:
        self._publication = publication

    def create(self, body: SkillBody, caller: Caller) -> SkillDefinition:
        """Publishes a framework with one more skill. Raises NotFound, Conflict, Rejected."""
        require(caller, "skills.write")
        framework = self._publication.in_force(body.framework_id)
        changed, competency = with_skill(framework, body)
        self._publication.publish(framework, changed, [competency.skill_id], f"created {competency.name}", caller)
        return definition(changed, competency)

    def change(
        self, framework_id: str, skill_id: str, body: SkillChange, caller: Caller, expect: Expect | None = None
    ) -> SkillDefinition:
        """Publishes a framework with a changed skill; the same definition again publishes nothing.

        Raises NotFound, Conflict, Outdated, Rejected.
        """
        require(caller, "skills.write")
        framework = self._publication.in_force(framework_id)
        competency = skill_of(framework, skill_id)
        if expect is not None:
            expect(definition(framework, competency))
        _require_same(body, framework_id=framework_id, skill_id=skill_id, competency=competency.competency)
        require_version(framework, body.if_version)
        changed = with_change(framework, competency, body)
        after, name = skill_of(changed, skill_id), competency.competency
        if after == competency and changed.rules_of.get(name) == framework.rules_of.get(name):
            return definition(framework, competency)
        self._publication.publish(framework, changed, [skill_id], f"changed {after.name}", caller)
        return definition(changed, after)

    def add_alias(self, framework_id: str, competency_name: str, word: str, caller: Caller) -> None:
        """Publishes a framework in which a word that integrations send means a known competency."""
        require(caller, "skills.write")
        framework = self._publication.in_force(framework_id)
        competency = framework.by_competency.get(competency_name)
        if competency is None:
            raise Rejected(f"competency: {competency_name[:60]!r} is not known", field="competency")
        if len(competency.aliases) >= MOST_ALIASES:
            raise Conflict(f"{competency.name} has {MOST_ALIASES} aliases already; remove one first")
        changed = with_change(framework, competency, SkillChange(aliases=[*competency.aliases, word]))
        summary = f"reads {word[:60]!r} as {competency.name}"
        self._publication.publish(framework, changed, [competency.skill_id], summary, caller)


def _require_same(body: SkillChange, **known: str) -> None:
    """Raises Rejected for a definition of another skill: what names it may be repeated, and not changed."""
    for field, value in known.items():
        given = getattr(body, field)
        if given not in (None, value):
            raise Rejected(f"{field}: {given[:60]!r} is another skill's than {value!r}", field=field)
