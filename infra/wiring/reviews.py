"""Builds reviews and certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.conversations import conversations
from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.frameworks import frameworks
from infra.wiring.intake import intake
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.ports.bus import bus
from infra.wiring.ports.documents import documents
from infra.wiring.ports.tasks import tasks
from infra.wiring.privacy import privacy
from infra.wiring.ratings import ratings

if TYPE_CHECKING:
    from shared.frameworks.records import CertificateRecords
    from shared.reviews.records import ReviewRecords
    from shared.reviews.usecases.certificates import Certificates
    from shared.reviews.usecases.certify import BeginCertifying, Certify
    from shared.reviews.usecases.contest_scores import ContestScores
    from shared.reviews.usecases.decide_review import DecideReview
    from shared.reviews.usecases.follow_decision import FollowDecision
    from shared.reviews.usecases.give_own_scores import GiveOwnScores
    from shared.reviews.usecases.looks import Looks
    from shared.reviews.usecases.read_review import ReadReview
    from shared.reviews.usecases.review_policy import ReviewPolicy
    from shared.reviews.usecases.review_queue import ReviewQueue
    from shared.reviews.usecases.review_views import ReviewViews
    from shared.reviews.usecases.settings import Settings
    from shared.reviews.usecases.show_reviews import ShowReviews


class ReviewsUseCases(Wiring):
    """Makes each use case of reviews when it is first asked for."""

    @wired
    def review_items(self) -> ReviewQueue:
        from shared.reviews.usecases.review_queue import ReviewQueue

        on = self._on
        return ReviewQueue(documents(on), frameworks(on).configuration, on.log)

    @wired
    def show(self) -> ShowReviews:
        from shared.observations.records import Ledger
        from shared.reviews.usecases.known_scores import KnownScores
        from shared.reviews.usecases.show_reviews import ShowReviews

        known = KnownScores(self._records, Ledger(documents(self._on)), self._policy)
        return ShowReviews(known, self._policy, self._views, self._looks, platform(self._on).audit)

    @wired
    def read(self) -> ReadReview:
        from shared.reviews.usecases.read_review import ReadReview
        from shared.reviews.usecases.review_words import ReviewWords

        on = self._on
        words = ReviewWords(
            conversations(on).call_records, privacy(on).transcripts, privacy(on).grounds, people(on).records
        )
        return ReadReview(self.show, words, self._certificate_records)

    @wired
    def decide(self) -> DecideReview:
        from shared.reviews.usecases.decide_review import DecideReview

        return DecideReview(documents(self._on), self._policy, self._views, self.following)

    @wired
    def own_scores(self) -> GiveOwnScores:
        from shared.reviews.usecases.give_own_scores import GiveOwnScores

        on = self._on
        return GiveOwnScores(documents(on), self._policy, self._views, self._looks, platform(on).audit)

    @wired
    def contest(self) -> ContestScores:
        from shared.reviews.usecases.contest_scores import ContestScores

        on = self._on
        return ContestScores(documents(on), self._policy, self._views, self.following, platform(on).audit)

    @wired
    def following(self) -> FollowDecision:
        from shared.observations.records import Ledger
        from shared.reviews.usecases.follow_decision import FollowDecision
        from shared.reviews.usecases.record_decision import RecordDecision

        on = self._on
        record = RecordDecision(Ledger(documents(on)), frameworks(on).configuration, intake(on).alone)
        return FollowDecision(documents(on), bus(on), record, platform(on).audit, on.log)

    @wired
    def settings(self) -> Settings:
        from shared.reviews.usecases.settings import Settings

        on = self._on
        return Settings(
            documents(on), frameworks(on).configuration, ratings(on).recalculate, platform(on).audit, on.clock
        )

    @wired
    def certify(self) -> Certify:
        from shared.reviews.usecases.certify import Certify
        from shared.reviews.usecases.notice_reruns import NoticeReruns
        from shared.reviews.usecases.trust_scorers import TrustScorers

        on = self._on
        trust = TrustScorers(
            documents(on), frameworks(on).configuration, ratings(on).recalculate, platform(on).audit, on.clock
        )
        reruns = NoticeReruns(documents(on), on.clock)
        return Certify(documents(on), reruns, trust, tasks(on), (on.clock, on.log))

    @property
    def begin_certifying(self) -> BeginCertifying:
        from shared.reviews.usecases.certify import BeginCertifying

        return BeginCertifying(tasks(self._on), self._on.clock)

    @wired
    def certificates(self) -> Certificates:
        from infra.frameworks.tuned import tuned_on
        from shared.observations.records import Ledger
        from shared.reviews.usecases.certificates import Certificates
        from shared.reviews.usecases.recent_scores import ReadRecentScores

        recent = ReadRecentScores(Ledger(documents(self._on)), self._certificate_records)
        return Certificates(self._certificate_records, recent, tuned_on)

    @property
    def _certificate_records(self) -> CertificateRecords:
        from shared.frameworks.records import CertificateRecords

        return CertificateRecords(documents(self._on))

    @property
    def _records(self) -> ReviewRecords:
        from shared.reviews.records import ReviewRecords

        return ReviewRecords(documents(self._on))

    @wired
    def _policy(self) -> ReviewPolicy:
        from shared.reviews.usecases.review_policy import ReviewPolicy

        on = self._on
        return ReviewPolicy(people(on).records, frameworks(on).configuration, on.clock)

    @wired
    def _looks(self) -> Looks:
        from shared.reviews.usecases.looks import Looks

        return Looks(documents(self._on), self._policy)

    @wired
    def _views(self) -> ReviewViews:
        from shared.observations.records import Ledger
        from shared.reviews.usecases.review_views import ReviewViews

        on = self._on
        return ReviewViews(Ledger(documents(on)), frameworks(on).configuration, conversations(on).deals, self._policy)


def reviews(on: Environment) -> ReviewsUseCases:
    """Returns the use cases of reviews on an environment."""
    return on.once(ReviewsUseCases)
