"""Compares two texts of a standard, and two plans: what was added, what says something else now, what was dropped.

A statement is the same one while its publisher's id is the same, or, where that is another, while its words are: a
publisher who moves a statement gives it another code, and one who republishes a standard sometimes gives it another id.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.frameworks.domain.assessment_plan import AssessmentPlan
from shared.frameworks.domain.standard import Duty, Standard, Statement


@dataclass(frozen=True, slots=True)
class Change:
    """Is one difference. what: a statement's code, the beginning of a duty, or what else is compared

    before, after: in words; None where it was not there, or is not any more
    """

    what: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Holds the differences from an earlier text to a later one.

    facts: what else is said of the standard; statements, duties: of its lists, in the order of the later one;
    moved: codes of statements whose words are the same under another code, as (before, after)
    """

    facts: tuple[Change, ...]
    statements: tuple[Change, ...]
    duties: tuple[Change, ...]
    moved: tuple[tuple[str, str], ...]


def compare(before: Standard, after: Standard) -> Comparison:
    """Returns what changed from one text of a standard to another."""
    pairs = _paired(before.statements, after.statements)
    return Comparison(
        facts=tuple(_facts(before, after)),
        statements=tuple(_of_statements(before, after, pairs)),
        duties=tuple(_of_duties(before.duties, after.duties)),
        moved=tuple((old.code, new.code) for old, new in pairs if old.code != new.code and old.text == new.text),
    )


def compare_plans(before: AssessmentPlan, after: AssessmentPlan) -> tuple[Change, ...]:
    """Returns what two plans say differently: in their own words, then statement by statement of the later one."""
    found = [
        Change(what, old, new)
        for what, old, new in (
            ("The assessment", before.words.assessment, after.words.assessment),
            ("The gateway", before.words.gateway, after.words.gateway),
            ("Who assesses", before.words.assessor, after.words.assessor),
        )
        if old != new
    ]
    codes = dict.fromkeys((*after.by_code, *before.by_code))
    told = [(code, _planned(before, code), _planned(after, code)) for code in codes]
    return (*found, *(Change(code, old, new) for code, old, new in told if old != new))


def _planned(plan: AssessmentPlan, code: str) -> str | None:
    """Says how a plan has a statement assessed; None where it says nothing of it."""
    planned = plan.by_code.get(code)
    if planned is None:
        return None
    mandatory = {True: "mandatory", False: "not mandatory", None: "not said whether mandatory"}[planned.mandatory]
    how = ", ".join(plan.methods_of(code)) or "no method named"
    by = f"marked by the {planned.marked_by}" if planned.marked_by else "not said who marks it"
    return f"{mandatory}; {how}; {by}"


def _paired(before: Sequence[Statement], after: Sequence[Statement]) -> list[tuple[Statement, Statement]]:
    """Pairs the statements that are the same one: by id, then, of those that are left, by their words."""
    by_id = {one.statement_id: one for one in before}
    pairs = [(by_id[one.statement_id], one) for one in after if one.statement_id in by_id]
    known = {old.statement_id for old, _ in pairs}
    left = {(one.category, one.text): one for one in before if one.statement_id not in known}
    for one in after:
        if one.statement_id not in by_id and (old := left.pop((one.category, one.text), None)) is not None:
            pairs.append((old, one))
    return pairs


def _of_statements(before: Standard, after: Standard, pairs: Sequence[tuple[Statement, Statement]]) -> Iterable[Change]:
    earlier = {new.code: old for old, new in pairs}
    for one in after.statements:
        old = earlier.get(one.code)
        if old is None:
            yield Change(one.code, None, one.text)
        elif old.text != one.text:
            yield Change(one.code if old.code == one.code else f"{one.code} (was {old.code})", old.text, one.text)
    stays = {old.code for old, _ in pairs}
    for one in before.statements:
        if one.code not in stays:
            yield Change(one.code, one.text, None)


def _of_duties(before: Sequence[Duty], after: Sequence[Duty]) -> Iterable[Change]:
    known = {one.duty_id: one for one in before}
    for one in after:
        old = known.pop(one.duty_id, None)
        if old is None or _duty(old) != _duty(one):
            yield Change("Duty", None if old is None else _duty(old), _duty(one))
    for old in known.values():
        yield Change("Duty", _duty(old), None)


def _duty(duty: Duty) -> str:
    return f"{duty.text} ({'core' if duty.core else 'optional'}; {', '.join(duty.codes) or 'no statements'})"


def _facts(before: Standard, after: Standard) -> Iterable[Change]:
    for what, old, new in zip(_FACTS, _told(before), _told(after), strict=True):
        if old != new:
            yield Change(what, old, new)
    if before.version == after.version and before.status != after.status:
        yield Change("Status", before.status, after.status)


_FACTS = ("Title", "Level", "Takes, in months", "Takes at least, in hours", "Route", "Options")


def _told(one: Standard) -> tuple[str | None, ...]:
    months = None if one.typical_months is None else str(one.typical_months)
    hours = None if one.minimum_hours is None else str(one.minimum_hours)
    options = ", ".join(sorted(option.title for option in one.options)) or None
    return one.title, str(one.level), months, hours, one.route, options
