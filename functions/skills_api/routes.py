"""Assembles the routes of all capabilities, whichever function serves them."""

from __future__ import annotations

from functions.skills_api import about
from shared.call_pipeline.api import api as call_pipeline
from shared.call_pipeline.api import threads
from shared.coaching.api import api as coaching
from shared.crm.api import callouts
from shared.enablement.api import api as enablement
from shared.enablement.api import telling
from shared.evidence.api import api as evidence
from shared.evidence.api import own as own_evidence
from shared.identities.api import api as identities
from shared.intake.api import api as intake
from shared.intake.api import recording
from shared.learning.api import api as learning
from shared.learning.api import own as own_learning
from shared.learning.enrolment_api import api as enrolment
from shared.notifications.api import api as notifications
from shared.operations.api import api as operations
from shared.people.api import api as people
from shared.platform.api import api as platform
from shared.platform.edges.routes import Route
from shared.privacy.api import api as privacy
from shared.ratings.api import api as ratings
from shared.reviews.api import api as reviews
from shared.subscriptions.api import api as subscriptions
from shared.taxonomy.api import api as taxonomy

ROUTES: tuple[Route, ...] = (
    *recording.routes,
    *intake.routes,
    *ratings.routes,
    *people.routes,
    *identities.routes,
    *taxonomy.routes,
    *threads.routes,
    *call_pipeline.routes,
    *privacy.routes,
    *platform.routes,
    *notifications.routes,
    *reviews.routes,
    *operations.routes,
    *subscriptions.routes,
    *telling.routes,
    *callouts.routes,
    *enablement.routes,
    *own_evidence.routes,
    *evidence.routes,
    *enrolment.routes,
    *coaching.routes,
    *own_learning.routes,
    *learning.routes,
    *about.api.routes,
)
