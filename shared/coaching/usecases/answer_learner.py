"""Lets whoever answers learners in the coach's place do that from WhatsApp: what they write there goes to the learner.

What they write is not looked at for danger: they are whom danger is told to, and speak of it.
"""

from __future__ import annotations

from typing import Final

from shared.coaching.domain.conversation import Answered, State, awaited, waiting
from shared.coaching.domain.hand_over import Outcome, is_safety
from shared.coaching.domain.outbound import Button, Content
from shared.coaching.domain.replies import Replies
from shared.coaching.usecases.hand_over import MOST_TEXT, HandOvers, Shown
from shared.coaching.usecases.turn import Turn
from shared.kernel.errors import Conflict, Forbidden, NotFound, Rejected

MOST_OPEN: Final = 9
"""That one list offers."""
OUTCOMES: Final[dict[str, Outcome]] = {
    "close_safe": "safe",
    "close_reported": "reported",
    "close_mistaken": "mistaken",
}


class AnswerLearner:
    """Passes on, and closes."""

    def __init__(self, hand_overs: HandOvers, replies: Replies) -> None:
        self._hand_overs = hand_overs
        self._replies = replies

    def reply(self, turn: Turn) -> Answered | None:
        """Returns what a message leads to that is about somebody who was handed over; None for every other message."""
        if "hand_overs.answer" not in turn.caller.permissions:
            return None
        name, _, which = turn.payload.partition(":")
        if name in ("answer_learner", "close_hand_over", *OUTCOMES):
            return self._pressed(turn, name, which)
        if turn.payload or turn.message.kind == "reaction":
            return None
        begun = self._one(turn, turn.state.about or "") if awaited(turn.state, turn.message) == "relay" else None
        shown = [] if begun else self._hand_overs.of_mentor(turn.caller, MOST_OPEN)
        chosen = begun or self._alone(turn, shown)
        if chosen is not None:
            return self._pass_on(turn, chosen)
        if not shown or turn.message.kind != "text":
            return None
        numbered = enumerate(shown, 1)  # WhatsApp wants titles that differ
        rows = tuple(
            Button(f"answer_learner:{one.hand_over.hand_over_id}", f"{number}. {one.learner}")
            for number, one in numbered
        )
        return turn.answered(Content(self._replies.text("whom"), (*rows, *self._replies.offered("help"))))

    def _alone(self, turn: Turn, shown: list[Shown]) -> Shown | None:
        """Returns the only one who waits; nobody takes the place of whom an answer was begun to."""
        begun = awaited(turn.state, turn.message) == "relay"
        return shown[0] if len(shown) == 1 and not begun else None

    def _one(self, turn: Turn, which: str) -> Shown | None:
        """Returns one that is open and the caller's to answer, however many are; None for every other."""
        try:
            return self._hand_overs.one(turn.caller, which)
        except (Conflict, Forbidden, NotFound):
            return None

    def _pressed(self, turn: Turn, name: str, which: str) -> Answered:
        one = self._one(turn, which)
        if one is None:
            return turn.answered(self._replies.say("gone", "help", "whats_next"))
        if name == "answer_learner":
            content = self._replies.say("answer_now", f"close_hand_over:{which}", name=one.learner)
            return turn.answered(content, state=waiting("relay", turn.now, about=which))
        if name == "close_hand_over" and is_safety(one.hand_over.reason):
            buttons = [f"{outcome}:{which}" for outcome in OUTCOMES]
            return turn.answered(self._replies.say("came_of_it", *buttons, name=one.learner))
        outcome = OUTCOMES.get(name, "answered") if is_safety(one.hand_over.reason) else "answered"
        try:
            self._hand_overs.close(turn.caller, which, outcome)
        except Rejected:  # it has become a stop for safety just now
            return turn.answered(self._replies.say("gone", "help", "whats_next"))
        return turn.answered(self._replies.say("settled", "help", "whats_next", name=one.learner))

    def _pass_on(self, turn: Turn, one: Shown) -> Answered:
        which = one.hand_over.hand_over_id
        state = waiting("relay", turn.now, about=which)
        if turn.message.kind != "text" or not turn.text.strip():
            content = self._replies.say("only_words", f"close_hand_over:{which}", name=one.learner)
            return turn.answered(content, state=state)
        if len(turn.text.strip()) > MOST_TEXT:
            return turn.answered(self._replies.say("too_long", f"close_hand_over:{which}"), state=state)
        try:
            self._hand_overs.reply(turn.caller, which, turn.text, once=turn.message.wamid)
        except (Conflict, NotFound, Forbidden):
            return turn.answered(self._replies.say("gone", "help", "whats_next"), state=State())
        return turn.answered(self._replies.say("passed_on", f"close_hand_over:{which}", name=one.learner), state=state)
