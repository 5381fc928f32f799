"""Says which address shows which page to who stands beside learners, and how the coach fares."""

from __future__ import annotations

from functions.portal.shell import pages
from functions.portal.shell.pages import Route

BESIDE_LEARNERS = (
    Route("learners", "/learners", "learners.read", pages.learners.show_learners),
    Route(
        "invitation",
        "/learners/invitation",
        "enrolments.write",
        pages.invitation.show_form,
        pages.invitation.invite,
        "enrolments.write",
    ),
    Route("authorisations", "/learners/authorisations", "learners.read", pages.authorisations.show_authorisations),
    Route("learner", "/learners/<employee_id>", "enrolments.read", pages.learner.show_learner),
    Route(
        "evidence_behind",
        "/learners/<employee_id>/evidence/<competency>",
        "enrolments.read",
        pages.evidence_behind.show_evidence_behind,
    ),
    Route(
        "authorise_learner",
        "/learners/<employee_id>/authorisations",
        "enrolments.read",
        pages.learner.show_learner,
        pages.learner.authorise_learner,
        "authorisations.write",
    ),
    Route(
        "revoke_authorisation",
        "/learners/<employee_id>/revocation",
        "enrolments.read",
        pages.learner.show_learner,
        pages.learner.revoke_authorisation,
        "authorisations.write",
    ),
    Route(
        "note_break",
        "/learners/<employee_id>/breaks",
        "enrolments.read",
        pages.learner.show_learner,
        pages.learner.note_break,
        "enrolments.write",
    ),
    Route(
        "end_break",
        "/learners/<employee_id>/breaks/end",
        "enrolments.read",
        pages.learner.show_learner,
        pages.learner.end_break,
        "enrolments.write",
    ),
    Route("lessons", "/lessons", "skills.read", pages.lessons.list_lessons),
    Route("lesson", "/lessons/<lesson_id>", "skills.read", pages.lessons.show_lesson),
    Route(
        "withdraw_lesson",
        "/lessons/<lesson_id>/withdrawal",
        "skills.read",
        pages.lessons.show_lesson,
        pages.lessons.withdraw_lesson,
        "lessons.write",
    ),
    Route("coach", "/coach", "operations.read", pages.coach.show_coach),
    Route("hand_overs", "/hand-overs", "hand_overs.answer", pages.hand_overs.list_hand_overs),
    Route(
        "answer_hand_over",
        "/hand-overs/<hand_over_id>/answer",
        "hand_overs.answer",
        pages.hand_overs.list_hand_overs,
        pages.hand_overs.answer,
        "hand_overs.answer",
    ),
    Route(
        "close_hand_over",
        "/hand-overs/<hand_over_id>/outcome",
        "hand_overs.answer",
        pages.hand_overs.list_hand_overs,
        pages.hand_overs.close,
        "hand_overs.answer",
    ),
)
