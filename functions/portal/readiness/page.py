"""Answers the leadership: are we ready to sell?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from functions.portal.shell import figures, words
from functions.portal.shell.visit import Page, PageOrRedirect, Redirect, Visit
from infra.wiring.environment import Environment
from infra.wiring.ratings import ratings
from infra.wiring.taxonomy import taxonomy
from shared.frameworks.domain.framework import Framework
from shared.kernel.access import SMALLEST_GROUP
from shared.kernel.errors import Rejected
from shared.kernel.rounding import whole
from shared.ratings.contract import CellView, CoverageView, ReadinessAnswer
from shared.ratings.domain.readiness import Coverage, TeamReadiness

A_MONTH = timedelta(days=30)


@dataclass(frozen=True)
class HeatRow:
    """A competency in each value of the dimension."""

    name: str
    cells: tuple[CellView, ...]


@dataclass(frozen=True)
class HeatMap:
    """Mean rating per competency and value of one dimension; every row has one cell per value."""

    dimension: str
    dimensions: tuple[str, ...]
    values: tuple[str, ...]
    rows: tuple[HeatRow, ...]


@dataclass(frozen=True)
class HeatCell:
    """Shows one cell. kind: rated, suppressed or nobody; interval: of the mean, in words"""

    kind: str
    level: int = 0
    weak: bool = False
    mean: str = ""
    people: int = 0
    interval: str = ""


@dataclass(frozen=True)
class Covered:
    """Shows where people stand in one competency. parts: (status, people); validated: how many, and how sure it is"""

    name: str
    validated: str
    between: str
    segments: Sequence[figures.Segment]
    parts: Sequence[tuple[str, int]]
    words: str


@dataclass(frozen=True)
class Gap:
    """A competency (in a context) in which many are short. extent: how many, in words; mean: of a context, in points"""

    name: str
    context: str
    extent: str
    mean: float | None = None


@dataclass(frozen=True)
class Change:
    """Tells what moved since an earlier snapshot; before and after as shown, difference in points or people.

    doubt: why it may be no change at all, empty where that is not known to be so
    """

    name: str
    before: str
    after: str
    difference: float
    doubt: str = ""


@dataclass(frozen=True)
class Readiness:
    """Shows how ready people are.

    likely, likely_interval: how many of the `rated` are likely ready, and its 80 % interval
    ready: of people, those whose core competencies are all validated; share_low, share_high: Wilson, 80 %, 0-1
    mean_readiness, mean_interval: of the `rated`, in points
    sentence: the use case's answer in words; from its first figures in brackets on all is shown apart
    scope: whom the page speaks of, as a noun phrase (`the organisation`, `your team`)
    since: the day of the snapshot that changes compare with, None without one
    looked_at: when so many were looked at that the page cannot do it while somebody waits; None: now
    """

    as_of: date
    scope: str
    sentence: str
    people: int
    likely: float | None
    likely_interval: Sequence[float]
    ready: int
    share_low: float
    share_high: float
    mean_readiness: float | None
    mean_interval: Sequence[float] | None = None
    rated: int = 0
    coverage: tuple[CoverageView, ...] = ()
    heat_map: HeatMap | None = None
    gaps: tuple[Gap, ...] = ()
    since: date | None = None
    changes: tuple[Change, ...] = ()
    suppressed: bool = False
    looked_at: datetime | None = None


def show_readiness(on: Environment, visit: Visit) -> PageOrRedirect:
    """Shows the headline to those who lead; everyone else starts at what is theirs."""
    if not visit.may("readiness.read"):
        if visit.may("people.list"):
            return Redirect("/people")
        if visit.may("behaviours.verify"):
            return Redirect("/verify")
        return Redirect("/me" if visit.may("profile.read") else "/skills")
    team = ratings(on).readiness.team(visit.caller, visit.framework_id)
    dimension = visit.query.get("dimension") or team.first_dimension
    if dimension and dimension not in team.framework.by_dimension:
        raise Rejected(f"there is no dimension {dimension[:60]!r}", field="dimension")
    answer = team.answer(dimension)
    before = ratings(on).compare.earlier(team, A_MONTH) if answer.people and not answer.suppressed else None
    view = view_of(answer, team.framework, visit.scope, team.as_of.date(), before)
    others = [(item.framework_id, item.name) for item in taxonomy(on).skills.frameworks(visit.caller)]
    return present(view, others, team.framework.framework_id)


def view_of(
    answer: ReadinessAnswer, framework: Framework, scope: str, today: date, before: TeamReadiness | None
) -> Readiness:
    """Returns what the page shows of an answer. before: the same a month ago"""
    core = [item for item in answer.coverage if item.core]
    low, high = answer.interval or (0.0, 1.0)
    return Readiness(
        as_of=today,
        scope=scope,
        sentence=answer.sentence,
        people=answer.people,
        likely=answer.likely_ready,
        likely_interval=answer.likely_ready_interval or (0.0, float(answer.people)),
        ready=answer.ready or 0,
        share_low=low,
        share_high=high,
        mean_readiness=answer.mean_readiness,
        mean_interval=answer.mean_readiness_interval,
        rated=answer.rated or 0,
        coverage=tuple(core),
        heat_map=_heat_map(answer, framework),
        gaps=_gaps(answer, core, framework),
        since=None if before is None else today - A_MONTH,
        changes=() if before is None else _changes(answer, core, before),
        suppressed=answer.suppressed,
        looked_at=answer.as_of,
    )


def _heat_map(answer: ReadinessAnswer, framework: Framework) -> HeatMap | None:
    """Returns the map with those values of the dimension that somebody has been rated in."""
    if not answer.heat_map_dimension:
        return None
    lines = answer.heat_map
    values = [cell.value for cell in lines[0].cells] if lines else []
    seen = [i for i in range(len(values)) if any(line.cells[i].people for line in lines)]
    return HeatMap(
        answer.heat_map_dimension,
        tuple(framework.by_dimension),
        tuple(values[i] for i in seen),
        tuple(
            HeatRow(framework.by_competency[line.competency].name, tuple(line.cells[i] for i in seen)) for line in lines
        ),
    )


def _gaps(answer: ReadinessAnswer, core: Sequence[CoverageView], framework: Framework) -> tuple[Gap, ...]:
    """Returns the three core competencies with the fewest validated, then the three weakest cells of the heat map."""
    people = answer.people
    general = sorted((item for item in core if item.validated < people), key=lambda item: item.validated)
    weak = sorted(
        (cell.mean, line.competency, cell.value, _extent(cell))
        for line in answer.heat_map
        for cell in line.cells
        if cell.weak and cell.mean is not None
    )
    found = [Gap(item.name, "", f"{people - item.validated} of {people} not validated") for item in general[:3]]
    found += [
        Gap(framework.by_competency[competency].name, value, extent, mean)
        for mean, competency, value, extent in weak[:3]
    ]
    return tuple(found)


def _extent(cell: CellView) -> str:
    """Returns how many were rated, and where the mean of their levels lies."""
    rated = words.count(cell.people, "person rated", "people rated")
    return rated if cell.interval is None else f"{rated}, level {words.between(cell.interval)} (80 %)"


def _changes(answer: ReadinessAnswer, core: Sequence[CoverageView], before: TeamReadiness) -> tuple[Change, ...]:
    """Returns what moved, the headline first, then the competencies by how much they moved."""
    changes = []
    if before.likely is not None and answer.likely_ready is not None:
        number, *interval = before.likely.said
        then, now = whole(number), whole(answer.likely_ready)
        if then != now:
            doubt = _doubt(number, interval, answer.likely_ready, answer.likely_ready_interval)
            changes.append(_change("Likely ready", then, now, doubt))
    if before.ready is not None and answer.ready is not None and before.ready != answer.ready:
        at_first = [(before.low or 0.0) * before.people, (before.high or 1.0) * before.people]
        by_now = answer.interval and [end * answer.people for end in answer.interval]
        doubt = _doubt(before.ready, at_first, answer.ready, by_now)
        changes.append(_change("Hold every validation", before.ready, answer.ready, doubt))
    mean, earlier_mean = answer.mean_readiness, before.mean
    if earlier_mean is not None and mean is not None and whole(earlier_mean) != whole(mean):
        doubt = _doubt(earlier_mean, before.mean_interval, mean, answer.mean_readiness_interval)
        changes.append(Change("Mean readiness", f"{earlier_mean:g}", f"{mean:g}", round(mean - earlier_mean, 1), doubt))
    earlier = {item.competency: item for item in before.coverage}
    moved = [
        _covered_change(earlier[item.competency], item, before.people, answer.people)
        for item in core
        if item.competency in earlier and earlier[item.competency].validated != item.validated
    ]
    return (*changes, *sorted(moved, key=lambda change: (-abs(change.difference), change.name))[:5])


def _change(name: str, before: int, after: int, doubt: str = "") -> Change:
    return Change(name, str(before), str(after), after - before, doubt)


def _covered_change(then: Coverage, now: CoverageView, people_then: int, people_now: int) -> Change:
    doubt = _doubt(
        then.validated,
        [end * people_then for end in then.share_interval],
        now.validated,
        [end * people_now for end in now.share_interval],
    )
    return _change(f"{now.name}, validated", then.validated, now.validated, doubt)


def _doubt(then: float, at_first: Sequence[float] | None, now: float, by_now: Sequence[float] | None) -> str:
    """Returns that each number lies in the other's interval, where it does."""
    if at_first is None or by_now is None or not (by_now[0] <= then <= by_now[1] and at_first[0] <= now <= at_first[1]):
        return ""
    return f"May be chance: between {words.between(at_first)} then and {words.between(by_now)} now (80 %)"


