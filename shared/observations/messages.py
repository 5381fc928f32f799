"""Defines what observations tells other functions: the messages of its topics and the payloads of its tasks."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from shared.kernel.messages import Fact


class ScoredCompetency(Fact):
    competency: str = Field(description="The competency, in the framework's word if it is known there")
    score: float | None = Field(None, description="0-100; null for evidence without a number")
    known: bool = Field(True, description="False when the framework does not know the competency: held, not rated")
    context: dict[str, list[str]] = Field(default_factory=dict, description="Dimension to the values present")
    confidence: float | None = Field(None, description="0-1, how far an analysis trusts this score")
    waits: str | None = Field(
        None, description="Why it waits for a person: lexical, low_confidence, untrusted_scorer; null if it counts"
    )


class ObservationRecorded(Fact):
    """One event about one person has been accepted into the ledger, or made void: then it comes again, and says so."""

    event_id: str = Field(description="The ledger's id of the event, deterministic")
    employee_id: str
    framework_id: str
    kind: Literal["field", "validation", "learning"]
    source: str = Field(description="The system that observed: voice-roleplay, gong, quiz-platform …")
    source_id: str = Field(description="The source's own id of the call, session or activity")
    activity: str = Field(description="role_play, certification_exam, gong, video …")
    occurred_at: datetime
    received_at: datetime = Field(
        description="When it was accepted; of several about one source id that rank alike the last counts"
    )
    human: int = Field(0, description="Rank of a person's decision; 0 for none")
    analysis: int = Field(0, description="Version of the analysis, or a learning activity's progress")
    standing: Literal["counted", "held", "rejected", "void"] = Field(
        "counted",
        description="As it came in; another about the same source id may count in its place by now. void: the event "
        "was recorded by mistake and counts nowhere; the last message about an event_id says so",
    )
    overall_score: float | None = None
    passed: bool | None = None
    scores: list[ScoredCompetency] = Field(default_factory=list)
    waiting: list[ScoredCompetency] = Field(
        default_factory=list, description="Scores that wait for a person; when all do, `scores` has them as well"
    )
    content_id: str | None = Field(None, description="Learning: the content piece")
    completion_percentage: float | None = Field(None, description="Learning: 0-100")
    assignment_type: str | None = Field(None, description="Learning: self_serve, manager_assigned, auto_triggered")
    trigger_reason: str | None = None
    due_date: datetime | None = None
    scenario_id: str | None = Field(None, description="Practice: the scenario played")
    deal_stage: str | None = Field(None, description="Field: the deal's stage as the source said it")
    deal_id: str | None = Field(None, description="Field: the CRM's id of the deal")
    account_name: str | None = Field(None, description="Field: the customer, as the source said it")
    scorer: str | None = Field(None, description="Field: who scored, with its versions; null for a person")
    review_decision: Literal["confirmed", "corrected", "rejected"] | None = Field(
        None, description="Field: what a person decided about an analysis"
    )
    certification_eligible: bool | None = None
