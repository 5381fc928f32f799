"""Decides who may see and do what.

Machines have scopes, given by an allow-list of service accounts. People have one role, and relations to others from
the employee records: their reports, their organisation (everyone below them), their learners.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from shared.kernel.errors import Forbidden

Role = Literal["employee", "manager", "senior_manager", "enablement", "cro", "mentor", "employer", "administrator"]
ROLES: tuple[Role, ...] = (
    "employee",
    "manager",
    "senior_manager",
    "enablement",
    "cro",
    "mentor",
    "employer",
    "administrator",
)
Scope = Literal["events.write", "profiles.read", "deals.write", "administration"]
Permission = Literal[
    "events.write",  # post events about anyone
    "events.void",  # take an event out that was recorded by mistake
    "profile.read",  # one person's ratings, gaps and recommendations; relation decides for most roles
    "histories.read",  # what was observed of one person, event by event and call by call; likewise
    "profiles.export",  # everybody's profiles at once, and what changes about them, to keep a copy of
    "people.list",  # who there is, within the caller's sight
    "readiness.read",  # aggregates over the caller's sight
    "skills.read",  # skill definitions, rules, scenarios
    "skills.write",  # change them, and preview how many a change concerns
    "previews.by_person",  # and whom
    "frameworks.write",  # publish a whole framework in place of the one in force
    "people.write",  # import and change employee records, certifications
    "people.move",  # give a person another id, make one person of two records
    "recalculation.run",
    "audit.read",
    "calls.analyse",  # ask for a call to be analysed again
    "calls.link",  # say which deal a call belongs to
    "calls.move",  # say whose a voice in a call is
    "calls.analyse_period",  # the same for all calls of a period
    "operations.read",  # integration health, quarantine, dead letters, held scores
    "operations.write",  # replay, discard, decide
    "reviews.read",  # reviews of analysts' scores, within the caller's sight
    "reviews.contest",  # the own scores
    "reviews.decide",  # confirm, correct or reject an analyst's scores; never the own ones
    "certificates.read",  # how far each scorer agrees with people, all on one page; a rating names its own scorer's
    "transcripts.read",  # what was said in a call; the ground decides (transcript_ground.py)
    "samples.read",  # what was said in some calls, without anybody's name
    "grants.read",  # grants and escalations: the own, those about oneself, an administrator all
    "grants.write",  # let a manager or mentor read one employee's transcripts
    "escalations.write",  # let a senior manager read one call's transcript
    "notifications.read",  # the own ones
    "erasure.run",  # remove one person from every store
    "webhooks.manage",  # subscribe to facts; the own subscriptions, an administrator all
    "deals.write",  # tell who works on a deal, and what came of it
    "assignments.complete",  # say what one has done; the own ones
    "assignment_rules.manage",  # say which rules assign without a deal, and when people are reminded
    "assignments.give",  # assign something by hand, and take it back; to whom, the relation decides
    "team.read",  # where the own direct reports stand, by need
    "pipeline.read",  # how ready people are for the open deals within the caller's sight
    "hold_out.manage",  # have some deals go without preparation, and see which
    "learning.own",  # learn: the own feed, answers, mastery and evidence
    "evidence.read",  # what a learner brought of their work; the own, else the relation decides
    "learners.read",  # how far somebody has come in learning; whom, the relation decides
    "lessons.write",  # publish lessons and what they show
    "standards.write",  # take in official standards and the plans of their assessment
    "standards.read",  # all official standards and plans; those of the own world are open to everybody
    "enrolments.read",  # what a learner is held to and may do; whose, the relation decides
    "enrolments.write",  # invite somebody to learn by a standard, and keep their dates and breaks
    "observations.write",  # say what one saw a learner do; the own learners
    "behaviours.verify",  # say how an apprentice behaves at work; the own apprentices
    "authorisations.write",  # say what a learner may do alone, what under supervision, and until when
    "hand_overs.answer",  # answer a learner in the coach's place; whom, the hand-over says
]
Sight = Literal["nobody", "self", "reports", "learners", "organisation", "everyone"]

_OF_CALLS: frozenset[Permission] = frozenset({"transcripts.read", "grants.read", "notifications.read"})
"""What everyone may who can take part in a call; whose, the relation decides."""
_EVERYWHERE: frozenset[Permission] = _OF_CALLS | {
    "profile.read",
    "histories.read",
    "skills.read",
    "reviews.read",
    "reviews.contest",
    "assignments.complete",
    "learning.own",
    "evidence.read",
    "enrolments.read",
}
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    "employee": _EVERYWHERE,
    "manager": _EVERYWHERE
    | {
        "people.list",
        "readiness.read",
        "team.read",
        "assignments.give",
        "pipeline.read",
        "reviews.decide",
        "escalations.write",
        "calls.analyse",
        "calls.link",
        "learners.read",
        "hand_overs.answer",
    },
    "senior_manager": _EVERYWHERE
    | {
        "people.list",
        "readiness.read",
        "team.read",
        "pipeline.read",
        "assignments.give",
        "reviews.decide",
        "learners.read",
        "hand_overs.answer",
    },
    "enablement": _EVERYWHERE
    | {
        "people.list",
        "readiness.read",
        "skills.write",
        "assignments.give",
        "assignment_rules.manage",
        "reviews.decide",
        "certificates.read",
        "samples.read",
        "calls.analyse",
        "calls.link",
        "calls.analyse_period",
        "learners.read",
        "lessons.write",
        "standards.read",
        "standards.write",
        "enrolments.write",
    },
    "cro": _EVERYWHERE | {"people.list", "readiness.read", "pipeline.read", "certificates.read", "profiles.export"},
    "mentor": _EVERYWHERE
    | {
        "people.list",
        "learners.read",
        "standards.read",
        "observations.write",
        "authorisations.write",
        "hand_overs.answer",
    },
    "employer": frozenset(
        {"skills.read", "standards.read", "learners.read", "enrolments.read", "evidence.read", "behaviours.verify"}
    ),
    "administrator": _EVERYWHERE
    | {
        "events.write",
        "events.void",
        "profiles.export",
        "people.list",
        "readiness.read",
        "skills.write",
        "previews.by_person",
        "frameworks.write",
        "people.write",
        "people.move",
        "recalculation.run",
        "calls.analyse",
        "calls.link",
        "calls.move",
        "calls.analyse_period",
        "audit.read",
        "operations.read",
        "operations.write",
        "reviews.decide",
        "certificates.read",
        "samples.read",
        "grants.write",
        "escalations.write",
        "erasure.run",
        "webhooks.manage",
        "deals.write",
        "assignments.give",
        "assignment_rules.manage",
        "pipeline.read",
        "hold_out.manage",
        "learners.read",
        "lessons.write",
        "standards.read",
        "standards.write",
        "enrolments.write",
        "authorisations.write",
        "hand_overs.answer",
    },
}
_BY_PEOPLE: frozenset[Permission] = _OF_CALLS | {
    "assignments.complete",
    "assignments.give",
    "reviews.contest",
    "reviews.decide",
    "samples.read",
    "grants.write",
    "escalations.write",
    "learning.own",
    "evidence.read",
    "authorisations.write",
    "hand_overs.answer",
}
"""What a machine may not do in a person's place: somebody has to answer for it."""
SCOPES: dict[Scope, frozenset[Permission]] = {
    "events.write": frozenset({"events.write", "events.void", "skills.read"}),
    "profiles.read": frozenset({"profile.read", "profiles.export", "skills.read", "webhooks.manage"}),
    "deals.write": frozenset({"deals.write", "skills.read"}),
    "administration": PERMISSIONS["administrator"] - _BY_PEOPLE,
}