def headline(view: Readiness) -> str:
    """Returns the question's answer as one sentence, without the figures that stand beside it."""
    return view.sentence.partition(" (")[0].rstrip(".") + "."


def present(view: Readiness, frameworks: Sequence[tuple[str, str]], chosen: str) -> Page:
    """Presents the page. frameworks: (id, name) of each; chosen: the id of the one that it is about"""
    share = view.ready / view.people if view.people else 0.0
    low, high = view.likely_interval
    variables = {
        "view": view,
        "frameworks": frameworks,
        "chosen": chosen,
        "headline": headline(view),
        "likely": None if view.likely is None else whole(view.likely),
        "likely_range": {
            "value": figures.at(100 * (view.likely or 0.0) / (view.people or 1)),
            "low": figures.at(100 * low / (view.people or 1)),
            "high": figures.at(100 * high / (view.people or 1)),
            "words": f"{whole(low)} to {whole(high)} people",
            "between": f"{whole(low)} and {whole(high)}",
        },
        "unknown": view.people - view.rated,
        "mean_range": "" if view.mean_interval is None else words.between(view.mean_interval),
        "share": words.percent(share),
        "share_range": {
            "value": figures.at(100 * share),
            "low": figures.at(100 * view.share_low),
            "high": figures.at(100 * view.share_high),
            "words": f"{words.percent(view.share_low)} to {words.percent(view.share_high)} %",
            "between": f"{words.percent(view.share_low)} and {words.percent(view.share_high)} %",
        },
        "coverage": [_coverage(item) for item in view.coverage],
        "heat": view.heat_map,
        "heat_rows": [] if view.heat_map is None else [(row.name, _cells(row)) for row in view.heat_map.rows],
        "least": SMALLEST_GROUP,
        "shades": figures.shades(),
        "weak_below": words.points(figures.WEAK_BELOW),
    }
    return Page("readiness/readiness.html", variables, "readiness")


