"""Stops a chat, and asks back first where it is not certain that it has to be: yes stops it, no answers what was meant.

A question that nobody answers in time is a person's: silence after what may be danger is no `no`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from shared.coaching.domain.conversation import Answered, Context, Doubt, State
from shared.coaching.domain.doubt import ANSWERED_WITHIN, PRESSED, Reply, buttons_of, gravest, pressed_in
from shared.coaching.domain.hand_over import Reason
from shared.coaching.domain.inbound import InboundMessage
from shared.coaching.domain.outbound import Content
from shared.coaching.domain.replies import Replies
from shared.coaching.domain.safety import StopKind
from shared.coaching.records.doubts import doubt_id_of
from shared.coaching.usecases.hand_over import HandOvers
from shared.coaching.usecases.tell_answerer import Said
from shared.coaching.usecases.turn import Turn, words_of

Leads: TypeAlias = Callable[[Doubt], Answered]
"""Returns what the message of a doubt leads to, where it is harmless."""
_GRAVEST_FIRST: Final[Sequence[Reply]] = ("danger", "person", "harmless")
STOPPED: Final = State("stopped")


@dataclass(frozen=True, slots=True)
class Taken:
    """Holds what somebody answered, about which doubts.

    beside: what they wrote after a yes or no; late: in writing, after whoever answers was told
    """

    reply: Reply
    doubts: Sequence[Doubt]
    beside: str = ""
    late: bool = False


class AskBack:
    """Stops, asks, and takes what is answered. Every method that tells a person may raise Retryable."""

    def __init__(self, hand_overs: HandOvers, replies: Replies) -> None:
        self._hand_overs = hand_overs
        self._replies = replies

    def stop(self, turn: Turn | None, context: Context, kind: StopKind) -> Answered:
        """Stops at a message; what was asked about before it goes to the same person. turn: None for a stranger"""
        doubts = [one for one in context.doubts if one.open]
        before = " … ".join(words_of(one.message) for one in doubts if one.message is not None)
        said = None if turn is None else turn.said
        if said is not None and before:
            said = replace(said, text=self._replies.text("said_before", text=said.text, before=before))
        decided = tuple(one.decided("stopped", context.now) for one in doubts)
        return replace(self._stopped(turn, kind, said), doubts=decided)

    def ask(
        self, turn: Turn | None, state: State, message: InboundMessage, context: Context, kind: StopKind
    ) -> Answered:
        """Asks about a message that may tell of danger; where something was asked before it was written, stops."""
        asked = [one.kind for one in context.doubts if one.open and one.asked_at < message.at]
        if asked:
            return self.stop(turn, context, gravest([kind, *asked]))
        doubt = Doubt(
            doubt_id=doubt_id_of(message.wamid),
            kind=kind,
            learner=None if turn is None else turn.learner,
            asked_at=context.now,
            due_at=context.now + ANSWERED_WITHIN,
            message=message,
            state=state,
            media=context.media,
            evidence_id=context.evidence_id,
        )
        return Answered((self._question(doubt),), state, doubts=(doubt,))

    def answered_in(self, message: InboundMessage, context: Context) -> Taken | None:
        """Returns what a message answers; None for one that is no answer to what was asked.

        What was not answered in time may be answered later, as it says.
        """
        pressed = pressed_in(message.payload_id)
        if pressed is not None:
            about = [one for one in context.doubts if one.doubt_id == pressed[0]]
            return Taken(pressed[1], about) if about else None
        if message.kind != "text" or message.payload_id is not None:
            return None
        asked = [one for one in context.doubts if one.asked_at < message.at]
        in_time = self._written_about(message.text, [one for one in asked if one.open])
        if in_time is not None:
            return in_time
        late = self._written_about(message.text, [one for one in asked if one.lapsed])
        return None if late is None else replace(late, late=True)

    def answers_danger(self, message: InboundMessage, doubts: Sequence[Doubt]) -> bool:
        """Tells whether a message answers that there is danger, or that a person is wanted. doubts: that are open"""
        pressed = pressed_in(message.payload_id)
        if pressed is not None:
            return pressed[1] != "harmless"
        taken = self.answered_in(message, Context(None, message.at, doubts=tuple(doubts)))
        return taken is not None and taken.reply != "harmless"

    def _written_about(self, text: str, doubts: Sequence[Doubt]) -> Taken | None:
        said = [(one, self._written(text, one)) for one in doubts]
        for reply in _GRAVEST_FIRST:
            about = [one for one, found in said if found == reply]
            if about:
                titled = self._replies.pressed(text) is not None
                return Taken(reply, about, "" if titled else self._replies.yes_and_no.beside(text))
        return None

    def _written(self, text: str, doubt: Doubt) -> Reply | None:
        """Returns what somebody answers who writes yes, no, or what stands on a button below the question."""
        title = self._replies.pressed(text)
        below = {one.partition(":")[0] for one in buttons_of(doubt)}
        return PRESSED[title] if title in below else self._replies.yes_and_no.written(text, doubt.kind)

    def take(
        self, turn: Turn | None, state: State, message: InboundMessage, context: Context, taken: Taken
    ) -> Answered:
        """Returns what an answer leads to that is no plain `no` (see `let_pass`)."""
        first = taken.doubts[0]
        kind = gravest([one.kind for one in taken.doubts])
        if taken.reply == "harmless":
            return self._no_late(turn, state, message, first)
        texts = [words_of(one.message) for one in taken.doubts if one.message is not None]
        name = _about(f"asked_{taken.reply}", kind) if taken.reply == "danger" else f"asked_{taken.reply}"
        text = self._replies.text(name, text=" … ".join(texts) or words_of(message))
        wamid = message.wamid if first.message is None else first.message.wamid
        stopped = self._stopped(turn, kind, Said(wamid, text, message.at))
        return replace(stopped, doubts=tuple(one.decided(taken.reply, context.now) for one in taken.doubts))

    def let_pass(self, state: State, context: Context, taken: Taken, leads: Leads) -> Answered:
        """Returns what the messages lead to that are no danger, each as if it had just been written."""
        contents: list[Content] = []
        after, chosen = state, None
        for one in taken.doubts:
            led = leads(one)
            contents.extend(led.contents or (self._replies.say("with_a_person", "back_to_coach"),))
            after = after if led.state == one.state else led.state
            chosen = led.chosen or chosen
        decided = tuple(one.decided("harmless", context.now) for one in taken.doubts)
        return Answered(tuple(contents), after, chosen, decided)

    def again(self, state: State, taken: Taken) -> Answered:
        """Asks once more, where an answer may have been meant for something else."""
        return Answered((self._question(taken.doubts[-1]),), state)

    def still_asked(self, led: Answered, context: Context) -> Answered:
        """Returns what something else leads to, and the question again while nobody has answered it."""
        asked = [one for one in context.doubts if one.open]
        if not asked or not led.contents:
            return led
        return replace(led, contents=(*led.contents, self._question(asked[-1])))

    def lapsed(self, doubt: Doubt, context: Context) -> Answered:
        """Hands to a person what nobody has answered in time."""
        decided = doubt.decided("no_answer", context.now)
        if doubt.learner is None or doubt.message is None:
            return Answered((), doubt.state, doubts=(decided,))
        text = self._replies.text(_about("asked_no_answer", doubt.kind), text=words_of(doubt.message))
        told = self._told(doubt.learner, "unanswered", Said(doubt.message.wamid, text, doubt.message.at))
        content = self._replies.say(_about("not_answered", doubt.kind), *buttons_of(doubt), told=told)
        return Answered((content,), doubt.state, doubts=(decided,))

    def _no_late(self, turn: Turn | None, state: State, message: InboundMessage, doubt: Doubt) -> Answered:
        """Returns what a `no` leads to about what is decided already: whoever has taken over is told it."""
        present = None if turn is None else self._hand_overs.open_of(turn.learner)
        if turn is None or present is None or doubt.outcome == "harmless":
            return Answered((self._replies.say("asked_over", "whats_next", "quiz_me", "talk_to_mentor"),), state)
        late = self._replies.text(_about("asked_late", doubt.kind))
        told = self._told(turn.learner, present.reason, Said(message.wamid, late, message.at))
        return Answered((self._replies.say("no_after_all", "back_to_coach", told=told),), state)

    def _question(self, doubt: Doubt) -> Content:
        words = "ask_self_harm" if doubt.kind == "self_harm" else "ask_danger"
        return self._replies.say(words, *buttons_of(doubt))

    def _stopped(self, turn: Turn | None, kind: StopKind, said: Said | None) -> Answered:
        if turn is None or said is None:
            return Answered((self._stop_words(kind, self._replies.text("told_nobody")),), STOPPED)
        content = self._stop_words(kind, self._told(turn.learner, kind, said))
        return turn.answered(Content(content.body, self._replies.offered("back_to_coach")), state=STOPPED)

    def _told(self, learner: str, reason: Reason, said: Said) -> str:
        """Hands a learner over; returns what they are told of that."""
        opened = self._hand_overs.open(learner, reason, said)
        name = self._hand_overs.answerer(opened)
        return self._replies.text("told_many") if name is None else self._replies.text("told_one", name=name)

    def _stop_words(self, kind: StopKind, told: str) -> Content:
        closing = self._replies.text("closing", told=told)
        return Content(self._replies.text(f"stop_{kind}", closing=closing, told=told))


def _about(name: str, kind: StopKind) -> str:
    """Returns the name of a sentence: of what was asked about self-harm there are others than of danger at work."""
    return f"{name}_self_harm" if kind == "self_harm" else name
