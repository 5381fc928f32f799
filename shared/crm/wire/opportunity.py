"""Reads a deal from a CRM's records, by what an organisation's fields mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from shared.crm.domain.deal_mapping import DealMapping
from shared.deals.domain.deal import LOST, WON
from shared.deals.records import StageChange, StageTimes
from shared.kernel.plain_ids import without_odd
from shared.ports.crm import CrmRecord

if TYPE_CHECKING:
    from shared.deals.contract import AttendeeBody, DealAssignmentBody, DealOutcomeBody, MeetingBody

WORD: Final = 120
"""Characters of a name that the contract of deals takes."""
MOST_PEOPLE: Final = 100
MOST_PRODUCTS: Final = 30
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f\s]+")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class RecordsOfDeal:
    """A deal's record, and those that belong to it. None: they were not asked for"""

    deal: CrmRecord
    engineers: Sequence[CrmRecord] = ()
    roles: Sequence[CrmRecord] = ()
    events: Sequence[CrmRecord] = ()
    history: Sequence[CrmRecord] = ()


@dataclass(frozen=True, slots=True)
class FoundDeal:
    """A deal as its records say it is.

    engineers: e-mail addresses of those who work on it, the first one first
    next_read: when another meeting will be the next one; None: there is none after the next
    """

    deal_id: str
    account: str
    name: str
    stage: str
    closed: Literal["won", "lost"] | None
    industry: str | None
    size: str | None
    value: float | None
    currency: str
    products: tuple[str, ...]
    people: tuple[tuple[str, str | None, str | None], ...]
    meeting: tuple[datetime, str | None] | None
    next_read: datetime | None
    counted: tuple[int, int, bool]
    counts: bool
    close_date: str | None
    created: datetime | None
    lost_because: str | None
    engineers: tuple[str, ...]
    times: StageTimes
    about: tuple[str, ...]

    def assignment(self, engineer: str, at: datetime) -> DealAssignmentBody:
        """Returns what is told of who works on it. at: when it was read"""
        from shared.deals.contract import AccountBody, DealAssignmentBody, OpportunityBody

        return DealAssignmentBody(
            deal_id=self.deal_id,
            employee_id=engineer,
            account=AccountBody(name=self.account, industry=self.industry, size=self.size),
            opportunity=OpportunityBody(
                name=self.name,
                value=self.value,
                currency=self.currency,
                stage=self.stage,
                products=list(self.products),
            ),
            next_meeting=self._meeting(),
            told_at=at,
        )

    def outcome(self, engineer: str, at: datetime) -> DealOutcomeBody:
        """Returns what is told of how far it is. at: when it was read"""
        from shared.deals.contract import DealOutcomeBody, DecisionMakerBody

        demos, deep_dives, proven = self.counted
        return DealOutcomeBody(
            deal_id=self.deal_id,
            employee_id=engineer,
            account_name=self.account,
            industry=self.industry,
            deal_size_tier=self.size,
            opportunity_name=self.name,
            deal_value=self.value,
            currency=self.currency,
            product_lines=list(self.products),
            decision_makers=[DecisionMakerBody(name=n, title=t, persona=p) for n, t, p in self.people],
            created_date=self.created,
            close_date=datetime.fromisoformat(self.close_date).date() if self.close_date else None,
            stage=self.stage,
            closed_won=self.closed == "won",
            closed_lost_reason=self.lost_because if self.closed == "lost" else None,
            demo_calls_conducted=demos,
            technical_deep_dives=deep_dives,
            poc_delivered=proven,
            told_at=at,
        )

    def _meeting(self) -> MeetingBody | None:
        from shared.deals.contract import MeetingBody

        if self.meeting is None:
            return None
        at, kind = self.meeting
        return MeetingBody(date=at, type=kind, attendees=self._attendees())

    def _attendees(self) -> list[AttendeeBody]:
        from shared.deals.contract import AttendeeBody

        return [AttendeeBody(name=name, title=title, persona=persona) for name, title, persona in self.people]


def read_deal(records: RecordsOfDeal, mapping: DealMapping, now: datetime) -> FoundDeal:
    """Returns the deal that some records are. now: which of its meetings is the next one"""
    deal = records.deal
    name = _word(deal.text("Name")) or deal.id
    closed = _closed(deal)
    stage = {"won": WON, "lost": LOST}[closed] if closed else _word(deal.text(mapping.stage)) or "unknown"
    value, currency = _amount(deal, mapping)
    meetings = _meetings(records, mapping)
    ahead = [one for one in meetings if one[0] > now]
    return FoundDeal(
        deal_id=deal.id,
        # A deal may belong to no account; a person's account has a name and no industry.
        account=_word(deal.text("Account.Name")) or name,
        name=name,
        stage=stage,
        closed=closed,
        industry=_named(deal, mapping.industry),
        size=_named(deal, mapping.size) or mapping.amounts.size(value, currency),
        value=value,
        currency=currency,
        products=_words(deal, mapping.products)[:MOST_PRODUCTS],
        people=_people(records, mapping),
        meeting=next(iter(ahead or meetings[-1:]), None),
        next_read=ahead[0][0] if len(ahead) > 1 else None,
        counted=_counted(deal, mapping),
        counts=bool(mapping.counted.fields),
        close_date=None if (day := deal.day("CloseDate")) is None else day.isoformat(),
        created=deal.moment("CreatedDate"),
        lost_because=_named(deal, mapping.lost_because),
        engineers=_engineers(records, mapping),
        times=_times(records, mapping, stage),
        about=_about(records),
    )


