"""View models as a busy organisation would give them: deterministic, with every state that a page can show."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from functions.portal.access import page as access
from functions.portal.activity import page as activity
from functions.portal.analysts import page as analysts
from functions.portal.assignment_rules import page as assignment_rules
from functions.portal.audit import page as audit
from functions.portal.authorisations import page as authorisations
from functions.portal.calibration import page as calibration
from functions.portal.call import page as call
from functions.portal.call_analyses import page as call_analyses
from functions.portal.calls import page as calls
from functions.portal.calls.labels import Call
from functions.portal.coach import page as coach
from functions.portal.dead_letters import page as dead_letters
from functions.portal.dimensions import page as dimensions
from functions.portal.erasures import page as erasures
from functions.portal.event import page as event
from functions.portal.evidence import page as evidence
from functions.portal.evidence_behind import page as evidence_behind
from functions.portal.field import page as field
from functions.portal.hand_overs import page as hand_overs
from functions.portal.health import page as health
from functions.portal.held import page as held
from functions.portal.hold_out import page as hold_out
from functions.portal.identity import page as identity
from functions.portal.integrations import page as integrations
from functions.portal.invitation import page as invitation
from functions.portal.learner import page as learner
from functions.portal.learners import page as learners
from functions.portal.lessons import page as lessons
from functions.portal.notifications import page as notifications
from functions.portal.observe import page as observe
from functions.portal.people import page as people
from functions.portal.pipeline import page as pipeline
from functions.portal.preparation import page as preparation
from functions.portal.preparation.assigning import Choice, Offer
from functions.portal.profile import page as profile
from functions.portal.profile.skill_card import Event, Skill
from functions.portal.quarantine import page as quarantine
from functions.portal.readiness import page as readiness
from functions.portal.review import view
from functions.portal.reviews import page as reviews
from functions.portal.rule import page as rule
from functions.portal.rule import preview
from functions.portal.rule.form import entered_from
from functions.portal.samples import page as samples
from functions.portal.shell import doors
from functions.portal.shell.effects import Doing
from functions.portal.shell.frame import Frame, Place
from functions.portal.skill import page as skill
from functions.portal.skill_history import page as skill_history
from functions.portal.skills import page as skills
from functions.portal.standard import changes as standard_changes
from functions.portal.standard import page as standard
from functions.portal.standards import page as standards
from functions.portal.standards_import import page as standards_import
from functions.portal.team import page as team
from functions.portal.transcript import page as words_page
from functions.portal.transcript import passages as transcript
from functions.portal.transcript.evidence import read
from functions.portal.verify import page as verify
from functions.portal.webhooks import page as webhooks
from infra.demonstration import learning_standards
from shared.call_pipeline.contract import CallVoice, Reanalysis, VoiceCorrection
from shared.conversations.domain.conversation import Affiliation, Conversation, Party, Turn
from shared.enablement.contract import (
    ActivityView,
    AssignmentRulesView,
    AssignmentRuleView,
    AssignmentView,
    DealAtRiskView,
    FactorView,
    HoldOutView,
    RiskView,
    TrialDealView,
)
from shared.enablement.pipeline_contract import (
    PipelineAnswer,
    PipelineCell,
    PipelineDeal,
    PipelineGroup,
    PreparationView,
)
from shared.frameworks.domain.framework import Competency, Dimension, Framework, Rule
from shared.frameworks.wire.standard_record import read_record
from shared.identities.contract import MoveRun
from shared.intake.contract import EventView, VoidedView
from shared.learning.contract import MasteryView, PieceList
from shared.learning.enrolment_contract import (
    AuthorisationList,
    AuthorisationView,
    AuthorisedList,
    EnrolmentView,
    PinnedLearners,
    PinnedNumber,
    PinnedText,
)
from shared.learning.progress_contract import AtRiskList, LearnerProgress, MilestoneTimes
from shared.observations.domain.observation import Kind
from shared.operations.contract import DeadLetterDetail, HealthAnswer, IntegrationHealth
from shared.operations.records import State
from shared.operations.usecases.activity import Happening
from shared.operations.usecases.quarantined_input import WholeInput
from shared.operations.usecases.waiting import Backlog, Waiting
from shared.platform.contract import AuditItem
from shared.platform.records.quarantine import QuarantinedInput
from shared.privacy.contract import SampleTurn, TranscriptSample, TranscriptSamples
from shared.ratings.contract import (
    CalibrationAnswer,
    CellView,
    CompetencyCalibration,
    CoverageView,
    NoiseView,
    ParametersVersionView,
    ScorerCalibration,
    ScorerCertificate,
    SkillView,
)
from shared.ratings.domain.in_contexts import InContext
from shared.ratings.team_contract import OneToOneView, TeamAnswer, TeamMeanView, TeamMemberView, TeamSkillView
from shared.reviews.contract import CertificateView, CompetencyCertificate, RecentScores
from shared.reviews.usecases.show_reviews import Waiting as OthersWaiting
from shared.subscriptions.contract import AttemptView, DeliveryView, SubscriptionView
from shared.taxonomy.contract import (
    ImportResult,
    SkillVersion,
    StandardDefect,
    StandardSummary,
    StandardView,
    StandardWarning,
)
from shared.taxonomy.plan_contract import PlanBody, PlanHead, PlanView
from shared.taxonomy.standard_contract import FileLine, FrameworkOfStandard, JudgedFile, ToldChange, VersionedStandard
from tests.portal.coach_samples import HAND_OVERS, OVERVIEW
from tests.portal.evidence_samples import LEARNERS, evidence_page, score_form
from tests.portal.lesson_samples import LESSON, LESSONS

NOW = datetime(2026, 11, 23, 7, 41, tzinfo=UTC)
TODAY = date(2026, 11, 23)

COMPETENCIES = (
    ("discovery", "Discovery"),
    ("objection_handling", "Objection handling"),
    ("value_articulation", "Value articulation"),
    ("product_knowledge", "Product knowledge"),
    ("closing", "Closing"),
    ("listening", "Listening"),
    ("technical_architecture", "Technical architecture"),
)

FRAMEWORK = Framework(
    framework_id="sales_engineering",
    name="Sales engineering",
    version=4,
    competencies=tuple(
        Competency(
            word,
            word.replace("_", "-"),
            name,
            description=f"What a customer notices of {name.lower()} in a first conversation.",
            category="product_knowledge" if "product" in word or "technical" in word else "sales_technique",
            core=index < 5,
            rubric=(
                (0, "Talks about the product"),
                (60, "Asks, and hears the answer"),
                (85, "Finds the cost of doing nothing"),
            ),
            aliases=("disco",) if word == "discovery" else (),
        )
        for index, (word, name) in enumerate(COMPETENCIES)
    ),
    dimensions=(
        Dimension("industry", ("healthcare", "fintech", "manufacturing", "public_sector"), (("health", "healthcare"),)),
        Dimension("deal_size", ("enterprise", "mid-market", "smb")),
    ),
    rules=(
        Rule("discovery", (), 3, 80, 5, 75, 90, 180),
        Rule("discovery", (("industry", "healthcare"),), 3, 85, 3, 80, 90, 180, version=4),
        Rule("product_knowledge", (), 2, 85, None, None, 180, 365, requires_recertification=True),
        Rule("closing", (), None, None, 5, 75, 90),
    ),
)


def frame(place: str = "/", *, theme: str = "system", demonstration: bool = True) -> Frame:
    return Frame(
        viewer="Amara Okafor",
        role="Administrator",
        places=(
            Place("readiness", "Readiness", "/", "readiness", "Understand"),
            Place("people", "People", "/people", "people", "Understand"),
            Place("activity", "Activity", "/activity", "activity", "Understand"),
            Place("skills", "Skills and rules", "/skills", "skills", "Configure"),
            Place("held-scores", "Held scores", "/held-scores", "held", "Configure", 2),
            Place("health", "Health", "/health", "health", "Operate"),
            Place("quarantine", "Quarantine", "/quarantine", "quarantine", "Operate"),
            Place("dead-letters", "Dead letters", "/dead-letters", "dead-letters", "Operate", 1),
            Place("audit", "Audit", "/audit", "audit", "Operate"),
        ),
        token="a-token",
        here=place,
        theme=theme,  # type: ignore[arg-type]
        demonstration=demonstration,
    )


def covered(word: str, name: str, validated: int, in_progress: int, expired: int, not_started: int) -> CoverageView:
    return CoverageView(
        competency=word,
        name=name,
        core=True,
        validated=validated,
        in_progress=in_progress,
        expired=expired,
        not_started=not_started,
        stale=0,
        share_validated=round(validated / 40, 4),
        share_interval=[max(0.0, validated / 40 - 0.1), min(1.0, validated / 40 + 0.1)],
        mean_rating=None,
    )


def cell(mean: float | None, people: int) -> CellView:
    """A cell of the heat map; with -1 people too few to show."""
    weak = mean is not None and mean < 70
    interval = None if mean is None else [mean - 3, mean + 2.6]
    return CellView(value="", mean=mean, interval=interval, people=abs(people), suppressed=people < 0, weak=weak)


def readiness_page() -> readiness.Readiness:
    means = (
        ((84.2, 14), (81.4, 19), (76.3, 12), (72.0, 7)),
        ((72.1, 11), (85.0, 17), (78.4, 12), (None, 0)),
        ((91.0, 9), (78.1, 16), (74.0, 11), (69.6, 6)),
        ((65.4, 12), (90.2, 15), (70.1, 10), (None, -1)),
        ((77.7, 9), (80.3, 14), (79.9, 8), (62.3, 5)),
    )
    return readiness.Readiness(
        as_of=TODAY,
        scope="the whole organisation",
        sentence="Partly: 25 of 40 are likely ready (80 % interval 21 to 29). 14 hold every validation; "
        "3 are not yet known.",
        people=40,
        likely=25.2,
        likely_interval=(20.8, 29.1),
        ready=14,
        share_low=0.2614,
        share_high=0.4507,
        mean_readiness=74.3,
        mean_interval=(71.2, 77.1),
        rated=37,
        coverage=tuple(
            covered(word, name, *counts)
            for (word, name), counts in zip(
                COMPETENCIES[:5],
                ((33, 4, 2, 1), (26, 9, 3, 2), (31, 6, 0, 3), (21, 10, 4, 5), (32, 5, 1, 2)),
                strict=True,
            )
        ),
        heat_map=readiness.HeatMap(
            "industry",
            ("industry", "deal_size", "buyer_persona"),
            ("healthcare", "fintech", "manufacturing", "public_sector"),
            tuple(
                readiness.HeatRow(name, tuple(cell(*one) for one in row))
                for (_, name), row in zip(COMPETENCIES, means, strict=False)
            ),
        ),
        gaps=(
            readiness.Gap("Product knowledge", "", "19 of 40 not validated", 68.4),
            readiness.Gap("Objection handling", "", "14 of 40 not validated", 74.9),
            readiness.Gap("Closing", "public_sector", "5 people rated", 62.3),
        ),
        since=date(2026, 10, 23),
        changes=(
            readiness.Change("Hold every validation", "11", "14", 3),
            readiness.Change("Mean readiness", "71.9", "74.3", 2.4),
            readiness.Change("Product knowledge", "24 validated", "21 validated", -3),
        ),
    )


def people_page() -> people.People:
    rows = (
        ("se-07", "Mike Thornton", "Sales engineer", "Priya Raman", 61.2, 1, 1, 1, 0),
        ("se-01", "Joe Smith", "Sales engineer", "Priya Raman", 74.8, 3, 0, 0, 1),
        ("se-02", "Sarah Jonsson-Villalobos", "Senior sales engineer", "Priya Raman", 90.4, 5, 0, 0, 0),
        ("se-09", "Aiko Tanaka", "Sales engineer", "Lars Petersen", None, 0, 0, 0, 0),
    )
    return people.People(
        "The whole organisation",
        tuple(
            people.Person(
                i,
                n,
                r,
                m,
                s,
                v,
                5,
                v == 5,
                0,
                expired,
                declining,
                {"ratings_apart": apart},
                interval=None if s is None else (s - 4, s + 5),
            )
            for i, n, r, m, s, v, expired, declining, apart in rows
        ),
        more="/people?after=se-09",
    )


def history() -> tuple[Event, ...]:
    events = []
    for index in range(34):
        kind = "learning" if index % 11 == 0 else "field" if index > 14 and index % 3 else "validation"
        wave = (index * 37) % 23 - 11
        events.append(
            Event(
                f"e{index}",
                NOW - timedelta(days=170 - 5 * index, hours=index),
                kind,
                {"field": "gong", "validation": "role_play", "learning": "video"}[kind],
                {"field": "gong", "validation": "voice-roleplay", "learning": "learning"}[kind],
                62 + index * 0.6 + wave,
                "held" if index == 32 else "counted",
                "healthcare, enterprise" if index % 4 == 0 else "",
            )
        )
    return tuple(events)


def rated(competency: str, **known: Any) -> SkillView:
    """A skill as the profile's use case gives it, of which nothing is known but this."""
    nothing: dict[str, Any] = {
        "name": competency.capitalize().replace("_", " "),
        "context": None,
        "confidence": "unknown",
        "stale": False,
        "basis": "none",
        "trend": "insufficient",
        "status": "not_started",
        "observations_count": 0,
        "field_observations": 0,
        "validation_events": 0,
        "held_observations": 0,
        "discrepancy": False,
        "discrepancy_reasons": [],
        "under_doubt": False,
        "requires_recertification": False,
        "explanation": "",
    }
    absent = dict.fromkeys(SkillView.model_fields.keys() - nothing.keys())
    return SkillView(**{**absent, **nothing, "competency": competency, **known})


