"""Answers an accepted event: what it changes in the ratings of a person, and what they might do next.

What comes out is the contract's ValidationAnswer, FieldAnswer or LearningAnswer, as JSON. It is written for every event
and only ever read whole, so no model is made of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import orjson

from shared.intake.usecases.skill_updates import ChangedRow, Skill
from shared.kernel.context import decode_skill, encode_skill
from shared.kernel.ids import digest
from shared.kernel.json_values import Json
from shared.observations.contract import LearningActivity, ValidationEvent
from shared.observations.domain.waiting import WAITS
from shared.observations.usecases.interpret import Interpreted, Sent, notices
from shared.ratings.domain.explanation import points
from shared.ratings.domain.gaps import Recommendation
from shared.ratings.domain.skill_rating import SkillRating

SUPERSEDED = "superseded: "
"""What the notice begins with that says why an event counts nowhere."""
VOID = "void: "
"""Likewise, of an event that was taken out."""


@dataclass(frozen=True, slots=True)
class Change:
    """Holds what an event makes of the skills that it is about. updates: see `skill_updates`

    unmapped: (id, reason) by the words that the framework does not know
    noticed:  what is odd about it, in sentences: unknown values of contexts, what is perhaps the same call
    """

    skills: Sequence[Skill]
    after: Mapping[Skill, SkillRating]
    updates: Sequence[ChangedRow]
    recommended: Sequence[Recommendation]
    unmapped: Mapping[str, tuple[str, str]]
    noticed: Sequence[str] = ()


_Answer: TypeAlias = "dict[str, Json | Sequence[ChangedRow]]"


def answer_text(sent: Sent, event: Interpreted, change: Change, superseded: str | None) -> str:
    """Returns the answer to a new event. superseded: why another about the same counts; None where this one does"""
    body = sent.body
    answer = _learning(body, event, change) if isinstance(body, LearningActivity) else _scored(body, event, change)
    unmapped = [
        {"held_id": held_id, "competency": word, "reason": why} for word, (held_id, why) in change.unmapped.items()
    ]
    waiting = [_waiting(event.event_id, score.competency, reason) for score, reason in event.waiting]
    answer |= {
        "event_id": event.public_id,
        "standing": "superseded" if superseded else event.observation.standing,
        "duplicate": False,
        "held": [*unmapped, *waiting],
        "notices": [*notices(sent), *change.noticed, *([f"{SUPERSEDED}{superseded}"] if superseded else [])],
        "unrecognised_fields": body.unrecognised,
    }
    return orjson.dumps(answer).decode()


def answer_void(text: str, reason: str) -> str:
    """Returns the answer to an event whose void came before it. text: what it would have been answered with"""
    first = orjson.loads(text)
    lists = [name for name, value in first.items() if isinstance(value, list) and name != "unrecognised_fields"]
    now = {"standing": "void", "notices": [f"{VOID}{reason}; it was void before it came"]}
    return orjson.dumps(first | {name: [] for name in lists} | now).decode()


def answer_again(text: str, event: Interpreted, superseded: str | None, void: str | None = None) -> str:
    """Returns the first answer as it is given to the same event another time, with how the event stands by now.

    superseded: as in `answer_text`; void: why it was taken out, None for what was not. Answers of before 2026-11-29
    name neither the event nor, mostly, its standing
    """
    first = orjson.loads(text)
    standing, own = first.get("standing", event.observation.standing), event.observation.standing
    said = [notice for notice in first["notices"] if not notice.startswith(SUPERSEDED)]
    by_now = own if standing == "superseded" else standing
    if void is not None:
        by_now = "void"
        said.append(f"{VOID}{void}; posting it again does not make it count: post it under a new id")
    elif superseded:
        by_now = "superseded"
        said.append(f"{SUPERSEDED}{superseded}")
    now = {
        "event_id": first.get("event_id", event.public_id),
        "employee_id": event.employee_id,
        "standing": by_now,
        "duplicate": True,
        "notices": said,
    }
    return orjson.dumps(first | now).decode()


def _waiting(event_id: str, competency: str, reason: str) -> dict[str, Json]:
    return {
        "held_id": digest("review", event_id, competency),
        "competency": competency,
        "reason": f"{WAITS[reason]}: it counts once a person has confirmed or corrected it",
    }


def _scored(body: object, event: Interpreted, change: Change) -> _Answer:
    identity: dict[str, str] = (
        {"validation_id": event.public_id} if isinstance(body, ValidationEvent) else {"observation_id": event.public_id}
    )
    return {
        **identity,
        "employee_id": event.employee_id,
        "skill_updates": change.updates,
        "next_recommended_activities": [
            {
                "activity_type": item.scenario.activity_type,
                "scenario_id": item.scenario.scenario_id,
                "title": item.scenario.title,
                "reason": item.reason,
            }
            for item in change.recommended
        ],
    }


def _learning(body: LearningActivity, event: Interpreted, change: Change) -> _Answer:
    reasons = {(item.competency, encode_skill(item.context)): item.reason for item in change.recommended}
    done = body.completed_at is not None or body.completion_percentage >= 100
    source = body.activity_type.replace("_", " ")
    return {
        "activity_id": event.public_id,
        "employee_id": event.employee_id,
        "status": "completed" if done else "in_progress",
        "skill_updates": change.updates,
        "skill_impact": [_impact(skill, change.after[skill], reasons.get(skill)) for skill in change.skills],
        "next_steps": [
            {
                "activity_type": item.scenario.activity_type,
                "scenario": item.scenario.scenario_id,
                "title": item.scenario.title,
                "reason": f"Validate learning from {source}: {item.reason[0].lower()}{item.reason[1:]}",
            }
            for item in change.recommended
        ],
    }


def _impact(skill: Skill, row: SkillRating, reason: str | None) -> dict[str, Json]:
    # A learning answer calls a baseline "low", where a profile, which waits for evidence, says "unknown".
    confidence = "low" if row.rating is None and row.preliminary is not None else row.confidence
    advice = reason or (
        "Nothing is missing: the skill is validated"
        if row.status == "validated"
        else "Practise to validate the learning"
    )
    return {
        "competency": skill[0],
        "context": _context(skill[1]),
        "current_rating": points(row.rating),
        "preliminary_rating": points(row.preliminary),
        "confidence": confidence,
        "recommendation": advice,
    }


def _context(encoded: str) -> dict[str, str] | None:
    return dict(decode_skill(encoded)) or None