PROFILE_SIGHT: dict[Role, Sight] = {
    "employee": "self",
    "manager": "reports",
    "senior_manager": "reports",
    "enablement": "everyone",
    "cro": "everyone",
    "mentor": "learners",
    "employer": "nobody",
    "administrator": "everyone",
}
"""Whose individual profile a role may open (always the own one too, except an employer, who has none).

A senior manager sees aggregates of the organisation; individually only direct reports."""

LIST_SIGHT: dict[Role, Sight] = {**PROFILE_SIGHT, "senior_manager": "organisation"}
"""Over whom a role's lists and aggregates run."""

SMALLEST_GROUP = 5
"""Aggregates over fewer people are suppressed: they would say something about one of them."""

OWN_CALLS_FIRST: frozenset[Role] = frozenset({"employee", "mentor"})
"""Roles whose pages begin with what concerns oneself: the own profile, and the reviews of the own calls."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Names who is calling. Machines have scopes and no role; people have a role and an employee id.

    email: verified, lower case; identifies machines in audit records
    """

    email: str
    role: Role | None = None
    scopes: frozenset[Scope] = field(default_factory=frozenset)
    employee_id: str | None = None
    name: str | None = None
    framework_id: str | None = None

    @property
    def is_service(self) -> bool:
        return self.role is None

    @property
    def permissions(self) -> frozenset[Permission]:
        if self.role is not None:
            return PERMISSIONS[self.role]
        granted: frozenset[Permission] = frozenset()
        for scope in self.scopes:
            granted |= SCOPES[scope]
        return granted


def require(caller: Caller, permission: Permission) -> None:
    """Raises Forbidden unless the caller has the permission at all."""
    if permission not in caller.permissions:
        who = f"the role {caller.role}" if caller.role else "this service account"
        raise Forbidden(f"{who} lacks the permission {permission}; {_holders(permission)} have it")


def may_open_profile(caller: Caller, employee_id: str, manager_id: str | None, mentor_id: str | None) -> bool:
    """Tells whether the caller may see one person's ratings and histories, given that person's manager and mentor."""
    if "profile.read" not in caller.permissions:
        return False
    if caller.role is None:
        return True
    if caller.employee_id == employee_id:
        return True
    sight = PROFILE_SIGHT[caller.role]
    if sight == "everyone":
        return True
    if sight == "reports":
        return manager_id is not None and manager_id == caller.employee_id
    return sight == "learners" and mentor_id is not None and mentor_id == caller.employee_id


def own_calls_first(caller: Caller) -> bool:
    """Tells whether pages begin with the caller's own profile and calls."""
    return caller.role in OWN_CALLS_FIRST


def is_own(caller: Caller, employee_id: str) -> bool:
    """Tells whether the caller is the person in question: all that anybody else sees of them is on record."""
    return not caller.is_service and employee_id in (caller.employee_id, caller.email)


def holders(permission: Permission) -> list[Role]:
    """Returns the roles that have a permission."""
    return [role for role in ROLES if permission in PERMISSIONS[role]]


def _holders(permission: Permission) -> str:
    scopes = [f"service accounts with {scope}" for scope, granted in SCOPES.items() if permission in granted]
    return ", ".join([*holders(permission), *scopes]) or "nobody"
