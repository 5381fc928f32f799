"""Chooses which findings become assignments: few at a time, none twice, none again soon."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.enablement.domain.assignment_state import Trigger
from shared.enablement.domain.skill_rules import RULES, Finding

BY_RULE: Final = frozenset(rule.trigger for rule in RULES)


@dataclass(frozen=True, slots=True)
class Limits:
    """Says how much a person is asked. off: rules that assign nothing; most_open: by rules, at a time

    cooldown: how long no rule assigns for a competency again, from when it was last done or taken back
    """

    off: frozenset[Trigger]
    most_open: int
    cooldown: timedelta


@dataclass(frozen=True, slots=True)
class Had:
    """Says what of an assignment counts here. to_do: content that is not done yet; ended: None while it is open"""

    trigger: Trigger
    competency: str | None
    to_do: frozenset[str]
    ended: datetime | None


def to_assign(found: Sequence[Finding], had: Iterable[Had], limits: Limits, now: datetime) -> list[Finding]:
    """Returns the findings to assign, in their order; of one competency the first alone."""
    had = list(had)
    busy = {content for one in had if one.ended is None for content in one.to_do}
    resting = {one.competency for one in had if _rests(one, limits, now)}
    free = limits.most_open - sum(one.ended is None and one.trigger in BY_RULE for one in had)
    chosen: list[Finding] = []
    for one in found:
        if len(chosen) >= free:
            break
        if one.rule.trigger in limits.off or one.competency in resting or one.item.content_id in busy:
            continue
        resting.add(one.competency)
        busy.add(one.item.content_id)
        chosen.append(one)
    return chosen


def _rests(one: Had, limits: Limits, now: datetime) -> bool:
    """Tells whether nothing is assigned for an assignment's competency: it is open, by whomever, or a rule's lately."""
    if one.ended is None:
        return True
    return one.trigger in BY_RULE and one.ended > now - limits.cooldown