def in_context(
    industry: str, rating: float | None, interval: list[float] | None, confidence: str, status: str, observed: int
) -> SkillView:
    return rated(
        "discovery",
        context={"industry": industry},
        current_rating=rating,
        interval=interval,
        confidence=confidence,
        status=status,
        observations_count=observed,
    )


def profile_page() -> profile.Profile:
    events = history()
    return profile.Profile(
        employee_id="se-01",
        name="Joe Smith",
        role="sales engineer",
        manager="Priya Raman",
        hire_date=date(2023, 4, 17),
        works="Europe/Berlin · DE-BE",
        as_of=TODAY,
        own=False,
        readiness=74.8,
        interval=(70.2, 78.9),
        seen=5,
        validated=3,
        core=5,
        skills=(
            Skill(
                rated(
                    "discovery",
                    current_rating=81.4,
                    interval=[76.8, 86.0],
                    confidence="high",
                    trend="improving",
                    status="validated",
                    explanation="Rated on 12 field observations of the last 90 days alone: the field is ground truth.",
                    field_observations=12,
                    validation_events=4,
                    validated_on=TODAY,
                    expires_at=date(2027, 5, 22),
                ),
                core=True,
                bar=75,
                lessons=1,
                contexts=(
                    in_context("healthcare", 72.5, [60.1, 84.9], "low", "in_progress", 2),
                    in_context("fintech", 86.2, [80.3, 92.1], "medium", "validated", 8),
                    in_context("public_sector", None, None, "unknown", "not_started", 0),
                ),
                history=events,
            ),
            Skill(
                rated(
                    "objection_handling",
                    current_rating=71.3,
                    interval=[63.0, 79.6],
                    confidence="medium",
                    trend="stable",
                    status="in_progress",
                    explanation="Rated on 4 field observations of the last 90 days alone: the field is ground truth. "
                    "Practice 88 and field 71.3 are apart.",
                    field_observations=4,
                    validation_events=5,
                    practice_rating=88,
                    field_rating=71.3,
                    discrepancy=True,
                    discrepancy_since=date(2026, 11, 9),
                    held_observations=1,
                ),
                core=True,
                bar=75,
                history=events[10:24],
            ),
            Skill(
                rated(
                    "product_knowledge",
                    current_rating=68.0,
                    interval=[55.0, 81.0],
                    trend="declining",
                    status="expired",
                    explanation="Last known rating: nothing was observed in the last 90 days.",
                    stale=True,
                    expires_at=date(2026, 9, 1),
                    decayed_rating=61.5,
                ),
                core=True,
                bar=85,
                history=events[:6],
            ),
            Skill(
                rated(
                    "closing",
                    preliminary_rating=72.0,
                    status="in_progress",
                    explanation="A baseline from a single validation event (1 of 2 for a rating).",
                    validation_events=1,
                ),
                core=True,
                bar=75,
                history=events[12:13],
            ),
            Skill(rated("listening", explanation="Nothing has been observed yet."), core=False),
        ),
        recommendations=(
            profile.Recommendation(
                "Product knowledge",
                "",
                "expiring",
                "high",
                "Rated 62; the validation ends in 12 days. Pass the certification exam to renew this skill.",
                "If passed at 85: 62 → about 72 (68–76).",
                "Platform certification",
                45,
                "https://practice.example/exam",
            ),
            profile.Recommendation(
                "Discovery",
                "healthcare",
                "unseen",
                "medium",
                "Not seen in healthcare yet, where the organisation works. Complete 1 more healthcare scenario.",
                "If passed at 80: a baseline of 80, and no rating yet.",
                "Hospital group: first discovery call",
                15,
            ),
        ),
        latest=events[-5:][::-1],
    )


