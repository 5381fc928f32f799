"""Describes an assessment plan: per statement of a standard whether it must be assessed, by which method and by whom.

A plan says these things in its own words, which changed over the years ("EPA", "gateway to completion"): a learner's
pages use the words of the plan that the learner is pinned to. The platform holds what people took from a plan, and
makes none of it up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from shared.frameworks.domain.standard import Standard
from shared.frameworks.domain.standard_defect import Defect


@dataclass(frozen=True, slots=True)
class PlanWords:
    """Holds what the plan calls the assessment, the gateway to it, and who assesses."""

    assessment: str
    gateway: str
    assessor: str


@dataclass(frozen=True, slots=True)
class Method:
    """Is one way in which the plan has something assessed."""

    method_id: str
    name: str


@dataclass(frozen=True, slots=True)
class PlannedStatement:
    """Says how one statement is assessed.

    mandatory: None where the plan does not say; methods: ids; marked_by: in the plan's words, None likewise
    """

    code: str
    mandatory: bool | None
    methods: tuple[str, ...]
    marked_by: str | None


@dataclass(frozen=True)
class AssessmentPlan:
    """Is one version of a standard's assessment plan.

    standard:  the key of the standard's version, as ST1332@1.1; version: as the plan writes it
    synthetic: it was written for a demonstration and is nobody's official plan
    """

    standard: str
    version: str
    title: str
    words: PlanWords
    methods: tuple[Method, ...]
    statements: tuple[PlannedStatement, ...]
    source_url: str | None = None
    synthetic: bool = False

    @cached_property
    def key(self) -> str:
        """Returns the name of this version, as documents and learners say it: ST1332@1.1_2.0"""
        return f"{self.standard}_{self.version}"

    @cached_property
    def by_code(self) -> dict[str, PlannedStatement]:
        return {one.code: one for one in self.statements}

    def methods_of(self, code: str) -> tuple[str, ...]:
        """Returns the names of the methods by which a statement is assessed, in the plan's order."""
        planned = self.by_code.get(code)
        wanted = () if planned is None else planned.methods
        return tuple(one.name for one in self.methods if one.method_id in wanted)


def defects_of(place: int, plan: AssessmentPlan, standard: Standard | None) -> list[Defect]:
    """Returns what is wrong with a plan beside its standard, None where that is unknown. place: in the file, from 0"""
    found = [*_of_methods(plan), *_of_statements(plan, standard)]
    if standard is None:
        found.insert(0, ("A1001", "standard", "is not kept here; import it first"))
    return [Defect(code, place, plan.standard, plan.version, field, detail) for code, field, detail in found]


def _of_methods(plan: AssessmentPlan) -> Iterator[tuple[str, str, str]]:
    known = {one.method_id for one in plan.methods}
    if len(known) < len(plan.methods):
        yield "A1002", "methods", "has the same method_id twice"
    for number, one in enumerate(plan.statements):
        field = f"statements.{number}.methods"
        for method in one.methods:
            if method not in known:
                yield "A1005", field, f"{method!r} is not among the plan's methods"
        if one.mandatory and not one.methods:
            yield "W3002", field, f"{one.code} is mandatory, and no method is named"


def _of_statements(plan: AssessmentPlan, standard: Standard | None) -> Iterator[tuple[str, str, str]]:
    seen: set[str] = set()
    for number, one in enumerate(plan.statements):
        field = f"statements.{number}.code"
        if standard is not None and one.code not in standard.by_code:
            yield "A1003", field, f"{one.code!r} is no statement of {standard.key}"
        if one.code in seen:
            yield "A1004", field, f"{one.code!r} is there already"
        seen.add(one.code)
    lacking = [] if standard is None else [one.code for one in standard.statements if one.code not in seen]
    if lacking:
        yield "W3001", "statements", f"does not say how {', '.join(lacking[:20])} are assessed"
