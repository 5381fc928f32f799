"""View models of evidence, with every state that its pages show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import yaml

from functions.portal.evidence.page import EvidencePage
from functions.portal.observe.page import Learners
from functions.portal.observe.score_form import ScoreForm
from infra.frameworks.shipped import framework_file
from shared.evidence.contract import EvidenceView, PerformanceView, SeenView
from shared.evidence.domain.evidence_kind import Kind
from shared.evidence.usecases.record_performance import is_for
from shared.evidence.usecases.score_sheets import ScoreSheet
from shared.frameworks.domain.framework import framework_from_dict
from shared.people.records import Employee

NOW = datetime(2026, 11, 24, 9, 41, tzinfo=UTC)
SAM, MO, EM = "sam@example.com", "mo@example.com", "em@partner.example"
JOINTING = framework_from_dict(yaml.safe_load(framework_file("cable_jointing_demo").read_text("utf-8")))
LEARNER = Employee(
    employee_id=SAM, name="Sam Low", framework_id=JOINTING.framework_id, zone="Europe/London", updated_at=NOW
)
LEARNERS = Learners([(SAM, "Sam Low"), ("ana@example.com", "Ana High")])


def score_form(*, verified: bool = False) -> ScoreForm:
    """A form that could not be taken: its photo is kept."""
    kind: Kind = "verification" if verified else "observation"
    competencies = [one for one in JOINTING.competencies if is_for(kind, one)]
    sheet = ScoreSheet(LEARNER, JOINTING.name, True, competencies, JOINTING.dimensions)
    first = competencies[0].competency
    entered = {"observed_at": "2026-11-24T09:41", f"level-{first}": "75", f"words-{first}": "Unasked, twice"}
    errors = {"supervision": "Must be one of supervised, alone."}
    return ScoreForm(sheet, f"/people/{SAM}/{kind}", "key-1", "Europe/London", entered, errors, "photo-1")


def item(number: int, kind: str, **more: object) -> EvidenceView:
    """One item; by default a photo that is kept."""
    known: dict[str, object] = {
        "evidence_id": f"e{number}",
        "employee_id": SAM,
        "recorded_by": SAM,
        "recorded_by_role": "employee",
        "kind": kind,
        "captured_at": NOW - timedelta(hours=number + 1),
        "received_at": NOW - timedelta(hours=number),
        "media_type": "image/jpeg",
        "claimed_type": "image/jpeg",
        "content_bytes": 2_400_000,
        "sha256": "ab" * 32,
        "caption": None,
        "competencies": [],
        "lesson_id": None,
        "content": "kept",
        "removed_at": None,
        "removed_because": None,
        "performance": None,
    }
    return EvidenceView.model_validate({**known, **more})


def performance(*, verified: bool = False, **more: object) -> PerformanceView:
    """What was seen."""
    competency = "B1" if verified else "S1"
    known: dict[str, object] = {
        "observed_at": NOW,
        "version": 1,
        "scores": [SeenView(competency=competency, level=75, words="Unasked, twice")],
        "context": {} if verified else {"voltage": ["11kv"], "environment": ["confined_space"]},
        "supervision": None if verified else "supervised",
        "words": "A tidy trench",
        "photos": [] if verified else ["e2"],
        "event_id": "f1",
        "standing": "counted",
    }
    return PerformanceView.model_validate({**known, **more})


def evidence_page() -> EvidencePage:
    """A learner's evidence as an administrator sees it."""
    seen = performance()
    items = (
        item(1, "observation", recorded_by=MO, recorded_by_role="mentor", performance=seen),
        item(2, "photo", caption="The joint before the resin", competencies=["S3"]),
        item(3, "voice", media_type="audio/mp4", caption=None),
        item(4, "verification", recorded_by=EM, performance=performance(verified=True, standing=None, version=2)),
        item(5, "photo", content="removed", removed_at=NOW, removed_because="withdrawn"),
        item(6, "note", media_type="text/plain", content_bytes=812, captured_at=None),
    )
    levels = {(one.competency, start): said for one in JOINTING.competencies for start, said in one.rubric}
    names = {SAM: "Sam Low", MO: "Mo Mentor", EM: "Em Ployer"}
    more = f"/people/{SAM}/evidence?after=2026-11-23T07:41:00+00:00~e6"
    return EvidencePage(SAM, items, names, levels, more, withdraws=True, address=f"/people/{SAM}/evidence")
