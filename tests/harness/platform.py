"""Hands the use cases and ports of an environment to a test, all from the real wiring."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from infra.wiring import (
    calibration,
    call_analysis,
    call_pipeline,
    conversations,
    daily_discovery,
    discovery,
    erasure,
    first_sight,
    frameworks,
    health,
    identities,
    intake,
    people,
    platform,
    privacy,
    ratings,
    reviews,
    shard,
    taxonomy,
)
from infra.wiring.environment import Environment
from infra.wiring.ports import bus, dead_letters, documents, integrations, tasks, warehouse
from shared.people.records import Employee
from shared.platform.records.audit import AuditRecords
from shared.platform.records.quarantine import QuarantineRecords
from shared.reviews.messages import CertificationTask
from shared.reviews.usecases.certify import Certified

T = TypeVar("T")


class Nightly:
    """The night's certification, part after part, as its tasks follow each other."""

    def __init__(self, on: Environment) -> None:
        self._on = on

    def run(self) -> Certified:
        """What came of the last part."""
        done: CertificationTask | Certified = CertificationTask(begun_at=self._on.clock.now())
        while isinstance(done, CertificationTask):
            done = reviews.reviews(self._on).certify.part(done)
        return done


class Made(Generic[T]):
    """An attribute that the wiring makes of the environment."""

    def __init__(self, make: Callable[[Environment], T]) -> None:
        self._make = make

    def __get__(self, platform: Platform, owner: type[Platform]) -> T:
        return self._make(platform.on)


class Platform:
    """The use cases in one environment, and what they stand on."""

    def __init__(self, on: Environment) -> None:
        self.on = on

    # Capabilities, each with all of its use cases
    analysis = Made(call_analysis.call_analysis)
    calls = Made(call_pipeline.call_pipeline)
    people = Made(people.people)
    identities = Made(identities.identities)
    privacy = Made(privacy.privacy)
    reviews = Made(reviews.reviews)

    # What tests name most
    audit = Made(lambda on: platform.platform(on).audit)
    audited = Made(lambda on: AuditRecords(documents.documents(on)))
    calibrate = Made(lambda on: on.once(calibration.calibrate))
    calibration = Made(lambda on: ratings.ratings(on).calibration)
    call_records = Made(lambda on: conversations.conversations(on).call_records)
    change_skills = Made(lambda on: taxonomy.taxonomy(on).change_skills)
    changes = Made(lambda on: ratings.ratings(on).changes)
    certificates = Made(lambda on: reviews.reviews(on).certificates)
    certify = Made(Nightly)
    compare = Made(lambda on: ratings.ratings(on).compare)
    configuration = Made(lambda on: frameworks.frameworks(on).configuration)
    discovery = Made(lambda on: daily_discovery.daily_discovery(on))
    eraser = Made(lambda on: on.once(erasure.eraser))
    export = Made(lambda on: ratings.ratings(on).export)
    event_lists = Made(lambda on: intake.intake(on).lists)
    events = Made(lambda on: intake.intake(on).alone)
    history = Made(lambda on: intake.intake(on).history)
    finished = Made(lambda on: discovery.discovery(on).finished_call)
    first_sight = Made(lambda on: on.once(first_sight.first_sight))
    health = Made(lambda on: health.health(on))
    import_certifications = Made(lambda on: intake.intake(on).import_certifications)
    notifications = Made(lambda on: platform.platform(on).notifications)
    page_views = Made(lambda on: platform.platform(on).page_views)
    projecting = Made(lambda on: ratings.ratings(on).projecting)
    publications = Made(lambda on: taxonomy.taxonomy(on).following)
    publish_pending = Made(lambda on: ratings.ratings(on).publish_pending)
    publish_frameworks = Made(lambda on: taxonomy.taxonomy(on).publish_frameworks)
    quarantine = Made(lambda on: platform.platform(on).quarantine)
    quarantined = Made(lambda on: QuarantineRecords(documents.documents(on)))
    ratings = Made(lambda on: ratings.ratings(on).ratings)
    readiness = Made(lambda on: ratings.ratings(on).readiness)
    recalculate = Made(lambda on: ratings.ratings(on).recalculate)
    share_out = Made(lambda on: ratings.ratings(on).share_out)
    request_recalculation = Made(lambda on: ratings.ratings(on).request_recalculation)
    review_items = Made(lambda on: reviews.reviews(on).review_items)
    settings = Made(lambda on: reviews.reviews(on).settings)
    shard = Made(lambda on: on.once(shard.shard))
    sum_readiness = Made(lambda on: ratings.ratings(on).sum_readiness)
    skills = Made(lambda on: taxonomy.taxonomy(on).skills)
    take_in = Made(lambda on: intake.intake(on).take_in)
    voiding = Made(lambda on: intake.intake(on).voiding)
    transcript_retention = Made(lambda on: privacy.privacy(on).retention)
    transcript_samples = Made(lambda on: privacy.privacy(on).samples)
    transcripts = Made(lambda on: conversations.conversations(on).transcripts)
    unmapped = Made(lambda on: taxonomy.taxonomy(on).unmapped)

    # Ports
    bus = Made(bus.bus)
    dead_letters = Made(dead_letters.dead_letters)
    documents = Made(documents.documents)
    integrations = Made(integrations.integrations)
    tasks = Made(tasks.tasks)
    warehouse = Made(warehouse.warehouse)

    def employee(self, employee_id: str) -> Employee:
        """Returns the record of somebody who has one."""
        found = self.people.records.get(employee_id)
        assert found is not None, employee_id
        return found
