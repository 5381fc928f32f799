"""Decides on what ground somebody may read what was said in a call.

    own             who took part reads the own call; nobody is told, since nobody else looked
    administrator   reads every call
    review          who decides about an analyst's scores needs the words, while the review is open
    escalation      a senior manager, for one call, for some days
    grant           a manager or mentor, for one employee, for a stated purpose, for some weeks

The first ground that holds, in this order, is the one that is recorded. A grant ends with the relation it was given
for: whoever no longer is the employee's manager or mentor reads nothing. Scores need none of this; see access.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from shared.kernel.access import Caller, require
from shared.kernel.errors import Forbidden

Ground = Literal["own", "administrator", "review", "escalation", "grant"]

GRANTED_FOR = timedelta(days=30)
"""How long a grant lasts unless another time is asked for."""
LONGEST_GRANT = timedelta(days=90)
ESCALATED_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Concerned:
    """An employee who took part in the call, and what there is between them and the caller.

    granted:  a grant for the caller about this employee is in force
    reviewed: the caller is to decide about this employee's scores of the call, and has not yet
    """

    employee_id: str
    manager_id: str | None = None
    mentor_id: str | None = None
    granted: bool = False
    reviewed: bool = False


def ground_of(caller: Caller, concerned: Sequence[Concerned], *, escalated: bool = False) -> Ground:
    """Returns the ground on which the caller may read the call. escalated: an escalation of it to them is in force

    Raises Forbidden, which names what would be needed.
    """
    require(caller, "transcripts.read")
    if caller.employee_id is not None and caller.employee_id in {one.employee_id for one in concerned}:
        return "own"
    if caller.role == "administrator":
        return "administrator"
    if any(one.reviewed for one in concerned):
        return "review"
    if caller.role == "senior_manager" and escalated:
        return "escalation"
    if any(one.granted and is_responsible(caller, one) for one in concerned):
        return "grant"
    raise Forbidden(_needed(caller, concerned))


def is_responsible(caller: Caller, one: Concerned) -> bool:
    """Tells whether the caller is a person's manager or mentor, and has the role that goes with it."""
    if caller.employee_id is None:
        return False
    if caller.role in ("manager", "senior_manager"):
        return one.manager_id == caller.employee_id
    return caller.role == "mentor" and one.mentor_id == caller.employee_id


def _needed(caller: Caller, concerned: Sequence[Concerned]) -> str:
    if caller.role == "senior_manager":
        return (
            "this needs an escalation of this one call to you, by the employee's manager or an administrator, in force "
            f"for {ESCALATED_FOR.days} days; for a direct report, an administrator's grant"
        )
    if caller.role in ("manager", "mentor"):
        if any(is_responsible(caller, one) for one in concerned):
            return (
                "this needs a grant in force for this employee: an administrator gives it, for a stated purpose and at "
                f"most {LONGEST_GRANT.days} days"
            )
        return f"a {caller.role} reads transcripts of the own {_THEIRS[caller.role]} only, and with a grant"
    if caller.role == "enablement":
        return "enablement reads anonymised samples, and a call's transcript while its scores wait for a review"
    if caller.role == "cro":
        return "the CRO reads scores, and transcripts of own calls only"
    return "you may read transcripts of the calls that you took part in"


_THEIRS = {"manager": "reports", "mentor": "learners"}


def may_end_escalation(caller: Caller, raised_by: str) -> bool:
    """Tells whether the caller may end an escalation: whoever raised it, or an administrator."""
    return "escalations.write" in caller.permissions and (
        caller.role == "administrator" or raised_by == caller.employee_id
    )
