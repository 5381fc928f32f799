"""Shows erasures, and starts one; whom a finished one was about is known to nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from functions.portal.shell import words
from functions.portal.shell.forms import sentence
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.privacy import privacy
from shared.kernel.errors import Rejected
from shared.privacy.contract import ErasureLine

STORE = {
    "documents": "Live state",
    "integrations": "Calls",
    "dead_letters": "Dead letters",
    "warehouse": "Dashboards",
}
STATE = {"running": "Running", "waiting": "Waiting for the second look", "finished": "Finished"}


@dataclass(frozen=True)
class Erasure:
    """lines: (store, part, what happened)"""

    run_id: str
    state: str
    requested_by: str
    requested_at: datetime
    second_look_at: datetime | None
    finished_at: datetime | None
    lines: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Erasures:
    items: tuple[Erasure, ...]
    entered: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def list_erasures(on: Environment, visit: Visit, errors: Mapping[str, str] | None = None) -> PageOrRedirect:
    runs = privacy(on).erasures.latest(visit.caller)
    names = privacy(on).erasures.names(runs)
    items = tuple(
        Erasure(
            run.run_id,
            run.state,
            names[run.requested_by],
            run.requested_at,
            run.second_look_at,
            run.finished_at,
            tuple((line.store, line.part, _happened(line)) for line in run.report),
        )
        for run in runs
    )
    return present(Erasures(items, visit.form, errors or {}))


def start_erasure(on: Environment, visit: Visit) -> PageOrRedirect:
    employee_id = visit.form.get("employee_id", "").strip().lower()
    if not employee_id:
        return list_erasures(on, visit, {"employee_id": "Write the person’s e-mail address."})
    repeated = visit.form.get("repeated", "")
    try:
        privacy(on).start_erasure.start(visit.caller, employee_id, repeated)
    except Rejected as problem:
        wrong = repeated.strip().lower() != employee_id
        if wrong:
            return list_erasures(on, visit, {"repeated": "Write the same address once more: it cannot be undone."})
        return list_erasures(on, visit, {"employee_id": sentence(problem.detail, problem.field)})
    return Redirect("/erasures?done=erasing")


def present(view: Erasures) -> Page:
    variables = {"view": view, "STATE": STATE, "STORE": STORE, "part": part}
    return Page("erasures/erasures.html", variables, "erasures", status=422 if view.errors else 200)


def part(name: str) -> str:
    """Names a part of a store: `individuals.field_timeline, look 1` → `Field timeline (individuals), first look`."""
    table, _, look = name.partition(", look ")
    dataset, _, short = table.rpartition(".")
    said = words.plain(short) + (f" ({words.plain(dataset).lower()})" if dataset else "")
    return f"{said}, {'first' if look == '1' else 'second'} look" if look else said


def _happened(line: ErasureLine) -> str:
    counts = (("removed", line.removed), ("anonymised", line.anonymised))
    parts = [f"{number:,} {name}" for name, number in counts if number]
    if line.rows:
        parts.append(f"{words.count(line.rows, 'row')} erased")
    return ", ".join(parts)
