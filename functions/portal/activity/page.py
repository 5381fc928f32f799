"""Shows what happened lately, and where everybody stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from functions.portal.shell import figures, words
from functions.portal.shell.paging import following
from functions.portal.shell.visit import Page, PageOrRedirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.operations import operations
from infra.wiring.ratings import ratings
from shared.frameworks.domain.framework import Framework
from shared.observations.domain.observation import KINDS
from shared.platform.edges.query import one_of, place_of

if TYPE_CHECKING:
    from shared.operations.usecases.activity import Happening


@dataclass(frozen=True)
class Breakdown:
    """How many skills (one per person and core competency) stand where."""

    validated: int
    in_progress: int
    expired: int
    stale: int
    gap: int


@dataclass(frozen=True)
class Activity:
    """names: what people call the competencies, by the words of the scores"""

    scope: str
    now: datetime
    breakdown: Breakdown
    items: tuple[Happening, ...] = ()
    names: Mapping[str, str] | None = None
    kind: str = "validation"
    more: str | None = None


def show_activity(on: Environment, visit: Visit) -> PageOrRedirect:
    kind = one_of(visit, "kind", KINDS) or "validation"
    team = ratings(on).readiness.team(visit.caller, visit.framework_id)
    core = [item for item in team.coverage() if item.core]
    found = operations(on).activity.latest(visit.caller, kind, after=place_of(visit))
    view = Activity(
        visit.scope,
        visit.now,
        Breakdown(
            sum(item.validated for item in core),
            sum(item.in_progress for item in core),
            sum(item.expired for item in core),
            sum(item.stale for item in core),
            sum(item.not_started for item in core),
        ),
        found.items,
        {word: _name(team.framework, word) for item in found.items for word, _ in item.scores},
        kind,
        following("/activity", found.next, {"kind": kind}),
    )
    return present(view)


def present(view: Activity) -> Page:
    parts = (
        ("validated", view.breakdown.validated),
        ("in_progress", view.breakdown.in_progress),
        ("expired", view.breakdown.expired),
        ("stale", view.breakdown.stale),
        ("gap", view.breakdown.gap),
    )
    total = sum(number for _, number in parts)
    variables = {
        "view": view,
        "segments": figures.stacked(parts),
        "parts": parts,
        "total": total,
        "described": ", ".join(f"{number} {words.STATUS[name].lower()}" for name, number in parts),
    }
    return Page("activity/activity.html", variables, "activity")


def _name(framework: Framework, word: str) -> str:
    known = framework.competency_named(word)
    return framework.by_competency[known].name if known else words.plain(word)