def happening(event_id: str, when: timedelta, kind: Kind, activity: str, source: str, **more: Any) -> Happening:
    plain: dict[str, Any] = {"overall_score": None, "passed": None, "standing": "counted", "scores_open_at": None}
    return Happening(
        event_id=event_id, kind=kind, activity=activity, source=source, occurred_at=NOW - when, **plain | more
    )


def activity_page() -> activity.Activity:
    return activity.Activity(
        "the whole organisation",
        NOW,
        activity.Breakdown(143, 30, 10, 4, 13),
        (
            happening(
                "v1",
                timedelta(minutes=12),
                "validation",
                "role_play",
                "voice-roleplay",
                employee_id="se-01",
                employee="Joe Smith",
                scores=(("discovery", 82), ("closing", 74.5)),
                overall_score=79,
                passed=True,
            ),
            happening(
                "v2",
                timedelta(hours=5),
                "validation",
                "certification_exam",
                "exam-centre",
                employee_id="se-07",
                employee="Mike Thornton",
                scores=(("product_knowledge", 58),),
                overall_score=58,
                passed=False,
            ),
            happening(
                "f1",
                timedelta(days=2),
                "field",
                "gong",
                "gong",
                employee_id="se-02",
                employee="Sarah Jonsson-Villalobos",
                scores=(("listening", 91),),
                standing="held",
            ),
        ),
        dict(COMPETENCIES),
        more="/activity?before=x",
    )


def catalogue_page() -> skills.Catalogue:
    return skills.Catalogue(
        FRAMEWORK,
        True,
        (("sales_engineering", "Sales engineering"), ("cable_jointing_demo", "Cable jointing")),
    )


VERSIONS = (
    SkillVersion(
        version=4,
        published_at=NOW - timedelta(days=3),
        published_by="Amara Okafor",
        change="Healthcare discovery asks for 85",
        definition=None,
    ),
    SkillVersion(
        version=3,
        published_at=NOW - timedelta(days=40),
        published_by="Amara Okafor",
        change="Product knowledge expires after a year",
        definition=None,
    ),
)


def authorisation(state: str, ends: int) -> AuthorisationView:
    return AuthorisationView.model_validate(
        {
            "authorisation_id": f"authorisation-{ends}",
            "employee_id": "ana@jointers.example",
            "name": "Ana Joiner",
            "activity": "Prepare ends of 11 kV polymeric cable",
            "scope": "alone" if state == "in_force" else "supervised",
            "begins": TODAY - timedelta(days=30),
            "ends": TODAY + timedelta(days=ends),
            "state": state,
            "given_by": "mo@jointers.example",
            "days_left": ends,
            "given_at": NOW,
        }
    )


def progress_of(name: str, **known: Any) -> LearnerProgress:
    return LearnerProgress.model_validate(
        {
            "employee_id": f"{name.split()[0].lower()}@jointers.example",
            "name": name,
            "framework_id": "cable_jointing_demo",
            "standard": "ST9901@1.0",
            "state": "learning",
            "gateway_on": TODAY + timedelta(days=400),
            "shown": 3,
            "competencies": 12,
            "reasons": [],
            **known,
        }
    )


SLOW = progress_of(
    "Ana Joiner",
    reasons=[
        {"risk": "hazard", "why": "2 questions about hazards overdue by 3 days or more.", "competencies": []},
        {"risk": "quiet", "why": "No answer for 9 days.", "competencies": []},
    ],
)


def learners_page() -> learners.LearnersPage:
    """Learners of every kind, something that ends, one milestone with numbers and one without."""
    away = progress_of("Ben Joiner", state="on_break", gateway_on=None)
    share = {"value": 0.4, "low": 0.24, "high": 0.61}
    gone = progress_of("Cy Joiner", state="left", gateway_on=None)
    time = {
        "framework_id": "cable_jointing_demo",
        "framework": "Cable jointing (synthetic)",
        "milestone": "first_site_visit",
        "competencies": ["K2", "B1"],
        "suppressed": False,
        "learners": 15,
        "reached": 6,
        "censored": 9,
        "median_days": 81,
        "median_low": 60,
        "median_high": None,
        "steps": [{"days": 44, "going": 14, "reached": 6, "share": share}],
    }
    few = {**time, "milestone": "gateway", "suppressed": True, "steps": [], "median_days": None}
    few |= dict.fromkeys(("learners", "reached", "censored", "median_low"))
    return learners.LearnersPage(
        AtRiskList(as_of=TODAY, learners=[gone, away, SLOW], next_cursor="ben@jointers.example"),
        AuthorisationList(as_of=TODAY, authorisations=[authorisation("ends_soon", 12)]),
        MilestoneTimes.model_validate({"as_of": TODAY, "more": True, "milestones": [time, few]}),
    )


def authorisations_page() -> authorisations.AuthorisationsPage:
    """Somebody who may do something in every state, alone and supervised, and somebody who may do nothing."""
    states = (("ends_soon", 0), ("ends_soon", 12), ("in_force", 200), ("to_come", 300))
    some = [
        authorisation(state, days).model_copy(update={"scope": scope})
        for scope in ("alone", "supervised")
        for state, days in states
    ]
    learners = [("ana@jointers.example", "Ana Joiner", some, True), ("ben@jointers.example", "Ben Joiner", [], False)]
    shown = [
        {"employee_id": who, "name": name, "authorisations": listed, "more": more}
        for who, name, listed, more in learners
    ]
    return authorisations.AuthorisationsPage(
        AuthorisedList.model_validate({"as_of": TODAY, "learners": shown, "next_cursor": "ben@jointers.example"})
    )


PIECES = [
    {"kind": "observation", "on": TODAY, "by": "Mo Mentor", "supervision": "alone", "photos": ["p1", "p2"]},
    {"kind": "quick_check", "on": TODAY, "lesson_id": "l", "lesson": "Prove dead first", "right": 2, "questions": 3},
    {"kind": "photo", "on": TODAY, "by": "Ana Joiner", "evidence_id": "p3"},
    {"kind": "verification", "on": TODAY, "by": "Ellis Employer of a partner with a long name"},
    {"kind": "voice", "on": TODAY},
    {"kind": "note", "on": TODAY, "by": "Ana Joiner", "evidence_id": "n1"},
    {"kind": "observation", "on": TODAY, "by": "Mo Mentor", "supervision": "supervised", "photos": ["p4"]},
]
"""Of every kind, as far as its viewer may see it."""


def evidence_behind_page() -> evidence_behind.EvidenceBehindPage:
    """All that stands behind a skill, as somebody sees it who may see kinds and days alone of some of it."""
    found = {
        "employee_id": "ana@jointers.example",
        "name": "Ana Joiner",
        "competency": "S1",
        "competency_name": "Prepare the ends of polymeric cable (synthetic)",
        "whole": False,
        "pieces": PIECES,
        "next_cursor": None,
    }
    more = "/learners/ana@jointers.example/evidence/S1?after=2026-11-23T07:41:00+00:00~p3"
    return evidence_behind.EvidenceBehindPage(PieceList.model_validate(found), more)