def _closed(deal: CrmRecord) -> Literal["won", "lost"] | None:
    if deal.text("IsClosed") != "true":
        return None
    return "won" if deal.text("IsWon") == "true" else "lost"


def _amount(deal: CrmRecord, mapping: DealMapping) -> tuple[float | None, str]:
    amounts = mapping.amounts
    value = deal.number(amounts.amount)
    said = (deal.text(amounts.currency) or "") if amounts.has_field else amounts.currency
    # Without its currency nobody knows how much it is.
    known = value is not None and 0 <= value <= 1e15 and _CURRENCY.fullmatch(said)
    return (value, said) if known else (None, "USD")


def _meetings(records: RecordsOfDeal, mapping: DealMapping) -> list[tuple[datetime, str | None]]:
    """Returns the deal's meetings by time; a whole day is none."""
    if mapping.meeting is not None:
        at = records.deal.moment(mapping.meeting[0])
        return [] if at is None else [(at, _named(records.deal, mapping.meeting[1]))]
    found = [(one.moment("StartDateTime"), one) for one in records.events if one.text("IsAllDayEvent") != "true"]
    timed = [(at, one.id, _word(one.text("Type")) or _word(one.text("Subject"))) for at, one in found if at is not None]
    return [(at, kind) for at, _, kind in sorted(timed, key=lambda one: one[:2])]


def _people(records: RecordsOfDeal, mapping: DealMapping) -> tuple[tuple[str, str | None, str | None], ...]:
    """Returns whom we meet: name, title and the CRM's word for how they buy."""
    if mapping.personas is not None:
        return tuple((word, None, word) for word in _words(records.deal, mapping.personas)[:MOST_PEOPLE])
    found = sorted(records.roles, key=lambda one: (one.text("IsPrimary") != "true", one.id))
    people = ((_word(one.text("Contact.Name")), one) for one in found)
    return tuple(
        (name, _word(one.text("Contact.Title")), _word(one.text("Role"))) for name, one in people if name is not None
    )[:MOST_PEOPLE]


def _counted(deal: CrmRecord, mapping: DealMapping) -> tuple[int, int, bool]:
    def number(name: str | None) -> int:
        return min(10_000, max(0, round((deal.number(name) or 0) if name else 0)))

    proofs = mapping.counted.proofs
    proven = proofs is not None and (deal.text(proofs) == "true" or number(proofs) > 0)
    return number(mapping.counted.demos), number(mapping.counted.deep_dives), proven


def _engineers(records: RecordsOfDeal, mapping: DealMapping) -> tuple[str, ...]:
    who = mapping.engineer
    if who.by == "field":
        found = [records.deal.text(name) for name in who.named]
    elif who.by == "team":
        found = [one.text("User.Email") for one in _ranked(records.engineers, "TeamMemberRole", who.named)]
    else:
        largest = sorted(records.engineers, key=lambda one: -(one.number("SplitPercentage") or 0))
        found = [one.text("SplitOwner.Email") for one in _ranked(largest, "SplitType.DeveloperName", who.named)]
    return tuple(dict.fromkeys(one.lower() for one in found if one))


def _ranked(records: Sequence[CrmRecord], field: str, named: Sequence[str]) -> list[CrmRecord]:
    """Returns those whose field is one of some words, in the order of these."""
    ranks = {word.lower(): rank for rank, word in enumerate(named)}
    found = [(ranks.get((one.text(field) or "").lower()), one) for one in records]
    return [
        one for _, one in sorted(((rank, one) for rank, one in found if rank is not None), key=lambda pair: pair[0])
    ]


def _times(records: RecordsOfDeal, mapping: DealMapping, stage: str) -> StageTimes:
    entries = [(one.moment("CreatedDate"), one.id, _word(one.text("StageName"))) for one in records.history]
    known = sorted((at, identity, said) for at, identity, said in entries if at is not None and said is not None)
    present = _word(records.deal.text(mapping.stage))
    last = len(known) - 1
    changes: list[StageChange] = []
    for number, (at, _, said) in enumerate(known):
        # The last one is the present one, in the word that closes a deal.
        word = stage if number == last and said == present else said
        if not changes or changes[-1].stage != word:
            changes.append(StageChange(stage=word, at=at))
    return StageTimes(records.deal.modified, tuple(changes))


def _about(records: RecordsOfDeal) -> tuple[str, ...]:
    """Returns the ids of what the deal was read from beside its own record."""
    account = records.deal.text("AccountId")
    met = (one.text("ContactId") for one in records.roles)
    belonging = (one.id for one in (*records.engineers, *records.roles, *records.events))
    return tuple(one for one in (account, *met, *belonging) if one)


def _named(deal: CrmRecord, field: str | None) -> str | None:
    return _word(deal.text(field)) if field else None


def _words(deal: CrmRecord, field: str | None) -> tuple[str, ...]:
    """Returns the values of a field that may hold several."""
    said = (deal.text(field) or "") if field else ""
    return tuple(dict.fromkeys(word for one in said.split(";") if (word := _word(one))))


def _word(said: str | None) -> str | None:
    """Returns a text as deals take it: on one line, without what does not show, cut."""
    return without_odd(_CONTROLS.sub(" ", said or "")).strip()[:WORD].strip() or None
