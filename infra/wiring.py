"""The only place that chooses: which adapters there are, which use cases stand on them, which edge serves a function.

A function's `main.py` asks for its edge; everything behind it is built when it is first needed, so that a function
pays at its cold start for what it uses and for nothing else. That is why imports stand inside the methods here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

from shared.kernel.errors import Retryable, Unauthenticated
from shared.kernel.reading import validated
from shared.platform.edges.http import HttpEdge, bearer
from shared.platform.edges.internal import InnerEdge

if TYPE_CHECKING:
    from infra.adapters import Adapters
    from infra.integrations import Integrations
    from shared.analysts.claude.scoring import ClaudeAnalyst
    from shared.analysts.ports.language_model import LanguageModel
    from shared.analysts.usecases.analyst import Analyst
    from shared.call_pipeline.usecases.analyse_call import AnalyseCalls
    from shared.call_pipeline.usecases.analysis_batches import AnalysisBatches
    from shared.call_pipeline.usecases.call_deals import LinkCalls
    from shared.call_pipeline.usecases.call_people import CallPeople
    from shared.call_pipeline.usecases.call_views import CallViews
    from shared.call_pipeline.usecases.discover_calls import DiscoverCalls
    from shared.call_pipeline.usecases.import_call import ImportCalls
    from shared.call_pipeline.usecases.reanalyse_calls import ReanalyseCalls
    from shared.conversations.usecases.call_records import CallRecords
    from shared.conversations.usecases.deals_in_force import DealsInForce
    from shared.conversations.usecases.transcripts import TranscriptStore
    from shared.entry.skills_api import Services
    from shared.frameworks.usecases.configuration import Configuration
    from shared.intake.usecases.record_event import RecordEvents
    from shared.kernel.access import Caller
    from shared.operations.usecases.health import Health
    from shared.people.usecases.people import People
    from shared.platform.edges.http import Handler
    from shared.platform.edges.webhook import WebhookEdge
    from shared.platform.usecases.audit import Audit
    from shared.platform.usecases.notices import Notifications
    from shared.platform.usecases.page_views import PageViews
    from shared.platform.usecases.quarantine import Quarantine
    from shared.privacy.usecases.erase_person import ErasePerson
    from shared.privacy.usecases.first_sight import FirstSight
    from shared.privacy.usecases.transcript_access import TranscriptAccess
    from shared.privacy.usecases.transcript_retention import TranscriptRetention
    from shared.privacy.usecases.transcript_samples import TranscriptSamples
    from shared.ratings.usecases.profiles import Profiles
    from shared.ratings.usecases.recalculate import Recalculate
    from shared.ratings.usecases.recalculate_shard import RecalculateShard
    from shared.ratings.usecases.team_readiness import Readiness
    from shared.ratings.usecases.update_rating import UpdateRatings
    from shared.reviews.usecases.certify import Certify
    from shared.reviews.usecases.review_queue import ReviewQueue
    from shared.reviews.usecases.reviews import Reviews
    from shared.reviews.usecases.settings import Settings
    from shared.taxonomy.usecases.held_scores import HeldScores
    from shared.taxonomy.usecases.skills import Skills

T = TypeVar("T")

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
        from shared.frameworks.usecases.configuration import Configuration

        return Configuration(self.adapters.documents, self.adapters.clock)

    @cached_property
    def audit(self) -> Audit:
        from shared.platform.usecases.audit import Audit

        a = self.adapters
        return Audit(a.documents, a.bus, a.clock, a.ids)

    @cached_property
    def people(self) -> People:
        from shared.people.usecases.people import People

        a = self.adapters
        return People(a.documents, a.bus, self.configuration, self.audit, a.clock, a.services, a.administrators)

    @cached_property
    def events(self) -> RecordEvents:
        from shared.intake.usecases.record_event import RecordEvents

        a = self.adapters
        return RecordEvents(a.documents, a.bus, a.tasks, self.configuration, a.clock, a.log, a.acceptance)

    @cached_property
    def ratings(self) -> UpdateRatings:
        from shared.ratings.usecases.update_rating import UpdateRatings

        a = self.adapters
        return UpdateRatings(a.documents, a.bus, self.configuration, a.clock, a.log)

    @cached_property
    def recalculate(self) -> Recalculate:
        from shared.ratings.usecases.recalculate import Recalculate

        a = self.adapters
        return Recalculate(a.documents, a.tasks, a.clock, a.ids, a.log)

    @cached_property
    def shard(self) -> RecalculateShard:
        from shared.ratings.usecases.recalculate_shard import RecalculateShard

        a = self.adapters
        return RecalculateShard(a.documents, a.bus, self.configuration, self.ratings, a.clock, a.log)

    @cached_property
    def skills(self) -> Skills:
        from shared.taxonomy.usecases.skills import Skills

        a = self.adapters
        return Skills(a.documents, a.bus, self.configuration, self.recalculate, self.audit, a.clock)

    @cached_property
    def profiles(self) -> Profiles:
        from shared.ratings.usecases.profiles import Profiles

        return Profiles(self.adapters.documents, self.configuration, self.deals, self.adapters.clock)

    @cached_property
    def deals(self) -> DealsInForce:
        from shared.conversations.usecases.deals_in_force import DealsInForce

        return DealsInForce(self.adapters.integrations)

    @cached_property
    def readiness(self) -> Readiness:
        from shared.ratings.usecases.team_readiness import Readiness

        return Readiness(self.adapters.documents, self.configuration, self.people)

    @cached_property
    def quarantine(self) -> Quarantine:
        from shared.platform.usecases.quarantine import Quarantine

        a = self.adapters
        return Quarantine(a.documents, a.files, self.audit, a.clock)

    @cached_property
    def held_scores(self) -> HeldScores:
        from shared.taxonomy.usecases.held_scores import HeldScores

        return HeldScores(self.adapters.documents, self.configuration, self.skills, self.audit)

    @cached_property
    def review_items(self) -> ReviewQueue:
        from shared.reviews.usecases.review_queue import ReviewQueue

        return ReviewQueue(self.adapters.documents, self.configuration, self.adapters.log)

    @cached_property
    def reviews(self) -> Reviews:
        from shared.reviews.usecases.reviews import Reviews

        a = self.adapters
        return Reviews(
            a.documents, a.bus, self.configuration, self.events, self.people, self.deals, self.audit, a.clock, a.log
        )

    @cached_property
    def first_sight(self) -> FirstSight:
        from shared.privacy.usecases.first_sight import FirstSight

        return FirstSight(self.adapters.documents, self.configuration, self.adapters.clock)

    @cached_property
    def settings(self) -> Settings:
        from shared.reviews.usecases.settings import Settings

        return Settings(self.adapters.documents, self.configuration, self.audit)

    @cached_property
    def certify(self) -> Certify:
        from shared.reviews.usecases.certify import Certify

        a = self.adapters
        return Certify(a.documents, self.configuration, self.recalculate, self.audit, a.clock, a.log)

    @cached_property
    def health(self) -> Health:
        from shared.operations.usecases.health import Health

        a = self.adapters
        return Health(a.documents, a.dead_letters, a.probes, a.clock, a.log, a.connected.secrets_set)

    @cached_property
    def transcripts(self) -> TranscriptStore:
        from shared.conversations.usecases.transcripts import TranscriptStore

        return TranscriptStore(self.adapters.transcripts, self.adapters.clock)

    @cached_property
    def call_records(self) -> CallRecords:
        from shared.conversations.usecases.call_records import CallRecords

        return CallRecords(self.adapters.integrations, self.adapters.clock)

    @cached_property
    def call_views(self) -> CallViews:
        from shared.call_pipeline.usecases.call_views import CallViews

        return CallViews(self.call_records, self.people, self.configuration, self.audit, self.adapters.clock)

    @cached_property
    def call_people(self) -> CallPeople:
        from shared.call_pipeline.usecases.call_people import CallPeople

        return CallPeople(self.adapters.documents, self.adapters.integrations)

    def discovery(self, connected: Integrations) -> DiscoverCalls:
        """The discovery of calls, with the recorder that is connected."""
        from shared.call_pipeline.usecases.discover_calls import DiscoverCalls

        a = self.adapters
        return DiscoverCalls(
            connected.calls,
            self.call_records,
            self.call_people,
            a.integrations,
            a.tasks,
            lambda: self.quarantine,
            connected.call_settings,
            a.clock,
            a.log,
        )

    @cached_property
    def reanalyses(self) -> ReanalyseCalls:
        """Takes requests; it queues calls and never asks the recorder itself."""
        from shared.call_pipeline.usecases.reanalyse_calls import ReanalyseCalls

        a = self.adapters
        connected = a.connected
        return ReanalyseCalls(
            self.call_records, self.discovery(connected), a.integrations, a.tasks, self.audit, a.clock, a.ids
        )

    @cached_property
    def links(self) -> LinkCalls:
        """Takes a person's word for a call's deal."""
        from shared.call_pipeline.usecases.call_deals import KnownDeals, LinkCalls

        a = self.adapters
        return LinkCalls(self.call_records, KnownDeals(a.integrations), a.tasks, self.audit)

    def analyses(self, connected: Integrations) -> AnalyseCalls:
        """Analyses with the language model that is connected, or by counting."""

        from shared.call_pipeline.usecases.analyse_call import AnalyseCalls

        a = self.adapters
        model = connected.language_model
        analyst: Analyst
        if model is None:
            from shared.analysts.lexical.scoring import LexicalAnalyst

            analyst = LexicalAnalyst()
        else:
            analyst = self.claude(connected, model)
        return AnalyseCalls(
            analyst,
            self.call_records,
            self.transcripts,
            self.configuration,
            a.observations,
            a.bus,
            a.clock,
            a.log,
            in_batches=model is not None,
        )

    def claude(self, connected: Integrations, model: LanguageModel) -> ClaudeAnalyst:
        """The analyst that asks the language model."""
        from shared.analysts.claude.scoring import ClaudeAnalyst
        from shared.analysts.claude.view import AnalystSettings
        from shared.analysts.usecases.scorers import Scorers

        settings = AnalystSettings(model=connected.call_settings.model)
        return ClaudeAnalyst(model, Scorers(self.adapters.integrations), settings)

    def call_import(self, connected: Integrations) -> ImportCalls:
        """The import of one call at a time."""
        from shared.call_pipeline.usecases.call_deals import KnownDeals
        from shared.call_pipeline.usecases.import_call import ImportCalls

        a = self.adapters
        return ImportCalls(
            connected.calls,
            self.call_records,
            self.call_people,
            self.transcripts,
            self.analyses(connected),
            KnownDeals(a.integrations, connected.call_settings.home_domains),
            a.tasks,
            lambda: self.quarantine,
            connected.call_settings,
            a.clock,
            a.log,
        )

    def batches(self, connected: Integrations) -> AnalysisBatches | None:
        """Message batches; None where no language model is connected."""
        from shared.call_pipeline.usecases.analysis_batches import AnalysisBatches

        a = self.adapters
        model = connected.language_model
        if model is None:
            return None
        return AnalysisBatches(
            model,
            self.claude(connected, model),
            self.analyses(connected),
            self.call_records,
            self.transcripts,
            self.discovery(connected),
            self.configuration,
            a.integrations,
            a.tasks,
            a.clock,
            a.ids,
            a.log,
        )

    @cached_property
    def notifications(self) -> Notifications:
        from shared.platform.usecases.notices import Notifications

        return Notifications(self.adapters.documents, self.adapters.clock)

    @cached_property
    def transcript_access(self) -> TranscriptAccess:
        from shared.privacy.usecases.transcript_access import TranscriptAccess

        a = self.adapters
        return TranscriptAccess(
            a.documents,
            a.integrations,
            self.transcripts,
            self.notifications,
            self.configuration,
            self.audit,
            a.clock,
        )

    @cached_property
    def transcript_retention(self) -> TranscriptRetention:
        from shared.privacy.usecases.transcript_retention import TranscriptRetention

        return TranscriptRetention(self.adapters.documents, self.transcripts, self.adapters.clock)

    @cached_property
    def eraser(self) -> ErasePerson:
        """Opens every store; only one function has the right to."""
        from shared.privacy.usecases.erase_person import ErasePerson, Stores

        a = self.adapters

        def every() -> Stores:
            return Stores(a.documents, a.integrations, a.files, self.transcripts, a.dead_letters, a.warehouse)

        return ErasePerson(every, a.documents, a.tasks, self.audit, a.clock, a.ids, a.log)

    @cached_property
    def erasing(self) -> ErasePerson:
        """Takes requests and tells how far they are; erasing itself is the business of one function."""
        from shared.privacy.usecases.erase_person import ErasePerson, Stores

        a = self.adapters

        def none() -> Stores:
            raise RuntimeError("only the function erase_person opens every store")

        return ErasePerson(none, a.documents, a.tasks, self.audit, a.clock, a.ids, a.log)

    @cached_property
    def transcript_samples(self) -> TranscriptSamples:
        from shared.privacy.usecases.transcript_samples import TranscriptSamples

        return TranscriptSamples(
            self.call_records, self.transcripts, self.configuration, self.audit, self.adapters.clock
        )

    @cached_property
    def page_views(self) -> PageViews:
        from shared.platform.usecases.page_views import PageViews

        a = self.adapters
        return PageViews(a.bus, a.clock, a.ids, a.log)

    @cached_property
    def services(self) -> Services:
        """What the API's administration serves."""
        from shared.entry.skills_api import Services

        return Services(
            people=lambda: self.people,
            profiles=lambda: self.profiles,
            events=lambda: self.events,
            skills=lambda: self.skills,
            recalculate=lambda: self.recalculate,
            readiness=lambda: self.readiness,
            audit=lambda: self.audit,
            held_scores=lambda: self.held_scores,
            reviews=lambda: self.reviews,
            certify=lambda: self.certify,
            settings=lambda: self.settings,
            quarantine=lambda: self.quarantine,
            dead_letters=lambda: self.adapters.dead_letters,
            health=lambda: self.health,
            calls=lambda: self.call_views,
            reanalyses=lambda: self.reanalyses,
            links=lambda: self.links,
            transcripts=lambda: self.transcript_access,
            samples=lambda: self.transcript_samples,
            notifications=lambda: self.notifications,
            erasing=lambda: self.erasing,
        )

    # Who is calling

    def authenticate(self, function: str, headers: Mapping[str, str]) -> Caller:
        """The caller behind the Authorization header. Raises Unauthenticated, Forbidden, Retryable."""
        identity = self.adapters.tokens.verify(bearer(headers), audiences=self.adapters.audiences(function))
        return self.people.caller(identity)

    # Edges

    def ingest(self) -> HttpEdge:
        """Serves `ingest`."""

        def handlers() -> Mapping[str, Handler]:
            from shared.entry.ingest import handlers

            return handlers(lambda: self.events, lambda: self.quarantine)

        return self._http("ingest", handlers)

    def skills_api(self) -> HttpEdge:
        """Serves `skills_api`."""

        def handlers() -> Mapping[str, Handler]:
            from shared.entry.skills_api import handlers

            return handlers(self.services)

        return self._http("skills_api", handlers)

    def rating_update(self) -> InnerEdge:
        """Serves `rating_update`: one recorded observation."""

        def work(message: dict[str, Any]) -> None:
            from shared.observations.messages import ObservationRecorded

            self.ratings.update(validated(ObservationRecorded, message).employee_id)

        return self._inner("rating_update", work)

    def review_queue(self) -> InnerEdge:
        """Serves `review_queue`: which scores a person should look at."""

        def work(message: dict[str, Any]) -> None:
            from shared.observations.messages import ObservationRecorded

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

        def work(payload: dict[str, Any]) -> Mapping[str, Any]:
            from shared.ratings.messages import ShardTask

            return self.shard.recalculate(validated(ShardTask, payload).model_dump(exclude_none=True))

        return self._inner("recalculate_shard", work)

    def pending_sweep(self) -> InnerEdge:
        """Serves `pending_sweep`: publishes what crashes left."""

        def work(_: dict[str, Any]) -> Mapping[str, Any]:
            return {
                "employees": self.ratings.sweep(),
                "publications": self.skills.finish(),
                "reviews": self.reviews.finish(),
                "erasures": self.erasing.resume(),
                "transcripts": self.transcript_retention.daily(),
            }

        return self._inner("pending_sweep", work)

    def erase_person(self) -> InnerEdge:
        """Serves `erase_person`: the next part of one person's erasure."""

        def work(payload: dict[str, Any]) -> Mapping[str, Any]:
            from shared.privacy.messages import ErasureTask

            return self.eraser.work(validated(ErasureTask, payload).run_id)

        return self._inner("erase_person", work)

    def warehouse_refresh(self) -> InnerEdge:
        """Serves `warehouse_refresh`: staging, marts, and once a day the ledger's counts against theirs."""

        def work(_: dict[str, Any]) -> Mapping[str, Any]:
            from shared.intake.usecases.reconcile import Reconcile

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

    def gong_batch(self) -> InnerEdge:
        """Serves `gong_batch`: the day's calls."""
        return self._inner("gong_batch", lambda _: self.discovery(self.adapters.connected).daily())

    def gong_call(self) -> InnerEdge:
        """Serves `gong_call`: one call."""
        return self._one_call("gong_call")

    def _one_call(self, function: str) -> InnerEdge:
        imports = _once(lambda: self.call_import(self.adapters.connected))

        def work(payload: dict[str, Any]) -> Mapping[str, Any]:
            from shared.call_pipeline.messages import CallTask

            task = validated(CallTask, payload)
            return imports().run(task.record_id, analysis=task.analysis, route=task.route, attempt=task.attempt)

        return self._inner(function, work)

    def email_threads(self) -> HttpEdge:
        """Serves `email_threads`."""

        def handlers() -> Mapping[str, Handler]:
            from shared.call_pipeline.usecases.email_threads import EmailThreads
            from shared.entry.email_threads import handlers

            a, connected = self.adapters, self.adapters.connected
            threads = _once(
                lambda: EmailThreads(a.documents, self.call_records, self.transcripts, self.discovery(connected))
            )
            return handlers(threads, lambda: connected.call_settings.home_domains)

        return self._http("email_threads", handlers)

    def email_analysis(self) -> InnerEdge:
        """Serves `email_analysis`: one e-mail thread."""
        return self._one_call("email_analysis")

    def analysis_submit(self) -> InnerEdge:
        """Serves `analysis_submit`: what is ready goes into a message batch."""
        batches = _once(lambda: self.batches(self.adapters.connected))

        def work(_: dict[str, Any]) -> Mapping[str, Any]:
            found = batches()
            return {"configured": False} if found is None else found.submit()

        return self._inner("analysis_submit", work)

    def analysis_collect(self) -> InnerEdge:
        """Serves `analysis_collect`: one look at a message batch."""
        batches = _once(lambda: self.batches(self.adapters.connected))

        def work(payload: dict[str, Any]) -> Mapping[str, Any]:
            from shared.call_pipeline.messages import BatchTask

            task, found = validated(BatchTask, payload), batches()
            if found is None:
                raise Retryable("no language model is connected, so the batch cannot be collected", after_seconds=600)
            return found.collect(task.batch_id, task.polls)

        return self._inner("analysis_collect", work)

    def reanalyse_calls(self) -> InnerEdge:
        """Serves `reanalyse_calls`: one request for a period."""

        def work(payload: dict[str, Any]) -> Mapping[str, Any]:
            from shared.call_pipeline.messages import ReanalysisTask

            return self.reanalyses.spread(validated(ReanalysisTask, payload).run_id)

        return self._inner("reanalyse_calls", work)

    def gong_webhook(self) -> WebhookEdge:
        """Serves `gong_webhook`: one finished call."""
        from shared.platform.edges.webhook import WebhookEdge

        def verify(headers: Mapping[str, str], raw: bytes) -> None:
            connected = self.adapters.connected
            signatures = connected.webhook_signatures
            if signatures is None:
                raise Unauthenticated("no webhook of the call recorder is set up here", field="Authorization")
            signatures.verify(headers, raw, connected.webhook_url)

        def work(raw: bytes) -> Mapping[str, Any]:
            from shared.conversations.wire.gong_calls import TestCall, parse_webhook

            call = parse_webhook(raw)
            if isinstance(call, TestCall):
                return {"test": True}
            return self.discovery(self.adapters.connected).finished(call)

        with _lock:
            if "gong_webhook" not in self._edges:
                self._edges["gong_webhook"] = WebhookEdge(
                    "gong_webhook", verify, work, lambda: self.quarantine, self.adapters.log
                )
            edge: WebhookEdge = self._edges["gong_webhook"]
            return edge

    def health_check(self) -> InnerEdge:
        """Serves `health_check`."""
        return self._inner("health_check", lambda _: self.health.check())

    def _http(self, function: str, handlers: Callable[[], Mapping[str, Handler]]) -> HttpEdge:
        from shared.contracts.routes import routes_of

        with _lock:
            if function not in self._edges:
                self._edges[function] = HttpEdge(
                    routes_of(function), handlers, partial(self.authenticate, function), self.adapters.log
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


def _once(make: Callable[[], T]) -> Callable[[], T]:
    """Makes it when it is first asked for, then gives the same."""
    made: list[T] = []

    def get() -> T:
        with _lock:
            if not made:
                made.append(make())
            return made[0]

    return get


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
            from infra.gcp.garbage import spare_the_start

            spare_the_start()
            _platform = Platform(GoogleAdapters(os.environ))
        return _platform
