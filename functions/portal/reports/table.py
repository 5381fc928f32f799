"""Makes a table of a mart's rows: the newest of each, every number with how sure it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from functions.portal.shell import figures, words
from infra.bigquery.catalogue import NUMBERS, Column, Table
from infra.looker.pages import Chart

MOST_ROWS = 20
MOST_DAYS = 60
PERIODS = ("day", "week")
BOUNDS = ("_low", "_high")
IDS = frozenset(
    {
        *("competency", "dimension", "value", "metric", "activity", "route", "source", "reason", "status"),
        *("kind", "arm", "risk"),
    }
)
"""Columns whose words are the declaration's, not people's."""
STEMS: Mapping[str, str] = {"difference": "mean_difference"}
"""What a bound without a column of its name bounds."""
NOBODY: Mapping[str, str] = MappingProxyType({})
Row = Mapping[str, Any]
Rows = Sequence[Row]


@dataclass(frozen=True)
class Cell:
    """One value. between: its interval in words; place: where it lies on the axis"""

    text: str
    number: bool = False
    between: str = ""
    place: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Point:
    """A day of a trend: where the number and the ends of its interval lie."""

    x: str
    y: str
    low: str
    high: str
    words: str


@dataclass(frozen=True)
class Shown:
    """Holds what a chart shows.

    withheld: rows about fewer than five people; left_out: others that are not among the first
    lowest: they are the lowest, not the first
    period: of when the rows are; trend: of the whole
    """

    question: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    withheld: int
    left_out: int
    lowest: bool = False
    period: str = ""
    trend: Sequence[Point] = ()
    trend_of: str = ""
    meanings: Sequence[Column] = ()


def shown(
    mart: Table, chart: Chart, rows: Rows, own: str | None, names: Mapping[str, str] = MappingProxyType({})
) -> Shown:
    """Returns what a chart shows of a mart's rows. names: of people and competencies, by their ids"""
    columns = {column.name: column for column in mart.columns}
    told = [row for row in rows if not row.get("suppressed")]
    period = next((name for name in PERIODS if name in mart.key), None)
    others = [name for name in mart.key if name not in (period, own, "framework_id")]
    trend, of = ((), "") if period is None or others else _trend(chart, columns, told, period)
    newest = told if period is None else _newest(told, period, others)
    measure = _measured(chart, columns)
    by = measure if measure is not None and ("heat" in chart.chart or "least" in chart.chart) else None
    ordered = newest if by is None else sorted(newest, key=lambda row: (row[by] is None, row[by] or 0))
    columns_shown = [columns[name] for name in chart.shows if not name.endswith(BOUNDS) and name != "week_complete"]
    return Shown(
        question=mart.question,
        columns=columns_shown,
        rows=[[_cell(column, row, chart, names) for column in columns_shown] for row in ordered[:MOST_ROWS]],
        withheld=len(rows) - len(told),
        left_out=max(0, len(ordered) - MOST_ROWS),
        lowest=by is not None,
        period=_span(newest, period),
        trend=trend,
        trend_of=of,
        meanings=[columns[name] for name in chart.shows],
    )


def _measured(chart: Chart, columns: Mapping[str, Column]) -> str | None:
    """Returns the first number with an interval, else the first mean, of a chart."""
    bounded = [name for name in chart.shows if _bounds(name, chart)]
    means = [name for name in chart.shows if name.startswith("mean_")]
    return next(iter([*bounded, *means]), None)


def _bounds(name: str, chart: Chart) -> tuple[str, str] | None:
    """Returns the columns with the ends of a number's interval."""
    stem = next((short for short, long in STEMS.items() if long == name), name)
    low, high = (stem + end for end in BOUNDS)
    return (low, high) if low in chart.shows and high in chart.shows else None


