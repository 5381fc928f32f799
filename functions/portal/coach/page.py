"""Shows administrators how the coach fares: what arrives, what templates cost, who agrees, what was stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.portal.hand_overs.words import OUTCOMES, WHY
from functions.portal.shell.visit import Page, PageOrRedirect, Visit
from infra.wiring.coaching import coaching
from infra.wiring.environment import Environment
from shared.kernel.rounding import percent

if TYPE_CHECKING:
    from shared.coaching.usecases.oversee import CoachOverview, TemplateStanding

FATES = {
    "read": ("validated", "Read"),
    "delivered": ("validated", "On the phone, not read as far as WhatsApp tells"),
    "sent": ("in_progress", "Taken by WhatsApp, no more told"),
    "waiting": ("in_progress", "Waits to be sent"),
    "failed": ("failed", "Not delivered"),
    "withdrawn": ("not_started", "Not sent: not wanted any more"),
    "unknown": ("weak", "Not known whether it went"),
}
ABOUT = {
    "hazard": "A hazard is overdue",
    "streak": "A streak ends tonight",
    "due": "Questions are due",
    "validated": "A skill was shown",
    "milestone": "A milestone is reached",
    "mentor_alert": "A learner needs their mentor",
}
ASKED = {
    "danger": ("validated", "There was danger: stopped, and handed to a person"),
    "harmless": ("not_started", "There was none: answered as it was meant"),
    "person": ("validated", "They wanted a person, and have one"),
    "stopped": ("validated", "What they wrote next was stopped"),
    "no_answer": ("weak", "No answer within 10 minutes: handed to a person"),
    None: ("in_progress", "Waits for an answer"),
}
CODES = {
    131026: "cannot be reached on WhatsApp",
    131047: "outside the window of 24 hours",
    131049: "WhatsApp holds back marketing",
    131050: "wants no marketing",
    132001: "the template is not there",
    132015: "the template is paused",
    190: "the access token does not hold",
}


def show_coach(on: Environment, visit: Visit) -> PageOrRedirect:
    return present(coaching(on).oversee.show(visit.caller))


def present(view: CoachOverview) -> Page:
    variables = {
        "view": view,
        "shares": [
            (*FATES[one.fate], one.count, percent(one.share), percent(one.low), percent(one.high))
            for one in view.shares
        ],
        "asked": [
            (*ASKED[one.outcome], one.count, percent(one.share), percent(one.low), percent(one.high))
            for one in view.asked
        ],
        "errors": [(code, CODES.get(code, "see WhatsApp’s list of codes"), count) for code, count in view.errors],
        "templates": [(ABOUT.get(one.about, one.about), one, _standing(one), _news(one)) for one in view.templates],
        "WHY": WHY,
        "OUTCOMES": OUTCOMES,
    }
    return Page("coach/coach.html", variables, "coach")


def _standing(one: TemplateStanding) -> tuple[str, str]:
    if not one.usable:
        return "failed", f"{one.event.replace('_', ' ').capitalize()}: e-mail and devices carry it"
    return ("validated", "Approved") if one.event else ("not_started", "WhatsApp has told nothing of it yet")


def _news(one: TemplateStanding) -> str:
    """Returns what an administrator has to know of a template's category."""
    if one.category == one.shipped:
        return ""
    times = "" if one.effect is None else f", {one.effect:.1f} times the price"
    return f"WhatsApp charges it as {one.category} now, no more as {one.shipped}{times}."
