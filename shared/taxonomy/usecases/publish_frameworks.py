"""Publishes whole frameworks, and what concerns all skills of one: its context dimensions."""

from __future__ import annotations

from dataclasses import replace

from shared.frameworks.contract import DimensionBody, FrameworkBody
from shared.frameworks.domain.framework import Dimension, Framework
from shared.frameworks.domain.phrases import PhraseGroup
from shared.frameworks.usecases.framework_file import framework_of
from shared.kernel.access import Caller, require
from shared.kernel.errors import Conflict, NotFound, Rejected
from shared.kernel.preconditions import Expect
from shared.taxonomy.contract import FrameworkAnswer
from shared.taxonomy.usecases.publication import Publication, require_version
from shared.taxonomy.usecases.read_skills import EVERY_SKILL


class PublishFrameworks:
    """Publishes frameworks, one version at a time."""

    def __init__(self, publication: Publication) -> None:
        self._publication = publication

    def install(self, framework: Framework, caller: Caller) -> bool:
        """Publishes a shipped framework if there is none of its id yet; False when there is."""
        if self._in_force(framework.framework_id) is not None:
            return False
        self._publication.publish(None, framework, [EVERY_SKILL], "installed", caller)
        return True

    def publish(
        self,
        framework_id: str,
        body: FrameworkBody,
        caller: Caller,
        *,
        if_version: int | None = None,
        expect: Expect | None = None,
    ) -> FrameworkAnswer:
        """Publishes a whole framework in place of the one in force, or as the first; the same again publishes nothing.

        A rule that stays as it was keeps its version. Raises Rejected when the framework contradicts itself, Conflict
        when another version than `if_version` (0: none yet) is in force, Outdated.
        """
        require(caller, "frameworks.write")
        if body.framework_id != framework_id:
            raise Rejected(
                f"framework_id: {body.framework_id!r} is another framework than the path's {framework_id!r}",
                field="framework_id",
            )
        before = self._in_force(framework_id)
        if expect is not None:
            expect(None if before is None else FrameworkAnswer(framework=before.to_dict()))
        version = before.version if before else 0
        if if_version is not None and if_version != version:
            raise Conflict(
                f"if_version: the framework was made on version {if_version}; in force is {version or 'none'}",
                field="if_version",
            )
        after = framework_of(body, version + 1)
        if before is not None:
            after = _with_known_rules(after, before)
            if replace(after, version=version) == before:
                return FrameworkAnswer(framework=before.to_dict())
        self._publication.publish(before, after, [EVERY_SKILL], "published as a whole", caller)
        return FrameworkAnswer(framework=after.to_dict())

    def set_dimension(
        self, framework_id: str, name: str, body: DimensionBody, caller: Caller, expect: Expect | None = None
    ) -> FrameworkAnswer:
        """Publishes a framework with a context dimension's values and words set. Raises NotFound, Conflict, Outdated,
        Rejected. expect: of the framework"""
        require(caller, "skills.write")
        framework = self._publication.in_force(framework_id)
        if expect is not None:
            expect(FrameworkAnswer(framework=framework.to_dict()))
        require_version(framework, body.if_version)
        if not 1 <= len(name) <= 60 or not name.replace("_", "").isalnum():
            raise Rejected("dimension: letters, digits and _ only, at most 60", field="dimension")
        dimension = _dimension(name, body, framework.by_dimension.get(name, Dimension(name)))
        others = tuple(one for one in framework.dimensions if one.dimension != name)
        position = next((i for i, one in enumerate(framework.dimensions) if one.dimension == name), len(others))
        dimensions = (*others[:position], dimension, *others[position:])
        changed = replace(framework, version=framework.version + 1, dimensions=dimensions)
        self._publication.publish(framework, changed, [EVERY_SKILL], f"set the dimension {name}", caller)
        return FrameworkAnswer(framework=changed.to_dict())

    def _in_force(self, framework_id: str) -> Framework | None:
        try:
            return self._publication.in_force(framework_id)
        except NotFound:
            return None


def _dimension(name: str, body: DimensionBody, known: Dimension) -> Dimension:
    """Returns the dimension as it is set. known: as it is, for what the body leaves as it is"""
    return Dimension(
        name,
        tuple(dict.fromkeys(body.values)),
        tuple(sorted((word.lower(), value) for word, value in body.aliases.items())),
        known.names_products if body.names_products is None else body.names_products,
        known.phrases if body.phrases is None else tuple(PhraseGroup(g.means, tuple(g.phrases)) for g in body.phrases),
    )


def _with_known_rules(after: Framework, before: Framework) -> Framework:
    """Returns the framework whose rules, where they stay as they were, have the version that they had."""
    known = {(rule.competency, rule.context): rule for rule in before.rules}
    rules = []
    for rule in after.rules:
        old = known.get((rule.competency, rule.context))
        rules.append(old if old is not None and replace(old, version=rule.version) == rule else rule)
    return replace(after, rules=tuple(rules))