def _newest(rows: Rows, period: str, others: Sequence[str]) -> Rows:
    """Returns the newest row of each, of a week that is over where there is one."""
    found: dict[tuple[str, ...], Row] = {}
    for row in sorted(rows, key=lambda row: (row.get("week_complete", True), str(row[period]))):
        found[tuple(str(row[name]) for name in ("framework_id", *others) if name in row)] = row
    return [found[key] for key in sorted(found)]


def _span(rows: Rows, period: str | None) -> str:
    if period is None or not rows:
        return ""
    days = {row[period] for row in rows}
    first, last = words.day(min(days)), words.day(max(days))
    of = "Week of" if period == "week" else "As of"
    return f"{of} {last}" if first == last else f"{of} {first} to {last}, each the newest"


def _cell(column: Column, row: Row, chart: Chart, names: Mapping[str, str]) -> Cell:
    value = row[column.name]
    if column.name == "team":
        return Cell(names.get(value, value) or "Nobody")
    if column.name == "competency" and value in names:
        return Cell(names[value])
    if column.type not in NUMBERS or value is None:
        return Cell(_word(column, value), number=column.type in NUMBERS)
    unit = _unit(column)
    if unit == "fraction or number":
        unit = "number" if row.get("denominator") is None else "fraction"
    bounds = _bounds(column.name, chart)
    ends = [row[name] for name in bounds] if bounds else []
    if not bounds or None in ends:
        return Cell(_number(value, unit), number=True)
    scale = 100.0 if unit == "fraction" else 1.0
    most = row.get("people") if unit == "people" else None
    scale = 100.0 / most if most else scale
    place = None
    if unit in ("fraction", "people"):
        place = {
            "value": figures.at(scale * value),
            "low": figures.at(scale * ends[0]),
            "high": figures.at(scale * ends[1]),
        }
    return Cell(_number(value, unit), True, _range(ends, unit), place)


def _unit(column: Column) -> str:
    return column.measure.unit if column.measure else ""


def _word(column: Column, value: object) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return words.day(value)
    text = str(value)
    if column.name == "scorer":
        return words.scorer(text)
    return words.plain(text) if column.name in IDS else text or "—"


def _number(value: float, unit: str) -> str:
    match unit:
        case "fraction":
            return f"{words.percent(value)} %"
        case "points":
            return words.points(value) if value >= 0 else words.signed(value)
        case "US dollars":
            return f"${value:,.2f}"
        case "days":
            return f"{value:,.0f} days"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def _range(ends: Sequence[float], unit: str) -> str:
    return f"{_number(ends[0], unit)} to {_number(ends[1], unit)}"


def _trend(chart: Chart, columns: Mapping[str, Column], rows: Rows, period: str) -> tuple[Sequence[Point], str]:
    """Returns the days of the first number that has an interval, and what it is."""
    name = next((one for one in chart.shows if _bounds(one, chart)), None)
    bounds = None if name is None else _bounds(name, chart)
    if name is None or bounds is None:
        return (), ""
    days = sorted((row for row in rows if row[name] is not None), key=lambda row: str(row[period]))[-MOST_DAYS:]
    if len(days) < 2:
        return (), ""
    unit = _unit(columns[name])
    most = 1.0 if unit == "fraction" else float(max(row.get("people") or 1 for row in days))
    return tuple(_points(days, period, name, bounds, most, unit)), columns[name].name


def _points(days: Rows, period: str, name: str, bounds: tuple[str, str], most: float, unit: str) -> Iterable[Point]:
    first, last = days[0][period], days[-1][period]
    for row in days:
        low, high = (row[bound] for bound in bounds)
        yield Point(
            x=figures.at(3 + 94 * (row[period] - first) / (last - first)),
            y=figures.at(100 - 100 * row[name] / most),
            low=figures.at(100 - 100 * low / most),
            high=figures.at(100 - 100 * high / most),
            words=f"{words.day(row[period])}: {_number(row[name], unit)} ({_range((low, high), unit)})",
        )
