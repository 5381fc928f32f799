"""Teaches over messages: what is next, questions one at a time, what a lesson says, how far somebody is.

Everything is what the app shows, too: the same feed, the same marking, the same estimates. Nothing is said that does
not stand in a published lesson, and what does is cited by its title and version.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from shared.coaching.domain.asked import Asked
from shared.coaching.domain.conversation import Answered, State, asking, talking_of, waiting
from shared.coaching.domain.lesson_search import Passage, asked_words, found, titled
from shared.coaching.domain.outbound import MOST_INTERACTIVE, Button, Content, cut
from shared.coaching.domain.replies import Replies
from shared.coaching.usecases.celebrate import Celebrate
from shared.coaching.usecases.turn import Turn
from shared.kernel.errors import NotFound
from shared.kernel.ids import digest
from shared.kernel.json_values import JsonObject
from shared.learning.usecases.list_lessons import ListLessons
from shared.learning.usecases.open_feed import OpenFeed
from shared.learning.usecases.own_answers import OwnAnswers
from shared.learning.usecases.show_mastery import ShowMastery
from shared.learning.usecases.take_answers import TakeAnswers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.learning.contract import AnswerResult, AskedQuestion, FeedView, LessonCard, MasteryItem

LETTERS: Final = "ABCD"
MOST_LISTED: Final = 2
"""Competencies that are told at once."""
MOST_SAID: Final = 700
"""Characters of a lesson in one message."""
ORDER: Final = ("not_safe", "fading", "expired", "in_progress", "shown", "not_started")
"""What needs somebody first."""


@dataclass(frozen=True, slots=True)
class Learning:
    """Holds what the app shows of learning."""

    feed: OpenFeed
    answers: TakeAnswers
    own_answers: OwnAnswers
    lessons: ListLessons
    mastery: ShowMastery


class Teach:
    """Answers a learner out of what is taught, and of what they have answered. Every method may raise Rejected."""

    def __init__(self, learning: Learning, celebrate: Celebrate, replies: Replies) -> None:
        self._learning = learning
        self._celebrate = celebrate
        self._replies = replies

    def whats_next(self, turn: Turn) -> Answered:
        """Returns the first item of the feed, and why it is the first; a milestone that is reached before it, once."""
        feed = self._learning.feed.open(turn.caller)
        reached, news = self._celebrate.reached(turn)
        told_now = not reached or bool(news)
        after, offered = ("", ()) if told_now else self._celebrate.after(turn)
        if not feed.items:
            content = self._say(
                "nothing_next" if told_now else "maintained",
                *offered,
                "progress",
                "log_evidence",
                "talk_to_mentor",
                streak=self._streak(feed),
                milestone=reached,
                after=after,
            )
            return turn.answered(*news, content)
        item = feed.items[0]
        content = self._say(
            "next",
            f"start_lesson:{item.lesson_id}",
            f"explain:{item.lesson_id}",
            *(offered or ("progress",)),
            title=item.title,
            minutes=_minutes(item.seconds),
            why=_sentence(item.why),
            notice=item.notice or "",
            after=after if offered else "",
        )
        return turn.answered(*news, content, state=talking_of(item.lesson_id, turn.now))

    def go_on(self, turn: Turn, which: str) -> Answered:
        """Lets a learner go on with what follows the milestone that they have reached."""
        return self._celebrate.go_on(turn, which)

    def quiz(self, turn: Turn, lesson_id: str | None = None) -> Answered:
        """Asks the question that is next; of a lesson, where one is named and has any."""
        feed = self._learning.feed.open(turn.caller)
        lessons: list[LessonCard] = [one for one in feed.items if lesson_id in (None, one.lesson_id)]
        named = self._lesson(turn, lesson_id) if lesson_id is not None and not lessons else None
        lessons = lessons if named is None else [named]
        today = self._learning.own_answers.of_today(turn.caller)
        waiting_ones = [(one, question) for one in lessons or feed.items for question in one.questions]
        # What was answered today and is in the feed still is asked once nothing else is.
        waiting_ones.sort(key=lambda one: (one[0].lesson_id, one[1].question_id) in today)
        if not waiting_ones:
            content = self._say("no_questions", "whats_next", "progress", "talk_to_mentor", streak=self._streak(feed))
            return turn.answered(content)
        return self._ask(turn, *waiting_ones[0])

    def answer(self, turn: Turn, asked: Asked, option: int) -> Answered:
        """Records an answer, once for each asking, and says what it was worth; of a question that is gone nothing."""
        lesson = self._lesson(turn, asked.lesson_id)
        if lesson is None or asked.is_over(turn.message.at) or not self._stands(turn, asked, lesson):
            over = lesson is not None and asked.is_over(turn.message.at)
            name = "question_over" if over else "question_changed"
            return turn.answered(self._say(name, "next_question", "whats_next", "talk_to_mentor"))
        body: JsonObject = {
            "key": asked.key,
            "lesson_id": asked.lesson_id,
            "lesson_version": asked.version,
            "question_id": asked.question_id,
            "option": option,
            "answered_at": turn.message.at.isoformat(),
        }
        result = self._learning.answers.take(turn.caller, {"answers": [body]}).results[0]
        buttons = ("next_question", f"explain:{asked.lesson_id}", "whats_next")
        if result.status == "refused":
            known = result.problem is not None and result.problem.status == 409
            return turn.answered(self._say("answered_already" if known else "question_changed", *buttons))
        _, news = self._celebrate.reached(turn)
        state = talking_of(asked.lesson_id, turn.now)
        return turn.answered(self._marked(result, lesson, buttons), *news, state=state)

    def options_of(self, turn: Turn, asked: Asked) -> list[str]:
        """Returns the options of a question as it was asked; none where it is gone."""
        try:
            lesson = self._learning.lessons.show(turn.caller, asked.lesson_id, asked.version)
        except NotFound:
            return []
        return next((one.options for one in lesson.questions if one.question_id == asked.question_id), [])

    def ask_again(self, turn: Turn, asked: Asked) -> Answered:
        """Asks the same question again, of which the answer was not understood."""
        lesson = self._lesson(turn, asked.lesson_id)
        question = (
            None
            if lesson is None
            else next((one for one in lesson.questions if one.question_id == asked.question_id), None)
        )
        if lesson is None or question is None or not self._stands(turn, asked, lesson):
            return turn.answered(self._say("question_changed", "next_question", "whats_next", "talk_to_mentor"))
        content = Content(_below(self._replies.text("asked_again"), question), _buttons(asked, question))
        return turn.answered(content, state=asking(asked))

    def explain(self, turn: Turn, lesson_id: str | None = None) -> Answered:
        """Says what a lesson says: one that is named, that of the question, or the one that has what is asked."""
        taught = self._learning.lessons.list(turn.caller).lessons
        by_id = {one.lesson_id: one for one in taught}
        wanted = lesson_id or (turn.state.lesson_at(turn.now) if not asked_words(turn.text) else None)
        if wanted is not None and wanted in by_id:
            said = [one.say for one in by_id[wanted].script]
            return turn.answered(self._explained(by_id[wanted], said), state=self._on(turn, wanted))
        if not asked_words(turn.text):
            return turn.answered(self._choose(taught), state=waiting("explain", turn.now))
        passages = [Passage(one.lesson_id, one.title, tuple(said.say for said in one.script)) for one in taught]
        best = found(turn.text, passages)
        if best is None:
            return turn.answered(
                self._say("not_found", "talk_to_mentor", "whats_next", "quiz_me"), state=self._on(turn)
            )
        explained = self._explained(by_id[best.lesson_id], best.sentences)
        return turn.answered(explained, state=self._on(turn, best.lesson_id))

    def named(self, turn: Turn) -> tuple[str, str] | None:
        """Returns the taught lesson that a message names by its whole title, and the words beside it; None for none."""
        return titled(turn.text, {one.lesson_id: one.title for one in self._learning.lessons.list(turn.caller).lessons})

    def progress(self, turn: Turn) -> Answered:
        """Says how far somebody is, and how sure that is."""
        items = self._learning.mastery.own(turn.caller).items
        feed = self._learning.feed.open(turn.caller)
        _, news = self._celebrate.reached(turn)
        begun = [one for one in items if one.questions or one.field_observations or one.attained != "not_started"]
        buttons = ("quiz_me", "whats_next", "talk_to_mentor")
        if not begun:
            return turn.answered(self._say("progress_none", *buttons, streak=self._streak(feed)), *news)
        content = self._say(
            "progress",
            *buttons,
            shown=sum(one.attained == "shown" for one in items),
            competencies=len(items),
            listed=_listed(begun),
            streak=self._streak(feed),
        )
        return turn.answered(content, *news)

    def _ask(self, turn: Turn, lesson: LessonCard, question: AskedQuestion) -> Answered:
        asked = Asked(
            digest("asked", turn.message.wamid), lesson.lesson_id, lesson.version, question.question_id, turn.now
        )
        words = _below(self._replies.text("question", title=lesson.title, ask=question.ask), question)
        last = self._replies.text("which_one", notice=lesson.notice or "")
        buttons = _buttons(asked, question)
        if len(words) + len(last) < MOST_INTERACTIVE:
            return turn.answered(Content(f"{words}\n\n{last}", buttons), state=asking(asked))
        return turn.answered(Content(words), Content(last, buttons), state=asking(asked))

    def _lesson(self, turn: Turn, lesson_id: str) -> LessonCard | None:
        try:
            return self._learning.lessons.show(turn.caller, lesson_id)
        except NotFound:
            return None

    def _stands(self, turn: Turn, asked: Asked, lesson: LessonCard) -> bool:
        """Tells whether a question is asked today as it was asked then."""
        now = next((one for one in lesson.questions if one.question_id == asked.question_id), None)
        if now is None or asked.version == lesson.version:
            return now is not None
        try:
            then = self._learning.lessons.show(turn.caller, asked.lesson_id, asked.version)
        except NotFound:
            return False
        return now in then.questions

    def _marked(self, result: AnswerResult, lesson: LessonCard, buttons: tuple[str, ...]) -> Content:
        cited = _cited(lesson, result.marked_against or lesson.version)
        return self._say("right" if result.right else "wrong", *buttons, because=result.because or "", cited=cited)

    def _explained(self, lesson: LessonCard, sentences: Sequence[str]) -> Content:
        return self._say(
            "explained",
            f"start_lesson:{lesson.lesson_id}",
            "whats_next",
            "talk_to_mentor",
            text=cut(" ".join(sentences), MOST_SAID),
            cited=_cited(lesson, lesson.version),
            notice=lesson.notice or "",
        )

    def _choose(self, taught: Sequence[LessonCard]) -> Content:
        numbered = enumerate(taught[:8], 1)  # WhatsApp wants titles that differ when they are cut
        lessons = tuple(Button(f"explain:{one.lesson_id}", f"{number}. {one.title}") for number, one in numbered)
        return Content(
            self._replies.text("what_about"), (*lessons, *self._replies.offered("whats_next", "talk_to_mentor"))
        )

    @staticmethod
    def _on(turn: Turn, lesson_id: str | None = None) -> State:
        """Returns the state that goes on: an open question's, otherwise that of the lesson which was explained."""
        asked = turn.state.asked
        if asked is not None and not asked.is_over(turn.now):
            return turn.state
        return State() if lesson_id is None else talking_of(lesson_id, turn.now)

    def _streak(self, feed: FeedView) -> str:
        days = feed.streak.days
        return (
            self._replies.text("streak", days="1 day" if days == 1 else f"{days} days")
            if days
            else self._replies.text("no_streak")
        )

    def _say(self, name: str, /, *buttons: str, **values: str | int | None) -> Content:
        return self._replies.say(name, *buttons, **{key: "" if one is None else one for key, one in values.items()})


