"""What is written of a person has room in one document, where every row changes and is told to each sight, too."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

from shared.frameworks.domain.framework import Dimension
from shared.observations.state_records import StoredState
from shared.observations.usecases.interpret import interpret
from shared.privacy.usecases.first_sight import Closed
from shared.ratings.usecases.ground import Ground
from shared.ratings.usecases.next_ratings import NextRatings
from tests.harness.sent_events import NOON, call, sent_of
from tests.ratings.builders import DEAL_SIZE, PARAMETERS, PERSONA, framework

INDUSTRIES = Dimension("industry", tuple(f"industry-{number}" for number in range(30)))
FRAMEWORK = replace(
    framework(competencies=tuple(f"competency_{number}" for number in range(8))),
    dimensions=(INDUSTRIES, DEAL_SIZE, PERSONA),
)
CONTEXTS = list(product(INDUSTRIES.values, DEAL_SIZE.values, PERSONA.values))
"""180: two calls a day in 90 days, none in the context of another."""
FIRESTORE = 1_048_576


def observed(number: int) -> tuple[str, str]:
    """One call's entry: every competency, in a context of its own."""
    at = NOON - timedelta(hours=10 * number)
    raw = call(f"c{number}", scores=dict.fromkeys(FRAMEWORK.by_competency, 40 + number % 50), at=at)
    industry, size, persona = CONTEXTS[number]
    raw["context"] = {"industry": industry, "deal_size": size, "buyer_persona": persona}
    return interpret(sent_of(raw)).observation.entry()


def size(value: Any) -> int:
    return len(json.dumps(value, default=str, ensure_ascii=False).encode())


def test_a_person_of_two_calls_a_day_has_room_while_every_row_is_told_to_each_sight() -> None:
    entries = dict(observed(number) for number in range(len(CONTEXTS)))
    state = StoredState("joe@example.com", FRAMEWORK.framework_id, entries, collected=False, stamp="1")
    closed = Closed().also(("gong", "c0"), NOON + timedelta(hours=1))

    decided = NextRatings(
        Ground(state, FRAMEWORK, PARAMETERS, NOON, lambda: closed), passing_of_time=False, run_id=None, rated=None
    ).after(None)

    assert decided is not None
    assert decided.written is not None
    written = decided.written.stored()
    assert sorted(key[0] for key in decided.pending) == ["R", "r"]
    assert len(json.loads(str(written["skills"]))) > 900
    assert size(written) < FIRESTORE * 0.8, {name: size(value) for name, value in written.items()}
    assert size(written["others"]) < size(written["skills"]) / 20, "what is the same to each sight is written once"
