"""Publishes what came of a call."""

from __future__ import annotations

from shared.call_pipeline.messages import CallAnalysed
from shared.conversations.domain.call_state import OVER
from shared.conversations.records import CallRecord
from shared.ports.messages import Bus, Message

TOPIC = "call-analysed"


class TellOfCall:
    """Tells whoever follows."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def publish(self, record: CallRecord) -> None:
        """Publishes what came of a call that is over; readers take the last of a call's analyses."""
        if record.state in OVER:
            fact = _fact(record)
            self._bus.publish(TOPIC, [Message(fact.model_dump(mode="json"), {"source": fact.source})])


def _fact(record: CallRecord) -> CallAnalysed:
    usage, results = record.usage, record.observations
    return CallAnalysed(
        record_id=record.record_id,
        source=record.source,
        call_id=record.call_id,
        analysis=record.analysis,
        state=record.state,
        started_at=record.started_at,
        finished_at=record.updated_at,
        duration_seconds=record.duration_seconds,
        employees=[one.employee_id for one in record.speakers],
        observations=sum(one.observation_id is not None for one in results),
        scores=sum(len(one.points) for one in results),
        waiting=sum(len(one.pending_review) for one in results),
        scorer=record.scorer,
        route=record.route,
        deal_id=record.deal.deal_id,
        deal_link=record.deal_link,
        account_name=record.deal.account_name,
        source_url=record.url,
        input_tokens=usage.input_tokens if usage else None,
        cache_write_tokens=usage.cache_write_tokens if usage else None,
        cache_read_tokens=usage.cache_read_tokens if usage else None,
        output_tokens=usage.output_tokens if usage else None,
        cost_usd=record.cost_usd,
    )
