"""Keeps deals, and what somebody's skills were when a deal became theirs.

deal_records/<deal id>                         a deal as it was told last, its stages, and what came of it
deal_snapshots/<digest of deal and person>     written once, in the commit in which the deal became theirs; found by
                                               its fields, since a person may be given another id
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from shared.deals.domain.deal import Deal, Released
from shared.deals.domain.deal_readiness import Severity
from shared.deals.domain.risk import Risk, Weight
from shared.kernel.field_values import FieldValue
from shared.kernel.ids import digest
from shared.kernel.records import Record, Versioned
from shared.people.records import IN_ONE_QUERY
from shared.ports.documents import Create, Documents, Put, Query, Where
from shared.ratings.domain.readiness import Tier
from shared.ratings.domain.skill_rating import Confidence

_DEALS: Final = "deal_records"
PAGE: Final = 300
MOST_STAGES = 100
"""Of a deal the latest changes of stage that are kept."""


class StageChange(Record, frozen=True, kw_only=True):
    """A stage that a deal came to. at: when the CRM, or else the platform, knew of it"""

    stage: str
    at: datetime


class SnapshotSkill(Record, frozen=True, kw_only=True):
    """One skill as it counted for the deal. Points 0-100.

    context: of the deal, where it was weakest; rated_in: where the rating is from; None without one
    """

    competency: str
    context: str
    rated_in: str | None
    context_match: bool
    rating: float
    low: float
    high: float
    confidence: Confidence


class SnapshotGap(Record, frozen=True, kw_only=True):
    """One skill that was not where the deal asks for it."""

    competency: str
    context: str
    severity: Severity


class SkillSnapshot(Record, frozen=True, kw_only=True):
    """Keeps a person's skills for a deal, by what others than the person could see. Points 0-100"""

    snapshot_id: str
    deal_id: str
    employee_id: str
    created_at: datetime
    framework_id: str
    framework_version: int
    stage: str
    skills: tuple[SnapshotSkill, ...]
    gaps: tuple[SnapshotGap, ...]
    score: float
    low: float
    high: float
    tier: Tier

    @property
    def known(self) -> int:
        """Returns of how many skills anything was seen."""
        return sum(one.rated_in is not None for one in self.skills)


class RiskFactor(Record, frozen=True, kw_only=True):
    """One thing that speaks against a deal in somebody's hands, or for it."""

    factor: str
    severity: Weight


class DealRisk(Record, frozen=True, kw_only=True):
    """Keeps how risky the deal is in the person's hands, why, and what to do about it.

    least, most: at the upper and the lower end of the skills' 80 % intervals; None in records of before
    """

    overall_risk: Risk
    least: Risk | None = None
    most: Risk | None = None
    factors: tuple[RiskFactor, ...]
    recommendations: tuple[str, ...]


class Outcome(Record, frozen=True, kw_only=True):
    """Keeps what came of a deal so far, and what was done for it. closed: won or lost; None while it is open

    closed_on: the day, as ISO 8601 text: stores know moments and no days
    """

    closed: Literal["won", "lost"] | None
    closed_on: str | None = None
    lost_because: str | None = None
    demo_calls: int = 0
    deep_dives: int = 0
    poc_delivered: bool = False


class DealRecord(Record, frozen=True, kw_only=True):
    """A deal as it was told last.

    revision:   rises with every telling that changed something
    told_at:    the CRM's time of what it told; None where it gave none
    content:    a digest of the assignment that was told, so that a repetition is known; outcome_content: of the outcome
    context:    in the values of the person's framework, by dimension
    number:     of the meeting that is prepared for: the next one begins when one is over
    prepared_for: when that meeting begins, or began; None where it was called off, or none was told
    snapshot, risk: of the person who is assigned, as of the latest telling; None where nobody told of an assignment
    employee_id: who works on it; of a deal that was released who did
    """

    deal_id: str
    employee_id: str
    revision: int
    told_at: datetime | None
    received_at: datetime
    content: str | None
    outcome_content: str | None = None
    deal: Deal
    context: Mapping[str, list[str]]
    stages: tuple[StageChange, ...]
    number: int
    prepared_for: datetime | None = None
    outcome: Outcome | None = None
    snapshot: SkillSnapshot | None
    risk: DealRisk | None
    released: Released | None = None

    def stored(self) -> dict[str, FieldValue]:
        """Returns what is written, and what queries find deals by: a store compares whole fields alone."""
        return super().stored() | {"open": self.is_open, "at_risk": self.is_at_risk}

    @property
    def is_open(self) -> bool:
        return self.released is None and (self.outcome is None or self.outcome.closed is None)

    @property
    def is_at_risk(self) -> bool:
        """Tells whether the deal is open, and the risk in the person's hands is medium or high."""
        return self.is_open and self.risk is not None and self.risk.overall_risk != "low"


