"""Shows which ids a person has and had, gives another one, makes one person of two records, gives up a former id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from functions.portal.shell.forms import sentence
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.identities import identities
from infra.wiring.people import people
from shared.identities.contract import MoveRun
from shared.kernel.errors import Rejected
from shared.kernel.unicode_form import folded

STATE = {"running": "Running", "waiting": "Waiting for the second look", "finished": "Finished"}
_FIELDS = {"new_id": "to", "into": "to", "reason": "reason"}


@dataclass(frozen=True)
class Identity:
    """former: the ids that the person had; runs: how far each change is, the newest first"""

    employee_id: str
    name: str
    former: tuple[str, ...]
    runs: tuple[MoveRun, ...]
    entered: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def show_identity(
    on: Environment, visit: Visit, employee_id: str, errors: Mapping[str, str] | None = None
) -> PageOrRedirect:
    moves = identities(on).moves
    former = tuple(one.former_id for one in moves.former_ids(visit.caller, employee_id).former_ids)
    employee = people(on).profile_access.open(visit.caller, employee_id, page="ids")
    runs = tuple(moves.of(visit.caller, employee_id))
    return present(Identity(employee_id, employee.name, former, runs, visit.form, errors or {}))


def move(on: Environment, visit: Visit, employee_id: str) -> PageOrRedirect:
    to, reason = folded(visit.form.get("to", "")), visit.form.get("reason", "").strip()
    errors = {
        **({} if to else {"to": "Write the other id."}),
        **({} if folded(visit.form.get("repeated", "")) == to else {"repeated": "Write the other id once more."}),
        **({} if 0 < len(reason) <= 300 else {"reason": "Write why, in at most 300 characters."}),
    }
    if errors:
        return show_identity(on, visit, employee_id, errors)
    start = identities(on).start_move
    act = start.merge if "merge" in visit.form else start.rename
    try:
        run = act(visit.caller, employee_id, to, reason)
    except Rejected as problem:
        return show_identity(
            on, visit, employee_id, {_FIELDS.get(problem.field or "", "to"): sentence(problem.detail, problem.field)}
        )
    return Redirect(f"/people/{run.employee_id}/identity?done=given")


def release(on: Environment, visit: Visit, employee_id: str) -> PageOrRedirect:
    former, reason = folded(visit.form.get("former", "")), visit.form.get("why", "").strip()
    errors = {
        **({} if former else {"former": "Choose the id to give up."}),
        **({} if 0 < len(reason) <= 300 else {"why": "Write why, in at most 300 characters."}),
    }
    if errors:
        return show_identity(on, visit, employee_id, errors)
    try:
        left = identities(on).release_id.release(visit.caller, employee_id, former, reason)
    except Rejected as problem:
        return show_identity(on, visit, employee_id, {"former": sentence(problem.detail, problem.field)})
    return Redirect(f"/people/{left.employee_id}/identity?done=released")


def present(view: Identity) -> Page:
    variables = {"view": view, "STATE": STATE}
    return Page("identity/identity.html", variables, "people", status=422 if view.errors else 200)
