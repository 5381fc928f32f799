"""Names what an audit record can say that somebody did."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class AuditAction(StrEnum):
    """One kind of act. The values are stored and published: a member may be added, never renamed.

    The audit page offers them in this order.
    """

    PROFILE_VIEWED = "profile.viewed"
    TRANSCRIPT_OPENED = "transcript.opened"
    TRANSCRIPT_SAMPLES_READ = "transcript_samples.read"
    GRANT_GIVEN = "grant.given"
    GRANT_REVOKED = "grant.revoked"
    ESCALATION_RAISED = "escalation.raised"
    ESCALATION_REVOKED = "escalation.revoked"
    ERASURE_STARTED = "erasure.started"
    EMPLOYEE_READMITTED = "employee.readmitted"
    PROFILES_LISTED = "profiles.listed"
    PROFILES_EXPORTED = "profiles.exported"
    PREVIEW_READ = "preview.read"
    REVIEWS_LISTED = "reviews.listed"
    ACTIVITY_VIEWED = "activity.viewed"
    CALL_VIEWED = "call.viewed"
    CALLS_LISTED = "calls.listed"
    CALL_DEAL_LINKED = "call.deal_linked"
    CALL_MOVED = "call.moved"
    CALL_REANALYSIS_REQUESTED = "call.reanalysis_requested"
    CALLS_REANALYSIS_REQUESTED = "calls.reanalysis_requested"
    REVIEW_VIEWED = "review.viewed"
    REVIEW_CONFIRMED = "review.confirmed"
    REVIEW_CORRECTED = "review.corrected"
    REVIEW_REJECTED = "review.rejected"
    SCORE_CONTESTED = "score.contested"
    FRAMEWORK_PUBLISHED = "framework.published"
    STANDARD_IMPORTED = "standard.imported"
    PLAN_IMPORTED = "assessment_plan.imported"
    EVENT_VOIDED = "event.voided"
    HELD_SCORE_ALIASED = "held_score.aliased"
    HELD_SCORE_DISMISSED = "held_score.dismissed"
    SETTINGS_CHANGED = "settings.changed"
    EMPLOYEE_CHANGED = "employee.changed"
    EMPLOYEE_RENAMED = "employee.renamed"
    EMPLOYEES_MERGED = "employees.merged"
    EMPLOYEE_ID_RELEASED = "employee_id.released"
    EMPLOYEES_IMPORTED = "employees.imported"
    CERTIFICATIONS_IMPORTED = "certifications.imported"
    ADMINISTRATOR_ADMITTED = "administrator.admitted"
    RECALCULATION_STARTED = "recalculation.started"
    SCORER_STOPPED_COUNTING = "scorer.stopped_counting"
    SCORER_COUNTS_AGAIN = "scorer.counts_again"
    PARAMETERS_CALIBRATED = "parameters.calibrated"
    QUARANTINE_VIEWED = "quarantine.viewed"
    QUARANTINE_REPLAYED = "quarantine.replayed"
    QUARANTINE_DISCARDED = "quarantine.discarded"
    DEAD_LETTER_VIEWED = "dead_letter.viewed"
    DEAD_LETTER_REPLAYED = "dead_letter.replayed"
    DEAD_LETTER_DISCARDED = "dead_letter.discarded"
    WEBHOOK_SUBSCRIBED = "webhook.subscribed"
    WEBHOOK_CHANGED = "webhook.changed"
    WEBHOOK_SECRET_ROTATED = "webhook.secret_rotated"
    WEBHOOK_REMOVED = "webhook.removed"
    WEBHOOK_REPLAYED = "webhook.replayed"
    WEBHOOK_TESTED = "webhook.tested"
    WEBHOOK_DELIVERED = "webhook.delivered"
    NOTIFICATIONS_READ = "notifications.read"
    ASSIGNMENT_GIVEN = "assignment.given"
    ASSIGNMENT_WITHDRAWN = "assignment.withdrawn"
    EVIDENCE_LISTED = "evidence.listed"
    EVIDENCE_OPENED = "evidence.opened"
    EVIDENCE_REMOVED = "evidence.removed"
    PERFORMANCE_OBSERVED = "performance.observed"
    BEHAVIOUR_VERIFIED = "behaviour.verified"
    LEARNER_INVITED = "learner.invited"
    LEARNER_CONSENTED = "learner.consented"
    LEARNER_VIEWED = "learner.viewed"
    LEARNERS_LISTED = "learners.listed"
    BREAK_NOTED = "break.noted"
    AUTHORISATION_GIVEN = "authorisation.given"
    AUTHORISATION_REVOKED = "authorisation.revoked"
    LESSON_PUBLISHED = "lesson.published"
    LESSON_WITHDRAWN = "lesson.withdrawn"
    HAND_OVERS_LISTED = "hand_overs.listed"
    HAND_OVER_ANSWERED = "hand_over.answered"
    HAND_OVER_CLOSED = "hand_over.closed"


ABOUT_A_PERSON: Final = frozenset(
    {
        AuditAction.PROFILE_VIEWED,
        AuditAction.TRANSCRIPT_OPENED,
        AuditAction.GRANT_GIVEN,
        AuditAction.GRANT_REVOKED,
        AuditAction.ESCALATION_RAISED,
        AuditAction.ESCALATION_REVOKED,
        AuditAction.EMPLOYEE_READMITTED,
        AuditAction.PROFILES_LISTED,
        AuditAction.PROFILES_EXPORTED,
        AuditAction.PREVIEW_READ,
        AuditAction.REVIEWS_LISTED,
        AuditAction.ACTIVITY_VIEWED,
        AuditAction.CALL_VIEWED,
        AuditAction.CALLS_LISTED,
        AuditAction.CALL_MOVED,
        AuditAction.REVIEW_VIEWED,
        AuditAction.REVIEW_CONFIRMED,
        AuditAction.REVIEW_CORRECTED,
        AuditAction.REVIEW_REJECTED,
        AuditAction.SCORE_CONTESTED,
        AuditAction.EVENT_VOIDED,
        AuditAction.HELD_SCORE_ALIASED,
        AuditAction.HELD_SCORE_DISMISSED,
        AuditAction.EMPLOYEE_CHANGED,
        AuditAction.EMPLOYEE_RENAMED,
        AuditAction.EMPLOYEES_MERGED,
        AuditAction.EMPLOYEE_ID_RELEASED,
        AuditAction.WEBHOOK_DELIVERED,
        AuditAction.NOTIFICATIONS_READ,
        AuditAction.ASSIGNMENT_GIVEN,
        AuditAction.ASSIGNMENT_WITHDRAWN,
        AuditAction.EVIDENCE_LISTED,
        AuditAction.EVIDENCE_OPENED,
        AuditAction.EVIDENCE_REMOVED,
        AuditAction.PERFORMANCE_OBSERVED,
        AuditAction.BEHAVIOUR_VERIFIED,
        AuditAction.LEARNER_INVITED,
        AuditAction.LEARNER_CONSENTED,
        AuditAction.LEARNER_VIEWED,
        AuditAction.LEARNERS_LISTED,
        AuditAction.BREAK_NOTED,
        AuditAction.AUTHORISATION_GIVEN,
        AuditAction.AUTHORISATION_REVOKED,
        AuditAction.HAND_OVERS_LISTED,
        AuditAction.HAND_OVER_ANSWERED,
        AuditAction.HAND_OVER_CLOSED,
    }
)
"""Acts whose subject is a person; that of the others is a skill, a call, a letter …"""

SAYS_WHO: Final = frozenset(
    {
        AuditAction.GRANT_GIVEN,
        AuditAction.GRANT_REVOKED,
        AuditAction.ESCALATION_RAISED,
        AuditAction.ESCALATION_REVOKED,
        AuditAction.EMPLOYEE_RENAMED,
        AuditAction.EMPLOYEES_MERGED,
        AuditAction.EMPLOYEE_ID_RELEASED,
    }
)
"""Acts whose detail names people by their ids, in a sentence of the platform's."""
