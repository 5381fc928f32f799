"""The agreed JSON of the learning routes, kept in memory: what the app is developed against until the real ones serve.

It keeps what a learner sent by its key, so that a test can tell what arrived, how often, and as whose.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from importlib import import_module
from typing import Any

from shared.platform.edges.http import Request, Response
from shared.platform.edges.routes import Contract, Parameter, Routes, Served

BECAUSE = "A cable that was live this morning may be live again."


def lesson(number: int, version: int = 1) -> dict[str, Any]:
    return {
        "lesson_id": f"lesson_{number}",
        "version": version,
        "title": f"Prove the cable dead, part {number}",
        "reason": "hazard_due" if number == 1 else "new",
        "why": "A safety item that is due today." if number == 1 else "Nothing comes before it.",
        "seconds": 88,
        "hazard": number == 1,
        "competencies": ["K2", "S1"],
        "notice": "Not reviewed by a competent person.",
        "clip": None,
        "script": [{"say": "Test the tester on a known source first.", "picture": "tester"}],
        "questions": [
            {
                "question_id": f"q{one}",
                "ask": f"Question {one} of lesson {number}?",
                "options": ["No", "Yes", "Perhaps"],
            }
            for one in (1, 2)
        ],
    }


def question(lesson_number: int, number: int) -> dict[str, Any]:
    ask = f"Question {number} of lesson {lesson_number}?"
    return {"question_id": f"q{number}", "ask": ask, "options": ["No", "Yes", "Perhaps"]}


@dataclass
class Learning:
    """What was received. lessons: as they are in force; kept: answers by person and key"""

    lessons: list[dict[str, Any]] = field(default_factory=lambda: [lesson(one) for one in range(1, 7)])
    kept: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    evidence: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    refuse: set[str] = field(default_factory=set)
    received: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, person: str, answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
        with self.lock:
            return [self._one(person, answer) for answer in answers]

    def _one(self, person: str, answer: dict[str, Any]) -> dict[str, Any]:
        key = answer["key"]
        self.received += 1
        if answer["question_id"] in self.refuse:
            return {"key": key, "status": "refused", "problem": "there is no such question in that version"}
        known = key in self.kept[person]
        arrived = datetime.now(UTC).isoformat()
        self.kept[person].setdefault(key, {**answer, "received_at": arrived})
        told = {"right": answer["option"] == 2, "because": BECAUSE, "marked_against": answer["lesson_version"]}
        return {"key": key, "status": "duplicate" if known else "taken", **told}


api: Routes[Learning] = Routes("learn")
contract = Contract(lambda: import_module("shared.people.contract"))


@api.get("/api/v1/learning/feed", "The own feed", "profile.read")
def get_feed(request: Request, on: Learning) -> Response:
    streak = {"days": 4, "freezes": 1}
    return Response({"as_of": "2026-11-30", "items": on.lessons, "streak": streak, "progress": []})


@api.get("/api/v1/learning/mastery", "The own mastery", "profile.read")
def get_mastery(request: Request, on: Learning) -> Response:
    return Response({"items": [{"code": "K2", "name": "Proving dead", "sentence": "Recalled today with 0.93."}]})


@api.post("/api/v1/learning/answers", "Answers", "profile.read", body=contract.EmployeeChange)
def post_answers(request: Request, on: Learning) -> Response:
    return Response({"results": on.take(request.caller.email, request.json()["answers"])})


@api.post(
    "/api/v1/evidence",
    "Evidence",
    "profile.read",
    body=contract.EmployeeChange,
    query=tuple(Parameter(name, name) for name in ("key", "kind", "captured_at", "caption", "competencies")),
)
def post_evidence(request: Request, on: Learning) -> Response:
    digest = sha256(request.raw).hexdigest()
    with on.lock:
        mine = on.evidence[request.caller.email]
        status = "duplicate" if request.query["key"] in mine else "taken"
        mine.setdefault(request.query["key"], {**request.query, "sha256": digest})
    return Response({"evidence_id": request.query["key"], "sha256": digest, "status": status})


def served(on: Learning) -> list[Served]:
    return api.served(lambda: on)
