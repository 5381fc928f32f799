"""Begins a framework for a standard, so that people can learn by it, and says which there is."""

from __future__ import annotations

from shared.frameworks.domain.framework import Framework, framework_for
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller, require
from shared.kernel.errors import Conflict
from shared.taxonomy.standard_contract import FrameworkOfStandard
from shared.taxonomy.usecases.draft_framework import DraftFramework
from shared.taxonomy.usecases.publication import Publication
from shared.taxonomy.usecases.read_skills import EVERY_SKILL
from shared.taxonomy.usecases.standards_in_sight import StandardsInSight


class BeginFramework:
    """Begins for whoever may change skills: never in place of a framework that is in force."""

    def __init__(
        self,
        drafting: DraftFramework,
        publication: Publication,
        configuration: Configuration,
        sight: StandardsInSight,
    ) -> None:
        self._drafting = drafting
        self._publication = publication
        self._configuration = configuration
        self._sight = sight

    def of_standard(self, caller: Caller, key: str) -> FrameworkOfStandard | None:
        """Returns the framework for a standard, in whichever version; None while nobody has begun one. Raises
        Forbidden, NotFound."""
        self._sight.open(caller, key)
        found = framework_for(key, self._configuration.frameworks())
        return None if found is None else _told(found)

    def begin(self, caller: Caller, key: str) -> FrameworkOfStandard:
        """Publishes the draft of a standard's framework as its first version; again, returns the one that there is.

        It has the standard's statements and no rules: nothing can be validated before people write some.
        Raises Forbidden, NotFound, Conflict where its id is that of a framework for something else.
        """
        require(caller, "skills.write")
        framework = self._drafting.framework(caller, key, None)
        known = framework_for(key, self._configuration.frameworks())
        if known is not None:
            return _told(known)
        if any(one.framework_id == framework.framework_id for one in self._configuration.frameworks()):
            raise Conflict(
                f"{framework.framework_id} is the id of a framework for something else", field="framework_id"
            )
        self._publication.publish(None, framework, [EVERY_SKILL], f"begun for {key}", caller)
        return _told(framework)


def _told(framework: Framework) -> FrameworkOfStandard:
    return FrameworkOfStandard(
        framework_id=framework.framework_id,
        name=framework.name,
        standard=framework.standard or "",
        rules=len(framework.rules),
        stages=list(framework.required_by_stage),
    )
