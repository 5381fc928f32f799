"""Builds the import and the analysis of calls, with the recorder and the language model that are connected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.analysts import analysts
from infra.wiring.conversations import conversations
from infra.wiring.discovery import discovery
from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.frameworks import frameworks
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.ports.bus import bus
from infra.wiring.ports.documents import documents
from infra.wiring.ports.integrations import integrations
from infra.wiring.ports.language_model import language_model
from infra.wiring.ports.observations import observations
from infra.wiring.ports.recorder import recorder

if TYPE_CHECKING:
    from shared.call_pipeline.usecases.analyse_call import AnalyseCall
    from shared.call_pipeline.usecases.batch_questions import BatchQuestions
    from shared.call_pipeline.usecases.batched_calls import BatchedCalls
    from shared.call_pipeline.usecases.collect_batch import CollectBatch
    from shared.call_pipeline.usecases.end_call import EndCall
    from shared.call_pipeline.usecases.fetch_call import FetchCall
    from shared.call_pipeline.usecases.import_call import ImportCall
    from shared.call_pipeline.usecases.keep_analyses import KeepAnalyses
    from shared.call_pipeline.usecases.post_analyses import PostAnalyses
    from shared.call_pipeline.usecases.submit_batches import SubmitBatches
    from shared.call_pipeline.usecases.take_back import TakeBack
    from shared.call_pipeline.usecases.tell_of_call import TellOfCall


class CallAnalysisUseCases(Wiring):
    """Makes each use case of the analysis of calls when it is first asked for."""

    @wired
    def import_call(self) -> ImportCall:
        from shared.call_pipeline.usecases.import_call import ImportCall

        on = self._on
        return ImportCall(
            conversations(on).call_records,
            self._fetching,
            self._analysing,
            self._ending,
            discovery(on).tasks,
        )

    @wired
    def submit_batches(self) -> SubmitBatches | None:
        """Sends message batches; None where no language model is connected."""
        model, questions = language_model(self._on), self._questions
        if model is None or questions is None:
            return None
        from shared.call_pipeline.usecases.submit_batches import SendBatch, SubmitBatches

        return SubmitBatches(SendBatch(model, questions, self._batched, self._on.log), self._batched, self._on.log)

    @wired
    def collect_batch(self) -> CollectBatch:
        from shared.call_pipeline.usecases.collect_batch import CollectBatch, PostBatch

        model, questions, vendor = language_model(self._on), self._questions, None
        if model is not None and questions is not None:
            vendor = model, PostBatch(questions, self._batched, self._posting, self._telling)
        return CollectBatch(vendor, self._batched, self._on.log)

    @wired
    def _fetching(self) -> FetchCall:
        from shared.call_pipeline.records.seen_deals import SeenDeals
        from shared.call_pipeline.usecases.describe_call import DescribeCall
        from shared.call_pipeline.usecases.discover_calls import Recorder
        from shared.call_pipeline.usecases.fetch_call import FetchCall
        from shared.call_pipeline.usecases.read_thread import ReadThread
        from shared.call_pipeline.usecases.thread_people import ThreadPeople

        on, said, settings = self._on, conversations(self._on), self._on.connected.call_settings
        describing = DescribeCall(said.call_records, SeenDeals(integrations(on)), settings.home_domains)
        mail = ThreadPeople(documents(on)), said.call_records, said.transcripts
        reading = ReadThread(*mail, settings.home_domains, on.log)
        return FetchCall(Recorder(recorder(on), settings), discovery(on).people, said.transcripts, describing, reading)

    @wired
    def _analysing(self) -> AnalyseCall:
        from shared.call_pipeline.usecases.analyse_call import AnalyseCall

        on = self._on
        in_batches = analysts(on).claude is not None
        return AnalyseCall(analysts(on).analyst, self._keeping, self._posting, on.log, in_batches=in_batches)

    @wired
    def _keeping(self) -> KeepAnalyses:
        from shared.call_pipeline.usecases.keep_analyses import KeepAnalyses

        on, said = self._on, conversations(self._on)
        return KeepAnalyses(analysts(on).analyst, said.call_records, said.transcripts, frameworks(on).configuration)

    @wired
    def _posting(self) -> PostAnalyses:
        from shared.call_pipeline.usecases.post_analyses import PostAnalyses

        on = self._on
        return PostAnalyses(conversations(on).call_records, observations(on), self._taking_back, self._telling, on.log)

    @wired
    def _taking_back(self) -> TakeBack:
        from shared.call_pipeline.usecases.take_back import TakeBack
        from shared.observations.records import Ledger

        return TakeBack(Ledger(documents(self._on)), observations(self._on))

    @wired
    def _telling(self) -> TellOfCall:
        from shared.call_pipeline.usecases.tell_of_call import TellOfCall

        return TellOfCall(bus(self._on))

    @wired
    def _ending(self) -> EndCall:
        from shared.call_pipeline.usecases.end_call import EndCall

        on = self._on
        records = conversations(on).call_records
        return EndCall(records, self._taking_back, self._telling, lambda: platform(on).quarantine, on.log)

    @wired
    def _questions(self) -> BatchQuestions | None:
        analyst = analysts(self._on).claude
        if analyst is None:
            return None
        from shared.call_pipeline.usecases.batch_questions import BatchQuestions

        return BatchQuestions(analyst, self._keeping, conversations(self._on).transcripts, people(self._on).aliases)

    @wired
    def _batched(self) -> BatchedCalls:
        from shared.call_pipeline.records.batches import Batches
        from shared.call_pipeline.usecases.batched_calls import BatchedCalls

        on = self._on
        batches = Batches(integrations(on), on.clock)
        return BatchedCalls(conversations(on).call_records, batches, discovery(on).tasks, on.ids)


def call_analysis(on: Environment) -> CallAnalysisUseCases:
    """Returns the import and the analysis of calls on an environment."""
    return on.once(CallAnalysisUseCases)