def learner_page() -> learner.LearnerPage:
    """A learner in each state of mastery, whose mentor looks."""
    attained = ("not_safe", "not_started", "in_progress", "fading", "expired", "shown")
    items = [
        {
            "competency": f"{category[0].upper()}{place}",
            "name": f"Something to {word} (synthetic)",
            "statement": "What it says",
            "category": category,
            "attained": state,
            "sentence": "In progress. 2 of 6 questions answered: about 80 % (40–95 %) would be right today.",
            "questions": 6,
            "seen": 2,
            "unsafe": [],
            "status": "in_progress",
            "field_observations": 1,
            "lessons": [],
            "evidence": PIECES[: 3 * (place % 2)],
            "more_evidence": 4 if place == 1 else 0,
            "more_still": place == 3,
        }
        for category, word in (("knowledge", "know"), ("skill", "do"), ("behaviour", "be"))
        for place, state in enumerate(attained, start=1)
    ]
    held = {
        "employee_id": "ana@jointers.example",
        "name": "Ana Joiner",
        "framework_id": "cable_jointing_demo",
        "standard": "ST9901@1.0",
        "revision": 1,
        "plan": "ST9901@1.0_2.0",
        "gateway": "gateway to completion",
        "gateway_on": TODAY + timedelta(days=400),
        "milestone": "gateway",
        "employer_id": None,
        "mentor_id": "mo@jointers.example",
        "state": "learning",
        "invited_at": NOW,
        "joined_at": NOW,
        "started_on": TODAY - timedelta(days=120),
        "consents": [{"version": 1, "agreed": True, "at": NOW}],
        "consent_text": {"version": 1, "text": "What is kept"},
        "breaks": [{"begins": TODAY - timedelta(days=90), "ends": TODAY - timedelta(days=80), "reason": "illness"}],
        "first_lesson_at": NOW,
        "reached": {"first_site_visit": NOW.date()},
    }
    mastery = {
        "employee_id": "ana@jointers.example",
        "name": "Ana Joiner",
        "framework_id": "cable_jointing_demo",
        "as_of": TODAY,
        "gateway_on": None,
        "scores_open_at": None,
        "items": items,
    }
    return learner.LearnerPage(
        EnrolmentView.model_validate(held),
        MasteryView.model_validate(mastery),
        SLOW,
        AuthorisationList(as_of=TODAY, authorisations=[authorisation("in_force", 200), authorisation("revoked", 5)]),
        own=False,
        gives=True,
        entered={"activity": "Joint", "scope": "alone", "begins": "2026-11-23", "ends": "2026-11-01"},
        errors={"ends": "is the last day, within three years from the first"},
        keeps=True,
        refused="authorisation",
    )


def standard_page() -> standard.StandardPage:
    """The synthetic apprenticeship, with what its import may tell, and learners on two plans."""
    candidate, _ = read_record(0, learning_standards.standards()[0])
    kept = candidate.standard
    assert kept is not None
    warned = [StandardWarning(code="W1003", field="options", detail="coreAndOptions is true, and there is no option")]
    plan = PlanBody.model_validate(learning_standards.plans()[1]).meant()
    head = PlanHead(
        key=plan.key, standard=plan.standard, version=plan.version, title=plan.title, synthetic=True, imported_at=NOW
    )
    held = PinnedLearners(
        standard=kept.key,
        learners=11,
        more=False,
        texts=[PinnedText(revision=1, plan=plan.key, learners=None), PinnedText(revision=2, plan=None, learners=None)],
    )
    return standard.StandardPage(
        StandardView.of(kept, 2, warned),
        (head.model_copy(update={"key": f"{plan.standard}_1.0", "version": "1.0"}), head),
        PlanView.of(plan, NOW, warned),
        STANDARDS.standards[1],
        held,
        changes=standard_changes.Changes(
            "From version 1.0 to version 1.1",
            [
                (
                    "Statements",
                    standard_changes.differences(
                        [
                            ToldChange(what="K1", before="What it was.", after="What it is:\n- now"),
                            ToldChange(what="S9", before=None, after="Added."),
                            ToldChange(what="B4", before="Dropped.", after=None),
                        ]
                    ),
                )
            ],
            "K3 is now K4",
        ),
        framework=FrameworkOfStandard(
            framework_id="cable_jointing_demo", name="Jointing (synthetic)", standard="ST9901@1.1", rules=0, stages=[]
        ),
        may_begin=True,
        may_invite=True,
    )


def invitation_page() -> invitation.InvitationPage:
    """An invitation that was refused."""
    shown = standard_page()
    return invitation.InvitationPage(
        shown.standard,
        shown.plans,
        {"employee_id": "ana@jointers.example", "milestone": "gateway"},
        {"employee_id": "Ana is enrolled and has answered.", "revision": "ST9901@1.0 has no revision 3."},
    )


def versioned_standard(reference: str) -> VersionedStandard:
    versions = [
        StandardSummary(
            key=f"{reference}@1.{minor}",
            reference=reference,
            version=f"1.{minor}",
            revision=1 + minor,
            title=f"A trade of a long name that wraps on a phone (synthetic), {reference}",
            kind="apprenticeship_unit" if reference.startswith("AU") else "apprenticeship",
            level=3,
            status="Approved for delivery" if minor else "Retired",
            statements=12,
            imported_at=NOW,
        )
        for minor in (1, 0)
    ]
    return VersionedStandard(reference=reference, title=versions[0].title, in_force="1.1", versions=versions)


STANDARDS = standards.Standards(
    tuple(versioned_standard(reference) for reference in ("AU9902", "ST9901")),
    "ST9901@1.1",
    True,
    {"ST9901@1.1": PinnedNumber(learners=15, more=False), "ST9901@1.0": PinnedNumber(learners=None, more=False)},
    True,
)


def standards_preview() -> standards_import.Preview:
    """A file of which one comes in, one is corrected, one is known and one stays out."""
    told: list[tuple[ImportResult, int | None]] = [("created", 1), ("updated", 3), ("unchanged", 1), ("rejected", None)]
    lines = [
        FileLine(
            record=place,
            key=f"ST990{place}@1.0",
            name=f"ST990{place} 1.0",
            title=f"A trade of a long name that wraps on a phone (synthetic), {place}",
            result=result,
            revision=revision,
            statements=None if revision is None else 12,
        )
        for place, (result, revision) in enumerate(told, 1)
    ]
    defects = [
        StandardDefect(
            record=record,
            reference="ST9904",
            version="1.0",
            code=code,
            severity="warning" if code.startswith("W") else "refused",
            field=field,
            detail="is not a text of at most 500 characters",
        )
        for record, code, field in ((4, "P1002", "knowledges.17.detail"), (1, "W2001", ""), (None, "S1002", "status"))
    ]
    judged = JudgedFile(kind="standards", lines=lines, defects=defects)
    return standards_import.Preview("2026-11-30-" + "0" * 32, judged, 1, standards_import.MEANWHILE)


def skill_page() -> skill.SkillPage:
    return skill.SkillPage(FRAMEWORK, FRAMEWORK.by_competency["discovery"], True, versions=VERSIONS)


def rule_page() -> rule.RulePage:
    return rule.RulePage(
        FRAMEWORK,
        FRAMEWORK.by_competency["discovery"],
        {"min_validation_attempts": "three", "observation_window_days": "90", "field_overrides_validation": "yes"},
        errors={"min_validation_attempts": "Enter a whole number."},
    )


def preview_page() -> preview.Preview:
    before = FRAMEWORK.rules[0]
    return preview.Preview(
        FRAMEWORK,
        FRAMEWORK.by_competency["discovery"],
        before,
        Rule("discovery", (), 3, 85, 5, 80, 90, 120),
        (
            preview.Effect(
                "se-09", "Aiko Tanaka", "in_progress", "validated", "Practice averages 86.2; the bar is now 85."
            ),
        ),
        (
            preview.Effect(
                "se-01", "Joe Smith", "validated", "in_progress", "The field averages 78.4; the bar is now 80."
            ),
            preview.Effect(
                "se-07", "Mike Thornton", "validated", "expired", "Validated on 2 June; it now holds for 120 days."
            ),
        ),
        (),
        preview.Effects(40, 1, 2, 3, 0, changes=[]),
        entered_from(before),
    )


