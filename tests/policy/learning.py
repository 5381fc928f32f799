"""Rules of lessons, the feed and answers."""

from __future__ import annotations

from itertools import count
from typing import Any

from shared.platform.domain.audit_actions import AuditAction
from tests.harness.api_client import ADA, ApiClient
from tests.learning.lesson_files import CAPTIONS, CAPTIONS_SHA256, lesson_body
from tests.policy.both_edges import EVERYBODY, Rule
from tests.policy.calls import REVIEWING
from tests.policy.enrolment import BESIDE, ana

_numbers = count(1)
SELLING: dict[str, Any] = {"framework_id": "sales_engineering", "competencies": ["discovery"]}
REVIEWED: dict[str, Any] = {"reviewer": {"name": "Sam Safe", "role": "Head of training", "reviewed_on": "2026-01-05"}}
LEARNERS = EVERYBODY - {"employer"}
PUBLISHING = frozenset({"enablement", "administrator"})


def lesson(api: ApiClient) -> str:
    """A lesson of everybody's framework."""
    lesson_id = f"lesson_{next(_numbers)}"
    body = lesson_body(lesson_id, title="Ask before you show", **SELLING, **REVIEWED)
    assert api.post("learning/lessons", {"lessons": [body]}, who=ADA).status == 200
    return lesson_id


def clip(api: ApiClient) -> str:
    """Captions that are kept, by the end of their address."""
    assert api.put(f"learning/clips/{CAPTIONS_SHA256}", raw=CAPTIONS, content_type="text/vtt", who=ADA).status == 200
    return f"{CAPTIONS_SHA256}.vtt"


RULES = (
    Rule("what a lesson shows is everybody's", clip, ("GET", "learning/clips/{id}"), None, EVERYBODY),
    Rule(
        "enablement and administrators keep what lessons show",
        lambda api: CAPTIONS_SHA256,
        ("PUT", "learning/clips/{id}"),
        None,
        PUBLISHING,
        body=CAPTIONS,
    ),
    Rule(
        "the feed is the own one, and nothing is recorded",
        lesson,
        ("GET", "learning/feed"),
        None,
        LEARNERS,
        shown=("Ask before you show",),
        never=("is live until",),
        about="*",
    ),
    Rule(
        "the own mastery is shown, and nothing is recorded",
        lesson,
        ("GET", "learning/mastery"),
        None,
        LEARNERS,
        about="*",
    ),
    Rule(
        "a learner's mastery is shown to those beside them, and looking is recorded",
        ana,
        ("GET", "learning/mastery/{id}"),
        None,
        REVIEWING | BESIDE,
        shown=("Safe isolation",),
        recorded=AuditAction.LEARNER_VIEWED,
    ),
    Rule(
        "what stands behind a competency is shown to those beside the learner, and looking is recorded",
        ana,
        ("GET", "learning/mastery/{id}/evidence/K1"),
        ("GET", "/learners/{id}/evidence/K1"),
        REVIEWING | BESIDE,
        recorded=AuditAction.LEARNER_VIEWED,
    ),
    Rule(
        "answers are the own ones, and tell why",
        lesson,
        ("POST", "learning/answers"),
        None,
        LEARNERS,
        body={
            "answers": [
                {
                    "key": "{id}-answer-of-somebody",
                    "lesson_id": "{id}",
                    "lesson_version": 1,
                    "question_id": "q1",
                    "option": 1,
                    "answered_at": "2026-02-12T11:00:00Z",
                }
            ]
        },
        about="*",
    ),
    Rule(
        "what the own phones hold is told to nobody else",
        lesson,
        ("POST", "learning/phone-items"),
        None,
        LEARNERS,
        body={"items": [{"key": "11111111-photo", "kind": "photo", "made_at": "2026-02-12T11:00:00Z"}]},
        about="*",
    ),
    Rule(
        "lessons of the own framework are listed",
        lesson,
        ("GET", "learning/lessons"),
        ("GET", "/lessons"),
        EVERYBODY,
        shown=("Ask before you show",),
        never=("is live until",),
    ),
    Rule(
        "a lesson of the own framework is shown, its answers to who publishes",
        lesson,
        ("GET", "learning/lessons/{id}"),
        None,
        EVERYBODY,
        shown=("is live until",),
        shown_to=PUBLISHING,
    ),
    Rule(
        "enablement and administrators publish lessons, which is recorded",
        lambda api: f"lesson_{next(_numbers)}",
        ("POST", "learning/lessons"),
        None,
        PUBLISHING,
        body={"lessons": [lesson_body("{id}", **SELLING, **REVIEWED)]},
        recorded=AuditAction.LESSON_PUBLISHED,
    ),
    Rule(
        "enablement and administrators take a lesson out of teaching, which is recorded",
        lesson,
        ("POST", "learning/lessons/{id}/withdrawal"),
        ("POST", "/lessons/{id}/withdrawal"),
        PUBLISHING,
        form={"reason": "A step is missing"},
        body={"reason": "A step is missing"},
        recorded=AuditAction.LESSON_WITHDRAWN,
    ),
)
