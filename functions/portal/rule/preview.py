"""Shows what a change of a rule would do, person by person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from functions.portal.shell import words
from functions.portal.shell.visit import Page
from functions.portal.skills.page import address, context_words
from shared.frameworks.domain.framework import Competency, Framework, Rule
from shared.kernel.context import Context, context_of
from shared.taxonomy.contract import StatusChange

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


@dataclass(frozen=True)
class Preview:
    """A rule change, person by person, in the rule's own context and in those that it decides for as well.

    gains, loses: status validated comes or goes in the rule's own context; others: every other change
    unchanged: people without a change in the rule's own context; more: others that are not listed
    """

    framework: Framework
    competency: Competency
    before: Rule | None
    after: Rule | None
    gains: tuple[Effect, ...]
    loses: tuple[Effect, ...]
    others: tuple[Effect, ...]
    unchanged: int
    entered: Mapping[str, str]
    context: Context = ()
    more: int = 0


def preview_of(
    framework: Framework,
    competency: Competency,
    context: Context,
    rules: tuple[Rule | None, Rule | None],
    changes: Sequence[StatusChange],
    people: int,
    entered: Mapping[str, str],
) -> Preview:
    """Sorts the changes of statuses. rules: before and after; people: how many were looked at"""
    gains: list[Effect] = []
    loses: list[Effect] = []
    others: list[Effect] = []
    touched = set()
    for change in changes:
        at = context_of(change.context)
        here = at == context
        effect = _effect(change, "" if here else context_words(at))
        if here:
            touched.add(change.employee_id)
        if here and change.status_then == "validated":
            gains.append(effect)
        elif here and change.status_now == "validated":
            loses.append(effect)
        else:
            others.append(effect)
    others.sort(key=lambda effect: (effect.context != "", effect.name, effect.context))
    return Preview(
        framework,
        competency,
        *rules,
        tuple(gains),
        tuple(loses),
        tuple(others[:MOST_SHOWN]),
        people - len(touched),
        entered,
        context,
        max(0, len(others) - MOST_SHOWN),
    )


def _effect(change: StatusChange, context: str) -> Effect:
    return Effect(change.employee_id, change.name, change.status_now, change.status_then, change.why, context)


def present(view: Preview) -> Page:
    verdict = "Nobody's status changes."
    if view.gains or view.loses or view.others:
        verdict = (
            f"{words.count(len(view.gains), 'person', 'people')} would become validated, "
            f"{words.count(len(view.loses), 'person', 'people')} would lose it."
        )
    variables = {
        "view": view,
        "verdict": verdict,
        "before": words.rule_sentence(view.before) if view.before else None,
        "after": words.rule_sentence(view.after) if view.after else None,
        "where": context_words(view.context),
        "address": address(view.framework.framework_id, view.competency.skill_id),
    }
    return Page("rule/preview.html", variables, "skills")