def audit_page() -> audit.Audit:
    return audit.Audit(
        (
            AuditItem(
                audit_id="a-2",
                actor="ines.moreau@example.com",
                actor_role="cro",
                action="profile.viewed",
                subject="se-01",
                people=[],
                detail=None,
                at=NOW - timedelta(minutes=3),
            ),
            AuditItem(
                audit_id="a-1",
                actor="amara.okafor@example.com",
                actor_role="administrator",
                action="rule.published",
                subject="discovery",
                people=[],
                detail="version 4: healthcare discovery asks for 85",
                at=NOW - timedelta(hours=2),
            ),
        ),
        {"actor": "", "from": "2026-11-31"},
        {"from": "That is not a date; write it as 2026-11-30."},
        "/audit?after=x",
    )


def integration(name: str, state: State, detail: str, *, seen: timedelta | None) -> IntegrationHealth:
    checked, last = NOW - timedelta(minutes=6), None if seen is None else NOW - seen
    return IntegrationHealth(name=name, state=state, detail=detail, checked_at=checked, last_seen_at=last)


HEALTH = HealthAnswer(
    state="degraded",
    checked_at=NOW - timedelta(minutes=6),
    integrations=[
        integration("voice-roleplay", "ok", "142 events in 24 hours", seen=timedelta(minutes=12)),
        integration("gong", "stale", "No call for 31 hours; at least one a day is expected", seen=timedelta(hours=31)),
        integration("directory", "failing", "The directory answers 403: the delegate lost its role", seen=None),
    ],
)
WAITING = Waiting(
    (Backlog("rating_update", 3, 1.4), Backlog("recalculation", 0, 0)),
    dead_letters=1,
    quarantined=2,
    unmapped=5,
    capped=False,
)
QUARANTINED = QuarantinedInput(
    quarantine_id="q1",
    source="validation-events",
    reason="the body is not JSON: Expecting value at line 1, column 12",
    field=None,
    state="open",
    received_at=NOW - timedelta(hours=1),
    times_received=3,
    sent_by="roleplay@example.iam.gserviceaccount.com",
    expires_at=NOW + timedelta(days=90),
)
LETTER = DeadLetterDetail(
    letter_id="l1",
    subscription="rating_update.observation-recorded",
    reason="KeyError: 'sales_enginering'",
    attempts=8,
    published_at=NOW - timedelta(hours=3),
    failed_at=NOW - timedelta(hours=2),
    data={
        "event_id": "abc",
        "employee_id": "se-01",
        "evidence": "He said that the budget is gone",
        "scores": [{"competency": "discovery", "score": 82}],
    },
    attributes={"employee_id": "se-01"},
)
INPUT = WholeInput(QUARANTINED, b'{"employee_id": "se-01", "evidence": "He said"}', replayable=True)


def held_page() -> held.HeldList:
    return held.HeldList(
        (
            held.Held(
                "negotiation_skill",
                14,
                6,
                NOW - timedelta(days=9),
                NOW - timedelta(hours=7),
                "sales_engineering",
                "Sales engineering",
                COMPETENCIES,
                "/skills/sales_engineering/add?word=negotiation_skill",
            ),
        ),
    )


def figures_of(competency: str, n: int, kappa: float | None, verdict: str) -> CompetencyCertificate:
    """A certificate's figures for one competency."""
    part = {
        "n": n,
        "kappa": kappa,
        "kappa_interval": None if kappa is None else [kappa - 0.15, kappa + 0.1],
        "within": 0.87,
        "within_interval": [0.78, 0.93],
        "bias": 2.31,
        "mean_difference": 5.2,
    }
    return CompetencyCertificate.model_validate(
        {
            "competency": competency,
            **part,
            "verdict": verdict,
            "by_reason": [{"reason": "sample", **part}] if n > 30 else [],
            "stability": {"n": 12, "mean_difference": 1.4, "within": 1.0, "within_interval": [0.76, 1.0]},
            "certified": verdict == "counts",
            "dropped": 2,
            "rejected": 1,
            "not_blind": 5,
        }
    )


CALL = Call(
    "gong-1", "Quarterly review", NOW - timedelta(days=2), "observed", "Northwind Clinics", "crm", ("Joe Smith",)
)


def calls_page() -> calls.CallList:
    failed = replace(CALL, record_id="gong-2", state="failed", deal=None, link="unmatched", people=())
    return calls.CallList(
        (CALL, failed), "Joe Smith", asks=True, employee="se-01", wide=True, again=True, more="/calls?after=x"
    )


def call_page() -> call.CallPage:
    return call.CallPage(
        call=CALL,
        source="gong",
        minutes=31,
        url="https://recorder.example.com/1",
        scope="External",
        language="German",
        customers=True,
        set_aside=2,
        deal_id="d-1",
        context=(("Industry", "Healthcare"), ("Products discussed", "Agents, Indexing")),
        scorer="claude:a-model:rubric-3:prompt-2",
        analysis=1,
        cost=0.0123,
        last_error="no transcript came",
        updated_at=NOW,
        participants=(("Joe Smith", True), ("Mike Torres", False)),
        results=(
            call.Result("Joe Smith", "se-01", "counted", (("Discovery", 80, True), ("Listening", 70, False))),
            call.Result("Mike Torres", "se-02", "not_open_yet", (), NOW),
        ),
        may_analyse=True,
        may_link=True,
        may_move=True,
        voices=(
            CallVoice(
                speaker_id="s1",
                name=None,
                affiliation="Internal",
                turns=41,
                employee_id="se-01",
                correction=VoiceCorrection(by="ada-01", at=NOW, reason="Mike's laptop was in the room", was=["se-02"]),
            ),
            CallVoice(
                speaker_id="s2", name="Casey Buyer", affiliation="External", turns=1, employee_id=None, correction=None
            ),
        ),
        errors={"deal_id": "may not have a /", "employee_id": "'se-99' is no active employee"},
    )


def field_page() -> field.Field:
    return field.Field(
        employee_id="se-01",
        name="Joe Smith",
        own=False,
        seen=(
            field.Seen(NOW, "Northwind Clinics", "gong", (("Discovery", 71, True),), "counted", call="gong-1"),
            field.Seen(NOW, None, "gong", (("Discovery", 60, False),), "counted", decided="corrected"),
            field.Seen(NOW, None, "gong", (), "held", opens_at=NOW),
        ),
        beside=(
            field.Beside("Discovery", 88, 71, 4, 5, ["ratings_apart"], date(2026, 11, 9), practising=(80.3, 95.7)),
            field.Beside("Closing", None, None, 3, 1),
        ),
        contexts=(("industry", (InContext("healthcare", 71.4, 3, 12.0), InContext("fintech", 80, 1, 12.0))),),
        certificates=(
            ScorerCertificate(
                **figures_of("discovery", 84, 0.71, "counts").model_dump(), scorer="claude:a-model:rubric-3:prompt-2"
            ),
        ),
        names=dict(COMPETENCIES),
        more="/people/se-01/field?after=x",
    )


def period_page() -> call_analyses.Period:
    return call_analyses.Period(
        Reanalysis(
            run_id="run-1",
            state="running",
            since=NOW - timedelta(days=30),
            until=NOW,
            source="gong",
            started_at=NOW,
            truncated=True,
            total=40,
            done=31,
            failed=2,
        )
    )


def analysts_page() -> analysts.Analysts:
    return analysts.Analysts(
        (
            CertificateView(
                certificate_id="c-1",
                scorer="claude:a-model:rubric-3:prompt-2",
                computed_at=NOW,
                tuned_on=["a_call"],
                competencies=[
                    figures_of("discovery", 84, 0.71, "counts"),
                    figures_of("listening", 61, 0.31, "stops_counting"),
                    figures_of("closing", 4, None, "too_few"),
                ],
            ),
        ),
        dict(COMPETENCIES),
        (
            RecentScores(
                scorer="claude:a-model:rubric-3:prompt-2",
                calls=200,
                scores=800,
                waiting=96,
                competencies=7,
                counting=5,
                certified=1,
            ),
        ),
    )


def covered_page() -> view.Review:
    """A review whose scores the reviewer has not seen yet."""
    told = review_page()
    scores = tuple(
        replace(one, scored=None, confidence=None, waits=None, quotes=(), measured=(), reason=None, certificate=None)
        for one in told.scores
    )
    return replace(told, scores=scores, contest=None, decisions=(), errors={"own.discovery": "Enter a number."})


