"""Shows the skills of a framework, by category."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from functions.portal.shell import words
from functions.portal.shell.visit import Page, PageOrRedirect, Visit
from functions.portal.standards.page import address as address_of_standard
from infra.wiring.environment import Environment
from infra.wiring.taxonomy import taxonomy
from shared.frameworks.domain.framework import Competency, Framework
from shared.kernel.context import Context, label


@dataclass(frozen=True)
class Catalogue:
    """may_change: the viewer may publish. frameworks: (id, name) of all there are."""

    framework: Framework
    may_change: bool
    frameworks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Row:
    """Shows a skill. sentence: its general rule; more: how many others it has"""

    competency: Competency
    address: str
    sentence: str | None
    more: int


def list_skills(on: Environment, visit: Visit) -> PageOrRedirect:
    skills = taxonomy(on).skills
    framework = skills.framework(visit.caller, visit.framework_id)
    frameworks = tuple((one.framework_id, one.name) for one in skills.frameworks(visit.caller))
    return present(Catalogue(framework, visit.may("skills.write"), frameworks))


def present(view: Catalogue) -> Page:
    groups: dict[str, list[Row]] = {}
    for competency in view.framework.competencies:
        rules = view.framework.rules_of.get(competency.competency, ())
        general = next((rule for rule in rules if not rule.context), None)
        groups.setdefault(competency.category, []).append(
            Row(
                competency,
                address(view.framework.framework_id, competency.skill_id),
                words.rule_sentence(general, view.framework.field_unit) if general else None,
                sum(1 for rule in rules if rule.context),
            )
        )
    standard = view.framework.standard and address_of_standard(view.framework.standard)
    return Page("skills/skills.html", {"view": view, "groups": groups, "standard": standard}, "skills")


def address(framework_id: str, skill_id: str) -> str:
    """Returns where a skill's page is."""
    return f"/skills/{quote(framework_id, safe='')}/{quote(skill_id, safe='')}"


def context_words(context: Context) -> str:
    """Returns a context as it reads on a page."""
    return "Everywhere" if not context else ", ".join(words.plain(part) for part in label(context).split(", "))
