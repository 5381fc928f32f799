"""Shows managers their team: whom to talk to this week, which deals are at risk, and where everybody stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from functions.portal.preparation.assigning import Offer, give, offer
from functions.portal.shell import words
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.enablement import enablement
from infra.wiring.environment import Environment
from infra.wiring.ratings import ratings
from shared.platform.edges.query import whole_number

if TYPE_CHECKING:
    from shared.enablement.contract import DealAtRiskView
    from shared.ratings.team_contract import OneToOneView, TeamAnswer, TeamMemberView, TeamSkillView

TIER = {"high": "Ready", "medium": "Nearly ready", "low": "Not ready yet", None: "Not known yet"}
MOST_DEALS = 10
PER_PAGE = 12
MOST_BEFORE = 1_000
"""People before a page's first."""
ARROW = {"improving": "▲", "stable": "▬", "declining": "▼", "insufficient": ""}


@dataclass(frozen=True)
class Team:
    """Holds the answers of the page's two questions."""

    team: TeamAnswer
    deals: Sequence[DealAtRiskView]
    offer: Offer | None = None


def show_team(on: Environment, visit: Visit) -> PageOrRedirect:
    """Shows the viewer's direct reports, and what may be assigned to them."""
    return _page(on, visit, {})


def assign(on: Environment, visit: Visit) -> PageOrRedirect:
    """Assigns something to some of the team, or says what cannot be taken."""
    done = give(on, visit, "/team")
    return done if isinstance(done, Redirect) else replace(_page(on, visit, done), status=422)


def _page(on: Environment, visit: Visit, errors: Mapping[str, str]) -> Page:
    found = ratings(on).my_team.show(visit.caller, visit.framework_id)
    start = whole_number(visit, "from", 0, MOST_BEFORE) or 0
    shown = found.members[start : start + PER_PAGE]
    people = sorted(((one.employee_id, one.name) for one in shown), key=lambda one: one[1].casefold())
    form = offer(on, visit, visit.framework_id, people, errors)
    return present(Team(found, enablement(on).team_deals.at_risk(visit.caller).items, form), visit.now, start)


def present(view: Team, now: datetime, start: int = 0) -> Page:
    """Presents the page. start: how many people come before the first that is shown"""
    end = start + PER_PAGE
    variables = {
        "view": view,
        "talks": [(one, _went(one), _seen(one)) for one in view.team.one_to_ones],
        "talks_title": _title(len(view.team.one_to_ones)),
        "deals": [_deal(one, now) for one in view.deals[:MOST_DEALS]],
        "further": len(view.deals[MOST_DEALS:]),
        "members": [_member(one) for one in view.team.members[start:end]],
        "means": [(one, words.between(one.interval) if one.interval else "") for one in view.team.means],
        "some_mean": any(one.mean is not None for one in view.team.means),
        "first": start + 1,
        "more": "?" + urlencode({"from": end, "framework": view.team.framework_id})
        if end < len(view.team.members)
        else None,
        "hidden": view.team.people - len(view.team.members),
    }
    return Page("team/team.html", variables, "team")


def _deal(one: DealAtRiskView, now: datetime) -> tuple[DealAtRiskView, str, str]:
    return one, words.between((one.interval_low, one.interval_high)), words.meeting(one.meeting_at, now)


def _title(talks: int) -> str:
    number = {0: "Conversations", 1: "One conversation", 2: "Two conversations"}.get(talks, "Three conversations")
    return f"{number} to have this week"


def _went(talk: OneToOneView) -> str:
    """Returns from what to what a rating went: `71 → 64 (58–70)`."""
    now = words.points(talk.rating)
    where = f" ({words.between(talk.interval)})" if talk.interval else ""
    if talk.rating_then is None:
        return f"No rating on {words.day(talk.since)} → {now}{where}"
    then = f" ({words.between(talk.interval_then)})" if talk.interval_then else ""
    return f"{words.points(talk.rating_then)}{then} on {words.day(talk.since)} → {now}{where} now"


def _seen(talk: OneToOneView) -> str:
    parts = ((talk.field_observations, "conversation"), (talk.validation_events, "practice session"))
    return " and ".join(words.count(number, noun) for number, noun in parts if number) or "nothing seen lately"


@dataclass(frozen=True)
class Member:
    """One row of the table."""

    of: TeamMemberView
    tier: str
    readiness: str
    between: str
    needs: str
    cells: Sequence[tuple[TeamSkillView, str, str, str]]


def _member(one: TeamMemberView) -> Member:
    needs = [f"{number} {words.plain(kind).lower()}" for kind, number in one.gaps_by_kind.items() if number]
    return Member(
        of=one,
        tier=TIER[one.readiness_tier],
        readiness=words.points(one.overall_readiness),
        between=words.between(one.overall_readiness_interval) if one.overall_readiness_interval else "",
        needs=", ".join(needs) or "nothing",
        cells=[_cell(skill) for skill in one.skills],
    )


def _cell(skill: TeamSkillView) -> tuple[TeamSkillView, str, str, str]:
    between = words.between(skill.interval) if skill.interval else ""
    return skill, words.points(skill.rating), between, "" if skill.stale else ARROW[skill.trend]
