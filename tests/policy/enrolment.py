"""Rules of who learns by which standard, what they agree to, and what they may do."""

from __future__ import annotations

from itertools import count

from shared.coaching.domain.agreement_text import CURRENT
from shared.learning.enrolment_records import Consent, Enrolment, EnrolmentRecords
from shared.platform.domain.audit_actions import AuditAction
from tests.harness.api_client import DANA, JOE, MO, ApiClient
from tests.learning import apprentices
from tests.learning.apprentices import ANA, EMPLOYER, STANDARD
from tests.policy.both_edges import ADMINISTRATOR, Rule
from tests.policy.calls import REVIEWING

BESIDE = frozenset({"manager", "mentor", "employer"})
"""Who stands beside Ana: Dana, Mo and her employer."""
_numbers = count(1)


def ana(api: ApiClient) -> str:
    """An apprentice whose manager is Dana and whose mentor is Mo, invited anew."""
    apprentices.prepare(api)
    person = {"name": "Ana Joiner", "framework_id": "cable_jointing_demo", "manager": DANA, "mentor": MO}
    assert api.put(f"employees/{ANA}", person).status == 200
    assert apprentices.invite(api).status == 201
    return ANA


def joe(api: ApiClient) -> str:
    """Joe as a learner who has agreed: of another framework, so that no route would invite him."""
    records = EnrolmentRecords(api.platform.documents)
    known = records.versioned(JOE)
    now = api.clock.now()
    enrolment = Enrolment(
        employee_id=JOE,
        framework_id="sales_engineering",
        standard=STANDARD,
        revision=1,
        milestone="gateway",
        invited_by=MO,
        invited_at=now,
        consents=(Consent(version=1, agreed=True, at=now),),
    )
    records.put(enrolment, over=None if known is None else known.stamp)
    return JOE


def given(api: ApiClient) -> str:
    """What Ana may do."""
    ana(api)
    body = AUTHORISATION | {"activity": f"Joint {next(_numbers)}"}
    answer = api.post(f"learning/enrolments/{ANA}/authorisations", body, who=MO)
    assert answer.status == 201, answer
    return str(answer.json["authorisation_id"])


def hers(api: ApiClient) -> str:
    """Ana, of whom something ends soon."""
    given(api)
    return ANA


def free(api: ApiClient) -> str:
    """Ana, who may do nothing."""
    ana(api)
    for one in api.get(f"learning/enrolments/{ANA}/authorisations", who=MO).json["authorisations"]:
        api.post(f"learning/authorisations/{one['authorisation_id']}/revocation", who=MO)
    return ANA


def rested(api: ApiClient) -> str:
    """Ana, of whom a break is kept that has an end."""
    ana(api)
    body = {"begins": "2026-02-01", "ends": "2026-02-03"}
    assert api.post(f"learning/enrolments/{ANA}/breaks", body).status == 200
    return ANA


def away(api: ApiClient) -> str:
    """Ana, in a break whose end nobody knows."""
    ana(api)
    body = {"begins": "2026-02-01", "reason": "illness"}
    assert api.post(f"learning/enrolments/{ANA}/breaks", body).status == 200
    return ANA


AUTHORISATION = {"activity": "Joint", "scope": "supervised", "begins": "2026-02-01", "ends": "2026-03-01"}

