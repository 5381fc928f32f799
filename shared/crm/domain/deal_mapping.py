"""Says which fields of an organisation's CRM mean what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from shared.conversations.domain.amount_sizes import SIZES, size_of

DEAL: Final = "Opportunity"
ACCOUNT: Final = "Account"
CONTACT: Final = "Contact"
TEAM: Final = "OpportunityTeamMember"
SPLIT: Final = "OpportunitySplit"
ROLE: Final = "OpportunityContactRole"
EVENT: Final = "Event"
HISTORY: Final = "OpportunityHistory"
OF_DEAL: Final = "OpportunityId"
PARENTS: Final[Mapping[str, str]] = {TEAM: OF_DEAL, SPLIT: OF_DEAL, ROLE: OF_DEAL, EVENT: "WhatId"}
"""Kinds of records that belong to a deal, each with the field that says to which."""


@dataclass(frozen=True, slots=True)
class Engineer:
    """Says who works on a deal.

    by:    a field of the deal (a path to a person's e-mail address), its team, or its splits
    named: the field; or the roles in the team, or types of splits, that count, the first one first
    """

    by: Literal["field", "team", "splits"]
    named: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """Names fields of the deal with what was done for it; None: nobody counts that."""

    demos: str | None = None
    deep_dives: str | None = None
    proofs: str | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """Returns those that are there."""
        return tuple(one for one in (self.demos, self.deep_dives, self.proofs) if one)


@dataclass(frozen=True, slots=True)
class Amounts:
    """Says what an amount tells of a deal's size.

    amount:   its field; currency: a field with its currency, or the one currency of the organisation
    sizes:    (least US dollars, size), the largest first
    dollars:  for one of each other currency; without it an amount in that tells no size
    """

    amount: str = "Amount"
    currency: str = "USD"
    sizes: tuple[tuple[float, str], ...] = SIZES
    dollars: Mapping[str, float] = field(default_factory=dict)

    @property
    def has_field(self) -> bool:
        """Tells whether every deal says its own currency."""
        return not (len(self.currency) == 3 and self.currency.isupper())

    def size(self, value: float | None, currency: str) -> str | None:
        """Returns the size of a deal by its amount; None where nobody can tell."""
        rate = 1.0 if currency == "USD" else self.dollars.get(currency)
        return None if value is None or rate is None else size_of(value * rate, self.sizes)


@dataclass(frozen=True, slots=True)
class DealMapping:
    """Names an organisation's fields; across relations with dots. None: it has no such field.

    personas: a field of the deal; None: the contacts that have a role in it
    meeting:  fields of the deal with the next meeting's time and kind; None: the deal's events
    history:  whether the CRM keeps when a deal came to its stages
    """

    engineer: Engineer
    industry: str | None = "Account.Industry"
    size: str | None = None
    amounts: Amounts = Amounts()
    stage: str = "StageName"
    products: str | None = None
    personas: str | None = None
    meeting: tuple[str, str | None] | None = None
    counted: Counted = Counted()
    lost_because: str | None = None
    history: bool = True

    @property
    def kinds(self) -> frozenset[str]:
        """Returns the kinds of records from which a deal is read."""
        who = {"field": set[str](), "team": {TEAM}, "splits": {SPLIT}}[self.engineer.by]
        met = set() if self.meeting else {EVENT}
        asked = set() if self.personas else {ROLE, CONTACT}
        return frozenset({DEAL, ACCOUNT, *who, *met, *asked})

    @property
    def fields(self) -> tuple[str, ...]:
        """Returns the fields of the deal itself that are read, each once."""
        named = (
            *("Name", "AccountId", "Account.Name", "IsClosed", "IsWon", "CloseDate", "CreatedDate"),
            self.stage,
            self.amounts.amount,
            self.amounts.currency if self.amounts.has_field else None,
            *(self.industry, self.size, self.products, self.personas, self.lost_because),
            *(self.meeting or ()),
            *self.counted.fields,
            *(self.engineer.named if self.engineer.by == "field" else ()),
        )
        return tuple(dict.fromkeys(one for one in named if one))
