"""Has the calls of a period analysed again, and shows how far that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from functions.portal.shell import figures, words
from functions.portal.shell.forms import period
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.call_pipeline import call_pipeline
from infra.wiring.environment import Environment
from shared.call_pipeline.contract import Reanalysis


@dataclass(frozen=True)
class Period:
    """The form for a period, and how far a run is. run: None for the form"""

    run: Reanalysis | None = None
    entered: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def new_period(on: Environment, visit: Visit) -> PageOrRedirect:
    return present(Period())


def start_period(on: Environment, visit: Visit) -> PageOrRedirect:
    """Starts a run over the calls of the days entered, both included."""
    errors: dict[str, str] = {}
    since, until = period(visit.form, errors, required=True)
    if errors or since is None or until is None:
        return present(Period(None, visit.form, errors))
    source = visit.form.get("source", "") or None
    run = call_pipeline(on).reanalyse_period.start(since, until, source, visit.caller)
    return Redirect(f"/calls/analyses/{quote(run.run_id)}")


def show_period(on: Environment, visit: Visit, run_id: str) -> PageOrRedirect:
    return present(Period(call_pipeline(on).reanalyse_period.progress(run_id, visit.caller)))


def present(view: Period) -> Page:
    run = view.run
    share = 0.0 if run is None or not run.total else run.done / run.total
    variables = {"view": view, "at": figures.at(100 * share), "share": words.percent(share)}
    return Page("call_analyses/call_analyses.html", variables, "calls", status=422 if view.errors else 200)
