"""The leadership's page: are we ready to sell?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from functions.portal.shell import figures, words
from shared.ratings.domain.readiness import SMALLEST_GROUP


@dataclass(frozen=True)
class Coverage:
    """How many people stand where in one core competency. gap: no validation and no evidence of progress."""

    competency: str
    name: str
    validated: int
    in_progress: int
    expired: int
    gap: int

    @property
    def people(self) -> int:
        return self.validated + self.in_progress + self.expired + self.gap


@dataclass(frozen=True)
class HeatCell:
    """mean: points, None when nobody has a rating or when suppressed; people: how many have one (0 if suppressed)."""

    mean: float | None = None
    people: int = 0
    suppressed: bool = False


@dataclass(frozen=True)
class HeatRow:
    competency: str
    name: str
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True)
class HeatMap:
    """Mean rating per competency and value of one dimension; every row has one cell per value."""

    dimension: str
    dimensions: tuple[str, ...]
    values: tuple[str, ...]
    rows: tuple[HeatRow, ...]


@dataclass(frozen=True)
class Gap:
    """A competency (in a context) in which many are short. extent: how many, in words; mean: points or None."""

    name: str
    context: str
    extent: str
    mean: float | None = None


@dataclass(frozen=True)
class Change:
    """Tells what moved since an earlier snapshot; before and after as shown, difference in points or people."""

    name: str
    before: str
    after: str
    difference: float


@dataclass(frozen=True)
class Readiness:
    """ready of people: those whose core competencies are all validated; share_low, share_high: Wilson, 0-1.

    sentence: the use case's answer in words; figures in brackets at its end are shown apart
    scope: whom the page speaks of, as a noun phrase (`the organisation`, `your team`)
    since: the day of the snapshot that changes compare with, None without one
    """

    as_of: date
    scope: str
    sentence: str
    people: int
    ready: int
    share_low: float
    share_high: float
    mean_readiness: float | None
    coverage: tuple[Coverage, ...] = ()
    heat_map: HeatMap | None = None
    gaps: tuple[Gap, ...] = ()
    since: date | None = None
    changes: tuple[Change, ...] = ()
    suppressed: bool = False


def headline(view: Readiness) -> str:
    """The question's answer as one sentence, without the figures that stand beside it."""
    return view.sentence.partition(" (")[0].rstrip(".") + "."


def present(view: Readiness) -> Mapping[str, Any]:
    """The template's variables."""
    share = view.ready / view.people if view.people else 0.0
    return {
        "view": view,
        "headline": headline(view),
        "share": words.percent(share),
        "share_range": {
            "value": figures.at(100 * share),
            "low": figures.at(100 * view.share_low),
            "high": figures.at(100 * view.share_high),
            "words": f"{words.percent(view.share_low)} to {words.percent(view.share_high)} %",
            "between": f"{words.percent(view.share_low)} and {words.percent(view.share_high)} %",
        },
        "coverage": [_coverage(item) for item in view.coverage],
        "heat": None if view.heat_map is None else _heat(view.heat_map),
        "least": SMALLEST_GROUP,
        "weak_below": words.points(figures.WEAK_BELOW),
    }


def _coverage(item: Coverage) -> dict[str, Any]:
    parts = (
        ("validated", item.validated),
        ("in_progress", item.in_progress),
        ("expired", item.expired),
        ("gap", item.gap),
    )
    described = ", ".join(f"{number} {words.STATUS[name].lower()}" for name, number in parts)
    return {
        "name": item.name,
        "competency": item.competency,
        "share": words.percent(item.validated / item.people) if item.people else "0",
        "segments": figures.stacked(parts),
        "parts": parts,
        "people": item.people,
        "words": f"{item.name}: {described} of {words.count(item.people, 'person', 'people')}",
    }


def _heat(heat: HeatMap) -> dict[str, Any]:
    rows = []
    for row in heat.rows:
        cells: list[dict[str, Any]] = []
        for cell in row.cells:
            if cell.suppressed:
                cells.append({"kind": "suppressed"})
            elif cell.mean is None:
                cells.append({"kind": "nobody"})
            else:
                level = figures.heat_level(cell.mean)
                cells.append(
                    {
                        "kind": "rated",
                        "level": level,
                        "weak": level == 0,
                        "mean": _beside_the_bar(cell.mean),
                        "people": cell.people,
                    }
                )
        rows.append({"name": row.name, "cells": cells})
    return {
        "dimension": heat.dimension,
        "dimensions": heat.dimensions,
        "values": heat.values,
        "rows": rows,
    }


def _beside_the_bar(mean: float) -> str:
    """Whole points, unless rounding would lift a weak mean to the bar that it misses: then with its decimal."""
    return f"{mean:.1f}" if mean < figures.WEAK_BELOW <= int(mean + 0.5) else words.points(mean)
