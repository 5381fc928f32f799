"""Notes what the recorder and the CRM say of a call: who was there, which deal it was, and its context."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import UNSET

from shared.call_pipeline.records.seen_deals import SeenDeals
from shared.call_pipeline.usecases.call_people import KnownPeople
from shared.conversations.domain.deal_link import DealLink, account_key, account_of, customer_domains, link
from shared.conversations.domain.participants import Participant
from shared.conversations.domain.recorded_call import RecordedCall
from shared.conversations.records import CallDeal, CallParticipant, CallRecord, CallRecords
from shared.conversations.wire.crm_context import context_of


@dataclass(frozen=True, slots=True)
class Heard:
    """Says what was found about a call. customers: whether anybody of outside took part; set_aside: odd sentences"""

    call: RecordedCall
    people: KnownPeople
    customers: bool
    set_aside: int = 0


class DescribeCall:
    """Describes calls in their records.

    home_domains: the company's own, in lower case
    """

    def __init__(self, records: CallRecords, deals: SeenDeals, home_domains: frozenset[str]) -> None:
        self._records = records
        self._deals = deals
        self._home_domains = home_domains

    def unscored(self, record_id: str, heard: Heard) -> None:
        """Describes a call in which nobody is scored: no employee says anything, or nobody of outside is there."""
        self._describe(record_id, heard, tuple(heard.people.in_call(heard.call)), ())

    def spoken(self, record_id: str, heard: Heard, present: tuple[Participant, ...]) -> None:
        """Describes a call of employees with customers."""
        listed = tuple(
            CallParticipant(
                employee_id=one.employee_id,
                speaker_id=one.speaker_id,
                spoke=one.spoke,
                attended=one.attended,
                framework_id=heard.people.frameworks[one.employee_id],
            )
            for one in present
        )
        self._describe(record_id, heard, tuple(sorted(one.employee_id for one in present)), listed)

    def _describe(
        self, record_id: str, heard: Heard, employees: tuple[str, ...], present: tuple[CallParticipant, ...]
    ) -> None:
        call = heard.call
        found = self._deal_of(call)

        def describe(record: CallRecord) -> CallRecord:
            described = record.changed(
                started_at=call.started,
                scheduled_at=call.scheduled,
                url=call.url,
                title=call.title,
                duration_seconds=call.duration_seconds,
                employees=employees,
                participants=present,
                context=context_of(call, self._home_domains),
                scope=call.scope or UNSET,
                language=call.language or UNSET,
                customers=heard.customers,
                set_aside=heard.set_aside or UNSET,
            )
            if record.deal_link == "person":
                return described
            deal = CallDeal(deal_id=found.deal_id, account_name=found.account_name, how=found.how)
            return described.changed(deal=deal, deal_link=found.how)

        self._records.change(record_id, describe)

    def _deal_of(self, call: RecordedCall) -> DealLink:
        """Returns the call's deal; remembered where the CRM's context shows it."""
        domains = customer_domains(call, self._home_domains)
        found = link(call, self._deals.alike(account_key(account_of(call)), domains), self._home_domains)
        if found.how == "crm" and found.deal_id is not None:
            self._deals.learn(found.deal_id, found.account_name, domains, call.started)
        return found