def review_page() -> view.Review:
    said = "What does a failed release cost you?"
    talk = Conversation(
        "c-1",
        None,
        800_000,
        (Party("1", "Joe Smith"), Party("2", "Casey Buyer")),
        tuple(
            Turn(("1", "2")[n % 2], n * 20_000, n * 20_000 + 9_000, said if n == 6 else f"Sentence {n}.")
            for n in range(40)
        ),
    )
    quotes, measured = read(
        f"quote at turn 6, characters 0-{len(said)}, sha256 {hashlib.sha256(said.encode()).hexdigest()[:16]}; "
        "quote at turn 9, characters 0-5, sha256 0000000000000000; measured: talk ratio 43.1 % (2:00–12:30)",
        "discovery",
        "Discovery",
    )
    return view.Review(
        row=reviews.Row(
            "r-1",
            "Joe Smith",
            "Northwind Clinics",
            NOW - timedelta(days=2),
            NOW - timedelta(days=1),
            "open",
            ("low_confidence", "contested"),
            ("discovery", "listening"),
            mine=True,
        ),
        employee_id="se-01",
        event_id="e-1",
        scorer="claude:a-model:rubric-3:prompt-2",
        source_url="https://recorder.example.com/c-1",
        scores=(
            view.Score(
                "discovery",
                "Discovery",
                80,
                0.45,
                "confidence below 0.6",
                None,
                66,
                decided=False,
                quotes=quotes,
                measured=tuple((one, 6) for one in measured),
                reason="Finds the cost of doing nothing.",
                certificate=figures_of("discovery", 84, 0.71, "counts"),
            ),
            view.Score("listening", "Listening", 70, 0.9, None, None, None, decided=False, quotes=(), measured=()),
        ),
        own=False,
        may_decide=True,
        may_contest=True,
        visible_to_manager_at=NOW,
        conversation=transcript.passages(talk, quotes, scored="1", names={}, also=[6]),
        found=frozenset({"quote-discovery-1"}),
        told=True,
        contest=view.Contested(NOW, "I did not say that", ("discovery",), answered=False),
        decisions=(view.Decision("corrected", NOW, "enid@example.com", "Not quantified"),),
        call="gong-c-1",
        blind=True,
        waiting=OthersWaiting(3, more=False, next="r-2"),
        errors={"score.discovery": "Enter a number from 0 to 100."},
    )


def reviews_page() -> reviews.ReviewList:
    row = review_page().row
    return reviews.ReviewList((row, replace(row, state="decided", outcome="corrected")), "open", "", more="/reviews")


def notifications_page() -> notifications.Inbox:
    told = notifications.Told(
        "n-1",
        "Priya Raman read what was said in a call of yours",
        NOW,
        True,
        (("Why", "as an administrator"),),
        ("gong-77", "Quarterly review, 20 Nov 2026"),
    )
    return notifications.Inbox((told, replace(told, notification_id="n-2", unread=False)), "/notifications?after=x")


def integrations_page() -> integrations.Integrations:
    key = integrations.Setting("gong-access", "The key.", True, without="no calls", secret=True)
    settings = (
        key,
        replace(key, name="gong-webhook-key", is_set=False),
        replace(key, name="anthropic-key", is_set=None),
        integrations.Setting(
            "AUGMENT_GONG_URL", "Base <address>.", True, "https://eu.example.com", "https://api.gong.io"
        ),
        integrations.Setting("AUGMENT_GONG_PER_DAY", "Requests in a day.", False, None, "10000"),
    )
    gong = integrations.Integration(
        "Gong",
        "Recorded calls.",
        settings,
        ("Make a key.",),
        (("api:calls:read", "which calls"),),
        None,
        None,
        "failing",
        "it does not take our key",
    )
    hook = integrations.Integration("Webhook", "Tells.", (), address="https://a/webhooks/gong", registered="https://b/")
    return integrations.Integrations((gong, hook), NOW, NOW)


def transcript_page() -> words_page.Transcript:
    conversation = Conversation(
        "c-1",
        None,
        60_000,
        (Party("1", "Joe Smith", "joe@example.com", Affiliation.INTERNAL),),
        (Turn("1", 0, 9_000, "Good <morning>."),),
    )
    passages = transcript.passages(conversation, (), scored=None, names={"1": "Joe Smith"}, whole=True)
    return words_page.Transcript(
        "gong-77", "Quarterly review", "grant", passages=passages, expires_at=NOW, leads_back=True
    )


def refused_transcript() -> words_page.Transcript:
    ask = words_page.Ask("Ada Lovelace", "ada@example.com", "Grant to read calls of Joe Smith", "Purpose:\n")
    return words_page.Transcript("gong-77", None, refused="this needs a grant", asks=(ask,), samples=True)


def samples_page() -> samples.Samples:
    turns = [SampleTurn(speaker="Seller 1", text="What does <it> cost you?")]
    found = TranscriptSamples(
        competency="discovery",
        band="low",
        suppressed=False,
        samples=[TranscriptSample(medium="call", turns=turns)],
    )
    return samples.Samples(COMPETENCIES, "discovery", "low", found)


def access_page() -> access.AccessPage:
    grant = access.Access(
        "grant", "g-1", "joe@example.com", "priya@example.com", "Coaching", "ada@example.com", NOW, True
    )
    escalation = replace(grant, kind="escalation", access_id="x-1", about="gong-77", why="The customer complained")
    return access.AccessPage(
        (grant, escalation), True, True, "grant", {"days": "120", "call_id": ""}, {"days": "1 to 90", "to": "not above"}
    )


def erasures_page() -> erasures.Erasures:
    run = erasures.Erasure(
        "r-1",
        "waiting",
        "ada@example.com",
        NOW,
        NOW,
        None,
        (("documents", "held_scores", "1 removed"), ("warehouse", "raw.call_analysed, look 1", "1 row erased")),
    )
    return erasures.Erasures(
        (run, replace(run, run_id="r-2", state="finished", finished_at=NOW)),
        {"employee_id": "joe@example.com", "repeated": "jo"},
        {"repeated": "repeat the id"},
    )


def identity_page() -> identity.Identity:
    run = MoveRun(
        run_id="m-1",
        kind="rename",
        former_id="joe@example.com",
        employee_id="joanna@example.com",
        state="waiting",
        reason="Took another name",
        requested_by="ada@example.com",
        requested_at=NOW,
        second_look_at=NOW,
        finished_at=None,
        documents=12,
    )
    merged = run.model_copy(update={"kind": "merge", "state": "finished", "finished_at": NOW})
    return identity.Identity(
        "joanna@example.com",
        "Joanna Smith",
        ("joe@example.com",),
        (run, merged),
        {"to": "jo@example.com", "repeated": "jo"},
        {"repeated": "Write the other id once more.", "why": "Write why, in at most 300 characters."},
    )


def sign_in_page() -> doors.SignIn:
    return doors.SignIn(
        True,
        (
            doors.Persona("cro", "Ines Moreau", "cro", "Sees everyone; every look at one person is recorded"),
            doors.Persona("m-1", "Priya Raman", "manager", "7 reports"),
            doors.Persona("se-01", "Joe Smith", "employee", "Reports to Priya Raman"),
        ),
        token="a-token",
    )


def figures(**fields: Any) -> dict[str, Any]:
    return {
        "sigma": 12, "rho": 0, "drift": 0.35, "population_mean": 75, "population_spread": 8,
        "practice_sigma": 12, "transfer": 10, **fields,
    }  # fmt: skip


def competency_calibration(competency: str, name: str, **fields: Any) -> CompetencyCalibration:
    learnt = {"learnt": False, "observations": 0, "since_version": None, **figures(), **fields}
    return CompetencyCalibration(competency=competency, name=name, **learnt)


