"""Shows scores of competencies that nobody knows, and takes in what their words mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlencode

from functions.portal.shell.forms import refusals
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.taxonomy import taxonomy
from shared.frameworks.domain.framework import Framework
from shared.kernel.errors import Rejected
from shared.kernel.reading import validated
from shared.taxonomy.contract import HeldDecision
from shared.taxonomy.usecases.decide_unmapped import UnmappedWord

FIELDS = frozenset({"competency"})


@dataclass(frozen=True)
class Held:
    """Scores of one unknown word: how many wait, of how many people.

    competencies: (competency, name) that the word can be mapped to; add: where it becomes a skill of its own
    """

    word: str
    scores: int
    people: int
    first_at: datetime
    last_at: datetime
    framework_id: str
    framework: str
    competencies: tuple[tuple[str, str], ...]
    add: str


@dataclass(frozen=True)
class HeldList:
    """errors: of the word `refused`. previewed: the word about which is asked once more; meant: the competency that it
    would be mapped to, empty where it would be dismissed"""

    items: tuple[Held, ...]
    previewed: tuple[str, str] | None = None
    meant: str = ""
    refused: str | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


def list_held(on: Environment, visit: Visit) -> PageOrRedirect:
    return _page(on, visit)


def decide_held(on: Environment, visit: Visit) -> PageOrRedirect:
    """Maps a word to a competency (once for all its scores) or dismisses its scores, after showing what that does."""
    word, framework_id = visit.form.get("word", ""), visit.form.get("framework", "")
    unmapped, decision = taxonomy(on).unmapped, visit.form.get("decision")
    if decision == "dismiss":
        dismissed = unmapped.dismiss(visit.caller, framework_id, word)
        return Redirect(f"/held-scores?done={'dismissed' if dismissed else 'decided'}")
    waiting = [one for one in unmapped.words(visit.caller) if (one.word, one.framework_id) == (word, framework_id)]
    if not waiting:
        return Redirect("/held-scores?done=decided")
    if decision == "preview":
        return _page(on, visit, previewed=(framework_id, word))
    if decision == "map":
        body = {"decision": "alias", "competency": visit.form.get("competency", "")}
        try:
            unmapped.decide(waiting[0].scores[0].held_id, validated(HeldDecision, body), visit.caller)
        except Rejected as problem:
            return _page(on, visit, word, refusals(problem, FIELDS))
        return Redirect(f"/skills/{quote(framework_id)}/{quote(body['competency'])}?done=mapped")
    raise Rejected("decide to map or to dismiss", field="decision")


def _page(
    on: Environment,
    visit: Visit,
    refused: str | None = None,
    errors: Mapping[str, str] | None = None,
    previewed: tuple[str, str] | None = None,
) -> Page:
    frameworks = {one.framework_id: one for one in taxonomy(on).skills.frameworks(visit.caller)}
    items = tuple(_held(one, frameworks[one.framework_id]) for one in taxonomy(on).unmapped.words(visit.caller))
    meant = visit.form.get("competency", "") if previewed else ""
    return present(HeldList(items, previewed, meant, refused, errors or {}))


def _held(of: UnmappedWord, framework: Framework) -> Held:
    moments = [score.held_at for score in of.scores]
    return Held(
        word=of.word,
        scores=len(of.scores),
        people=len({score.employee_id for score in of.scores}),
        first_at=min(moments),
        last_at=max(moments),
        framework_id=framework.framework_id,
        framework=framework.name,
        competencies=tuple((one.competency, one.name) for one in framework.competencies),
        add=f"/skills/{quote(framework.framework_id)}/add?{urlencode({'word': of.word})}",
    )


def present(view: HeldList) -> Page:
    return Page("held/held.html", {"view": view}, "held", status=422 if view.errors else 200)