def _cited(lesson: LessonCard, version: int) -> str:
    return f"“{lesson.title}”, version {version}"


def _below(words: str, question: AskedQuestion) -> str:
    options = [f"{letter}) {option}" for letter, option in zip(LETTERS, question.options, strict=False)]
    return "\n".join((words, *options))


def _buttons(asked: Asked, question: AskedQuestion) -> tuple[Button, ...]:
    return tuple(
        Button(asked.pressed(number), f"{LETTERS[number - 1]}) {option}")
        for number, option in enumerate(question.options, 1)
    )


def _first(items: Sequence[MasteryItem]) -> list[MasteryItem]:
    return sorted(items, key=lambda one: (ORDER.index(one.attained), one.competency))[:MOST_LISTED]


def _listed(items: Sequence[MasteryItem]) -> str:
    """Returns what is said of the competencies that need somebody first: whole ones, as many as one message holds."""
    told = [_told(one) for one in _first(items)]
    while len(told) > 1 and len(" ".join(told)) > MOST_SAID:
        told.pop()
    return cut(" ".join(told), MOST_SAID)


def _told(item: MasteryItem) -> str:
    return f"{item.competency}, {_sentence(item.name)} {item.sentence}"


def _minutes(seconds: int) -> str:
    minutes = max(1, round(seconds / 60))
    return "a minute" if minutes == 1 else f"{minutes} minutes"


def _sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."
