"""Judges by a rule: what its window holds, what a validation counts from, and the status that follows.

Everything here takes the numbers of one row, or columns of several (see `rules` and `few_rows`).
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from shared.frameworks.domain.framework import Rule
from shared.kernel.columns import NEVER, chosen
from shared.observations.domain.entry import FIELD, PRACTICE
from shared.ratings.domain.skill_rating import Status
from shared.ratings.domain.weights import SPEAKING_LEAST, Z_EIGHTY, Z_TWENTY

STATUSES: Final[tuple[Status, ...]] = ("not_started", "in_progress", "validated", "expired")
_NOT_STARTED, _IN_PROGRESS, _VALIDATED, _EXPIRED = range(4)


def verdict(attempts: Any, count: Any, total: Any, least: Any, bar: Any) -> Any:
    """Judges a kind of a window, of numbers or columns: 1 meets the minimums, -1 has the count and misses the bar, 0
    has too few or no minimums. attempts: those that were not failed; all count in the mean"""
    return ((attempts >= least) & (least > 0)) * (2 * (total >= bar * count) - 1)


def qualifies(passed: Any, score: Any, least: Any, bar: Any) -> Any:
    """Tells of an observation, in numbers or columns, whether a validation may count from it: it was not failed, and is
    at or above the bar of a kind that the rule asks for."""
    return passed & (score >= bar) & (least > 0)


def met(overrides: Any, field: Any, practice: Any, wants_field: Any, wants_practice: Any) -> Any:
    """Judges whether the minimums are met, given each kind's verdict, of numbers or columns.

    overrides: `field_overrides_validation`: the field meets its bar, or practice meets its bar and the field does not
        contradict it. Otherwise both must meet; a kind without minimums is neutral.
    """
    either = (field > 0) | ((field == 0) & (practice > 0))
    both = ((field > 0) | (wants_field == 0)) & ((practice > 0) | (wants_practice == 0))
    return (overrides & either) | ((overrides == 0) & both)


def numbers_of(ruled: tuple[Rule, str] | None) -> tuple[int, ...]:
    """Returns a rule's numbers, in the order of RuleColumns' table."""
    if ruled is None:
        return 0, NEVER, NEVER, 0, 0, 0, 0, 0, 0, 0
    rule = ruled[0]
    field_least, field_bar, practice_least, practice_bar = rule.minimums
    return (
        rule.observation_window_days,
        NEVER if rule.expires_after_days is None else rule.expires_after_days,
        round(rule.decay_rate * 100) if rule.decay_rate else NEVER,
        1,
        rule.field_overrides_validation,
        rule.requires_recertification,
        field_least,
        practice_least,
        field_bar,
        practice_bar,
    )


class Statuses(NamedTuple):
    """Columns by row, or the numbers of one row; days are NEVER where there is none.

    status:       position in STATUSES
    validated_on: the day of the newest observation that qualified, in the latest window that satisfied the rule; with
                  recertification, that of the exam that was recognised last
    expires_on:   the last day on which the validation holds
    missed:       the field has the required count and misses its bar while practice meets its own
    contradicted: the field has ended a validation; doubted: it will with another conversation like the latest
    attempts, number, total: by kind what is in the rule's window: observations that were not failed, all, the sum of
                  their scores
    """

    status: Any
    validated_on: Any
    expires_on: Any
    missed: Any
    contradicted: Any
    doubted: Any
    attempts: Any
    number: Any
    total: Any

    @property
    def apart(self) -> Any:
        """Returns whether practice and field disagree by the rule, whatever their difference is."""
        return self.missed | self.contradicted


def has_begun(ruled: Any, sizes: Any, last: Any) -> Any:
    """Tells of one row, or of each of several, whether its skill was begun: whether anything was observed.

    Where a rule asks for scores, practice and field without a score are no beginning; learning is. sizes: by kind, how
    many scores there are; last: by kind, when the skill was last observed
    """
    field, practice, learning = (one > NEVER for one in last)
    scored = (sizes[FIELD] > 0) | (sizes[PRACTICE] > 0) | learning
    return chosen(ruled, scored, field | practice | learning)


def expiry(validated_on: Any, lifetime: Any) -> Any:
    """Returns the last day of a validation, of one row or of each of several; NEVER without one."""
    return chosen((validated_on > NEVER) & (lifetime > NEVER), validated_on + lifetime, NEVER)


def judged(
    validated_on: Any,
    expires_on: Any,
    as_of: Any,
    begun: Any,
    against: tuple[Any, Any],
    verdicts: tuple[Any, Any],
    window: tuple[Any, Any, Any],
) -> Statuses:
    """Returns the status of one row, in numbers, or of each of several, in columns.

    against: as `contradiction` has it; verdicts: of field and practice; window: attempts, number and total
    """
    contradicted, doubted = against
    field, practice = verdicts
    validated = validated_on > NEVER
    holds = validated & ((expires_on == NEVER) | (as_of <= expires_on))
    stands = validated & (contradicted == 0)
    status = chosen(holds, _VALIDATED, chosen(stands, _EXPIRED, chosen(begun, _IN_PROGRESS, _NOT_STARTED)))
    return Statuses(
        chosen(contradicted, _IN_PROGRESS, status),
        chosen(stands, validated_on, NEVER),
        chosen(stands, expires_on, NEVER),
        (field < 0) & (practice > 0),
        contradicted,
        doubted & holds,
        *window,
    )


def speaks_against(least: Any, bar: Any, count: Any, total: Any, mean: Any, deviation: Any) -> Any:
    """Tells of one row, or of each of several, whether its conversations speak against the field's bar.

    count, total: of the conversations; mean, deviation: of the level after them, in points
    """
    below = bar / 100 - mean
    missed = (least > 0) & (count >= least) & (total < bar * count)
    return (below > Z_EIGHTY * deviation) | (missed & (below > Z_TWENTY * deviation))


def contradiction(latest: Any, before: Any, count: Any) -> tuple[Any, Any]:
    """Tells of one row, or of each of several, whether the field contradicts that the rule is met, and whether its
    latest conversation alone does so.

    latest, before: whether the conversations speak against the bar, with the latest one and without it; count: of them
    """
    before = before & (count > SPEAKING_LEAST)
    return latest & before, latest & (before == 0)
