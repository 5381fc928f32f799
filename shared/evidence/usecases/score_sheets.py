"""Gives the sheet on which somebody scores a learner: what they may score, in the words of the framework's rubric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.evidence.domain.evidence_kind import Kind
from shared.evidence.usecases.learner_access import LearnerAccess
from shared.evidence.usecases.record_performance import is_for
from shared.frameworks.domain.framework import Competency, Dimension
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import Caller
from shared.people.records import Employee


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """Says what one learner can be scored on. framework: its name; synthetic: it is invented, and trains nobody"""

    learner: Employee
    framework: str
    synthetic: bool
    competencies: Sequence[Competency]
    dimensions: Sequence[Dimension]


class ScoreSheets:
    """Shows whom somebody may score, and on what."""

    def __init__(self, access: LearnerAccess, configuration: Configuration) -> None:
        self._access = access
        self._configuration = configuration

    def learners(self, caller: Caller) -> Sequence[Employee]:
        """Returns the learners whom a mentor accompanies, by name. Raises Forbidden."""
        return self._access.learners_of(caller)

    def apprentices(self, caller: Caller) -> Sequence[Employee]:
        """Returns the apprentices whom an employer employs, by name. Raises Forbidden."""
        return self._access.apprentices_of(caller)

    def observation(self, caller: Caller, employee_id: str) -> ScoreSheet:
        """Returns what a mentor may observe of the own learner. Raises Forbidden, NotFound."""
        return self._sheet(self._access.own_learner(caller, employee_id), "observation")

    def verification(self, caller: Caller, employee_id: str) -> ScoreSheet:
        """Returns what an employer may verify of the own apprentice. Raises Forbidden, NotFound."""
        return self._sheet(self._access.own_apprentice(caller, employee_id), "verification")

    def levels(self, learner: Employee) -> Mapping[tuple[str, int], str]:
        """Returns the words of a learner's rubrics, by competency and level."""
        framework = self._configuration.framework(learner.framework_id)
        return {(one.competency, start): said for one in framework.competencies for start, said in one.rubric}

    def _sheet(self, learner: Employee, kind: Kind) -> ScoreSheet:
        framework = self._configuration.framework(learner.framework_id)
        scored = [one for one in framework.competencies if one.rubric and is_for(kind, one)]
        return ScoreSheet(learner, framework.name, framework.synthetic, scored, framework.dimensions)
