"""Shows a mentor the learners whom the coach has handed over, and takes their answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from secrets import token_urlsafe
from typing import TYPE_CHECKING, cast

from functions.portal.hand_overs.words import OUTCOMES, WHY
from functions.portal.shell.forms import refusals
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.coaching import coaching
from infra.wiring.environment import Environment
from infra.wiring.evidence import evidence
from shared.kernel.errors import Rejected

if TYPE_CHECKING:
    from shared.coaching.domain.hand_over import Outcome
    from shared.coaching.usecases.hand_over import Shown

SHOWN = 25


@dataclass(frozen=True)
class HandOversView:
    """Holds the page. key: makes one sending of a form the same as its repetition; at: whose form has errors

    seen: the learners whose files the viewer may see
    """

    items: Sequence[Shown]
    key: str
    at: str = ""
    entered: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    seen: Set[str] = frozenset()


def list_hand_overs(on: Environment, visit: Visit, hand_over_id: str = "") -> PageOrRedirect:
    return present(_view(on, visit))


def _view(on: Environment, visit: Visit) -> HandOversView:
    items = coaching(on).hand_overs.of_mentor(visit.caller, SHOWN)
    sent = {one.hand_over.employee_id for one in items if any(line.evidence_id for line in one.hand_over.lines)}
    seen = {one for one in sent if evidence(on).access.may_see(visit.caller, one)}
    return HandOversView(items, token_urlsafe(12), seen=seen)


def answer(on: Environment, visit: Visit, hand_over_id: str) -> PageOrRedirect:
    """Writes to the learner."""
    here, text = coaching(on).hand_overs, visit.form.get("text", "")
    try:
        here.reply(visit.caller, hand_over_id, text, once=visit.form.get("key", "")[:40])
    except Rejected as problem:
        if problem.status in (403, 404):
            raise
        return _again(on, visit, hand_over_id, problem)
    return Redirect("/hand-overs?done=answered")


def close(on: Environment, visit: Visit, hand_over_id: str) -> PageOrRedirect:
    """Gives the learner back to the coach, and says what came of it."""
    try:
        outcome = cast("Outcome", visit.form.get("outcome", ""))
        coaching(on).hand_overs.close(visit.caller, hand_over_id, outcome)
    except Rejected as problem:
        if problem.status in (403, 404):
            raise
        return _again(on, visit, hand_over_id, problem)
    return Redirect("/hand-overs?done=closed")


def _again(on: Environment, visit: Visit, hand_over_id: str, problem: Rejected) -> Page:
    errors = refusals(problem, ("text", "outcome"))
    if "outcome" in errors:
        errors["outcome"] = "Choose what came of it."
    return present(replace(_view(on, visit), at=hand_over_id, entered=visit.form, errors=errors))


def present(view: HandOversView) -> Page:
    rows = [
        (
            one,
            WHY.get(one.hand_over.reason, ("in_progress", "A person has to answer this")),
            [(value, OUTCOMES[value]) for value in one.outcomes],
            [line for line in one.hand_over.lines if line.text],
        )
        for one in view.items
    ]
    variables = {"view": view, "rows": rows}
    return Page("hand_overs/hand_overs.html", variables, "hand_overs", status=422 if view.errors else 200)
