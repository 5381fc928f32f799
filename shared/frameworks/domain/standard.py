"""Describes an occupational standard: what an apprentice must know, do and be, and the duties that it is for.

An official standard has versions (major.minor) that stay valid side by side: a learner keeps that of their start.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple


class StandardKind(StrEnum):
    """Names what a standard is for; each has a feed and a form of reference of its own."""

    APPRENTICESHIP = "apprenticeship"
    FOUNDATION = "foundation_apprenticeship"
    UNIT = "apprenticeship_unit"


class StandardVersion(NamedTuple):
    """Numbers a version; later ones are greater."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"

    def precedes(self, other: StandardVersion) -> bool:
        """Returns whether `other` is the next version: one minor more, or the next major's .0."""
        return other in ((self.major, self.minor + 1), (self.major + 1, 0))


class Category(StrEnum):
    """Says what a statement asks for: to know, to do, or to be."""

    KNOWLEDGE = "knowledge"
    SKILL = "skill"
    BEHAVIOUR = "behaviour"


@dataclass(frozen=True, slots=True)
class Statement:
    """Is one knowledge, skill or behaviour.

    code: as people say it ("K1", "TS2"): the prefix of its list and its place there, from 1
    statement_id: the publisher's own, which stays when the place changes
    """

    code: str
    statement_id: str
    category: Category
    text: str


@dataclass(frozen=True, slots=True)
class Option:
    """Is one of the specialisms between which a learner chooses."""

    option_id: str
    title: str


@dataclass(frozen=True, slots=True)
class Duty:
    """Is a part of the occupation. codes: of the statements that it needs; options: ids; none: for every learner"""

    duty_id: str
    text: str
    core: bool
    codes: tuple[str, ...]
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Standard:
    """Is one version of an occupational standard.

    lars_code:       funding's number, None while there is none
    typical_months:  how long it takes; minimum_hours: of a unit, which has no months
    starts:          the first and last day on which a learner may start on this version; None: open
    plan_url:        where the assessment plan is
    """

    reference: str
    version: StandardVersion
    kind: StandardKind
    title: str
    level: int
    status: str
    statements: tuple[Statement, ...]
    duties: tuple[Duty, ...] = ()
    options: tuple[Option, ...] = ()
    lars_code: str | None = None
    typical_months: int | None = None
    minimum_hours: int | None = None
    route: str | None = None
    starts: tuple[date | None, date | None] = (None, None)
    plan_url: str | None = None

    @cached_property
    def key(self) -> str:
        """Returns the name of this version, as documents and learners say it: ST1332@1.1"""
        return f"{self.reference}@{self.version}"

    @cached_property
    def by_code(self) -> dict[str, Statement]:
        return {statement.code: statement for statement in self.statements}

    def required_of(self, chosen: Iterable[str] = ()) -> tuple[Statement, ...]:
        """Returns the statements that a learner with these options (ids) needs, in their order.

        A statement that no duty maps is everybody's; so are all where there are no duties.
        """
        options = frozenset(chosen)
        mapped = {code for duty in self.duties for code in duty.codes}
        needed = {
            code for duty in self.duties if not duty.options or options & set(duty.options) for code in duty.codes
        }
        return tuple(one for one in self.statements if one.code in needed or one.code not in mapped)
