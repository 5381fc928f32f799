"""Tells which pieces of a learner's evidence are about a competency: as much of each as the viewer may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.evidence.domain.evidence_kind import SOURCE_OF, Kind, Supervision
from shared.evidence.records import Evidence, EvidenceRecords, Performance
from shared.evidence.usecases.learner_access import LearnerAccess
from shared.kernel.access import Caller
from shared.kernel.errors import Forbidden
from shared.kernel.ids import digest
from shared.kernel.pages import Page, Position
from shared.observations.records import Ledger
from shared.people.records import Employee

LOOKED_THROUGH: Final = 100
"""Of a learner's items the newest, out of which those about each competency are told."""


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
    """Holds pieces by competency, the newest first. whole: the viewer may see evidence; cut: there are older ones"""

    whole: bool
    cut: bool
    of: Mapping[str, tuple[Piece, ...]]


class TellPieces:
    """Tells of what stands: not of what was taken back, made void, or said anew.

    Who asks has made sure that the viewer may see how far the learner is, and has left on record that they look.
    """

    def __init__(self, records: EvidenceRecords, ledger: Ledger, access: LearnerAccess) -> None:
        self._records = records
        self._ledger = ledger
        self._access = access

    def by_competency(self, caller: Caller, learner: Employee, competencies: Collection[str], few: int) -> Pieces:
        """Returns the pieces about some competencies: all of the newest hundred; where older ones are, and fewer than
        `few` were among those, the newest `few`.

        Raises Retryable.
        """
        whole = self._opens(caller, learner)
        newest = self._records.page_of(learner.employee_id, LOOKED_THROUGH, None)
        found = {name: [one for one in newest.items if name in one.competencies] for name in competencies}
        if newest.next is not None:
            for name in (name for name, some in found.items() if len(some) < few):
                found[name] = [*self._records.page_about(learner.employee_id, name, few, None).items]
        told = self._told({one.evidence_id: one for some in found.values() for one in some}.values(), whole)
        of = {
            name: tuple(told[one.evidence_id] for one in some if one.evidence_id in told)
            for name, some in found.items()
        }
        return Pieces(whole, newest.next is not None, of)

    def about(
        self, caller: Caller, learner: Employee, competency: str, limit: int, after: Position | None
    ) -> tuple[bool, Page[Piece]]:
        """Returns whether the viewer may see evidence, and a page of the pieces about one competency, likewise."""
        whole = self._opens(caller, learner)
        found = self._records.page_about(learner.employee_id, competency, limit, after)
        return whole, Page(tuple(self._told(found.items, whole).values()), found.next)

    def _opens(self, caller: Caller, learner: Employee) -> bool:
        try:
            self._access.seen(caller, learner.employee_id)
        except Forbidden:
            return False
        return True

    def _told(self, items: Iterable[Evidence], whole: bool) -> dict[str, Piece]:
        """Returns what stands, by its id, in its order."""
        found = self._in_force(items)
        names = self._access.names({one.recorded_by for one in found}) if whole else {}
        return {one.evidence_id: _piece(one, names if whole else None) for one in found}

    def _in_force(self, items: Iterable[Evidence]) -> list[Evidence]:
        known = [one for one in items if one.removed_because != "withdrawn"]
        events = {_ledger_id(one): one.evidence_id for one in known if one.performance is not None}
        void = {events[name] for name, one in self._ledger.answers(events).items() if one.voided is not None}
        highest: dict[str, int] = {}
        for one in known:
            if one.performance is not None:
                work = one.performance.observed
                highest[work] = max(highest.get(work, 0), one.performance.version)
        return [one for one in known if one.evidence_id not in void and _stands(one.performance, highest)]


def _stands(seen: Performance | None, highest: Mapping[str, int]) -> bool:
    """Tells whether nothing newer was said. seen: None of what was brought; highest: the version by the work"""
    return seen is None or (seen.standing != "superseded" and seen.version == highest[seen.observed])


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
    return Piece(
        piece.kind,
        piece.at,
        piece.received_at,
        piece.key,
        piece.competencies,
        evidence_id=one.evidence_id if one.stored_as is not None and seen is None else None,
        by=names.get(one.recorded_by, one.recorded_by),
        supervision=None if seen is None else seen.supervision,
        photos=() if seen is None else seen.photos,
    )
