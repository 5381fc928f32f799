"""Says which address shows which page to whom. A page's module is loaded when somebody first opens it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from functions.portal.shell.routing import Handler, Module
from shared.kernel.access import Permission

activity = Module(lambda: import_module("functions.portal.activity.page"))
access = Module(lambda: import_module("functions.portal.access.page"))
analysts = Module(lambda: import_module("functions.portal.analysts.page"))
review = Module(lambda: import_module("functions.portal.review.page"))
reviews = Module(lambda: import_module("functions.portal.reviews.page"))
audit = Module(lambda: import_module("functions.portal.audit.page"))
erasures = Module(lambda: import_module("functions.portal.erasures.page"))
identity = Module(lambda: import_module("functions.portal.identity.page"))
reports = Module(lambda: import_module("functions.portal.reports.page"))
learner = Module(lambda: import_module("functions.portal.learner.page"))
learners = Module(lambda: import_module("functions.portal.learners.page"))
standard = Module(lambda: import_module("functions.portal.standard.page"))
standards = Module(lambda: import_module("functions.portal.standards.page"))
people = Module(lambda: import_module("functions.portal.people.page"))
samples = Module(lambda: import_module("functions.portal.samples.page"))
transcript = Module(lambda: import_module("functions.portal.transcript.page"))
call = Module(lambda: import_module("functions.portal.call.page"))
call_analyses = Module(lambda: import_module("functions.portal.call_analyses.page"))
calibration = Module(lambda: import_module("functions.portal.calibration.page"))
calls = Module(lambda: import_module("functions.portal.calls.page"))
dead_letters = Module(lambda: import_module("functions.portal.dead_letters.page"))
event = Module(lambda: import_module("functions.portal.event.page"))
health = Module(lambda: import_module("functions.portal.health.page"))
job_titles = Module(lambda: import_module("functions.portal.job_titles.page"))
integrations = Module(lambda: import_module("functions.portal.integrations.page"))
notifications = Module(lambda: import_module("functions.portal.notifications.page"))
notification_settings = Module(lambda: import_module("functions.portal.notification_settings.page"))
notification_deliveries = Module(lambda: import_module("functions.portal.notification_deliveries.page"))
outbox = Module(lambda: import_module("functions.portal.outbox.page"))
quarantine = Module(lambda: import_module("functions.portal.quarantine.page"))
dimensions = Module(lambda: import_module("functions.portal.dimensions.page"))
held = Module(lambda: import_module("functions.portal.held.page"))
rule = Module(lambda: import_module("functions.portal.rule.page"))
skill = Module(lambda: import_module("functions.portal.skill.page"))
skill_history = Module(lambda: import_module("functions.portal.skill_history.page"))
skills = Module(lambda: import_module("functions.portal.skills.page"))
readiness = Module(lambda: import_module("functions.portal.readiness.page"))
evidence = Module(lambda: import_module("functions.portal.evidence.page"))
observe = Module(lambda: import_module("functions.portal.observe.page"))
verify = Module(lambda: import_module("functions.portal.verify.page"))
field = Module(lambda: import_module("functions.portal.field.page"))
team = Module(lambda: import_module("functions.portal.team.page"))
assignment_rules = Module(lambda: import_module("functions.portal.assignment_rules.page"))
hold_out = Module(lambda: import_module("functions.portal.hold_out.page"))
pipeline = Module(lambda: import_module("functions.portal.pipeline.page"))
preparation = Module(lambda: import_module("functions.portal.preparation.page"))
profile = Module(lambda: import_module("functions.portal.profile.page"))

webhooks = Module(lambda: import_module("functions.portal.webhooks.page"))


@dataclass(frozen=True)
class Route:
    """One address. permission: what a person needs to come here; None: a session is enough.

    takes_file: its form may bring one
    """

    name: str
    path: str
    permission: Permission | None
    show: Handler
    act: Handler | None = None
    act_permission: Permission | None = None
    takes_file: bool = False


ROUTES = (
    Route("readiness", "/", None, readiness.show_readiness),
    Route("people", "/people", "people.list", people.list_people),
    Route("profile", "/people/<employee_id>", "profile.read", profile.show_profile),
    Route("reports", "/reports", "readiness.read", reports.list_reports),
    Route("report", "/reports/<name>", "readiness.read", reports.show_report),
    Route("job_titles", "/job-titles", "people.write", job_titles.list_job_titles),
    Route("field", "/people/<employee_id>/field", "histories.read", field.show_field),
    Route("skill_history", "/people/<employee_id>/skills/<competency>", "histories.read", skill_history.show_history),
    Route(
        "identity",
        "/people/<employee_id>/identity",
        "people.move",
        identity.show_identity,
        identity.move,
        "people.move",
    ),
    Route(
        "release_id",
        "/people/<employee_id>/identity/release",
        "people.move",
        identity.show_identity,
        identity.release,
        "people.move",
    ),
    Route("event", "/events", "histories.read", event.show_event),
    Route("void_event", "/events/void", "histories.read", event.show_event, event.void_event, "events.void"),
    Route("me", "/me", "profile.read", profile.show_me),
    Route(
        "preparation",
        "/preparation",
        "assignments.complete",
        preparation.show_own,
        preparation.complete,
        "assignments.complete",
    ),
    Route(
        "preparation_of",
        "/people/<employee_id>/preparation",
        "profile.read",
        preparation.show_of,
        preparation.assign,
        "assignments.give",
    ),
    Route(
        "withdraw_assignment",
        "/people/<employee_id>/preparation/withdrawal",
        "profile.read",
        preparation.show_of,
        preparation.take_back,
        "assignments.give",
    ),
    Route("observe", "/observe", "observations.write", observe.list_learners),
    Route(
        "observation",
        "/people/<employee_id>/observation",
        "observations.write",
        observe.show_form,
        observe.record,
        "observations.write",
        takes_file=True,
    ),
    Route("verify", "/verify", "behaviours.verify", verify.list_apprentices),
    Route(
        "verification",
        "/people/<employee_id>/verification",
        "behaviours.verify",
        verify.show_form,
        verify.record,
        "behaviours.verify",
    ),
    Route("evidence", "/people/<employee_id>/evidence", "evidence.read", evidence.show_evidence),
    Route("evidence_content", "/evidence/<evidence_id>/content", "evidence.read", evidence.show_content),
    Route(
        "take_back_evidence",
        "/people/<employee_id>/evidence/withdrawal",
        "evidence.read",
        evidence.show_evidence,
        evidence.take_back,
        "evidence.read",
    ),
    Route("team", "/team", "team.read", team.show_team, team.assign, "team.read"),
    Route(
        "assignment_rules",
        "/assignment-rules",
        "assignment_rules.manage",
        assignment_rules.show_rules,
        assignment_rules.change_rules,
        "assignment_rules.manage",
    ),
    Route("pipeline", "/pipeline", "pipeline.read", pipeline.show_pipeline),
    Route("hold_out", "/hold-out", "hold_out.manage", hold_out.show_hold_out, hold_out.turn, "hold_out.manage"),
    Route("activity", "/activity", "readiness.read", activity.show_activity),
    Route("calls", "/calls", "histories.read", calls.list_calls),
    Route(
        "call_analyses",
        "/calls/analyses",
        "calls.analyse_period",
        call_analyses.new_period,
        call_analyses.start_period,
        "calls.analyse_period",
    ),
    Route("call_analysis", "/calls/analyses/<run_id>", "calls.analyse_period", call_analyses.show_period),
    Route("call", "/calls/<record_id>", "histories.read", call.show_call),
    Route(
        "transcript",
        "/calls/<record_id>/transcript",
        "transcripts.read",
        transcript.show_transcript,
        transcript.open_transcript,
        "transcripts.read",
    ),
    Route("samples", "/samples", "samples.read", samples.show_samples),
    Route(
        "analyse_call",
        "/calls/<record_id>/analyses",
        "histories.read",
        call.show_call,
        call.analyse_call,
        "calls.analyse",
    ),
    Route("move_call", "/calls/<record_id>/speakers", "histories.read", call.show_call, call.move_call, "calls.move"),
    Route("link_call", "/calls/<record_id>/deal", "histories.read", call.show_call, call.link_call, "calls.link"),
    Route("reviews", "/reviews", "reviews.read", reviews.list_reviews),
    Route("review", "/reviews/<review_id>", "reviews.read", review.show_review),
    Route(
        "give_own_scores",
        "/reviews/<review_id>/own-scores",
        "reviews.read",
        review.show_review,
        review.give_own_scores,
        "reviews.decide",
    ),
    Route(
        "decide_review",
        "/reviews/<review_id>/decision",
        "reviews.read",
        review.show_review,
        review.decide_review,
        "reviews.decide",
    ),
    Route(
        "contest_review",
        "/reviews/<review_id>/contest",
        "reviews.contest",
        review.show_review,
        review.contest_review,
        "reviews.contest",
    ),
    Route("analysts", "/analysts", "certificates.read", analysts.list_analysts),
    Route("skills", "/skills", "skills.read", skills.list_skills),
    Route("learners", "/learners", "learners.read", learners.show_learners),
    Route("learner", "/learners/<employee_id>", "enrolments.read", learner.show_learner),
    Route(
        "authorise_learner",
        "/learners/<employee_id>/authorisations",
        "enrolments.read",
        learner.show_learner,
        learner.authorise_learner,
        "authorisations.write",
    ),
    Route(
        "revoke_authorisation",
        "/learners/<employee_id>/revocation",
        "enrolments.read",
        learner.show_learner,
        learner.revoke_authorisation,
        "authorisations.write",
    ),
    Route("standards", "/standards", "skills.read", standards.list_standards),
    Route("standard", "/standards/<key>", "skills.read", standard.show_standard),
    Route(
        "new_skill",
        "/skills/<framework_id>/add",
        "skills.write",
        skill.new_skill,
        skill.create_skill,
        "skills.write",
    ),
    Route(
        "skill",
        "/skills/<framework_id>/<skill_id>",
        "skills.read",
        skill.show_skill,
        skill.change_skill,
        "skills.write",
    ),
    Route(
        "rule",
        "/skills/<framework_id>/<skill_id>/rule",
        "skills.write",
        rule.edit_rule,
        rule.change_rule,
        "skills.write",
    ),
    Route(
        "dimensions",
        "/dimensions/<framework_id>",
        "skills.read",
        dimensions.show_dimensions,
        dimensions.change_dimension,
        "skills.write",
    ),
    Route(
        "held_scores",
        "/held-scores",
        "operations.read",
        held.list_held,
        held.decide_held,
        "operations.write",
    ),
    Route("health", "/health", "operations.read", health.show_health),
    Route("integrations", "/health/integrations", "operations.read", integrations.show_integrations),
    Route("quarantine", "/quarantine", "operations.read", quarantine.list_quarantine),
    Route("quarantined", "/quarantine/<item_id>", "operations.read", quarantine.show_quarantined),
    Route(
        "replay_quarantined",
        "/quarantine/<item_id>/replay",
        "operations.read",
        quarantine.show_quarantined,
        quarantine.replay_quarantined,
        "operations.write",
    ),
    Route(
        "discard_quarantined",
        "/quarantine/<item_id>/discard",
        "operations.read",
        quarantine.show_quarantined,
        quarantine.discard_quarantined,
        "operations.write",
    ),
    Route("calibration", "/calibration", "operations.read", calibration.show_calibration),
    Route("dead_letters", "/dead-letters", "operations.read", dead_letters.list_letters),
    Route(
        "replay_dead_letters",
        "/dead-letters/replay",
        "operations.read",
        dead_letters.list_letters,
        dead_letters.replay_letters,
        "operations.write",
    ),
    Route("dead_letter", "/dead-letters/<letter_id>", "operations.read", dead_letters.show_letter),
    Route(
        "replay_dead_letter",
        "/dead-letters/<letter_id>/replay",
        "operations.read",
        dead_letters.show_letter,
        dead_letters.replay_letter,
        "operations.write",
    ),
    Route(
        "discard_dead_letter",
        "/dead-letters/<letter_id>/discard",
        "operations.read",
        dead_letters.show_letter,
        dead_letters.discard_letter,
        "operations.write",
    ),
    Route("webhooks", "/webhooks", "webhooks.manage", webhooks.list_webhooks, webhooks.subscribe, "webhooks.manage"),
    Route(
        "webhook",
        "/webhooks/<subscription_id>",
        "webhooks.manage",
        webhooks.show_webhook,
        webhooks.change_webhook,
        "webhooks.manage",
    ),
    Route(
        "webhook_secret",
        "/webhooks/<subscription_id>/secret",
        "webhooks.manage",
        webhooks.show_webhook,
        webhooks.rotate_secret,
        "webhooks.manage",
    ),
    Route(
        "webhook_remove",
        "/webhooks/<subscription_id>/remove",
        "webhooks.manage",
        webhooks.show_webhook,
        webhooks.remove_webhook,
        "webhooks.manage",
    ),
    Route(
        "webhook_test",
        "/webhooks/<subscription_id>/test",
        "webhooks.manage",
        webhooks.show_webhook,
        webhooks.send_test,
        "webhooks.manage",
    ),
    Route(
        "webhook_replay",
        "/webhooks/<subscription_id>/replay",
        "webhooks.manage",
        webhooks.show_webhook,
        webhooks.replay_since,
        "webhooks.manage",
    ),
    Route(
        "webhook_delivery",
        "/webhooks/<subscription_id>/delivery",
        "webhooks.manage",
        webhooks.show_webhook,
        webhooks.replay_one,
        "webhooks.manage",
    ),
    Route("audit", "/audit", "audit.read", audit.search_audit),
    Route(
        "notifications",
        "/notifications",
        "notifications.read",
        notifications.list_notifications,
        notifications.read_notification,
        "notifications.read",
    ),
    Route(
        "notification_settings",
        "/notifications/settings",
        "notifications.read",
        notification_settings.show_settings,
        notification_settings.change_settings,
        "notifications.read",
    ),
    Route("own_deliveries", "/notifications/deliveries", "notifications.read", notification_deliveries.list_own),
    Route("notification_deliveries", "/notification-deliveries", "operations.read", notification_deliveries.list_all),
    Route("outbox", "/outbox", "notifications.read", outbox.list_mails),
    Route("kept_mail", "/outbox/<key>", "notifications.read", outbox.show_mail),
    Route("access", "/access", "grants.read", access.show_access),
    Route("grant", "/access/grant", "grants.write", access.show_access, access.give_grant, "grants.write"),
    Route(
        "escalation",
        "/access/escalation",
        "escalations.write",
        access.show_access,
        access.escalate,
        "escalations.write",
    ),
    Route("end_grant", "/access/grant/end", "grants.write", access.show_access, access.end_grant, "grants.write"),
    Route(
        "end_escalation",
        "/access/escalation/end",
        "escalations.write",
        access.show_access,
        access.end_escalation,
        "escalations.write",
    ),
    Route("erasures", "/erasures", "erasure.run", erasures.list_erasures, erasures.start_erasure, "erasure.run"),
)
"""Every page: the test of each role against each address reads this table."""
