"""Builds what people see of calls, and ask about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.wiring.conversations import conversations
from infra.wiring.discovery import discovery
from infra.wiring.environment import Environment, Wiring, wired
from infra.wiring.first_sight import first_sight
from infra.wiring.intake import intake
from infra.wiring.people import people
from infra.wiring.platform import platform
from infra.wiring.ports.documents import documents
from infra.wiring.ports.integrations import integrations
from infra.wiring.privacy import privacy

if TYPE_CHECKING:
    from shared.call_pipeline.records.reanalysis_runs import Runs
    from shared.call_pipeline.usecases.ask_again import AskAgain
    from shared.call_pipeline.usecases.call_items import CallItems
    from shared.call_pipeline.usecases.call_sight import CallSight
    from shared.call_pipeline.usecases.call_voices import ListVoices
    from shared.call_pipeline.usecases.link_call import LinkCall
    from shared.call_pipeline.usecases.list_calls import ListCalls
    from shared.call_pipeline.usecases.move_call import MoveCall
    from shared.call_pipeline.usecases.names_in_calls import NamesInCalls
    from shared.call_pipeline.usecases.reanalyse_call import ReanalyseCall
    from shared.call_pipeline.usecases.reanalyse_period import ReanalysePeriod
    from shared.call_pipeline.usecases.show_call import ShowCall
    from shared.call_pipeline.usecases.spread_reanalysis import SpreadReanalysis
    from shared.call_pipeline.usecases.transcript_door import TranscriptDoor


class CallPipelineUseCases(Wiring):
    """Makes each use case of call pipeline when it is first asked for."""

    @wired
    def list_calls(self) -> ListCalls:
        from shared.call_pipeline.usecases.list_calls import ListCalls

        return ListCalls(conversations(self._on).call_records, people(self._on).profile_access, self._items)

    @wired
    def show_call(self) -> ShowCall:
        from shared.call_pipeline.usecases.show_call import ShowCall

        return ShowCall(conversations(self._on).call_records, self.sight, self._items)

    @wired
    def names(self) -> NamesInCalls:
        from shared.call_pipeline.usecases.names_in_calls import NamesInCalls

        return NamesInCalls(people(self._on).records)

    @wired
    def link_call(self) -> LinkCall:
        from shared.call_pipeline.records.seen_deals import SeenDeals
        from shared.call_pipeline.usecases.link_call import LinkCall, TellOfLink
        from shared.platform.records.changes import Changes

        on = self._on
        deals = SeenDeals(integrations(on))
        telling = TellOfLink(discovery(on).tasks, Changes(documents(on)), on.clock)
        return LinkCall(conversations(on).call_records, self.sight, deals, telling, platform(on).audit)

    @wired
    def voices(self) -> ListVoices:
        from shared.call_pipeline.usecases.call_voices import ListVoices

        said = conversations(self._on)
        return ListVoices(said.call_records, said.transcripts, platform(self._on).audit)

    @wired
    def move_call(self) -> MoveCall:
        from shared.call_pipeline.usecases.call_voices import CheckVoice
        from shared.call_pipeline.usecases.follow_move import FollowMove
        from shared.call_pipeline.usecases.move_call import MoveCall

        on, said = self._on, conversations(self._on)
        checking = CheckVoice(said.transcripts, people(on).records)
        following = FollowMove(intake(on).voiding, privacy(on).escalations, discovery(on).tasks)
        return MoveCall(said.call_records, checking, following, platform(on).audit, on.clock)

    @wired
    def reanalyse_call(self) -> ReanalyseCall:
        from shared.call_pipeline.usecases.reanalyse_call import ReanalyseCall

        on = self._on
        records = conversations(on).call_records
        return ReanalyseCall(records, self.sight, self._asking, platform(on).audit, on.clock)

    @wired
    def reanalyse_period(self) -> ReanalysePeriod:
        from shared.call_pipeline.usecases.reanalyse_period import ReanalysePeriod

        on, records = self._on, conversations(self._on).call_records
        return ReanalysePeriod(self._runs, records, discovery(on).tasks, platform(on).audit, on.ids)

    @wired
    def spread_reanalysis(self) -> SpreadReanalysis:
        from shared.call_pipeline.usecases.spread_reanalysis import SpreadReanalysis

        return SpreadReanalysis(self._runs, conversations(self._on).call_records, self._asking)

    @wired
    def transcript_door(self) -> TranscriptDoor:
        from shared.call_pipeline.usecases.transcript_door import TranscriptDoor
        from shared.privacy.usecases.whom_to_ask import WhomToAsk

        on, known = self._on, people(self._on)
        asking = WhomToAsk(known.records, known.in_sight)
        return TranscriptDoor(conversations(on).call_records, self.sight, privacy(on).grounds, asking)

    @wired
    def sight(self) -> CallSight:
        """Decides who may see a call, and act on it."""
        from shared.call_pipeline.usecases.call_sight import CallSight

        return CallSight(people(self._on).profile_access)

    @wired
    def _items(self) -> CallItems:
        from shared.call_pipeline.usecases.call_items import CallItems
        from shared.observations.records import Ledger

        on = self._on
        return CallItems(self.sight, Ledger(documents(on)), on.once(first_sight), platform(on).audit)

    @wired
    def _runs(self) -> Runs:
        from shared.call_pipeline.records.reanalysis_runs import Runs

        return Runs(integrations(self._on), self._on.clock)

    @wired
    def _asking(self) -> AskAgain:
        from shared.call_pipeline.usecases.ask_again import AskAgain

        return AskAgain(conversations(self._on).call_records, discovery(self._on).tasks)


def call_pipeline(on: Environment) -> CallPipelineUseCases:
    """Returns the use cases of call pipeline on an environment."""
    return on.once(CallPipelineUseCases)
