"""Keeps deals, and what somebody's skills were when a deal became theirs.

deal_records/<deal id>                         a deal as it was told last, its stages, and what came of it
deal_snapshots/<digest of deal and person>     written once, in the commit in which the deal became theirs; found by
                                               its fields, since a person may be given another id
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.deals.domain.deal import Deal
from shared.deals.domain.deal_readiness import Severity
from shared.deals.domain.risk import Risk, Weight
from shared.kernel.ids import digest
from shared.kernel.records import Record, Versioned
from shared.ports.documents import Create, Documents, Put, Query, Where
from shared.ratings.domain.readiness import Tier
from shared.ratings.domain.skill_rating import Confidence

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
    """Keeps how risky the deal is in the person's hands, why, and what to do about it."""

    overall_risk: Risk
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


Released = Literal["deleted", "unassigned"]
"""Says why a deal is nobody's: the CRM does not have it any more, or names nobody who works on it."""


class DealRecord(Record, frozen=True, kw_only=True):
    """A deal as it was told last.

    revision:   rises with every telling that changed something
    told_at:    the CRM's time of what it told; None where it gave none
    content:    a digest of the assignment that was told, so that a repetition is known; outcome_content: of the outcome
    context:    in the values of the person's framework, by dimension
    number:     of the person's preparation for this deal: the next one begins when a meeting is over
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
    outcome: Outcome | None = None
    snapshot: SkillSnapshot | None
    risk: DealRisk | None
    released: Released | None = None

    @property
    def is_open(self) -> bool:
        return self.released is None and (self.outcome is None or self.outcome.closed is None)


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

    def of_person(self, employee_id: str, *, limit: int) -> list[DealRecord]:
        """Returns the deals that a person works on or did last, those that were told of last first."""
        of = [Where("employee_id", "==", employee_id)]
        query = Query("deal_records", of, order_by=[("received_at", "desc")], limit=limit)
        return list(DealRecord.readable(self._documents.query(query)))

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
    return f"deal_records/{deal_id}"
