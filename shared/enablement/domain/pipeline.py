"""Adds open deals up by how risky they are in the hands of who works on them, and says how sure that is.

A deal's risk follows from ratings that have intervals. So each deal has a risk as it stands, and those at the two ends
of the intervals; a count has as its bounds the deals that have the risk at every point of their interval, and
those that have it at some. Where the people behind a number may not be told apart, deals are put together until every
number is about five people or more (`coarsened`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, get_args

from shared.deals.domain.deal import DOLLARS
from shared.deals.domain.risk import LEVELS, Risk
from shared.kernel.access import SMALLEST_GROUP
from shared.kernel.rounding import whole

By = Literal["all", "stage", "segment"]
FINE: Final[tuple[tuple[Risk, ...], ...]] = tuple((one,) for one in LEVELS)
COARSE: Final[tuple[tuple[Risk, ...], ...]] = (("high", "medium"), ("low",))
MOST_GROUPS: Final = 12
"""Stages or segments that are told apart, those with the most deals."""
REST: Final = "others"
UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class OpenDeal:
    """A deal as the pipeline counts it.

    segment: its size in the framework's word; dollars: None where the amount is unknown, or of no known currency
    risk:    None where no assignment was told; least, most: at the upper and the lower end of the skills' intervals
    date:    of the next meeting, or else of the day on which it is to close
    """

    deal_id: str
    employee_id: str
    stage: str
    segment: str
    dollars: float | None
    risk: Risk | None
    least: Risk | None
    most: Risk | None
    date: datetime | None


@dataclass(frozen=True, slots=True)
class Cell:
    """Counts the deals of some levels of risk.

    low, high: bounds of `deals` (80 %); amount: in US dollars, with its bounds; unknown: deals that are not in it
    """

    risks: tuple[Risk, ...]
    deals: int
    low: int
    high: int
    amount: float
    amount_low: float
    amount_high: float
    unknown: int


@dataclass(frozen=True, slots=True)
class Group:
    """Counts the deals of a stage or segment. amount: in US dollars, unknown: deals whose amount is not among it

    unassessed: of these no assignment was told, so that they have no risk
    cells: by risk; empty where so few people are behind them that it is not told
    """

    by: By
    name: str
    deals: int
    amount: float
    unknown: int
    unassessed: int
    cells: tuple[Cell, ...]


def in_dollars(value: float | None, currency: str, rates: Mapping[str, float]) -> float | None:
    """Returns an amount in US dollars. rates: dollars for one of each other currency; None where nobody can tell"""
    rate = 1.0 if currency == DOLLARS else rates.get(currency)
    return None if value is None or rate is None else value * rate


def order(deal: OpenDeal, now: datetime) -> tuple[int, bool, float, float, str]:
    """Returns the key of the order in which deals are listed: the riskiest first, then what comes next."""
    ahead = deal.date is not None and deal.date > now
    rank = len(LEVELS) if deal.risk is None else LEVELS.index(deal.risk)
    when = deal.date.timestamp() if deal.date is not None and ahead else 0.0
    return rank, not ahead, when, -(deal.dollars or 0.0), deal.deal_id


def totals(deals: Sequence[OpenDeal], *, coarsened: bool) -> tuple[Group, ...]:
    """Returns all deals, and those of each stage and segment, the most deals first.

    coarsened: whoever sees it may not see the ratings of everybody behind it
    """
    groups = [("all", "", list(deals))]
    groups += [("stage", name, found) for name, found in _grouped(deals, [one.stage for one in deals])]
    groups += [("segment", name, found) for name, found in _grouped(deals, [one.segment for one in deals])]
    found: list[Group] = []
    for by in get_args(By):
        parts = [(name, part) for kind, name, part in groups if kind == by]
        levels = _levels([part for _, part in parts]) if coarsened else FINE
        if coarsened and levels is None and by != "all":
            parts = _put_together(parts)
            levels = _levels([part for _, part in parts])
        cells = [[_cell(risks, part) for risks in levels or ()] for _, part in parts]
        told = [[_about(one) for one in several] if coarsened else several for several in cells]
        found += [_group(by, name, part, several) for (name, part), several in zip(parts, told, strict=True)]
    return tuple(found)


def money(dollars: float) -> str:
    """Returns an amount as people say it: `$6.2M`, `$250K`."""
    thousands = dollars / 1000
    if thousands < 1:
        return f"${whole(dollars)}"
    return f"${thousands / 1000:.1f}M" if thousands >= 999.5 else f"${whole(thousands)}K"


def _grouped(deals: Sequence[OpenDeal], names: Sequence[str]) -> list[tuple[str, list[OpenDeal]]]:
    by_name: dict[str, list[OpenDeal]] = {}
    for name, deal in zip(names, deals, strict=True):
        by_name.setdefault(name, []).append(deal)
    ordered = sorted(by_name.items(), key=lambda one: (-len(one[1]), one[0]))
    kept, further = ordered[:MOST_GROUPS], ordered[MOST_GROUPS:]
    rest = [deal for _, found in further for deal in found]
    return [*kept, *([(REST, rest)] if rest else [])]


def _levels(parts: Iterable[Sequence[OpenDeal]]) -> tuple[tuple[Risk, ...], ...] | None:
    """Returns the finest levels of which every number, in every part, is about five people or nobody."""
    several = list(parts)
    for levels in (FINE, COARSE):
        if all(_tellable(part, risks) for part in several for risks in levels):
            return levels
    return None


def _tellable(deals: Iterable[OpenDeal], risks: tuple[Risk, ...]) -> bool:
    """Tells whether a number of deals at some levels is about nobody, or five people and more."""
    people = {one.employee_id for one in deals if one.risk in risks}
    return not people or len(people) >= SMALLEST_GROUP


def _put_together(parts: Sequence[tuple[str, list[OpenDeal]]]) -> list[tuple[str, list[OpenDeal]]]:
    """Returns groups of which too few people are behind a number in one rest, which takes in the next smallest until
    it is of enough; nothing is told by subtraction then, since nothing is left out."""
    kept = [(name, part) for name, part in parts if name != REST and _levels([part]) is not None]
    names = {name for name, _ in kept}
    rest = [deal for name, part in parts if name not in names for deal in part]
    while kept and rest and _levels([rest]) is None:
        _, smallest = kept.pop()
        rest += smallest
    return [*kept, *([(REST, rest)] if rest else [])]


def _group(by: By, name: str, deals: Sequence[OpenDeal], cells: Iterable[Cell]) -> Group:
    return Group(
        by=by,
        name=name,
        deals=len(deals),
        amount=_amount(deals),
        unknown=_unknown(deals),
        unassessed=sum(one.risk is None for one in deals),
        cells=tuple(cells),
    )


def _cell(risks: tuple[Risk, ...], deals: Iterable[OpenDeal]) -> Cell:
    assessed = [one for one in deals if one.risk is not None]
    here = [one for one in assessed if one.risk in risks]
    surely = [one for one in here if set(_possible(one)) <= set(risks)]
    possibly = [one for one in assessed if set(_possible(one)) & set(risks)]
    return Cell(
        risks,
        len(here),
        len(surely),
        len(possibly),
        _amount(here),
        _amount(surely),
        _amount(possibly),
        _unknown(here),
    )


def _about(cell: Cell) -> Cell:
    """Returns a cell with amounts of two digits: a sum to the dollar tells which deals it is of."""
    return replace(
        cell,
        amount=_two_digits(cell.amount),
        amount_low=_two_digits(cell.amount_low),
        amount_high=_two_digits(cell.amount_high),
    )


def _two_digits(amount: float) -> float:
    return float(f"{amount:.1e}")


def _possible(deal: OpenDeal) -> Sequence[Risk]:
    """Returns the levels that a deal may have, from its lowest to its highest."""
    if deal.risk is None or deal.least is None or deal.most is None:
        return ()
    places = sorted(LEVELS.index(one) for one in (deal.risk, deal.least, deal.most))
    return LEVELS[places[0] : places[-1] + 1]


def _amount(deals: Iterable[OpenDeal]) -> float:
    return sum((one.dollars for one in deals if one.dollars is not None), start=0.0)


def _unknown(deals: Iterable[OpenDeal]) -> int:
    return sum(one.dollars is None for one in deals)
