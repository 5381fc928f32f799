"""Answers for profiles, histories, skills and rules, people, recalculations, operations: the API besides `ingest`.

Triggers: requests of /api/v1 with an ID token of an integration or a person.
Produces: JSON in the shape of /api/v1/openapi.json.
Errors:   4xx problem details that name the field; 503 asks to send the same again.
"""

from flask import Request
from flask.typing import ResponseReturnValue

from functions.skills_api import about
from functions.skills_api.routes import ROUTES
from infra.wiring.call_pipeline import call_pipeline
from infra.wiring.coaching import coaching
from infra.wiring.edges.authentication import authentication
from infra.wiring.edges.every_path import answers_every_path
from infra.wiring.edges.traffic import traffic
from infra.wiring.enablement import enablement
from infra.wiring.enrolment import enrolment
from infra.wiring.environment import Environment, environment
from infra.wiring.evidence import evidence
from infra.wiring.identities import identities
from infra.wiring.intake import intake
from infra.wiring.learning import learning
from infra.wiring.notifications import notifications
from infra.wiring.operations import operations
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.privacy import privacy
from infra.wiring.ratings import ratings
from infra.wiring.reviews import reviews
from infra.wiring.subscriptions import subscriptions
from infra.wiring.taxonomy import taxonomy
from shared.call_pipeline.api import api as call_pipeline_api
from shared.coaching.api import api as coaching_api
from shared.enablement.api import api as enablement_api
from shared.evidence.api import api as evidence_api
from shared.evidence.api import own as own_evidence_api
from shared.identities.api import api as identities_api
from shared.intake.api import api as intake_api
from shared.learning.api import api as learning_api
from shared.learning.api import own as own_learning_api
from shared.learning.enrolment_api import api as enrolment_api
from shared.notifications.api import api as notifications_api
from shared.operations.api import api as operations_api
from shared.people.api import api as people_api
from shared.platform.api import api as platform_api
from shared.platform.edges.http import HttpEdge
from shared.privacy.api import api as privacy_api
from shared.ratings.api import api as ratings_api
from shared.reviews.api import api as reviews_api
from shared.subscriptions.api import api as subscriptions_api
from shared.taxonomy.api import api as taxonomy_api


@answers_every_path
def skills_api(request: Request) -> ResponseReturnValue:
    return environment().once(edge).handle(request)


def edge(on: Environment) -> HttpEdge:
    """Serves the routes of every capability but what is recorded, which is `ingest`'s and `email_threads`'s."""
    served = [
        *intake_api.served(lambda: intake(on)),
        *ratings_api.served(lambda: ratings(on)),
        *people_api.served(lambda: people(on)),
        *identities_api.served(lambda: identities(on)),
        *taxonomy_api.served(lambda: taxonomy(on)),
        *call_pipeline_api.served(lambda: call_pipeline(on)),
        *privacy_api.served(lambda: privacy(on)),
        *platform_api.served(lambda: platform(on)),
        *notifications_api.served(lambda: notifications(on)),
        *operations_api.served(lambda: operations(on)),
        *reviews_api.served(lambda: reviews(on)),
        *subscriptions_api.served(lambda: subscriptions(on)),
        *enablement_api.served(lambda: enablement(on)),
        *own_evidence_api.served(lambda: evidence(on)),
        *evidence_api.served(lambda: evidence(on)),
        *enrolment_api.served(lambda: enrolment(on)),
        *coaching_api.served(lambda: coaching(on)),
        *own_learning_api.served(lambda: learning(on)),
        *learning_api.served(lambda: learning(on)),
        *about.api.served(lambda: None),
    ]
    return HttpEdge(served, authentication(on, "skills_api"), on.log, traffic(on), elsewhere=ROUTES)
