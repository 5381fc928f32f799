"""Shows how a competency sounds, without anybody's name; each reading leaves an audit record."""

from __future__ import annotations

from dataclasses import dataclass

from functions.portal.shell.visit import Page, PageOrRedirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.privacy import privacy
from infra.wiring.taxonomy import taxonomy
from shared.privacy.contract import TranscriptSamples

BAND = {"high": "80 and more", "medium": "60 to under 80", "low": "Under 60"}


@dataclass(frozen=True)
class Samples:
    """competencies: (word, name) to choose from; found: None for the form alone."""

    competencies: tuple[tuple[str, str], ...]
    competency: str = ""
    band: str = "high"
    found: TranscriptSamples | None = None


def show_samples(on: Environment, visit: Visit) -> PageOrRedirect:
    framework = taxonomy(on).skills.framework(visit.caller, visit.framework_id)
    competencies = tuple((one.competency, one.name) for one in framework.competencies)
    competency, band = visit.query.get("competency", ""), visit.query.get("band", "") or "high"
    found = None
    if competency:
        found = privacy(on).samples.of(visit.caller, competency, band, framework_id=framework.framework_id)
    return present(Samples(competencies, competency, band, found))


def present(view: Samples) -> Page:
    name = dict(view.competencies).get(view.competency, "")
    return Page("samples/samples.html", {"view": view, "BAND": BAND, "name": name}, "samples")
