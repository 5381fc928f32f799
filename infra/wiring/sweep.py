"""Builds what finishes that which crashes have left, across capabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.environment import Environment
from infra.wiring.evidence import evidence
from infra.wiring.identities import identities
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.ports.documents import documents
from infra.wiring.ports.outbox import outbox
from infra.wiring.privacy import privacy
from infra.wiring.ratings import ratings
from infra.wiring.reviews import reviews
from infra.wiring.taxonomy import taxonomy

if TYPE_CHECKING:
    from shared.operations.usecases.sweep import Sweep


def sweep(on: Environment) -> Sweep:
    """Makes the sweep; each part is made when its turn comes, so that one that cannot be made fails alone, too."""
    from shared.operations.usecases.sweep import Sweep
    from shared.platform.records.audit import AuditRecords
    from shared.platform.records.changes import Changes

    parts = {
        "facts": lambda: outbox(on).sweep(),
        "notices": lambda: platform(on).notifications.sweep(),
        "employees": lambda: ratings(on).publish_pending.sweep(),
        "openings": lambda: ratings(on).rate_opened.sweep(),
        "readiness": lambda: ratings(on).sum_readiness.sweep(),
        "publications": lambda: taxonomy(on).following.finish(),
        "reviews": lambda: reviews(on).following.finish(),
        "erasures": lambda: privacy(on).resume_erasures.resume(),
        "listings": lambda: people(on).listing_anew.run(),
        "moves": lambda: identities(on).runs.resume(),
        "transcripts": lambda: privacy(on).retention.daily(),
        "evidence": lambda: evidence(on).tidying.sweep(),
        "changes": lambda: Changes(documents(on)).collect(on.clock.now()),
        "readings": lambda: AuditRecords(documents(on)).collect(on.clock.now()),
        "expired": on.end_lives,
    }
    return Sweep(parts, on.log)