TEAM = team.Team(
    TeamAnswer(
        framework_id="sales_engineering",
        as_of=NOW.date(),
        people=61,
        members=[
            TeamMemberView(
                employee_id="se-01",
                name="Ines Duarte",
                overall_readiness=71.4,
                overall_readiness_interval=[68.0, 75.1],
                readiness_tier="medium",
                core_seen=2,
                core_competencies=2,
                calls_not_open=True,
                gaps_by_kind={"declining": 1, "expiring": 0, "weak": 1, "no_evidence": 0},
                skills=[
                    TeamSkillView(
                        competency="discovery",
                        name="Discovery",
                        rating=64.2,
                        interval=[58.0, 70.0],
                        trend="declining",
                        status="in_progress",
                    ),
                    TeamSkillView(
                        competency="closing", name="Closing", rating=None, interval=None, status="not_started"
                    ),
                ],
            )
        ],
        means=[
            TeamMeanView(competency="discovery", name="Discovery", mean=74.3, interval=[71.2, 77.5], people=7),
            TeamMeanView(competency="closing", name="Closing", mean=None, people=3),
        ],
        one_to_ones=[
            OneToOneView(
                employee_id="se-01",
                name="Ines Duarte",
                competency="discovery",
                competency_name="Discovery",
                kind="declining",
                reason="Rated 64 and falling",
                since=date(2026, 10, 30),
                rating_then=78.0,
                interval_then=[72.0, 83.0],
                rating=64.2,
                interval=[58.0, 70.0],
                field_observations=5,
                validation_events=1,
                action="Complete the discovery role-play “A CISO who says no”",
            )
        ],
    ),
    [
        DealAtRiskView(
            deal_id="006Xx0000012345",
            account="Acme Health",
            stage="discovery",
            employee_id="se-01",
            name="Ines Duarte",
            meeting_at=NOW,
            readiness_score=62.0,
            interval_low=55.0,
            interval_high=70.0,
            skills_required=5,
            skills_known=3,
            risk_assessment=RiskView(
                overall_risk="high", factors=[], recommendations=["Schedule 30min prep session with manager"]
            ),
        )
    ],
)
RULES_OF_ASSIGNMENTS = assignment_rules.Rules(
    AssignmentRulesView(
        on=True,
        off=["gap"],
        most_open=2,
        cooldown_days=30,
        remind_after=0.5,
        escalate=True,
        rules=[
            AssignmentRuleView(trigger="declining", about="A skill is below the bar and falls", workdays=5, on=True),
            AssignmentRuleView(trigger="gap", about="A skill is below the bar", workdays=10, on=False),
        ],
    ),
    errors={"most_open": "Enter a whole number from 1 to 5."},
)


def doing_of(assignment: AssignmentView, then: str) -> Doing:
    return Doing(assignment, tuple((one, then) for one in assignment.activities))


PREPARATION = preparation.Preparation(
    "se-01",
    "Ines Duarte",
    open=(
        doing_of(
            AssignmentView(
                assignment_id="assign_1",
                employee_id="se-01",
                assignment_type="manager_assigned",
                trigger="by_hand",
                trigger_reason="assigned_by_hand",
                why="For the call on Friday",
                given_by="dana@example.com",
                competency="discovery",
                priority="medium",
                due_date=NOW,
                state="open",
                activities=[
                    ActivityView(
                        activity_type="podcast",
                        content_id="healthcare-discovery-primer",
                        content_title="Healthcare Discovery in 15 Minutes",
                        content_url="https://example.com/primer",
                        estimated_duration="15min",
                        reason="For the call on Friday",
                        done_at=NOW,
                        done_by="evt-1",
                    )
                ],
            ),
            "Discovery in healthcare. If a conversation goes at 75: no rating → about 75 (60–88).",
        ),
    ),
    over=(),
    givers={"dana@example.com": "Dana Manager"},
    offer=Offer(
        [Choice("hipaa-battlecard", "HIPAA Compliance Talking Points (battlecard, 5 minutes)")],
        [("se-01", "Ines Duarte"), ("se-02", "Joe Quill")],
        {"due_on": "2026-12-04"},
        {"reason": "Say why: the person reads it."},
    ),
)
PIPELINE = PipelineAnswer(
    sentence="Ready for 2 of 3 open deals (1 to 3 within the ratings’ 80 % intervals): "
    "$650K ($500K to $650K) of $650K.",
    scope="organisation",
    as_of=NOW,
    people=7,
    groups=[
        PipelineGroup(
            by="all",
            name="",
            deals=4,
            amount=650_000,
            amounts_unknown=1,
            unassessed=1,
            cells=[
                PipelineCell(
                    risks=["high", "medium"], deals=1, deals_low=0, deals_high=2,
                    amount=0, amount_low=0, amount_high=150_000, amounts_unknown=1,
                ),
                PipelineCell(
                    risks=["low"], deals=2, deals_low=1, deals_high=3,
                    amount=650_000, amount_low=500_000, amount_high=650_000, amounts_unknown=0,
                ),
            ],
        ),
        PipelineGroup(by="stage", name="discovery", deals=4, amount=650_000, amounts_unknown=1, unassessed=1, cells=[]),
    ],
    deals=30,
    items=[
        PipelineDeal(
            deal_id="006Xx0000012345", account="Acme Health", stage="discovery", segment="enterprise",
            value=None, currency="USD", meeting_at=NOW, closes_on=NOW.date(), employee_id="se-01", name="Ines Duarte",
            readiness_score=62.0, interval_low=55.0, interval_high=70.0, skills_required=5, skills_known=3,
            risk_assessment=RiskView(
                overall_risk="high",
                factors=[
                    FactorView(factor="No healthcare experience", severity="high"),
                    FactorView(factor="3 days to prepare", severity="sufficient"),
                ],
                recommendations=["Schedule 30min prep session with manager"],
            ),
            preparation=PreparationView(state="overdue", due_date=NOW, done=1, activities=3),
        ),
        PipelineDeal(
            deal_id="006Xx0000054321", account="Fintech Corp", stage="demo", segment="unknown",
            value=250_000, currency="EUR", meeting_at=None, closes_on=None, employee_id="se-01", name="Ines Duarte",
            readiness_score=None, interval_low=None, interval_high=None, skills_required=0, skills_known=0,
            risk_assessment=None, preparation=PreparationView(state="nothing"),
        ),
    ],
    next=25,
)  # fmt: skip
TRIAL = hold_out.Trial(
    HoldOutView(on=True, share=0.1, since=NOW, trial_id="a-trial"),
    (
        TrialDealView(deal_id="006Xx0000012345", trial_id="a-trial", arm="held_out", drawn_at=NOW, released_at=NOW),
        TrialDealView(deal_id="006Xx0000012346", trial_id="a-trial", arm="prepared", drawn_at=NOW),
    ),
    "/hold-out?after=x",
    {"006Xx0000012345": "Acme Health"},
)
CALIBRATION = CalibrationAnswer(
    version=7,
    in_force=7,
    published_at=NOW,
    default=NoiseView(**figures()),
    default_scorer_error=4.0,
    skills_correlation=0.41,
    skills_correlation_error=0.06,
    skills_correlation_people=44,
    competencies=[
        competency_calibration("closing", "Closing"),
        competency_calibration(
            "discovery", "Discovery", learnt=True, observations=12408, since_version=7, sigma=14.37, rho=0.31
        ),
    ],
    scorers=[
        ScorerCalibration(scorer="gong", learnt=True, bias=-4.2, error=1.1, pairs=40, since_version=5),
        ScorerCalibration(scorer="visit", learnt=False, bias=0.0, error=4.0, pairs=0, since_version=None),
    ],
    versions=[
        ParametersVersionView(
            version=7, published_at=NOW, published_by="calibrate-ratings", observations=12408, pairs=40, untrusted=1
        )
    ],
)


def event_page() -> event.EventPage:
    shown = EventView(
        event_id="evt_12345",
        employee_id="joe@example.com",
        employee_name="Joe Smith",
        kind="validation",
        source="voice-roleplay",
        source_id="evt_12345",
        recording=None,
        notices=[],
        activity="role_play",
        occurred_at=NOW,
        received_at=NOW,
        standing="void",
        superseded=None,
        void=VoidedView(by="ada@example.com", at=NOW, reason="Of somebody else"),
        payload={"event_type": "role_play", "overall_score": 82},
        scores_open_at=None,
        review_id=None,
        deal=None,
    )
    errors = {"reason": "Must have at least 3 characters."}
    return event.EventPage(shown, own=False, may_void=True, errors=errors)


