"""Builds what computes by the store as it was at an earlier moment."""

from __future__ import annotations

from datetime import datetime

from infra.wiring.ratings import projecting
from shared.conversations.records import CallRecords
from shared.conversations.rewound import RewoundCalls
from shared.conversations.usecases.deals_in_force import DealsInForce
from shared.frameworks.rewound import RewoundCertificates, RewoundFrameworks, RewoundParameters, RewoundSettings
from shared.frameworks.usecases.configuration import Configuration
from shared.observations.records import Ledger
from shared.observations.rewound import RewoundEvents, RewoundStates
from shared.platform.records.rewound import RewoundDocuments, StoppedClock
from shared.ports.documents import Documents
from shared.privacy.usecases.first_sight import FirstSight
from shared.ratings.rewound import RewoundPlaces
from shared.ratings.usecases.project_person import ProjectPerson
from shared.reviews.records import ReviewRecords
from shared.reviews.rewound import RewoundReviews

LIVE = {
    "events": RewoundEvents,
    "states": RewoundStates,
    "frameworks": RewoundFrameworks,
    "parameters": RewoundParameters,
    "settings": RewoundSettings,
    "certificates": RewoundCertificates,
    "ratings": RewoundPlaces,
    "reviews": RewoundReviews,
}


def projecting_at(live: Documents, integrations: Documents, at: datetime) -> ProjectPerson:
    """Makes what projects one person by what was known at a moment, as that moment's own answer was made."""
    clock = StoppedClock(at)
    store = RewoundDocuments(live, at, LIVE)
    configuration = Configuration(store, clock)
    calls = CallRecords(RewoundDocuments(integrations, at, {"calls": RewoundCalls}), clock)
    sight = FirstSight(Ledger(store), ReviewRecords(store), configuration, clock)
    return projecting(store, configuration, DealsInForce(calls), sight, clock)
