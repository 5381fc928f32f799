"""Reads the form on which somebody scores a learner by the rubric; the key in it makes what is sent twice one thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from shared.evidence.usecases.score_sheets import ScoreSheet
from shared.frameworks.domain.framework import Competency
from shared.kernel.errors import Rejected
from shared.kernel.json_values import JsonObject

LOCAL = "%Y-%m-%dT%H:%M"
"""As a browser sends a moment of the clock on the wall."""


@dataclass(frozen=True)
class ScoreForm:
    """One form. key: by which it is known when it comes twice; entered: as it came; zone: of its moments, by name

    photo: the id of one that has been kept already, though the rest could not be taken
    """

    sheet: ScoreSheet
    address: str
    key: str
    zone: str
    entered: Mapping[str, str]
    errors: Mapping[str, str]
    photo: str | None = None

    @property
    def open(self) -> frozenset[str]:
        """Returns the competencies on which something was entered."""
        return frozenset(
            one.competency for one in self.sheet.competencies if self.entered.get(f"level-{one.competency}")
        )


def zone_of(sheet: ScoreSheet) -> tzinfo:
    """Returns the zone in which the clock on the learner's wall goes; without one on record UTC."""
    return ZoneInfo(sheet.learner.zone) if sheet.learner.zone else UTC


def scores_of(form: Mapping[str, str], competencies: Sequence[Competency]) -> list[JsonObject]:
    """Returns the scores that were given: what nobody chose a level for was not seen. Raises Rejected for none."""
    scores: list[JsonObject] = []
    for one in competencies:
        level = form.get(f"level-{one.competency}", "")
        if level.isascii() and level.isdigit() and len(level) < 4:
            words = form.get(f"words-{one.competency}", "").strip()
            scores.append({"competency": one.competency, "level": int(level), "words": words or None})
    if not scores:
        raise Rejected("choose a level for at least one of them", field="scores")
    return scores


def moment_of(form: Mapping[str, str], sheet: ScoreSheet) -> str:
    """Returns when it was seen, as the API has it. Raises Rejected."""
    try:
        return datetime.strptime(form.get("observed_at", ""), LOCAL).replace(tzinfo=zone_of(sheet)).isoformat()
    except ValueError:
        raise Rejected("say on which day, and when", field="observed_at") from None


def beside(problem: Rejected) -> dict[str, str]:
    """Returns what is said where: of a field that the form has, beside it; else above the form."""
    field = (problem.field or "").partition(".")[0]
    said = problem.detail.removeprefix(f"{problem.field}: ")
    said = f"{said[:1].upper()}{said[1:]}"
    said = said if said.endswith((".", "!", "?")) else f"{said}."
    return {field: said} if field in ("observed_at", "supervision", "photo", "words") else {"form": said}
