"""Hands the use cases and ports of an environment to a test, all from the real wiring."""

from __future__ import annotations

from infra.wiring.call_pipeline import call_pipeline
from infra.wiring.conversations import conversations
from infra.wiring.environment import Environment
from infra.wiring.erasure import eraser
from infra.wiring.frameworks import frameworks
from infra.wiring.health import health
from infra.wiring.intake import intake
from infra.wiring.people import PeopleUseCases, people
from infra.wiring.platform import platform
from infra.wiring.ports.bus import bus
from infra.wiring.ports.dead_letters import dead_letters
from infra.wiring.ports.documents import documents
from infra.wiring.ports.integrations import integrations
from infra.wiring.ports.probes import probes
from infra.wiring.ports.tasks import tasks
from infra.wiring.ports.warehouse import warehouse
from infra.wiring.privacy import PrivacyUseCases, privacy
from infra.wiring.ratings import ratings
from infra.wiring.reviews import ReviewsUseCases, reviews
from infra.wiring.shard import shard
from infra.wiring.taxonomy import taxonomy
from shared.call_pipeline.usecases.spread_reanalysis import SpreadReanalysis
from shared.conversations.records import CallRecords
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.frameworks.usecases.configuration import Configuration
from shared.intake.usecases.record_event import RecordEvents
from shared.operations.usecases.health import Health
from shared.people.records import Employee
from shared.platform.usecases.audit import Audit
from shared.platform.usecases.notices import Notifications
from shared.platform.usecases.page_views import PageViews
from shared.platform.usecases.quarantine import Quarantine
from shared.ports.documents import Documents
from shared.ports.messages import Bus, DeadLetters, TaskQueue
from shared.ports.warehouse import Warehouse
from shared.privacy.usecases.erase_person import ErasePerson
from shared.privacy.usecases.first_sight import FirstSight
from shared.privacy.usecases.transcript_retention import TranscriptRetention
from shared.privacy.usecases.transcript_samples import TranscriptSamples
from shared.ratings.usecases.profiles import Profiles
from shared.ratings.usecases.recalculate import Recalculate
from shared.ratings.usecases.recalculate_shard import RecalculateShard
from shared.ratings.usecases.team_readiness import Readiness
from shared.ratings.usecases.update_rating import UpdateRatings
from shared.reviews.usecases.certificates import Certificates
from shared.reviews.usecases.certify import Certify
from shared.reviews.usecases.review_queue import ReviewQueue
from shared.reviews.usecases.settings import Settings
from shared.taxonomy.usecases.held_scores import HeldScores
from shared.taxonomy.usecases.skills import Skills


class Platform:
    """The use cases in one environment."""

    def __init__(self, on: Environment) -> None:
        self.on = on

    @property
    def people(self) -> PeopleUseCases:
        return people(self.on)

    def employee(self, employee_id: str) -> Employee:
        """Returns the record of somebody who has one."""
        found = self.people.records.get(employee_id)
        assert found is not None, employee_id
        return found

    @property
    def profiles(self) -> Profiles:
        return ratings(self.on).profiles

    @property
    def readiness(self) -> Readiness:
        return ratings(self.on).readiness

    @property
    def ratings(self) -> UpdateRatings:
        return ratings(self.on).ratings

    @property
    def shard(self) -> RecalculateShard:
        return self.on.once(shard)

    @property
    def recalculate(self) -> Recalculate:
        return ratings(self.on).recalculate

    @property
    def skills(self) -> Skills:
        return taxonomy(self.on).skills

    @property
    def held_scores(self) -> HeldScores:
        return taxonomy(self.on).held_scores

    @property
    def audit(self) -> Audit:
        return platform(self.on).audit

    @property
    def quarantine(self) -> Quarantine:
        return platform(self.on).quarantine

    @property
    def notifications(self) -> Notifications:
        return platform(self.on).notifications

    @property
    def page_views(self) -> PageViews:
        return platform(self.on).page_views

    @property
    def events(self) -> RecordEvents:
        return intake(self.on).events

    @property
    def configuration(self) -> Configuration:
        return frameworks(self.on).configuration

    @property
    def reviews(self) -> ReviewsUseCases:
        return reviews(self.on)

    @property
    def review_items(self) -> ReviewQueue:
        return reviews(self.on).review_items

    @property
    def certify(self) -> Certify:
        return reviews(self.on).certify

    @property
    def certificates(self) -> Certificates:
        return reviews(self.on).certificates

    @property
    def settings(self) -> Settings:
        return reviews(self.on).settings

    @property
    def call_records(self) -> CallRecords:
        return conversations(self.on).call_records

    @property
    def transcripts(self) -> TranscriptStore:
        return conversations(self.on).transcripts

    @property
    def spread_reanalysis(self) -> SpreadReanalysis:
        return call_pipeline(self.on).spread_reanalysis

    @property
    def transcript_samples(self) -> TranscriptSamples:
        return privacy(self.on).samples

    @property
    def transcript_retention(self) -> TranscriptRetention:
        return privacy(self.on).retention

    @property
    def first_sight(self) -> FirstSight:
        return privacy(self.on).first_sight

    @property
    def privacy(self) -> PrivacyUseCases:
        return privacy(self.on)

    @property
    def eraser(self) -> ErasePerson:
        return self.on.once(eraser)

    @property
    def health(self) -> Health:
        return health(self.on, probes(self.on))

    @property
    def documents(self) -> Documents:
        return documents(self.on)

    @property
    def integrations(self) -> Documents:
        return integrations(self.on)

    @property
    def dead_letters(self) -> DeadLetters:
        return dead_letters(self.on)

    @property
    def warehouse(self) -> Warehouse:
        return warehouse(self.on)

    @property
    def tasks(self) -> TaskQueue:
        return tasks(self.on)

    @property
    def bus(self) -> Bus:
        return bus(self.on)
