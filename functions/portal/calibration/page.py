"""Shows administrators how noisy scores are and how far scorers lean, as the nightly calibration has learnt it."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from functions.portal.shell import words
from functions.portal.shell.visit import Page, PageOrRedirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.ratings import ratings
from shared.kernel.rounding import whole
from shared.platform.edges.query import whole_number
from shared.ratings.domain.weights import Z_EIGHTY

if TYPE_CHECKING:
    from shared.ratings.contract import CalibrationAnswer, CompetencyCalibration, NoiseView, ScorerCalibration

QUARTER = 90
"""Days in which a drift is told: nobody thinks in square roots of a day."""


@dataclass(frozen=True)
class Figures:
    """Shows how scores lie around levels. call, wander, practice: points to either side for eight in ten"""

    call: str
    sigma: str
    alike: str
    wander: str
    drift: str
    people: str
    practice: str
    practice_sigma: str
    transfer: str


@dataclass(frozen=True)
class CompetencyRow:
    """Shows one competency's figures, and what they rest on."""

    name: str
    learnt: bool
    basis: str
    figures: Figures


@dataclass(frozen=True)
class ScorerRow:
    """Shows how far one scorer leans."""

    scorer: str
    learnt: bool
    lean: str
    figures: str
    basis: str


def show_calibration(on: Environment, visit: Visit) -> PageOrRedirect:
    return present(ratings(on).calibration.show(visit.caller, whole_number(visit, "version", 1, 1_000_000_000)))


def present(found: CalibrationAnswer) -> Page:
    from shared.ratings.domain.skills_together import LEAST_PEOPLE  # its arithmetic is loaded where it is shown

    variables = {
        "version": found.version,
        "in_force": found.in_force,
        "published_at": found.published_at,
        "competencies": [_competency(one, found.published_at is not None) for one in found.competencies],
        "default": _figures(found.default),
        "together": f"{found.skills_correlation:.2f} ± {found.skills_correlation_error:.2f}",
        "together_basis": _learnt(words.count(found.skills_correlation_people, "person", "people"), None)
        if found.skills_correlation_people
        else f"Default until {LEAST_PEOPLE} people are known in two competencies",
        "learnt": sum(one.learnt for one in found.competencies),
        "scorers": [_scorer(one) for one in found.scorers],
        "versions": found.versions,
        "quarter": QUARTER,
    }
    return Page("calibration/calibration.html", variables, "calibration")


def _competency(one: CompetencyCalibration, published: bool) -> CompetencyRow:
    """Presents a row. published: False before the first night, when it is not known yet whether there are enough"""
    basis = "Default: too few scores so far" if published else "Default: not learnt yet"
    if one.learnt:
        basis = _learnt(words.count(one.observations, "score"), one.since_version)
    return CompetencyRow(one.name, one.learnt, basis, _figures(one))


def _figures(one: NoiseView) -> Figures:
    return Figures(
        call=f"±{Z_EIGHTY * one.sigma:.0f}",
        sigma=f"σ {one.sigma:.1f}",
        alike=f"{one.rho:.2f}",
        wander=f"±{Z_EIGHTY * one.drift * sqrt(QUARTER):.0f}",
        drift=f"{one.drift:.2f} per √day",
        people=f"{one.population_mean:.0f} ± {one.population_spread:.0f}",
        practice=f"±{Z_EIGHTY * one.practice_sigma:.0f}",
        practice_sigma=f"σ {one.practice_sigma:.1f}",
        transfer=f"±{one.transfer:.0f}",
    )


def _scorer(one: ScorerCalibration) -> ScorerRow:
    name = ", ".join(part for part in (words.scorer(one.scorer), words.version(one.scorer)) if part)
    if not one.learnt:
        return ScorerRow(
            name, False, "Not learnt", f"0 ± {one.error:.1f}", "Nobody has scored a conversation blind beside it"
        )
    lean = whole(one.bias)
    said = "Neither high nor low" if not lean else f"Scores {words.count(abs(lean), 'point')} {_side(lean)}"
    basis = _learnt(words.count(one.pairs, "conversation"), one.since_version)
    return ScorerRow(name, True, said, f"{words.signed(one.bias) if lean else 0} ± {one.error:.1f}", basis)


def _side(lean: int) -> str:
    return "high" if lean > 0 else "low"


def _learnt(number: str, since: int | None) -> str:
    return f"Learnt from {number}" + ("" if since is None else f", since version {since}")
