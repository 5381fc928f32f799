"""A short sales call to build tests on, and answers about it as a language model would write them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from shared.analysts.ports.language_model import Completion
from shared.conversations.domain.conversation import Affiliation, Conversation, Party, Turn
from shared.conversations.domain.cost import Usage
from shared.frameworks.domain.framework import Framework, framework_from_dict

FRAMEWORKS = Path(__file__).parents[2] / "infra" / "frameworks"
SELLER, BUYER = "7001", "7002"

SAID = (
    (SELLER, "Hi Ada, thanks for making the time. What made you write to us?"),
    (BUYER, "Builds wait two hours in the queue, every single day."),
    (SELLER, "Two hours.\nWho feels that first, and what does one of those days cost you?"),
    (BUYER, "The mobile team. They lose a release a week, so roughly forty thousand a month."),
    (SELLER, "So if the queue went down to ten minutes, you’d have that release back."),
    (BUYER, "We would. But I worry about the keys, our security team turns everything down."),
    (SELLER, "That is fair. What exactly did they turn down last time, the key handling or the hosting?"),
    (BUYER, "The keys. They want to hold them themselves."),
    (SELLER, "Then let us bring Piet in on Thursday at ten, I send the key management paper before that."),
    (BUYER, "Thursday at ten works for us."),
)


@cache
def framework() -> Framework:
    return framework_from_dict(yaml.safe_load((FRAMEWORKS / "sales_engineering.yaml").read_text()))


def call(said: Sequence[tuple[str, str]] = SAID, *, medium: str = "call") -> Conversation:
    """The turns one after the other, three words a second."""
    turns, at = [], 0
    for speaker, text in said:
        end = at + 333 * max(1, len(text.split()))
        turns.append(Turn(speaker, at, end, text))
        at = end + 300
    parties = (
        Party(SELLER, "Robin Vale", "robin@ours.example", Affiliation.INTERNAL),
        Party(BUYER, "Ada Brook", "ada@theirs.example", Affiliation.EXTERNAL),
    )
    return Conversation("4711", None, at, parties, tuple(turns), medium)  # type: ignore[arg-type]


def score(
    competency: str = "discovery",
    points: Any = 80,
    *quotes: tuple[int, str],
    confidence: Any = 0.8,
    measured: str = "none",
    reason: str = "Asks what it costs.",
) -> dict[str, Any]:
    """One entry of an answer's scores."""
    return {
        "competency": competency,
        "score": points,
        "confidence": confidence,
        "quotes": [{"turn": turn, "words": words} for turn, words in quotes],
        "measured": measured,
        "reason": reason,
    }


COST = (2, "what does one of those days cost you")
STEP = (8, "let us bring Piet in on Thursday at ten")


def answer(
    *scores: Mapping[str, Any], not_observed: Sequence[Mapping[str, str]] = (), deal: Mapping[str, Any] | None = None
) -> str:
    """A whole answer."""
    nothing: dict[str, Any] = {"industry": None, "deal_size": None, "buyer_personas": [], "products": []}
    return json.dumps({"scores": list(scores), "not_observed": list(not_observed), "deal": {**nothing, **(deal or {})}})


def completion(text: str, stop_reason: str = "end_turn") -> Completion:
    return Completion(text, stop_reason, "claude-sonnet-5-5", Usage(input_tokens=100, output_tokens=10))
