"""Lets an employer say how an apprentice behaves at work, by the rubric's words; nobody else may."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from functions.portal.observe.page import Learners
from functions.portal.observe.score_form import LOCAL, ScoreForm, beside, moment_of, scores_of, zone_of
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.evidence import evidence
from shared.evidence.usecases.score_sheets import ScoreSheet
from shared.kernel.errors import Forbidden, Rejected
from shared.kernel.reading import validated


def list_apprentices(on: Environment, visit: Visit) -> PageOrRedirect:
    """Shows the own apprentices; one tap leads to the form."""
    found = evidence(on).sheets.apprentices(visit.caller)
    return present_list(Learners([(one.employee_id, one.name) for one in found]))


def show_form(on: Environment, visit: Visit, employee_id: str) -> PageOrRedirect:
    """Shows the form of one apprentice."""
    return present(_form(on, visit, evidence(on).sheets.verification(visit.caller, employee_id), {}))


def record(on: Environment, visit: Visit, employee_id: str) -> PageOrRedirect:
    """Records what was verified, or says beside its field what cannot be taken."""
    from shared.evidence.contract import VerificationBody

    sheet = evidence(on).sheets.verification(visit.caller, employee_id)
    form = visit.form
    try:
        said = {
            "key": form.get("key", ""),
            "employee_id": sheet.learner.employee_id,
            "observed_at": moment_of(form, sheet),
            "competency_scores": scores_of(form, sheet.competencies),
            "words": form.get("words", "").strip() or None,
        }
        evidence(on).recording.verify(visit.caller, validated(VerificationBody, said))
    except Rejected as problem:
        status = problem.status if isinstance(problem, Forbidden) else 422
        return present(_form(on, visit, sheet, beside(problem)), status=status)
    return Redirect(f"/people/{quote(sheet.learner.employee_id)}/evidence?done=verified")


def present_list(view: Learners) -> Page:
    return Page("verify/apprentices.html", {"view": view}, "verify")


def present(view: ScoreForm, status: int = 200) -> Page:
    return Page("verify/verify.html", {"view": view}, "verify", status=status)


def _form(on: Environment, visit: Visit, sheet: ScoreSheet, errors: Mapping[str, str]) -> ScoreForm:
    zone = zone_of(sheet)
    entered = {"observed_at": visit.now.astimezone(zone).strftime(LOCAL), **visit.form}
    address = f"/people/{quote(sheet.learner.employee_id)}/verification"
    key = visit.form.get("key") or on.ids.new()
    return ScoreForm(sheet, address, key, sheet.learner.zone or "UTC", entered, errors)
