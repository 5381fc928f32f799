"""Shows what somebody is to do, and what each thing would do to their rating, for a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from shared.enablement.domain.content import ContentItem, items_of
from shared.enablement.records import Assignment, AssignmentRecords
from shared.enablement.usecases.views import assignment_view
from shared.frameworks.domain.framework import Framework, Scenario
from shared.kernel.access import Caller
from shared.kernel.context import Context
from shared.kernel.pages import Page, Position
from shared.people.records import Employee
from shared.people.usecases.open_profile import OpenProfile
from shared.ratings.domain.what_if import WouldBe, passed
from shared.ratings.usecases.project_person import ProjectPerson
from shared.ratings.usecases.show_profile import OpenedProfile

if TYPE_CHECKING:
    from shared.enablement.contract import AssignmentView

MOST_WORKED_OUT: Final = 12
"""Activities of which it is worked out what they would do: each costs a rating of its own."""
LATEST_DUE: Final = 20
"""Assignments among which a profile looks for open ones."""

Passed = Callable[[str, Context, Scenario | None], WouldBe]
"""Works out what a scenario, or a conversation for want of one, would make of a skill."""


class Effect(NamedTuple):
    """Says what an activity would do to the skill that it was chosen for, else to the one that it is about most.

    competency: its name; practised: it is scored itself; else the meeting after it is
    """

    competency: str
    context: Context
    practised: bool
    then: WouldBe


@dataclass(frozen=True, slots=True)
class OpenedPreparation:
    """Holds what somebody is to do. effects: by content id, of what is not done yet

    scores_open_at: when the last of the calls opens that count for no effect; None: none is, or nothing is worked out
    """

    employee: Employee
    assignments: Page[AssignmentView]
    effects: dict[str, Effect]
    scores_open_at: datetime | None = None


class OpenPreparation:
    """Opens what people are to do."""

    def __init__(
        self,
        assignments: AssignmentRecords,
        opening: OpenProfile,
        projecting: ProjectPerson,
        content: Sequence[ContentItem],
    ) -> None:
        self._assignments = assignments
        self._opening = opening
        self._projecting = projecting
        self._content = content

    def open(self, caller: Caller, employee_id: str, *, limit: int, after: Position | None = None) -> OpenedPreparation:
        """Returns a person's assignments for who may see their profile, the latest due first.

        Raises NotFound, Forbidden.
        """
        employee = self._opening.open(caller, employee_id, page="assignments")
        page = self._assignments.page(employee.employee_id, limit=limit, after=after)
        effects: dict[str, Effect] = {}
        until: datetime | None = None
        if any(one.state == "open" for one in page.items):
            seen = self._projecting.seen_by(caller, employee.employee_id)
            projection, until = seen.projection, seen.scores_open_at
            effects = self._effects(page.items, projection.framework, lambda *asked: passed(projection, *asked))
        return OpenedPreparation(employee, page.each(assignment_view), effects, until if effects else None)

    def beside(self, opened: OpenedProfile) -> OpenedPreparation:
        """Returns what is open of a profile that somebody has opened, the next due first, by the ratings it shows."""
        still = _due(self._assignments.page(opened.employee.employee_id, limit=LATEST_DUE).items)
        effects = self._effects(still, opened.framework, opened.passed)
        return OpenedPreparation(opened.employee, Page(tuple(still), None).each(assignment_view), effects)

    def _effects(self, assignments: Iterable[Assignment], framework: Framework, would: Passed) -> dict[str, Effect]:
        chosen: dict[str, str | None] = {}
        for one in _due(assignments):
            for do in one.activities:
                if do.done_at is None:
                    chosen.setdefault(do.content_id, do.competency or one.competency)
        known = {one.content_id: one for one in items_of(framework, self._content)}
        scenarios = {one.scenario_id: one for one in framework.scenarios}
        effects = {}
        for content_id, meant in list(chosen.items())[:MOST_WORKED_OUT]:
            item = known.get(content_id)
            about = [name for name in item.competencies if name in framework.by_competency] if item else []
            if item is None or not about:
                continue  # of a list or a framework of before
            scenario = scenarios.get(content_id) if item.practice else None
            competency = meant if meant in about else about[0]
            then = would(competency, item.context, scenario)
            named = framework.by_competency[competency].name
            effects[content_id] = Effect(named, item.context, scenario is not None, then)
        return effects


def _due(assignments: Iterable[Assignment]) -> list[Assignment]:
    """Returns what is open, the next due first."""
    still = [one for one in assignments if one.state == "open"]
    return sorted(still, key=lambda one: (one.due_at, one.assignment_id))
