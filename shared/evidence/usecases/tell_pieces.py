"""Tells which pieces of a learner's evidence are about a competency: as much of each as the viewer may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from shared.evidence.domain.evidence_kind import SOURCE_OF, Kind, Supervision
from shared.evidence.records import Evidence, EvidenceRecords
from shared.evidence.usecases.learner_access import LearnerAccess
from shared.intake.usecases.judged_events import JudgedEvents
from shared.kernel.access import Caller
from shared.kernel.ids import digest
from shared.kernel.pages import Page, Position
from shared.people.records import Employee

LOOKED_THROUGH: Final = 100
"""Of a learner's items the newest, out of which those about each competency are told."""
MOST_PAGES: Final = 10
"""Of pieces about one competency, that are looked through for some that stand."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One item, as far as the viewer may see it.

    at: when it was seen, or made; received_at, key: its place, the newest first
    evidence_id, by, supervision, photos: None or empty for who may not see evidence; evidence_id: by which its content
    is opened, None also where it has none; by: a name
    """

    kind: Kind
    at: datetime
    received_at: datetime
    key: str
    competencies: tuple[str, ...]
    evidence_id: str | None = None
    by: str | None = None
    supervision: Supervision | None = None
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pieces:
    """Holds pieces by competency, the newest first.

    whole: the viewer may see evidence; cut: the competencies about which there may be older ones
    """

    whole: bool
    cut: frozenset[str]
    of: Mapping[str, tuple[Piece, ...]]


class TellPieces:
    """Tells of what stands: not of what was taken back, made void, or said anew.

    Who asks has made sure that the viewer may see how far the learner is, and has left on record that they look.
    """

    def __init__(self, records: EvidenceRecords, events: JudgedEvents, access: LearnerAccess) -> None:
        self._records = records
        self._events = events
        self._access = access

    def by_competency(self, caller: Caller, learner: Employee, competencies: Collection[str], few: int) -> Pieces:
        """Returns the pieces about some competencies: all of the newest hundred; where older ones are, and no more
        than `few` were among those, the newest `few`.

        Raises Retryable.
        """
        whole = self._access.may_see(caller, learner.employee_id)
        newest = self._records.page_of(learner.employee_id, LOOKED_THROUGH, None)
        wanted = frozenset(competencies)
        told = self._told(learner, [one for one in newest.items if wanted & {*one.competencies}], whole).values()
        of = {name: tuple(one for one in told if name in one.competencies) for name in competencies}
        if newest.next is None:
            return Pieces(whole, frozenset(), of)
        looked = {name: self._newest(learner, name, few, whole) for name, some in of.items() if len(some) <= few}
        cut = frozenset(name for name in of if name not in looked or looked[name][1])
        return Pieces(whole, cut, of | {name: some for name, (some, _) in looked.items()})

    def about(
        self, caller: Caller, learner: Employee, competency: str, limit: int, after: Position | None
    ) -> tuple[bool, Page[Piece]]:
        """Returns whether the viewer may see evidence, and a page of the pieces about one competency, likewise."""
        whole = self._access.may_see(caller, learner.employee_id)
        found = self._records.page_about(learner.employee_id, competency, limit, after)
        return whole, Page(tuple(self._told(learner, found.items, whole).values()), found.next)

    def _newest(self, learner: Employee, competency: str, few: int, whole: bool) -> tuple[tuple[Piece, ...], bool]:
        """Returns the newest pieces about one competency, behind whatever was taken back since, at most `few`; and
        whether there may be older ones."""
        found: list[Piece] = []
        after: Position | None = None
        for _ in range(MOST_PAGES):
            page = self._records.page_about(learner.employee_id, competency, few, after)
            found += self._told(learner, page.items, whole).values()
            after = page.next
            if after is None or len(found) >= few:
                break
        return tuple(found[:few]), after is not None or len(found) > few

    def _told(self, learner: Employee, items: Iterable[Evidence], whole: bool) -> dict[str, Piece]:
        """Returns what stands, by its id, in its order."""
        found = self._in_force(learner, items)
        names = self._access.names({one.recorded_by for one in found}) if whole else {}
        return {one.evidence_id: _piece(one, names if whole else None) for one in found}

    def _in_force(self, learner: Employee, items: Iterable[Evidence]) -> list[Evidence]:
        known = [one for one in items if one.removed_because != "withdrawn"]
        seen = {_ledger_id(one): (one.evidence_id, one.performance.observed) for one in known if one.performance}
        # What was said anew may lie on another page, or be about other competencies: the ledger knows.
        over = self._events.out_of_force(learner.employee_id, {name: work for name, (_, work) in seen.items()})
        gone = {seen[name][0] for name in over}
        return [one for one in known if one.evidence_id not in gone]


def _ledger_id(one: Evidence) -> str:
    """Returns by which id the ledger keeps what was seen."""
    return digest("field", SOURCE_OF[one.kind], one.evidence_id)


def _piece(one: Evidence, names: Mapping[str, str] | None) -> Piece:
    """Returns an item as a piece. names: None for who may not see evidence: its kind and day alone are told"""
    seen = one.performance
    at = seen.observed_at if seen is not None else one.received_at
    piece = Piece(one.kind, at, one.received_at, one.evidence_id, one.competencies)
    if names is None:
        return piece
    return replace(
        piece,
        evidence_id=one.evidence_id if one.stored_as is not None and seen is None else None,
        by=names.get(one.recorded_by, one.recorded_by),
        supervision=None if seen is None else seen.supervision,
        photos=() if seen is None else seen.photos,
    )
