"""Finds samples of what was said, without anybody's name: how a competency sounds, scored high, medium or low.

The pool are the latest calls that were scored more than 48 hours ago and have a counted score of the competency in the
band. Where fewer than five employees are in it, nothing is shown: a small group knows its own words. The choice among
the pool is by a hash of the call, one per employee, so that the same pool gives the same samples, whoever asks and
however often.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Literal

from shared.conversations.domain.conversation import Conversation, Quote
from shared.conversations.records import CallRecord, CallRecords
from shared.conversations.usecases.transcripts import TranscriptStore
from shared.frameworks.usecases.configuration import Configuration
from shared.kernel.access import SMALLEST_GROUP, Caller, require
from shared.kernel.errors import Rejected
from shared.kernel.ids import DEFAULT_FRAMEWORK, digest
from shared.platform.domain.audit_actions import AuditAction
from shared.platform.usecases.audit import Audit
from shared.ports.ambient import Clock
from shared.privacy.contract import SampleTurn, TranscriptSample
from shared.privacy.contract import TranscriptSamples as Samples
from shared.privacy.domain.anonymise import anonymised

Band = Literal["high", "medium", "low"]
BANDS: Mapping[Band, tuple[float, float]] = {"high": (80, 100.01), "medium": (60, 80), "low": (0, 60)}
"""From (inclusive), to (exclusive)."""

SETTLED = timedelta(hours=48)
"""Until then the employee sees the scores first, and may contest them."""
POOL = 400
"""How many of the latest calls are looked through."""
SAMPLES = 3
BEFORE, AFTER = 2, 3
"""Turns around the one that a score stands on."""


class TranscriptSamples:
    """Finds samples."""

    def __init__(
        self,
        records: CallRecords,
        transcripts: TranscriptStore,
        configuration: Configuration,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._records = records
        self._transcripts = transcripts
        self._configuration = configuration
        self._audit = audit
        self._clock = clock

    def of(self, caller: Caller, competency: str, band: str, *, framework_id: str = DEFAULT_FRAMEWORK) -> Samples:
        """Returns up to three samples of a competency in a band of scores; none, and `suppressed`, where too few people
        are in the pool. Leaves an audit record.

        Raises Forbidden, Rejected (no such competency or band), NotFound (no such framework).
        """
        require(caller, "samples.read")
        known = self._configuration.framework(framework_id).competency_named(competency)
        if known is None:
            raise Rejected(f"competency: {competency[:60]!r} is none of this framework", field="competency")
        chosen = next((one for one in BANDS if one == band), None)
        if chosen is None:
            raise Rejected(f"band: {band[:40]!r} is none of {', '.join(BANDS)}", field="band")
        pool = list(self._pool(known, chosen))
        few = len({employee_id for employee_id, _ in pool}) < SMALLEST_GROUP
        samples = [] if few else self._samples(known, chosen, pool)
        self._audit.record(caller, AuditAction.TRANSCRIPT_SAMPLES_READ, detail=f"{known}, {band}")
        return Samples(competency=known, band=chosen, suppressed=few, samples=samples)

    def _pool(self, competency: str, band: Band) -> Iterator[tuple[str, CallRecord]]:
        """Yields (employee, record) for each counted score in the band."""
        low, high = BANDS[band]
        settled = self._clock.now() - SETTLED
        for record in self._records.page(state="observed", until=settled, limit=POOL).items:
            if record.updated_at > settled:
                continue  # the call is old, its scores are not
            for one in record.observations:
                score = one.points.get(competency)
                waiting = one.standing != "counted" or competency in one.pending_review
                if score is not None and not waiting and low <= score < high:
                    yield one.employee_id, record

    def _samples(self, competency: str, band: Band, pool: list[tuple[str, CallRecord]]) -> list[TranscriptSample]:
        ordered = sorted(pool, key=lambda item: digest("sample", competency, band, item[0], item[1].record_id))
        samples: list[TranscriptSample] = []
        people: set[str] = set()
        for employee_id, record in ordered:
            if employee_id in people:
                continue
            turns = self._excerpt(competency, employee_id, record)
            if turns:
                people.add(employee_id)
                samples.append(TranscriptSample(medium="email" if record.source == "email" else "call", turns=turns))
            if len(samples) == SAMPLES:
                break
        return samples

    def _excerpt(self, competency: str, employee_id: str, record: CallRecord) -> list[SampleTurn]:
        """Returns the turns around what the score stands on; none when the words are gone, or it was measured."""
        source, call_id = record.source, record.call_id
        conversation = self._transcripts.conversation(source, call_id)
        analysis = self._transcripts.latest_analysis(source, call_id, employee_id)
        if conversation is None or analysis is None:
            return []
        quotes = [
            evidence
            for score in analysis.scores
            if score.competency == competency
            for evidence in score.evidence
            if isinstance(evidence, Quote) and evidence.turn_index < len(conversation.turns)
        ]
        if not quotes:
            return []
        around = _around(conversation, quotes[0].turn_index)
        account = record.deal.account_name
        said = anonymised(conversation, [account] if account else [], around)
        return [SampleTurn(speaker=turn.speaker, text=turn.text) for turn in said]


def _around(conversation: Conversation, index: int) -> range:
    return range(max(0, index - BEFORE), min(len(conversation.turns), index + AFTER + 1))
