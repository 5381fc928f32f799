"""A script with its parts taken: who is who, when each word falls, and what the labels stand on.

Times follow from the words alone, so that the same script and cast give the same milliseconds everywhere:

    a sentence lasts   words × 60 000 / words per minute, at least 300 ms
    between sentences  120 ms
    a turn starts      220 ms after the end of all talk so far, or as far from it as its cue says
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from infra.demonstration.authored_yaml import CorpusError
from infra.demonstration.corpus import Label, Part, Script
from shared.analysts.lexical.side import Side
from shared.analysts.lexical.talk import Talk, talk_of
from shared.conversations.domain.call_analysis import Evidence, JudgedScore
from shared.conversations.domain.conversation import Conversation, MeasuredSpan, Party, Quote, Turn, quote

FIRST_WORD_MS = 900
BETWEEN_TURNS_MS = 220
BETWEEN_SENTENCES_MS = 120
SHORTEST_SENTENCE_MS = 300
AFTER_THE_LAST_WORD_MS = 1_500

_SENTENCE_END = re.compile(r"(?<=[.?!…])\s+")


@dataclass(frozen=True, slots=True)
class Employee:
    """Takes an employee's part. user_id: the recording system's id, up to 20 digits; None where it has none."""

    name: str
    email: str
    user_id: str | None = None

    @property
    def first(self) -> str:
        return self.name.split()[0]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a turn; milliseconds from the start of the recording."""

    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Monologue:
    """One turn as the recording system gives it. speaker_id: None where it could not tell."""

    speaker_id: str | None
    topic: str | None
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class StagedCall:
    """A script played by certain employees at a certain time.

    call_id: up to 20 digits. cast: an Employee for each of the script's employee parts.
    Raises CorpusError when a part is not taken, and on reading `monologues` when a cue makes no sense.
    """

    script: Script
    call_id: str
    started: datetime
    cast: Mapping[str, Employee]

    def __post_init__(self) -> None:
        missing = [part for part in self.script.employee_parts if part not in self.cast]
        if missing:
            raise CorpusError(f"{self.script.slug}: nobody takes the part of {', '.join(missing)}")

    def employee(self, part: Part) -> Employee | None:
        """Returns who takes the part, None for a part that is no employee's."""
        return self.cast[part.employee] if part.employee is not None else None

    def name(self, part: Part) -> str | None:
        employee = self.employee(part)
        return employee.name if employee else part.name

    def email(self, part: Part) -> str | None:
        employee = self.employee(part)
        return employee.email if employee else part.email

    def speaker_id(self, key: str) -> str:
        """Returns the recording's id of whoever speaks under this key."""
        return digits(19, self.call_id, key)

    @cached_property
    def monologues(self) -> tuple[Monologue, ...]:
        """Returns what is said, with its times."""
        found = []
        until = latest_start = 0
        for position, line in enumerate(self.script.lines):
            offset = BETWEEN_TURNS_MS if line.offset_ms is None else line.offset_ms
            start = FIRST_WORD_MS if position == 0 else until + offset
            if position and start <= latest_start:
                raise CorpusError(
                    f"{self.script.slug}.yaml:{line.number}: this overlap is longer than the turn it overlaps"
                )
            latest_start = start
            pace = self.script.part(line.key).words_per_minute if line.key is not None else 165
            sentences = tuple(_timed(self.filled(line.text), start, pace))
            until = max(until, sentences[-1].end_ms)
            speaker = self.speaker_id(line.key) if line.key is not None else None
            found.append(Monologue(speaker, line.topic, sentences))
        return tuple(found)

    @cached_property
    def conversation(self) -> Conversation:
        """Returns the conversation as our own reading of the recording system's answer gives it."""
        return Conversation(
            call_id=self.call_id,
            started=self.started,
            duration_ms=self.duration_seconds * 1000,
            parties=tuple(
                Party(
                    speaker_id=self.speaker_id(part.key) if self.speaks(part.key) else None,
                    name=self.name(part),
                    email=self.email(part),
                    affiliation=part.affiliation,
                )
                for part in self.script.parts
            ),
            turns=tuple(
                Turn(
                    speaker_id=one.speaker_id,
                    start_ms=one.sentences[0].start_ms,
                    end_ms=one.sentences[-1].end_ms,
                    text="\n".join(sentence.text for sentence in one.sentences),
                )
                for one in self.monologues
            ),
            medium=self.script.medium,
        )

    @property
    def duration_seconds(self) -> int:
        """Rounds up the whole recording's length."""
        last = max(one.sentences[-1].end_ms for one in self.monologues)
        return -(-(last + AFTER_THE_LAST_WORD_MS) // 1000)

    def speaks(self, key: str) -> bool:
        return any(line.key == key for line in self.script.lines)

    def labels(self) -> dict[str, tuple[JudgedScore, ...]]:
        """Returns, per e-mail of a scored employee, the scores as a reader gave them, on evidence in this conversation.

        The confidence is 1: these are the scores that an analyst is compared with.
        """
        found = {}
        for key, labels in self.script.labels.items():
            employee = self.employee(self.script.part(key))
            if employee is not None:
                found[employee.email] = tuple(self._judged(key, label) for label in labels)
        return found

    def _judged(self, key: str, label: Label) -> JudgedScore:
        evidence: tuple[Evidence, ...]
        if label.quote is not None:
            evidence = (find_quote(self.conversation, self.speaker_id(key), self.filled(label.quote)),)
        else:
            evidence = self._measured(key, label.measured or "")
        return JudgedScore(label.competency, label.score, 1.0, evidence, self.filled(label.because))

    def _measured(self, key: str, what: str) -> tuple[MeasuredSpan, ...]:
        talk = talk_of(Side(self.conversation, self.speaker_id(key)))
        found = _spans(talk)[what]
        if not found:
            raise CorpusError(f"{self.script.slug}: {key} is labelled for {what}, and there are none")
        return found

    def filled(self, text: str) -> str:
        """Puts the names of the cast into the text."""
        return filled(text, self.cast)


def filled(text: str, cast: Mapping[str, Employee]) -> str:
    """Puts the names and addresses of the cast for their placeholders."""
    for part, employee in cast.items():
        for what, value in (("first", employee.first), ("name", employee.name), ("email", employee.email)):
            text = text.replace(f"{{{part}.{what}}}", value)
    return text


def find_quote(conversation: Conversation, speaker_id: str, words: str) -> Quote:
    """Finds where the speaker first says these words, white space apart. Raises CorpusError when they do not."""
    pattern = re.compile(r"\s+".join(re.escape(word) for word in words.split()))
    for index, turn in enumerate(conversation.turns):
        if turn.speaker_id == speaker_id:
            match = pattern.search(turn.text)
            if match:
                return quote(conversation, index, match.start(), match.end())
    raise CorpusError(f"{conversation.call_id}: {speaker_id} says nowhere “{words}”")


def _spans(talk: Talk) -> dict[str, tuple[MeasuredSpan, ...]]:
    ratio = talk.ratio
    return {
        "talk ratio": ()
        if ratio is None
        else (MeasuredSpan("talk ratio", 0, talk.end_ms, f"{ratio / 10:.1f} % of the talk"),),
        "interruptions": talk.interruptions,
        "longest monologue": () if talk.longest_monologue is None else (talk.longest_monologue,),
    }


def _timed(text: str, start: int, words_per_minute: int) -> list[Sentence]:
    sentences = []
    for words in _SENTENCE_END.split(text.strip()):
        end = start + max(SHORTEST_SENTENCE_MS, len(words.split()) * 60_000 // words_per_minute)
        sentences.append(Sentence(start, end, words))
        start = end + BETWEEN_SENTENCES_MS
    return sentences


def digits(length: int, *parts: str) -> str:
    """Makes a decimal id that follows from the parts, `length` digits long, never beginning with 0."""
    number = int(hashlib.sha256("\n".join(parts).encode()).hexdigest(), 16)
    return str(10 ** (length - 1) + number % (9 * 10 ** (length - 1)))
