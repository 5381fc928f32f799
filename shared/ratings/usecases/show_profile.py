"""Shows one person's profile to who may see it, and leaves it on record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from shared.frameworks.domain.framework import Framework, Scenario
from shared.frameworks.domain.parameters import Parameters
from shared.kernel.access import Caller, is_own
from shared.kernel.context import Context, encode_skill
from shared.people.records import Employee, EmployeeRecords
from shared.people.usecases.open_profile import OpenProfile
from shared.ratings.contract import ProfileAnswer
from shared.ratings.domain import gaps
from shared.ratings.domain.projection import Projection
from shared.ratings.domain.readiness import core_count
from shared.ratings.domain.what_if import WouldBe, passed, would_be
from shared.ratings.usecases.asked_context import context_from_text
from shared.ratings.usecases.known_at import KnownAt
from shared.ratings.usecases.profile_answer import day_from_text, gaps_of, profile_answer
from shared.ratings.usecases.project_person import ProjectPerson
from shared.ratings.usecases.wanted_skills import EVERYTHING, Place, Wanted


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A gap, and what would close it. reason: what was seen, and what is next, in words"""

    gap: gaps.Gap
    reason: str


@dataclass(frozen=True, slots=True)
class OpenedProfile:
    """A profile with what only a page of it shows.

    manager: their name; validated: how many core competencies, on evidence that is not stale
    lessons: learning activities in the window, by competency; own: the caller's
    recommendations: for a week; further: how many gaps there are besides, by kind
    would_be: works out what closing a gap would do
    passed: likewise of a skill a scenario, or a conversation for want of one; either costs a rating of its own
    """

    employee: Employee
    manager: str | None
    framework: Framework
    parameters: Parameters
    answer: ProfileAnswer
    validated: int
    lessons: dict[str, int]
    recommendations: tuple[Recommendation, ...]
    further: dict[gaps.Cause, int]
    own: bool
    would_be: Callable[[gaps.Gap], WouldBe]
    passed: Callable[[str, Context, Scenario | None], WouldBe]


class ShowProfile:
    """Opens profiles."""

    def __init__(
        self, opening: OpenProfile, employees: EmployeeRecords, projecting: ProjectPerson, known_at: KnownAt
    ) -> None:
        self._opening = opening
        self._employees = employees
        self._projecting = projecting
        self._known_at = known_at

    def answer(
        self, caller: Caller, employee_id: str, wanted: Wanted = EVERYTHING
    ) -> tuple[ProfileAnswer, Place | None]:
        """Returns a profile with what is wanted of it, and where its rows go on.

        Raises NotFound, Forbidden, Rejected.
        """
        self._opening.open(caller, employee_id, page="profile")
        extra = None if wanted.context is None else context_from_text(wanted.context)
        day = None if wanted.as_of is None else day_from_text(wanted.as_of)
        return profile_answer(self._by(wanted.known_at).seen_by(caller, employee_id, as_of=day, extra=extra), wanted)

    def _by(self, known_at: str | None) -> ProjectPerson:
        return self._projecting if known_at is None else self._known_at.projecting(known_at)

    def open(
        self,
        caller: Caller,
        employee_id: str,
        *,
        page: str,
        named: Callable[[str], str],
        known_at: str | None = None,
    ) -> OpenedProfile:
        """Returns a profile as of today for one of its pages, or as it was shown at a moment or at the end of a day.

        named: from a scorer's id to how the page calls it.

        Raises NotFound, Forbidden, Rejected.
        """
        employee = self._opening.open(caller, employee_id, page=page)
        person = self._by(known_at).seen_by(caller, employee_id)
        projection = person.projection
        rows = projection.rows()
        found = gaps_of(person)
        week = gaps.for_a_week(found)
        further = Counter(gap.cause for gap in found[week:])
        manager = employee.manager_id
        return OpenedProfile(
            employee=employee,
            manager=self._employees.names([manager])[manager] if manager else None,
            framework=projection.framework,
            parameters=projection.parameters,
            answer=profile_answer(person, Wanted(), named)[0],
            validated=core_count(rows, projection.framework),
            lessons={row.competency: row.learning for row in rows if row.context == ""},
            recommendations=tuple(recommended(gap, projection) for gap in found[:week]),
            further=dict(further),
            own=is_own(caller, employee_id),
            would_be=partial(would_be, projection),
            passed=partial(passed, projection),
        )


def recommended(gap: gaps.Gap, projection: Projection) -> Recommendation:
    """Returns what to do about a gap: what the rule still misses, of a skill that is not validated."""
    skill = encode_skill(gap.context)
    validated = projection.row(gap.competency, skill).status == "validated"
    progress = None if validated else projection.progress(gap.competency, skill)
    kind = gap.scenario.activity_type if gap.scenario else "role_play"
    following = gaps.reason(progress, gap.context, kind) if progress else gap.recommendation
    return Recommendation(gap, f"{gap.reason}. {following}.")
