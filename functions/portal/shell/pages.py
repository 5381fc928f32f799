"""Names the pages, and what an address is. A page's module is loaded when somebody first opens it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from functions.portal.shell.routing import Handler, Module
from shared.kernel.access import Permission

activity = Module(lambda: import_module("functions.portal.activity.page"))
access = Module(lambda: import_module("functions.portal.access.page"))
authorisations = Module(lambda: import_module("functions.portal.authorisations.page"))
analysts = Module(lambda: import_module("functions.portal.analysts.page"))
review = Module(lambda: import_module("functions.portal.review.page"))
reviews = Module(lambda: import_module("functions.portal.reviews.page"))
audit_log = Module(lambda: import_module("functions.portal.audit.page"))
erasures = Module(lambda: import_module("functions.portal.erasures.page"))
identity = Module(lambda: import_module("functions.portal.identity.page"))
reports = Module(lambda: import_module("functions.portal.reports.page"))
coach = Module(lambda: import_module("functions.portal.coach.page"))
hand_overs = Module(lambda: import_module("functions.portal.hand_overs.page"))
invitation = Module(lambda: import_module("functions.portal.invitation.page"))
learner = Module(lambda: import_module("functions.portal.learner.page"))
learners = Module(lambda: import_module("functions.portal.learners.page"))
lessons = Module(lambda: import_module("functions.portal.lessons.page"))
standard = Module(lambda: import_module("functions.portal.standard.page"))
standards_import = Module(lambda: import_module("functions.portal.standards_import.page"))
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
evidence_behind = Module(lambda: import_module("functions.portal.evidence_behind.page"))
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
