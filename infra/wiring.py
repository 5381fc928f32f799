"""The only place that chooses: which adapters there are, which use cases stand on them, which edge serves a function.

A function's `main.py` asks for its edge; everything behind it is built when it is first needed, so that a function
pays at its cold start for what it uses and for nothing else. That is why imports stand inside the methods here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from threading import RLock
from typing import TYPE_CHECKING, Any

from shared.entry.http import HttpEdge, bearer
from shared.entry.internal import InnerEdge

if TYPE_CHECKING:
    from infra.adapters import Adapters
    from shared.domain.access import Caller
    from shared.entry.skills_api import Services
    from shared.usecases.audit import Audit
    from shared.usecases.certify import Certify
    from shared.usecases.configuration import Configuration
    from shared.usecases.health import Health
    from shared.usecases.held_scores import HeldScores
    from shared.usecases.people import People
    from shared.usecases.profiles import Profiles
    from shared.usecases.quarantine import Quarantine
    from shared.usecases.recalculate import Recalculate
    from shared.usecases.record_event import RecordEvents
    from shared.usecases.review_queue import ReviewQueue
    from shared.usecases.reviews import Reviews
    from shared.usecases.skills import Skills
    from shared.usecases.team_readiness import Readiness
    from shared.usecases.update_rating import UpdateRatings
    from shared.usecases.views import PageViews

_lock = RLock()
_platform: Platform | None = None


class Platform:
    """The use cases on one environment's adapters, and the edges that serve them."""

    def __init__(self, adapters: Adapters) -> None:
        self.adapters = adapters
        self._edges: dict[str, Any] = {}

    # Use cases

    @cached_property
    def configuration(self) -> Configuration:
        from shared.usecases.configuration import Configuration

        return Configuration(self.adapters.documents, self.adapters.clock)

    @cached_property
    def audit(self) -> Audit:
        from shared.usecases.audit import Audit

        a = self.adapters
        return Audit(a.documents, a.bus, a.clock, a.ids)

    @cached_property
    def people(self) -> People:
        from shared.usecases.people import People

        a = self.adapters
        return People(a.documents, a.bus, self.configuration, self.audit, a.clock, a.services, a.administrators)

    @cached_property
    def events(self) -> RecordEvents:
        from shared.usecases.record_event import RecordEvents

        a = self.adapters
        return RecordEvents(a.documents, a.bus, a.tasks, self.configuration, a.clock, a.log)

    @cached_property
    def ratings(self) -> UpdateRatings:
        from shared.usecases.update_rating import UpdateRatings

        a = self.adapters
        return UpdateRatings(a.documents, a.bus, self.configuration, a.clock, a.log)

    @cached_property
    def recalculate(self) -> Recalculate:
        from shared.usecases.recalculate import Recalculate

        a = self.adapters
        return Recalculate(a.documents, a.bus, a.tasks, self.configuration, self.ratings, a.clock, a.ids, a.log)

    @cached_property
    def skills(self) -> Skills:
        from shared.usecases.skills import Skills

        a = self.adapters
        return Skills(a.documents, a.bus, self.configuration, self.recalculate, self.audit, a.clock)

    @cached_property
    def profiles(self) -> Profiles:
        from shared.usecases.profiles import Profiles

        return Profiles(self.adapters.documents, self.configuration, self.adapters.clock)

    @cached_property
    def readiness(self) -> Readiness:
        from shared.usecases.team_readiness import Readiness

        return Readiness(self.adapters.documents, self.configuration, self.people)

    @cached_property
    def quarantine(self) -> Quarantine:
        from shared.usecases.quarantine import Quarantine

        a = self.adapters
        return Quarantine(a.documents, a.files, self.audit, a.clock)

    @cached_property
    def held_scores(self) -> HeldScores:
        from shared.usecases.held_scores import HeldScores

        return HeldScores(self.adapters.documents, self.configuration, self.skills, self.audit)

    @cached_property
    def review_items(self) -> ReviewQueue:
        from shared.usecases.review_queue import ReviewQueue

        return ReviewQueue(self.adapters.documents, self.configuration, self.adapters.log)

    @cached_property
    def reviews(self) -> Reviews:
        from shared.usecases.reviews import Reviews

        a = self.adapters
        return Reviews(a.documents, a.bus, self.configuration, self.events, self.people, self.audit, a.clock, a.log)

    @cached_property
    def certify(self) -> Certify:
        from shared.usecases.certify import Certify

        a = self.adapters
        return Certify(a.documents, self.configuration, self.recalculate, self.audit, a.clock, a.log)

    @cached_property
    def health(self) -> Health:
        from shared.usecases.health import Health

        a = self.adapters
        return Health(a.documents, a.dead_letters, a.probes, a.clock, a.log)

    @cached_property
    def page_views(self) -> PageViews:
        from shared.usecases.views import PageViews

        a = self.adapters
        return PageViews(a.bus, a.clock, a.ids, a.log)

    @cached_property
    def services(self) -> Services:
        """Everything that the API's administration serves."""
        from shared.entry.skills_api import Services

        return Services(
            people=self.people,
            profiles=self.profiles,
            events=self.events,
            skills=self.skills,
            recalculate=self.recalculate,
            readiness=self.readiness,
            audit=self.audit,
            held_scores=self.held_scores,
            reviews=self.reviews,
            certify=self.certify,
            quarantine=self.quarantine,
            dead_letters=self.adapters.dead_letters,
            health=self.health,
        )

    # Who is calling

    def authenticate(self, function: str, headers: Mapping[str, str]) -> Caller:
        """The caller behind the Authorization header. Raises Unauthenticated, Forbidden, Retryable."""
        audiences = self.adapters.audiences(function)
        return self.people.caller(self.adapters.tokens.verify(bearer(headers), audiences=audiences))

    # Edges

    def ingest(self) -> HttpEdge:
        """Serves `ingest`."""
        from shared.entry.ingest import handlers

        return self._http("ingest", lambda: handlers(lambda: self.events, lambda: self.quarantine))

    def skills_api(self) -> HttpEdge:
        """Serves `skills_api`."""
        from shared.entry.skills_api import handlers

        return self._http("skills_api", lambda: handlers(lambda: self.services))

    def rating_update(self) -> InnerEdge:
        """Serves `rating_update`: one recorded observation."""
        from shared.contracts.messages import ObservationRecorded
        from shared.contracts.reading import validated

        def work(message: dict[str, Any]) -> None:
            self.ratings.update(validated(ObservationRecorded, message).employee_id)

        return self._inner("rating_update", work)

    def review_queue(self) -> InnerEdge:
        """Serves `review_queue`: which scores a person should look at."""
        from shared.contracts.messages import ObservationRecorded
        from shared.contracts.reading import validated

        def work(message: dict[str, Any]) -> None:
            self.review_items.observe(validated(ObservationRecorded, message))

        return self._inner("review_queue", work)

    def certify_scorers(self) -> InnerEdge:
        """Serves `certify_scorers`: how far scorers agree with people, and what follows."""
        return self._inner("certify_scorers", lambda _: self.certify.run())

    def nightly_recalculation(self) -> InnerEdge:
        """Serves `nightly_recalculation`: starts the night's run."""
        return self._inner(
            "nightly_recalculation", lambda _: self.recalculate.start(started_by="schedule", nightly=True)
        )

    def recalculate_shard(self) -> InnerEdge:
        """Serves `recalculate_shard`: one shard of employees."""
        from shared.contracts.reading import validated
        from shared.contracts.tasks import ShardTask

        def work(payload: dict[str, Any]) -> Mapping[str, Any]:
            return self.recalculate.shard(validated(ShardTask, payload).model_dump(exclude_none=True))

        return self._inner("recalculate_shard", work)

    def pending_sweep(self) -> InnerEdge:
        """Serves `pending_sweep`: publishes what crashes left."""

        def work(_: dict[str, Any]) -> Mapping[str, Any]:
            return {
                "employees": self.ratings.sweep(),
                "publications": self.skills.finish(),
                "reviews": self.reviews.finish(),
            }

        return self._inner("pending_sweep", work)

    def warehouse_refresh(self) -> InnerEdge:
        """Serves `warehouse_refresh`: staging, marts, and once a day the ledger's counts against theirs."""

        def work(_: dict[str, Any]) -> Mapping[str, Any]:
            from shared.usecases.reconcile import Reconcile

            a = self.adapters
            tables = a.warehouse.refresh()
            differences = Reconcile(a.documents, a.warehouse, a.clock, a.log).yesterday()
            return {"tables": tables, "differences": differences}

        return self._inner("warehouse_refresh", work)

    def directory_sync(self) -> InnerEdge:
        """Serves `directory_sync`: people from the company's directory, where one is configured."""

        def work(_: dict[str, Any]) -> Mapping[str, Any]:
            directory = self.adapters.directory
            if directory is None:
                self.adapters.log.event("directory.not_configured")
                return {"configured": False}
            counts = self.people.synchronise(directory)
            self.adapters.log.event("directory.synchronised", known=counts["known"], changed=counts["changed"])
            return counts

        return self._inner("directory_sync", work)

    def health_check(self) -> InnerEdge:
        """Serves `health_check`."""
        return self._inner("health_check", lambda _: self.health.check())

    def _http(self, function: str, handlers: Callable[[], Any]) -> HttpEdge:
        from shared.contracts.routes import routes_of

        with _lock:
            if function not in self._edges:
                self._edges[function] = HttpEdge(
                    routes_of(function), handlers(), partial(self.authenticate, function), self.adapters.log
                )
            edge: HttpEdge = self._edges[function]
            return edge

    def _inner(self, function: str, work: Callable[[dict[str, Any]], Mapping[str, Any] | None]) -> InnerEdge:
        with _lock:
            if function not in self._edges:
                self._edges[function] = InnerEdge(
                    function,
                    work,
                    lambda headers: self.adapters.check_invoker(headers, function),
                    lambda: self.quarantine,
                    self.adapters.note_failure,
                    self.adapters.log,
                    self.adapters.task_keeper(function),
                )
            edge: InnerEdge = self._edges[function]
            return edge


def configure(adapters: Adapters) -> Platform:
    """Sets the platform of this process: the embedded runtime and tests call this before a function is loaded."""
    global _platform
    with _lock:
        _platform = Platform(adapters)
        return _platform


def platform() -> Platform:
    """The platform of this process; in the cloud it is built from the environment with the first request."""
    global _platform
    with _lock:
        if _platform is None:
            if os.environ.get("AUGMENT_RUNTIME") != "google":
                raise RuntimeError(
                    "no platform is configured: scripts/run configures the embedded one; in the cloud set "
                    "AUGMENT_RUNTIME=google"
                )
            from infra.gcp.adapters import GoogleAdapters

            _platform = Platform(GoogleAdapters(os.environ))
        return _platform
