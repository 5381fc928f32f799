"""Names what the app asks: the API's routes of a learner's own."""

from __future__ import annotations

from infra.wiring.coaching import coaching
from infra.wiring.enrolment import enrolment
from infra.wiring.environment import Environment
from infra.wiring.evidence import evidence
from infra.wiring.learning import learning
from shared.coaching.api import api as coaching_api
from shared.evidence.api import own as evidence_api
from shared.learning.api import own as learning_api
from shared.learning.enrolment_api import api as enrolment_api
from shared.platform.edges.routes import Served

OWN = frozenset({"get_enrolment", "give_consent", "list_authorisations"})
"""Of enrolment, what learners ask for themselves."""


def served(on: Environment) -> list[Served]:
    """Returns the routes that are answered below /learn, with the session as the caller."""
    own = [one for one in enrolment_api.served(lambda: enrolment(on)) if one.route.operation in OWN]
    asked = coaching_api.served(lambda: coaching(on))
    return [*learning_api.served(lambda: learning(on)), *evidence_api.served(lambda: evidence(on)), *own, *asked]
