"""Answers a message: danger before all else, then what may be danger, then what was chosen, then a person who has taken
over, then the coach.

What an answerer writes to a learner goes there before that, unread.

Everything that it does besides answering carries the message's id, or that of the question, as its key: done again, as
after a crash, it is the same act.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shared.coaching.domain.answer_text import chosen_option
from shared.coaching.domain.asked import answer_in
from shared.coaching.domain.conversation import UNANSWERED, Answered, Context, Doubt, State, awaited, waiting
from shared.coaching.domain.doubt import PRESSED
from shared.coaching.domain.hand_over import Reason
from shared.coaching.domain.hours_text import minutes_in
from shared.coaching.domain.inbound import FILES, FORM, InboundMessage
from shared.coaching.domain.intents import Understood
from shared.coaching.domain.preference import chosen_in
from shared.coaching.domain.replies import Replies
from shared.coaching.domain.safety import Safety, Stop, Unsure
from shared.coaching.records.hand_overs import HandOver
from shared.coaching.usecases.answer_learner import AnswerLearner
from shared.coaching.usecases.ask_back import AskBack, Taken
from shared.coaching.usecases.celebrate import GO_ON
from shared.coaching.usecases.choose_intent import ChooseIntent
from shared.coaching.usecases.hand_over import HandOvers
from shared.coaching.usecases.keep_work import LABEL, KeepWork
from shared.coaching.usecases.teach import Teach
from shared.coaching.usecases.turn import Turn, words_of
from shared.kernel.access import Caller
from shared.kernel.errors import Forbidden, NotFound, Rejected
from shared.people.records import EmployeeRecords

FEW_WORDS: Final = 6
"""Of an answer to what was just asked that says nothing beside it."""
WRITTEN: Final = frozenset({"text", "button", "interactive"})


@dataclass(frozen=True, slots=True)
class Understanding:
    """Holds by what a message is understood."""

    safety: Safety
    choosing: ChooseIntent


@dataclass(frozen=True, slots=True)
class Persons:
    """Holds who learns and who answers them."""

    people: EmployeeRecords
    hand_overs: HandOvers
    answering: AnswerLearner


class ConversationCoach:
    """Answers learners, and those who answer them."""

    def __init__(
        self, understanding: Understanding, persons: Persons, teach: Teach, work: KeepWork, replies: Replies
    ) -> None:
        self._understanding = understanding
        self._persons = persons
        self._asking = AskBack(persons.hand_overs, replies)
        self._teach = teach
        self._work = work
        self._replies = replies

    def reply(self, state: State, message: InboundMessage, context: Context) -> Answered:
        """Returns the answers, and where the conversation stands after them. Raises Retryable.

        Words of danger win over every state, over STOP, and over whoever is writing to them, known or not; what may be
        danger is asked about before it is answered. Two things are not looked at for it: our own words, pressed or
        written as they stand on a button, and what an answerer passes on. A lesson's title tells of no danger where
        nothing but what is wanted of it stands beside it.
        """
        if message.called in UNANSWERED:
            return Answered((), state)
        turn, chosen = self._turn(state, message, context), chosen_in(message)
        if turn is not None and chosen is None:
            passed = self._persons.answering.reply(turn)
            if passed is not None:
                return passed
        found = None if _is_pressed(message) else self._understanding.safety.judged(words_of(message))
        if isinstance(found, Stop):
            return self._asking.stop(turn, context, found.kind)
        taken = self._asking.answered_in(message, context)
        if taken is not None and not (taken.late and turn is not None and self._is_expected(turn)):
            if taken.reply == "harmless" and all(one.open for one in taken.doubts):
                return self._asking.let_pass(state, context, taken, lambda one: self._as_meant(one, context))
            if self._wants_something(taken):
                return self._asking.again(state, taken)
            return self._asking.take(turn, state, message, context, taken)
        if isinstance(found, Unsure) and chosen is None and (turn is None or not self._is_expected(turn)):
            return self._asking.ask(turn, state, message, context, found.kind)
        led = self._chosen(message) or self._unless_a_person_speaks(state, turn, context)
        return self._asking.still_asked(led, context)

    def lapsed(self, doubt: Doubt, context: Context) -> Answered:
        """Returns what is written where nobody has answered what the coach asked back. Raises Retryable."""
        return self._asking.lapsed(doubt, context)

    def _wants_something(self, taken: Taken) -> bool:
        """Tells whether a yes stands before a plain request (`aye what's next`) and may be no answer at all."""
        wanted = self._understanding.choosing.by_rules(taken.beside) if taken.beside else None
        served = wanted is not None and wanted.outcome == "answer"
        return served and self._understanding.safety.judged(taken.beside) is None

    def _is_expected(self, turn: Turn) -> bool:
        """Tells whether a message is what stands on a button of ours, asks for a lesson by its title, or says in few
        words what the coach has just asked."""
        what = awaited(turn.state, turn.message)
        if turn.payload or self._wanted_of_a_lesson(turn) is not None:
            return True
        if what is None or len(turn.text.split()) > FEW_WORDS:
            return False
        asked = turn.state.asked
        try:
            if what == "answer" and asked is not None:
                return chosen_option(turn.text, self._teach.options_of(turn, asked)) is not None
            return (
                self._work.names(turn)
                if what == "label"
                else what == "hours" and minutes_in(turn.text, asked=True) is not None
            )
        except Rejected:
            return False

    def _wanted_of_a_lesson(self, turn: Turn) -> tuple[str, str] | None:
        """Returns what is wanted of a lesson that is named by its whole title, and its id: to explain it, or to be
        asked about it; None where anything else is said beside the title."""
        try:
            named = self._teach.named(turn)
        except Rejected:
            return None
        wanted = None if named is None else self._understanding.choosing.by_rules(named[1])
        if named is None or wanted is None or len(named[1].split()) > FEW_WORDS:
            return None
        asks = wanted.intent in ("explain", "quiz_me") and self._understanding.safety.judged(named[1]) is None
        return (wanted.intent, named[0]) if asks else None

    def _as_meant(self, doubt: Doubt, context: Context) -> Answered:
        """Returns what a message leads to that was asked about and is harmless."""
        assert doubt.message is not None
        turn = self._turn(
            doubt.state, doubt.message, replace(context, media=doubt.media, evidence_id=doubt.evidence_id)
        )
        return self._chosen(doubt.message) or self._unless_a_person_speaks(doubt.state, turn, context)

    def is_urgent(self, message: InboundMessage, doubts: Sequence[Doubt]) -> bool:
        """Tells whether a message tells of danger, or answers so what was asked; of what an answerer writes, too.

        What may be danger is, too, but below a file: what is asked about a file is asked when it is there.
        """
        if message.called in UNANSWERED:
            return False
        if self._asking.answers_danger(message, doubts):
            return True
        if _is_pressed(message):
            return False
        found = self._understanding.safety.judged(words_of(message))
        return isinstance(found, Stop) or (isinstance(found, Unsure) and message.kind not in FILES)

    def _turn(self, state: State, message: InboundMessage, context: Context) -> Turn | None:
        """Returns the message as one of somebody known; None for a stranger, and who has left."""
        employee = None if context.learner is None else self._persons.people.find(context.learner)
        if employee is None or not employee.active:
            return None
        caller = Caller(
            email=employee.employee_id,
            role=employee.role,
            employee_id=employee.employee_id,
            name=employee.name,
            framework_id=employee.framework_id,
        )
        payload = message.payload_id or ""
        if message.kind in WRITTEN and answer_in(payload) is None and ":" not in payload:
            known = self._replies.pressed(payload) or self._replies.pressed(message.text)
            known = "" if known is None or known in PRESSED else known  # such a word is judged for what was asked
            payload = payload if self._replies.is_button(payload) else known
        return Turn(state, message, context, caller, payload)

    def _chosen(self, message: InboundMessage) -> Answered | None:
        chosen = chosen_in(message)
        if chosen is None:
            return None
        buttons = ("start",) if chosen.choice == "stop" else ("whats_next", "quiz_me", "talk_to_mentor")
        name = "stopped" if chosen.choice == "stop" else "started"
        return Answered((self._replies.say(name, *buttons),), State(), chosen)

    def _unless_a_person_speaks(self, state: State, turn: Turn | None, context: Context) -> Answered:
        if context.person_speaks:
            return Answered((), state)
        if turn is None:
            safety = self._replies.text("safety")
            return Answered((self._replies.say("stranger", safety=safety),), State())
        self._persons.hand_overs.send_waiting(turn.learner, turn.message.wamid)
        open_one = self._persons.hand_overs.open_of(turn.learner)
        if turn.payload == "back_to_coach":
            self._persons.hand_overs.resume(turn.learner, turn.now)
            return turn.answered(self._replies.say("back", "whats_next", "quiz_me", "talk_to_mentor"))
        if open_one is not None and open_one.silences(turn.now):
            return self._beside_a_person(turn, open_one)
        return self._led(turn)

    def _beside_a_person(self, turn: Turn, present: HandOver) -> Answered:
        """Adds a message to what the person who has taken over reads.

        That the coach keeps quiet was said when it was opened. It is said again to whoever presses a button or writes
        what stands on one, and to who writes something else that the coach would have answered, the first time: nobody
        waits for an answer that does not come. What became of a file is said of each.
        """
        if not _is_pressed(turn.message):
            self._persons.hand_overs.open(turn.learner, "asked", turn.said)
        name = self._persons.hand_overs.answerer(present)
        told = waiting("beside", turn.now, about=present.hand_over_id)
        if turn.message.kind in FILES:
            words = {"kept": "kept_beside", "not_agreed": "not_agreed", "unfit": "unfit"}.get(
                turn.context.media or "", "lost"
            )
        elif turn.payload or turn.message.kind not in WRITTEN:
            words = "beside"
        else:
            known = turn.state.intent == "beside" and turn.state.about == present.hand_over_id
            wanted = self._understanding.choosing.by_rules(turn.text)
            if known or wanted is None or wanted.outcome == "refuse" or wanted.to_mentor:
                return Answered((), turn.state)
            words = "beside"
        if words in ("beside", "kept_beside") and name is None:
            words = f"{words}_many"
        return turn.answered(self._replies.say(words, "back_to_coach", name=name or ""), state=told)

    def _led(self, turn: Turn) -> Answered:
        try:
            return self._led_by(turn)
        except Forbidden:
            words = "not_agreed" if self._is_learner(turn) else "not_learning"
            return turn.answered(self._replies.say(words, "talk_to_mentor", "help"))
        except NotFound:
            return turn.answered(self._replies.say("not_learning", "talk_to_mentor", "help"))
        except Rejected:
            return turn.answered(self._replies.say("not_now", "whats_next", "talk_to_mentor"))

    def _is_learner(self, turn: Turn) -> bool:
        return "learning.own" in turn.caller.permissions

    def _led_by(self, turn: Turn) -> Answered:
        if turn.message.kind in FILES:
            return self._work.file(turn)
        if turn.message.kind not in WRITTEN:
            return turn.answered(self._replies.say("unread", "whats_next", "log_evidence", "help"))
        pressed = self._pressed(turn)
        return pressed if pressed is not None else self._written(turn)

    def _pressed(self, turn: Turn) -> Answered | None:
        """Returns what a pressed button leads to; None for what is no button of ours."""
        answer = answer_in(turn.payload)
        if answer is not None:
            return self._teach.answer(turn, *answer)
        name, _, about = turn.payload.partition(":")
        if name == LABEL:
            competency, _, wamid = about.partition(":")
            return self._work.label(turn, competency, wamid)
        if name == GO_ON and about:
            return self._teach.go_on(turn, about)
        if name in ("start_lesson", "explain") and about:
            return self._teach.quiz(turn, about) if name == "start_lesson" else self._teach.explain(turn, about)
        return self._meant(turn, name) if name else None

    def _written(self, turn: Turn) -> Answered:
        what = awaited(turn.state, turn.message)
        by_rules = self._understanding.choosing.by_rules(turn.text)
        if not turn.text.strip():
            return self._help(turn)
        if what == "answer":
            return self._answered(turn, by_rules)
        if what == "hours":
            return self._work.hours(turn, asked=True)
        if what == "label" and turn.state.about is not None:
            return self._work.labelled(turn, turn.state.about)
        if what == "note" and (by_rules is None or by_rules.intent == "log_evidence"):
            return self._work.note(turn)
        if what == "explain" and by_rules is None:
            return self._teach.explain(turn)
        if chosen_option(turn.text, ("", "", "", "")) is not None:
            return turn.answered(self._replies.say("no_question", "next_question", "whats_next", "talk_to_mentor"))
        wanted = self._wanted_of_a_lesson(turn)
        if wanted is not None:
            return self._teach.explain(turn, wanted[1]) if wanted[0] == "explain" else self._teach.quiz(turn, wanted[1])
        return self._understood(turn, self._understanding.choosing.of(turn.text))

    def _answered(self, turn: Turn, by_rules: Understood | None) -> Answered:
        """Returns what is written while a question is open: an option, something else that is wanted, or neither."""
        asked = turn.state.asked
        if asked is None:
            return self._understood(turn, self._understanding.choosing.of(turn.text))
        options = self._teach.options_of(turn, asked)
        option = chosen_option(turn.text, options)
        if option is not None:
            return self._teach.answer(turn, asked, option)
        if by_rules is None or by_rules.refusal == "off_topic":
            return self._teach.ask_again(turn, asked)
        return self._understood(turn, by_rules)

    def _understood(self, turn: Turn, what: Understood) -> Answered:
        if what.refusal is not None:
            buttons = ("whats_next", "quiz_me", "talk_to_mentor")
            return turn.answered(self._replies.say(f"refuse_{what.refusal}", *buttons), state=turn.state)
        if what.to_mentor:
            return self._hand_over(turn, "needs_a_person", "handed_over_person")
        return self._meant(turn, what.intent)

    def _meant(self, turn: Turn, name: str) -> Answered:
        """Returns what an intent leads to, be it pressed, written or chosen by a model."""
        doing: dict[str, Callable[[], Answered]] = {
            "whats_next": lambda: self._teach.whats_next(turn),
            "quiz_me": lambda: self._teach.quiz(turn),
            "next_question": lambda: self._teach.quiz(turn),
            "explain": lambda: self._teach.explain(turn),
            "progress": lambda: self._teach.progress(turn),
            "log_evidence": lambda: self._work.ask_for_evidence(turn),
            "log_hours": lambda: self._work.hours(turn),
            "talk_to_mentor": lambda: self._hand_over(turn, "asked", "handed_over"),
            "stop": lambda: turn.answered(self._replies.say("stop_offered", "stop", "whats_next", "talk_to_mentor")),
            "start": lambda: self._teach.whats_next(turn),
            "skip_label": lambda: self._teach.whats_next(turn),
        }
        found = doing.get(name)
        return self._help(turn) if found is None else found()

    def _help(self, turn: Turn) -> Answered:
        names = ("whats_next", "quiz_me", "explain", "log_evidence", "log_hours", "progress", "talk_to_mentor")
        return turn.answered(self._replies.say("help", *names, safety=self._replies.text("safety")))

    def _hand_over(self, turn: Turn, reason: Reason, words: str) -> Answered:
        opened = self._persons.hand_overs.open(turn.learner, reason, turn.said)
        name = self._persons.hand_overs.answerer(opened)
        content = self._replies.say(words if name else f"{words}_many", "back_to_coach", name=name or "")
        return turn.answered(content)


def _is_pressed(message: InboundMessage) -> bool:
    """Tells whether a message says our own words: an option of a lesson may well name a danger. A form holds theirs."""
    return message.kind in ("button", "interactive") and message.payload_id not in (None, FORM)