def _coverage(item: CoverageView) -> Covered:
    parts = (
        ("validated", item.validated),
        ("in_progress", item.in_progress),
        ("expired", item.expired),
        ("stale", item.stale),
        ("gap", item.not_started),
    )
    people = sum(number for _, number in parts)
    described = ", ".join(f"{number} {words.STATUS[name].lower()}" for name, number in parts)
    return Covered(
        name=item.name,
        validated=f"{item.validated} of {people}",
        between=f"{words.percent(item.share_interval[0])}–{words.percent(item.share_interval[1])} %",
        segments=figures.stacked(parts),
        parts=parts,
        words=f"{item.name}: {described} of {words.count(people, 'person', 'people')}",
    )


def _cells(row: HeatRow) -> list[HeatCell]:
    cells = []
    for cell in row.cells:
        if cell.suppressed:
            cells.append(HeatCell("suppressed"))
        elif cell.mean is None:
            cells.append(HeatCell("nobody"))
        else:
            level = figures.heat_level(cell.mean)
            interval = "" if cell.interval is None else words.between(cell.interval)
            cells.append(HeatCell("rated", level, level == 0, _beside_the_bar(cell.mean), cell.people, interval))
    return cells


def _beside_the_bar(mean: float) -> str:
    """Returns whole points, unless rounding would lift a weak mean to the bar that it misses: then with its decimal."""
    return f"{mean:.1f}" if mean < figures.WEAK_BELOW <= int(mean + 0.5) else words.points(mean)
