"""Names what somebody wants of the coach, by rules; a language model may only choose among the names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from shared.coaching.domain.safety import KINDS, Reader, Weigher

Intent = Literal[
    "whats_next",
    "quiz_me",
    "answer",
    "explain",
    "log_evidence",
    "log_hours",
    "progress",
    "talk_to_mentor",
    "stop",
    "start",
    "help",
    "other",
]
INTENTS: Final[tuple[Intent, ...]] = get_args(Intent)
Refusal = Literal["others_data", "permit_shortcut", "injection", "off_topic"]
REFUSALS: Final[tuple[Refusal, ...]] = get_args(Refusal)
Outcome = Literal["answer", "refuse", "hand_over"]


@dataclass(frozen=True, slots=True)
class Understood:
    """Says what a message is. refusal: why the coach does not do it; to_mentor: a person has to answer it"""

    intent: Intent
    refusal: Refusal | None = None
    to_mentor: bool = False

    @property
    def outcome(self) -> Outcome:
        """Returns what happens: refused, handed to the mentor or answered."""
        if self.refusal is not None:
            return "refuse"
        return "hand_over" if self.to_mentor or self.intent == "talk_to_mentor" else "answer"


SURE: Final = 0.75
"""The share from which on the weights win over a rule; between two answers the rule, which is more exact, decides."""
SURE_TO_ANSWER: Final = 0.9
"""The same where a rule would not answer, and the weights would."""
_ELSE: Final = "refuse:off_topic"


def understood(text: str, reader: Reader, weigher: Weigher | None = None) -> Understood:
    """Returns what a message is, danger aside: what a rule knows, unless the weights are sure of something else.

    Without a rule, the weights decide.

    What neither knows is off the topic: it is declined with what the coach can do.
    """
    rule = reader.first(text)
    if weigher is None:
        return understood_as(_ELSE if rule is None else rule.outcome)
    shares = weigher.shares(weigher.words_of(text))
    safe = {name: share for name, share in shares.items() if name not in KINDS}
    name = max(safe, key=safe.__getitem__)
    share = safe[name] / sum(safe.values())
    if rule is not None and (share < (SURE_TO_ANSWER if _answers(name) else SURE) or _both_do_one(name, rule.outcome)):
        return understood_as(rule.outcome)
    return understood_as(_ELSE if name == "other" else name)


def _answers(name: str) -> bool:
    return name in INTENTS


def _both_do_one(one: str, other: str) -> bool:
    """Tells whether two outcomes are both answered, or both a person's; then the rule names it more exactly."""
    return (_answers(one) and _answers(other)) or {one, other} == {"hand_over", "talk_to_mentor"}


def understood_as(name: str) -> Understood:
    """Returns what an outcome's name stands for: an intent, `refuse:` with a reason, or `hand_over`.

    Also what a language model chose, which is held to the same names. Raises ValueError for any other.
    """
    if name == "hand_over":
        return Understood("other", to_mentor=True)
    refusal = next((one for one in REFUSALS if name == f"refuse:{one}"), None)
    if refusal is not None:
        return Understood("other", refusal=refusal)
    intent = next((one for one in INTENTS if one == name), None)
    if intent is None:
        raise ValueError(f"{name!r} is no intent; accepted: {', '.join(INTENTS)}, hand_over, refuse:REASON")
    return Understood(intent)
