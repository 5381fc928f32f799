"""Keeps what an analyst has said, and what it has cost, before anything else is done with it.

A task that dies afterwards finds the kept analysis: nobody is asked, nor paid, twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from msgspec import UNSET

from shared.analysts.usecases.analyst import Analyst
from shared.conversations.domain.analysis_version import analysis_version
from shared.conversations.domain.call_analysis import CallAnalysis
from shared.conversations.domain.cost import PRICES, PriceTable, Usage, total_cost
from shared.conversations.records import CallParticipant, CallRecord, CallRecords
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.frameworks.domain.framework import Framework
from shared.frameworks.usecases.configuration import Configuration


class KeepAnalyses:
    """Keeps and finds the analyses of an analyst."""

    def __init__(
        self,
        analyst: Analyst,
        records: CallRecords,
        transcripts: TranscriptStore,
        configuration: Configuration,
        prices: PriceTable = PRICES,
    ) -> None:
        self._analyst = analyst
        self._records = records
        self._transcripts = transcripts
        self._configuration = configuration
        self._prices = prices

    def framework_of(self, person: CallParticipant) -> Framework:
        """Returns the framework that a person is scored by."""
        return self._configuration.framework(person.framework_id)

    def kept(self, record: CallRecord, person: CallParticipant) -> CallAnalysis | None:
        """Returns the analysis of this request, if an earlier attempt has got that far."""
        version = analysis_version(self._analyst.scorer(self.framework_of(person)).number, record.analysis)
        return self._transcripts.analysis(record.source, record.call_id, person.employee_id, version)

    def keep(self, record: CallRecord, person: CallParticipant, analysis: CallAnalysis) -> None:
        """Keeps an analysis, so that nobody is asked for it again."""
        version = analysis_version(analysis.scorer.number, record.analysis)
        self._transcripts.keep_analysis(record.source, person.employee_id, version, analysis)

    def spend(self, record: CallRecord, usages: Sequence[Usage], once: str | None = None) -> None:
        """Notes tokens as soon as they are paid for: before anything that may fail is done with the answer.

        usages: one per request. once: names an answer that may be read several times, and is paid for once
        """
        if not usages:
            return
        dollars = total_cost(usages, self._analyst.model, self._prices)

        def note(known: CallRecord) -> CallRecord | None:
            paid = () if known.paid is UNSET else known.paid
            if once in paid:
                return None
            total = reduce(Usage.plus, usages if known.usage is None else (known.usage, *usages))
            spent = None if dollars is None else round((known.cost_usd or 0) + float(dollars), 6)
            changed = known.changed(usage=total, cost_usd=spent)
            return changed if once is None else changed.changed(paid=(*paid, once))

        self._records.change(record.record_id, note)
