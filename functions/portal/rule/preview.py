"""Shows what a change of a rule would do: to how many, and for administrators to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from functions.portal.shell import words
from functions.portal.shell.visit import Page
from functions.portal.skills.page import address, context_words
from shared.frameworks.domain.framework import Competency, Framework, Rule
from shared.kernel.access import SMALLEST_GROUP
from shared.kernel.context import Context, context_of
from shared.taxonomy.contract import StatusChange
from shared.taxonomy.usecases.preview_change import Preview as Previewed

MOST_SHOWN = 200


@dataclass(frozen=True)
class Effect:
    """Tells what a rule change would do to one person's skill."""

    employee_id: str
    name: str
    before: str
    after: str
    why: str
    context: str = ""


@dataclass
class Effects:
    """Adds up the pages of a preview. changes: None for whom they are not; small: too few people to say, of all"""

    people: int = 0
    gaining: int = 0
    losing: int = 0
    touched: int = 0
    elsewhere: int = 0
    small: bool = False
    changes: list[StatusChange] | None = None

    def add(self, page: Previewed) -> None:
        """Takes in one more page."""
        self.people += page.people
        if page.gaining is None or page.losing is None or page.touched is None or page.elsewhere is None:
            self.small = page.people > 0
        else:
            self.gaining += page.gaining
            self.losing += page.losing
            self.touched += page.touched
            self.elsewhere += page.elsewhere
        if page.changes is not None:
            self.changes = [*(self.changes or ()), *page.changes]


@dataclass(frozen=True)
class Preview:
    """A rule change in the rule's own context and in those that it decides for as well, for administrators by person.

    effects: how many it concerns. gains, loses: status validated comes or goes in the rule's own context; others: every
    other change; more: others that are not listed
    """

    framework: Framework
    competency: Competency
    before: Rule | None
    after: Rule | None
    gains: tuple[Effect, ...]
    loses: tuple[Effect, ...]
    others: tuple[Effect, ...]
    effects: Effects
    entered: Mapping[str, str]
    context: Context = ()
    more: int = 0


def preview_of(
    framework: Framework,
    competency: Competency,
    context: Context,
    rules: tuple[Rule | None, Rule | None],
    effects: Effects,
    entered: Mapping[str, str],
) -> Preview:
    """Sorts the changes of statuses. rules: before and after"""
    gains: list[Effect] = []
    loses: list[Effect] = []
    others: list[Effect] = []
    for change in effects.changes or ():
        at = context_of(change.context)
        here = at == context
        effect = _effect(change, "" if here else context_words(at))
        if here and change.status_then == "validated":
            gains.append(effect)
        elif here and change.status_now == "validated":
            loses.append(effect)
        else:
            others.append(effect)
    for named in (gains, loses):
        named.sort(key=lambda effect: (effect.name, effect.employee_id))
    others.sort(key=lambda effect: (effect.context != "", effect.name, effect.context))
    return Preview(
        framework,
        competency,
        *rules,
        tuple(gains),
        tuple(loses),
        tuple(others[:MOST_SHOWN]),
        effects,
        entered,
        context,
        max(0, len(others) - MOST_SHOWN),
    )


def _effect(change: StatusChange, context: str) -> Effect:
    return Effect(change.employee_id, change.name, change.status_now, change.status_then, change.why, context)


def present(view: Preview) -> Page:
    effects = view.effects
    verdict = "Nobody's status changes."
    if effects.touched or effects.elsewhere:
        verdict = (
            f"{words.count(effects.gaining, 'person', 'people')} would become validated, "
            f"{words.count(effects.losing, 'person', 'people')} would lose it."
        )
    if effects.small:
        verdict = f"Too few people to say: fewer than {SMALLEST_GROUP}."
    unit = view.framework.field_unit
    variables = {
        "view": view,
        "verdict": verdict,
        "unchanged": effects.people - effects.touched,
        "before": words.rule_sentence(view.before, unit) if view.before else None,
        "after": words.rule_sentence(view.after, unit) if view.after else None,
        "where": context_words(view.context),
        "address": address(view.framework.framework_id, view.competency.skill_id),
    }
    return Page("rule/preview.html", variables, "skills")
