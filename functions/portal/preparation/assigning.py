"""Offers what somebody may assign by hand, assigns it, and takes it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from functions.portal.shell import words
from functions.portal.shell.forms import refusals
from functions.portal.shell.visit import Redirect, Visit
from infra.wiring.enablement import enablement
from infra.wiring.environment import Environment
from shared.kernel.errors import Forbidden, Rejected

if TYPE_CHECKING:
    from shared.enablement.domain.content import ContentItem

PERSON: Final = "person-"
"""Begins the names of the fields that say to whom."""
WEEK: Final = timedelta(days=7)
FIELDS: Final = ("employee_ids", "content_id", "due_on", "reason")


@dataclass(frozen=True)
class Choice:
    """One item of the list to choose from."""

    content_id: str
    words: str


@dataclass(frozen=True)
class Offer:
    """Holds the form. people: (id, name) of whom it may be assigned to"""

    choices: Sequence[Choice]
    people: Sequence[tuple[str, str]]
    entered: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def offer(
    on: Environment,
    visit: Visit,
    framework_id: str,
    people: Sequence[tuple[str, str]],
    errors: Mapping[str, str] | None = None,
) -> Offer | None:
    """Returns the form for some people; None for who may not assign, and where there is nobody."""
    if not people or not visit.may("assignments.give"):
        return None
    items = enablement(on).by_hand.items(visit.caller, framework_id)
    entered = visit.form if errors else {"due_on": (visit.now.date() + WEEK).isoformat()}
    return Offer([_choice(one) for one in items], people, entered, errors or {})


def _choice(item: ContentItem) -> Choice:
    kind = words.plain(item.activity_type)
    return Choice(item.content_id, f"{item.title} ({kind.lower()}, {words.count(item.minutes, 'minute')})")


def give(on: Environment, visit: Visit, page: str) -> Redirect | dict[str, str]:
    """Assigns what a form says, and leads back to a page; else returns what is wrong, by field."""
    from pydantic import ValidationError

    from shared.enablement.contract import GivenAssignmentBody

    whom = [value for name, value in visit.form.items() if name.startswith(PERSON)]
    errors: dict[str, str] = {}
    if not whom:
        errors["employee_ids"] = "Choose at least one person."
    if not visit.form.get("reason", "").strip():
        errors["reason"] = "Say why: the person reads it."
    if errors:
        return errors
    try:
        body = GivenAssignmentBody.model_validate(
            {"employee_ids": whom, **{name: visit.form.get(name, "") for name in FIELDS[1:]}}
        )
    except ValidationError as problem:
        return {str(one["loc"][0]): _WRONG[str(one["loc"][0])] for one in problem.errors()}
    try:
        answer = enablement(on).by_hand.give(visit.caller, body)
    except Forbidden:
        raise
    except Rejected as problem:
        return refusals(problem, FIELDS)
    return Redirect(f"{page}?done={'assigned' if answer.items else 'assigned_before'}")


_WRONG = {
    "employee_ids": "Choose one to twenty people.",
    "content_id": "Choose what it is.",
    "due_on": "Enter a date as 2026-11-30.",
    "reason": "At most 300 characters that show.",
}
