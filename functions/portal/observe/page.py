"""Lets a mentor say on site what they saw a learner do: by the rubric's words, where and on what, with a photo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from functions.portal.observe.score_form import LOCAL, ScoreForm, beside, moment_of, scores_of, zone_of
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.evidence import evidence
from shared.evidence.usecases.score_sheets import ScoreSheet
from shared.evidence.usecases.take_evidence import Sending
from shared.kernel.errors import Forbidden, Rejected
from shared.kernel.json_values import JsonObject
from shared.kernel.reading import validated


@dataclass(frozen=True)
class Learners:
    """Names whom somebody may score, as (id, name)."""

    people: Sequence[tuple[str, str]]


def list_learners(on: Environment, visit: Visit) -> PageOrRedirect:
    """Shows the own learners; one tap leads to the form."""
    found = evidence(on).sheets.learners(visit.caller)
    return present_list(Learners([(one.employee_id, one.name) for one in found]))


def show_form(on: Environment, visit: Visit, employee_id: str) -> PageOrRedirect:
    """Shows the form of one learner."""
    return present(_form(on, visit, evidence(on).sheets.observation(visit.caller, employee_id), {}))


def record(on: Environment, visit: Visit, employee_id: str) -> PageOrRedirect:
    """Keeps the photo first, then records what was seen; what cannot be taken is said beside its field, and the photo
    is not lost with it."""
    from shared.evidence.contract import ObservationBody

    sheet = evidence(on).sheets.observation(visit.caller, employee_id)
    photo = visit.form.get("photo_id") or None
    try:
        photo = _photo(on, visit, sheet) or photo
        body = validated(ObservationBody, _said(visit, sheet, photo))
        evidence(on).recording.observe(visit.caller, body)
    except Rejected as problem:
        status = problem.status if isinstance(problem, Forbidden) else 422
        return present(_form(on, visit, sheet, beside(problem), photo), status=status)
    return Redirect(f"/people/{quote(sheet.learner.employee_id)}/evidence?done=observed")


def present_list(view: Learners) -> Page:
    return Page("observe/learners.html", {"view": view}, "observe")


def present(view: ScoreForm, status: int = 200) -> Page:
    return Page("observe/observe.html", {"view": view}, "observe", status=status)


def _said(visit: Visit, sheet: ScoreSheet, photo: str | None) -> JsonObject:
    form = visit.form
    context = {
        one.dimension: [form[f"context-{one.dimension}"]] for one in sheet.dimensions if _given(form, one.dimension)
    }
    return {
        "key": form.get("key", ""),
        "employee_id": sheet.learner.employee_id,
        "observed_at": moment_of(form, sheet),
        "competency_scores": scores_of(form, sheet.competencies),
        "supervision": form.get("supervision", ""),
        "context": context,
        "words": form.get("words", "").strip() or None,
        "photos": [photo] if photo else [],
    }


def _given(form: Mapping[str, str], dimension: str) -> bool:
    return bool(form.get(f"context-{dimension}"))


def _photo(on: Environment, visit: Visit, sheet: ScoreSheet) -> str | None:
    """Keeps the photo that came with the form; its id, None where none came."""
    sent = visit.files.get("photo")
    if sent is None:
        return None
    sending = Sending(
        key=f"{visit.form.get('key', '')}-photo-{len(sent.content)}",
        kind="photo",
        employee_id=sheet.learner.employee_id,
        captured_at=None,
        claimed_type=sent.media_type,
    )
    return evidence(on).taking.take(visit.caller, sending, sent.content).evidence_id


def _form(
    on: Environment, visit: Visit, sheet: ScoreSheet, errors: Mapping[str, str], photo: str | None = None
) -> ScoreForm:
    zone = zone_of(sheet)
    entered = {"observed_at": visit.now.astimezone(zone).strftime(LOCAL), **visit.form}
    address = f"/people/{quote(sheet.learner.employee_id)}/observation"
    key = visit.form.get("key") or on.ids.new()
    return ScoreForm(sheet, address, key, sheet.learner.zone or "UTC", entered, errors, photo)
