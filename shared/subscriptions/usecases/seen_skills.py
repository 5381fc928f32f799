"""Says of changed skills what somebody sees of them to whom some of the person's calls are not open yet."""

from __future__ import annotations

from dataclasses import replace

from shared.kernel.access import Caller
from shared.ratings.domain import readiness
from shared.ratings.domain.explanation import points
from shared.ratings.domain.skill_rating import says_something
from shared.ratings.usecases.project_person import ProjectPerson
from shared.ratings.usecases.skill_facts import skill_state
from shared.subscriptions.contract import SkillChangedData
from shared.subscriptions.usecases.facts import ToldFact, changed_skill


class SeenSkills:
    """Rates without what is closed."""

    def __init__(self, projecting: ProjectPerson) -> None:
        self._projecting = projecting

    def meanwhile(self, caller: Caller, fact: ToldFact) -> ToldFact | None:
        """Returns a fact of changed skills as the caller sees these now; None where they see none of them."""
        if not isinstance(fact.data, SkillChangedData):
            return None
        projection = self._projecting.seen_by(caller, fact.employee_id).projection
        rows = projection.rows()
        told = [(skill.competency, skill.context) for skill in fact.data.skills]
        states = [
            state
            for state in map(skill_state, filter(says_something, rows))
            if (state.competency, state.context) in told
        ]
        if not states:
            return None
        overall = points(readiness.overall(rows, projection.framework))
        skills = [changed_skill(state) for state in states]
        seen = {"overall_readiness": overall, "skills": skills, "skills_changed": len(skills)}
        return replace(fact, key=f"{fact.key} meanwhile", data=fact.data.model_copy(update=seen))