@dataclass(frozen=True, slots=True)
class StageTimes:
    """Says when a deal came to its stages, as far as its CRM tells.

    at:      to the present one; None: the time of the telling counts
    history: to every one, where the CRM keeps that: it stands in place of what was noted here
    """

    at: datetime | None = None
    history: tuple[StageChange, ...] = ()

    @property
    def told(self) -> tuple[str, ...]:
        """Returns what of it makes a telling another one: of the present stage alone the time says nothing new."""
        return tuple(f"{one.stage}\n{one.at.isoformat()}" for one in self.history)

    def stages(self, known: DealRecord | None, stage: str, told_at: datetime) -> tuple[StageChange, ...]:
        """Returns a deal's stages with a present one: the same again is no change."""
        before = self.history or (known.stages if known else ())
        stages = (*before, StageChange(stage=stage, at=self.at or told_at))
        changes = [one for number, one in enumerate(stages) if not number or stages[number - 1].stage != one.stage]
        return tuple(changes[-MOST_STAGES:])


class DealRecords:
    """Reads and writes deals and snapshots."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, deal_id: str) -> DealRecord | None:
        """Returns a deal."""
        found = self.versioned(deal_id)
        return None if found is None else found.record

    def versioned(self, deal_id: str) -> Versioned[DealRecord] | None:
        """Returns a deal for a write that must not overtake another."""
        found = self._documents.get(_path(deal_id))
        return None if found is None else Versioned(DealRecord.read(found), found.version)

    def at_risk_of(self, employee_ids: Sequence[str], *, limit: int) -> list[DealRecord]:
        """Returns the open deals at risk of some people, in no order. limit: at most so many for each thirty people"""
        return self._of(employee_ids, Where("at_risk", "==", True), limit)

    def open_of(self, employee_ids: Sequence[str], *, limit: int) -> list[DealRecord]:
        """Returns the open deals of some people, in no order. limit: at most so many for each thirty people"""
        return self._of(employee_ids, Where("open", "==", True), limit)

    def all_open(self) -> Iterator[DealRecord]:
        """Yields everybody's open deals, page by page."""
        after: list[str] | None = None
        while True:
            found = self._documents.query(Query(_DEALS, [Where("open", "==", True)], [("deal_id", "asc")], PAGE, after))
            yield from DealRecord.readable(found)
            if len(found) < PAGE:
                return
            after = [found[-1].data["deal_id"], found[-1].id]

    def many(self, deal_ids: Iterable[str]) -> dict[str, DealRecord]:
        """Returns the deals that exist, by id."""
        found = self._documents.get_many([_path(one) for one in dict.fromkeys(deal_ids)])
        return {one.deal_id: one for one in DealRecord.readable(found.values())}

    def _of(self, employee_ids: Sequence[str], also: Where, limit: int) -> list[DealRecord]:
        found: list[DealRecord] = []
        for start in range(0, len(employee_ids), IN_ONE_QUERY):
            some = list(employee_ids[start : start + IN_ONE_QUERY])
            query = Query(_DEALS, [Where("employee_id", "in", some), also], limit=limit)
            found += DealRecord.readable(self._documents.query(query))
        return found

    @staticmethod
    def written(record: DealRecord, *, over: str | None) -> Create | Put:
        """Returns the write of a deal. over: the stamp of what it replaces; None for a new one"""
        path, stored = _path(record.deal_id), record.stored()
        return Create(path, stored) if over is None else Put(path, stored, if_version=over)

    def snapshot(self, deal_id: str, employee_id: str) -> SkillSnapshot | None:
        """Returns what a person's skills were when a deal became theirs."""
        of = [Where("deal_id", "==", deal_id), Where("employee_id", "==", employee_id)]
        return next(iter(SkillSnapshot.readable(self._documents.query(Query("deal_snapshots", of, limit=1)))), None)

    @staticmethod
    def snapshot_written(snapshot: SkillSnapshot) -> Create:
        """Returns the write of a snapshot, which nothing ever changes."""
        return Create(f"deal_snapshots/{snapshot.snapshot_id}", snapshot.stored())


def snapshot_id(deal_id: str, employee_id: str) -> str:
    """Returns the id of the snapshot of a person's skills for a deal."""
    return digest("deal-snapshot", deal_id, employee_id)


def _path(deal_id: str) -> str:
    return f"{_DEALS}/{deal_id}"
