"""Says what activities would do to ratings, on the pages that show what somebody is to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.portal.shell import words
from shared.kernel.context import label
from shared.kernel.rounding import half_up
from shared.ratings.domain.what_if import WouldBe

if TYPE_CHECKING:
    from shared.enablement.contract import ActivityView, AssignmentView
    from shared.enablement.usecases.open_preparation import Effect, OpenedPreparation


@dataclass(frozen=True)
class Doing:
    """An assignment with what each of its activities would do, in words; empty where that is not known."""

    of: AssignmentView
    activities: tuple[tuple[ActivityView, str], ...]


def doing(opened: OpenedPreparation) -> tuple[Doing, ...]:
    """Returns the open assignments of a page of them, the next due first."""
    still = sorted((one for one in opened.assignments.items if one.state == "open"), key=lambda one: one.due_date)
    return tuple(
        Doing(one, tuple((each, _effect(opened.effects.get(each.content_id), one)) for each in one.activities))
        for one in still
    )


def would_do(then: WouldBe, conversation: str = "it") -> str:
    """Says what an activity would do: `If passed at 80: 65 → about 72 (68–76)`. conversation: how that is called"""
    how = f"{f'If {conversation} goes' if then.observed else 'If passed'} at {half_up(then.score, 100)}"
    if not then.moves:
        only = " from three conversations on, only conversations count" if then.before.basis == "field" else ""
        return f"{how}, the rating stays{':' if only else ''}{only}."
    before, after = then.before.rating, then.after.rating
    if after is None:
        return f"{how}: a baseline of {half_up(then.after.preliminary or 0, 100)}, and no rating yet."
    low, high = (end / 100 for end in (then.after.low or 0, then.after.high or 0))
    start = "no rating" if before is None else half_up(before, 100)
    return f"{how}: {start} → about {half_up(after, 100)} ({words.between((low, high))})."


def _effect(effect: Effect | None, assignment: AssignmentView) -> str:
    """Returns of which skill, and what: to read or hear something moves no rating, the meeting after it does."""
    if effect is None:
        return ""
    where = f" in {words.plain(label(effect.context)).lower()}" if effect.context else ""
    conversation = "the meeting" if assignment.meeting_at else "a conversation"
    return f"{effect.competency}{where}. {would_do(effect.then, conversation)}"
