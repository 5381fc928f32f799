"""Shows which rules assign without a deal and when people are reminded, and changes that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.enablement import enablement
from infra.wiring.environment import Environment

if TYPE_CHECKING:
    from shared.enablement.contract import AssignmentRulesView

_NUMBERS: Final[Mapping[str, tuple[int, int, str]]] = {
    "most_open": (1, 5, "Enter a whole number from 1 to 5."),
    "cooldown_days": (7, 365, "Enter a whole number of days from 7 to 365."),
    "remind_after": (10, 90, "Enter a whole per cent from 10 to 90."),
}


@dataclass(frozen=True)
class Rules:
    """Holds what is in force, and what was entered that cannot be taken."""

    setting: AssignmentRulesView
    entered: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def show_rules(on: Environment, visit: Visit) -> PageOrRedirect:
    """Shows the settings."""
    return present(Rules(enablement(on).assignment_rules.show(visit.caller)))


def change_rules(on: Environment, visit: Visit) -> PageOrRedirect:
    """Puts other settings in force, or says what cannot be taken."""
    from shared.enablement.contract import AssignmentRulesBody

    rules = enablement(on).assignment_rules
    now = rules.show(visit.caller)
    errors: dict[str, str] = {}
    numbers = _numbers(visit.form, errors)
    if errors:
        return present(Rules(now, visit.form, errors), status=422)
    body = AssignmentRulesBody(
        on=visit.form.get("on") == "yes",
        off=[one.trigger for one in now.rules if visit.form.get(f"rule-{one.trigger}") != "yes"],
        most_open=numbers["most_open"],
        cooldown_days=numbers["cooldown_days"],
        remind_after=numbers["remind_after"] / 100,
        escalate=visit.form.get("escalate") == "yes",
    )
    rules.change(visit.caller, body)
    return Redirect("/assignment-rules?done=assignment_rules")


def _numbers(form: Mapping[str, str], errors: dict[str, str]) -> Mapping[str, int]:
    """Reads the whole numbers of a form; says in `errors` what is none."""
    found: dict[str, int] = {}
    for name, (least, most, wrong) in _NUMBERS.items():
        text = form.get(name, "").strip()
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1
        if least <= number <= most:
            found[name] = number
        else:
            errors[name] = wrong
    return found


def present(view: Rules, status: int = 200) -> Page:
    kept = view.setting
    entered = view.entered or {
        "on": "yes" if kept.on else "",
        "most_open": str(kept.most_open),
        "cooldown_days": str(kept.cooldown_days),
        "remind_after": f"{kept.remind_after * 100:.0f}",
        "escalate": "yes" if kept.escalate else "",
        **{f"rule-{one.trigger}": "yes" if one.on else "" for one in kept.rules},
    }
    variables = {"view": view, "entered": entered, "errors": view.errors}
    return Page("assignment_rules/assignment_rules.html", variables, "assignment_rules", status=status)