RULES = (
    Rule(
        "somebody is invited to learn",
        ana,
        ("POST", "learning/enrolments"),
        ("POST", "/learners/invitation"),
        REVIEWING,
        form={
            "employee_id": "{id}",
            "standard": STANDARD,
            "revision": "1",
            "milestone": "gateway",
            "employer_id": EMPLOYER,
        },
        body={"employee_id": "{id}", "standard": STANDARD, "employer_id": EMPLOYER},
        recorded=AuditAction.LEARNER_INVITED,
    ),
    Rule(
        "what a learner is held to is shown to those beside them",
        ana,
        ("GET", "learning/enrolments/{id}"),
        ("GET", "/learners/{id}"),
        REVIEWING | BESIDE,
        shown=("gateway to completion",),
        recorded=AuditAction.LEARNER_VIEWED,
    ),
    Rule(
        "learners are listed for those beside them",
        ana,
        ("GET", "learning/enrolments"),
        None,
        REVIEWING | BESIDE | {"senior_manager"},
        shown=("Ana Joiner",),
        shown_to=REVIEWING | BESIDE,
        recorded=AuditAction.LEARNERS_LISTED,
        recorded_for=REVIEWING | BESIDE,
        about="*",
    ),
    Rule(
        "who may need help is listed for those beside them",
        ana,
        ("GET", "learning/at-risk"),
        ("GET", "/learners"),
        REVIEWING | BESIDE | {"senior_manager"},
        shown=("Ana Joiner",),
        shown_to=REVIEWING | BESIDE,
        recorded=AuditAction.LEARNERS_LISTED,
        recorded_for=REVIEWING | BESIDE,
        about="*",
    ),
    Rule(
        "how long a milestone takes is told without names",
        ana,
        ("GET", "learning/milestones"),
        None,
        REVIEWING | BESIDE | {"senior_manager"},
        never=("Ana Joiner",),
    ),
    Rule(
        "learners themselves agree and withdraw",
        joe,
        ("POST", "learning/enrolments/{me}/consent"),
        None,
        frozenset({"employee"}),
        body={"version": 1, "agreed": False},
        refused=frozenset({403, 404}),
        recorded=AuditAction.LEARNER_CONSENTED,
    ),
    Rule(
        "whether the coach may write is shown to the person and to who enrols people",
        ana,
        ("GET", "learning/enrolments/{id}/coach-agreement"),
        None,
        REVIEWING,
        shown=("Write STOP",),
        recorded=AuditAction.LEARNER_VIEWED,
    ),
    Rule(
        "whether the coach may write is said by people themselves, or by who enrols them",
        ana,
        ("POST", "learning/enrolments/{id}/coach-agreement"),
        None,
        REVIEWING,
        body={"version": CURRENT, "agreed": True, "phone": "+44 7700 900123"},
        recorded=AuditAction.LEARNER_CONSENTED,
    ),
    Rule(
        "a break is noted",
        rested,
        ("POST", "learning/enrolments/{id}/breaks"),
        ("POST", "/learners/{id}/breaks"),
        REVIEWING,
        form={"break_begins": "2026-02-01", "break_reason": "illness"},
        body={"begins": "2026-02-01"},
        recorded=AuditAction.BREAK_NOTED,
    ),
    Rule(
        "a break ends",
        away,
        ("POST", "learning/enrolments/{id}/breaks"),
        ("POST", "/learners/{id}/breaks/end"),
        REVIEWING,
        form={"begins": "2026-02-01", "reason": "illness", "break_last": "2026-02-09"},
        body={"begins": "2026-02-01", "reason": "illness", "ends": "2026-02-09"},
        recorded=AuditAction.BREAK_NOTED,
    ),
    Rule(
        "what a learner may do is shown to those beside them",
        hers,
        ("GET", "learning/enrolments/{id}/authorisations"),
        None,
        REVIEWING | BESIDE,
        shown=("supervised",),
        recorded=AuditAction.LEARNER_VIEWED,
    ),
    Rule(
        "a mentor authorises the own learners",
        free,
        ("POST", "learning/enrolments/{id}/authorisations"),
        ("POST", "/learners/{id}/authorisations"),
        ADMINISTRATOR | {"mentor"},
        form=AUTHORISATION,
        body=AUTHORISATION,
        recorded=AuditAction.AUTHORISATION_GIVEN,
    ),
    Rule(
        "what ends soon is listed for those beside the learner",
        hers,
        ("GET", "learning/authorisations"),
        None,
        REVIEWING | BESIDE | {"senior_manager"},
        shown=("Ana Joiner",),
        shown_to=REVIEWING | BESIDE,
        recorded=AuditAction.LEARNERS_LISTED,
        recorded_for=REVIEWING | BESIDE,
        about="*",
    ),
    Rule(
        "who may do what is listed for those beside the learners",
        hers,
        ("GET", "learning/authorisations/in-force"),
        ("GET", "/learners/authorisations"),
        REVIEWING | BESIDE | {"senior_manager"},
        shown=("Ana Joiner",),
        shown_to=REVIEWING | BESIDE,
        recorded=AuditAction.LEARNERS_LISTED,
        recorded_for=REVIEWING | BESIDE,
        about="*",
    ),
    Rule(
        "a mentor takes an authorisation back",
        given,
        ("POST", "learning/authorisations/{id}/revocation"),
        ("POST", f"/learners/{ANA}/revocation"),
        ADMINISTRATOR | {"mentor"},
        form={"authorisation_id": "{id}"},
        recorded=AuditAction.AUTHORISATION_REVOKED,
        about=ANA,
    ),
)