def webhook(**changes: Any) -> SubscriptionView:
    facts: dict[str, Any] = {
        "subscription_id": "s-1", "owner": "voice@demo.iam.gserviceaccount.com", "address": "https://hooks.example/x",
        "event_types": ["skill.changed", "review.decided"], "description": "The role-play platform", "state": "active",
        "paused_because": None, "failing_since": None, "secrets": 2, "created_at": NOW, "changed_at": NOW,
    }  # fmt: skip
    return SubscriptionView(**(facts | changes))


def delivery(state: str, *attempts: AttemptView) -> DeliveryView:
    waits = state == "waiting"
    return DeliveryView(
        delivery_id=f"msg_{state}", subscription_id="s-1", event_type="skill.changed", state=state,
        attempts=list(attempts), attempts_made=len(attempts), created_at=NOW,
        next_attempt_at=NOW if waits else None, finished_at=None if waits else NOW,
    )  # fmt: skip


def webhook_page() -> webhooks.OneWebhook:
    answered = AttemptView(at=NOW, status=204, error=None, latency_ms=31)
    timeout = AttemptView(at=NOW, status=None, error="timeout", latency_ms=15_000)
    deliveries = (
        delivery("waiting", timeout),
        delivery("delivered", timeout, answered),
        delivery("failed", timeout),
        delivery("paused"),
    )
    paused = webhook(state="paused", paused_because="failing", failing_since=NOW)
    return webhooks.OneWebhook(paused, deliveries, "/webhooks/s-1?after=x", "whsec_c2VjcmV0", {}, {"since": "A day."})


PAGES: dict[str, tuple[str, Callable[[], Mapping[str, Any]]]] = {
    "readiness": (
        "readiness/readiness.html",
        lambda: readiness.present(readiness_page(), (), FRAMEWORK.framework_id).variables,
    ),
    "people": ("people/people.html", lambda: people.present(people_page()).variables),
    "profile": ("profile/profile.html", lambda: profile.present(profile_page()).variables),
    "skill_history": (
        "skill_history/skill_history.html",
        lambda: skill_history.present(profile_page(), profile_page().skills[0]).variables,
    ),
    "activity": ("activity/activity.html", lambda: activity.present(activity_page()).variables),
    "skills": ("skills/skills.html", lambda: skills.present(catalogue_page()).variables),
    "learners": ("learners/learners.html", lambda: learners.present(learners_page()).variables),
    "invitation": ("invitation/invitation.html", lambda: invitation.present(invitation_page()).variables),
    "invitation_choice": (
        "invitation/choice.html",
        lambda: invitation.present_choice(invitation.Choice(STANDARDS.standards[0].versions, "ST9901@1.0")).variables,
    ),
    "evidence_behind": (
        "evidence_behind/evidence_behind.html",
        lambda: evidence_behind.present(evidence_behind_page()).variables,
    ),
    "authorisations": (
        "authorisations/authorisations.html",
        lambda: authorisations.present(authorisations_page()).variables,
    ),
    "learner": ("learner/learner.html", lambda: learner.present(learner_page()).variables),
    "lessons": ("lessons/lessons.html", lambda: lessons.present_list(LESSONS).variables),
    "lesson": ("lessons/lesson.html", lambda: lessons.present(LESSON).variables),
    "coach": ("coach/coach.html", lambda: coach.present(OVERVIEW).variables),
    "hand_overs": ("hand_overs/hand_overs.html", lambda: hand_overs.present(HAND_OVERS).variables),
    "standards": ("standards/standards.html", lambda: standards.present(STANDARDS).variables),
    "standards_import": (
        "standards_import/upload.html",
        lambda: (
            standards_import.present_form(
                standards_import.Upload(["The file is not all of plans.", "Plan 2, version: is not as it has to be."])
            ).variables
        ),
    ),
    "standards_file": (
        "standards_import/preview.html",
        lambda: standards_import.present(standards_preview()).variables,
    ),
    "standard": ("standard/standard.html", lambda: standard.present(standard_page()).variables),
    "skill": ("skill/skill.html", lambda: skill.present(skill_page()).variables),
    "rule": ("rule/rule.html", lambda: rule.present(rule_page()).variables),
    "preview": ("rule/preview.html", lambda: preview.present(preview_page()).variables),
    "dimensions": (
        "dimensions/dimensions.html",
        lambda: dimensions.present(dimensions.Dimensions(FRAMEWORK, True)).variables,
    ),
    "audit": ("audit/audit.html", lambda: audit.present(audit_page()).variables),
    "health": ("health/health.html", lambda: health.present(HEALTH, WAITING, NOW).variables),
    "calibration": ("calibration/calibration.html", lambda: calibration.present(CALIBRATION).variables),
    "team": ("team/team.html", lambda: team.present(TEAM, NOW).variables),
    "assignment_rules": (
        "assignment_rules/assignment_rules.html",
        lambda: assignment_rules.present(RULES_OF_ASSIGNMENTS).variables,
    ),
    "preparation": ("preparation/preparation.html", lambda: preparation.present(PREPARATION).variables),
    "pipeline": ("pipeline/pipeline.html", lambda: pipeline.present(PIPELINE, NOW).variables),
    "observe": ("observe/learners.html", lambda: observe.present_list(LEARNERS).variables),
    "observation": ("observe/observe.html", lambda: observe.present(score_form()).variables),
    "verify": ("verify/apprentices.html", lambda: verify.present_list(LEARNERS).variables),
    "verification": ("verify/verify.html", lambda: verify.present(score_form(verified=True)).variables),
    "evidence": ("evidence/evidence.html", lambda: evidence.present(evidence_page()).variables),
    "hold_out": ("hold_out/hold_out.html", lambda: hold_out.present(TRIAL).variables),
    "quarantine": ("quarantine/quarantine.html", lambda: {"items": (QUARANTINED,), "more": None}),
    "quarantined": ("quarantine/quarantined.html", lambda: quarantine.present(INPUT, confirm=True).variables),
    "dead_letters": ("dead_letters/dead_letters.html", lambda: {"full": False, "letters": [LETTER], "to": ["ingest"]}),
    "dead_letter": ("dead_letters/dead_letter.html", lambda: dead_letters.present(LETTER).variables),
    "held": ("held/held.html", lambda: held.present(held_page()).variables),
    "event": ("event/event.html", lambda: event.present(event_page()).variables),
    "field": ("field/field.html", lambda: field.present(field_page()).variables),
    "calls": ("calls/calls.html", lambda: calls.present(calls_page()).variables),
    "call": ("call/call.html", lambda: call.present(call_page()).variables),
    "call_analyses": (
        "call_analyses/call_analyses.html",
        lambda: call_analyses.present(period_page()).variables,
    ),
    "reviews": ("reviews/reviews.html", lambda: reviews.present(reviews_page()).variables),
    "own-scores": ("review/own_scores.html", lambda: view.present_covered(covered_page()).variables),
    "review": ("review/review.html", lambda: view.present(review_page()).variables),
    "analysts": ("analysts/analysts.html", lambda: analysts.present(analysts_page()).variables),
    "notifications": (
        "notifications/notifications.html",
        lambda: notifications.present(notifications_page()).variables,
    ),
    "integrations": ("integrations/integrations.html", lambda: integrations.present(integrations_page()).variables),
    "transcript": ("transcript/transcript.html", lambda: words_page.present(transcript_page()).variables),
    "transcript_refused": ("transcript/transcript.html", lambda: words_page.present(refused_transcript()).variables),
    "samples": ("samples/samples.html", lambda: samples.present(samples_page()).variables),
    "access": ("access/access.html", lambda: access.present(access_page()).variables),
    "identity": ("identity/identity.html", lambda: identity.present(identity_page()).variables),
    "erasures": ("erasures/erasures.html", lambda: erasures.present(erasures_page()).variables),
    "webhooks": (
        "webhooks/webhooks.html",
        lambda: webhooks.present_list([webhook(), webhook(failing_since=NOW)], {}, {"address": "No."}).variables,
    ),
    "webhook": ("webhooks/webhook.html", lambda: webhooks.present_one(webhook_page()).variables),
    "sign_in": ("shell/sign_in.html", lambda: {"view": sign_in_page()}),
    "problem": (
        "shell/problem.html",
        lambda: {
            "view": doors.Problem(
                404, "There is no such page", "The address may be old, or the page may not be yours to see."
            )
        },
    ),
}
"""Page → (template, its variables)."""

WITHOUT_SESSION = frozenset({"sign_in", "problem"})
