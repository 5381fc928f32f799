"""Tells in which languages a conversation is held: an analyst that cannot read one says so, and claims nothing.

The words decide, turn by turn, not what a recorder was set to. A turn of a few words ("Okay. Danke.") tells nothing
and is taken for whatever the conversation is in. Names of languages are ISO 639's codes until somebody reads them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Final, Protocol

from shared.conversations.domain.conversation import Conversation

ENGLISH: Final = "en"
NAMES: Final = {
    "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech", "da": "Danish",
    "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian",
    "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian",
    "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian",
    "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian",
    "sk": "Slovak", "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish", "th": "Thai", "tr": "Turkish",
    "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
"""The languages that are told apart."""

FEWEST_WORDS: Final = 3
FEWEST_LETTERS: Final = 10
LEAST_CERTAIN: Final = 0.8
LEAST_SHARE: Final = 0.1
"""Of the words that are told: a language below that is a greeting, or a name."""
_SENTENCE_END = re.compile(r"(?<=[.?!])\s")
LONGEST_READ: Final = 2_000
"""Characters of a turn: more of them tell nothing more."""


class _Identifies(Protocol):
    def classify(self, text: str) -> tuple[str, float]: ...


@dataclass(frozen=True, slots=True)
class Spoken:
    """Says which languages a conversation is in.

    turns: by index, those that are plainly in another language than English
    languages: of the whole conversation, the one with most words first
    unreadable: whether the scored speaker says most in another language
    """

    turns: dict[int, str]
    languages: tuple[str, ...]
    unreadable: bool

    @property
    def named(self) -> str:
        """Returns the languages' names."""
        names = [NAMES[one] for one in self.languages]
        return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)

    @property
    def notes(self) -> tuple[str, ...]:
        """Says what is not read."""
        if not self.turns:
            return ()
        listed = ", ".join(str(index) for index in sorted(self.turns))
        return (f"the call is in {self.named}; turns that are not in English are not read: {listed}",)

    def english(self, conversation: Conversation) -> Conversation:
        """Returns the conversation without the words that are not in English; its turns keep their places and times."""
        if not self.turns:
            return conversation
        return replace(
            conversation,
            turns=tuple(
                replace(turn, text="") if index in self.turns else turn for index, turn in enumerate(conversation.turns)
            ),
        )


def languages_noted(conversation: Conversation, speaker_id: str) -> tuple[str, ...]:
    """Returns what an analyst that reads other languages, too, says of a conversation that is not in English only."""
    heard = spoken(conversation, speaker_id)
    what = "call" if conversation.medium == "call" else "thread"
    return () if heard.languages == (ENGLISH,) else (f"the {what} is in {heard.named}",)


def spoken(conversation: Conversation, speaker_id: str) -> Spoken:
    """Tells which languages a conversation is in, and whether the speaker's English is enough to judge by."""
    told = {index: language(turn.text) for index, turn in enumerate(conversation.turns)}
    words: Counter[str] = Counter()
    own: Counter[str] = Counter()
    for index, turn in enumerate(conversation.turns):
        for part, one in _parts(turn.text, told[index]):
            words[one] += _size(part)
            if turn.speaker_id == speaker_id:
                own[one] += _size(part)
    least = LEAST_SHARE * words.total()
    languages = tuple(one for one, count in words.most_common() if count >= least) or (ENGLISH,)
    foreign = {index: one for index, one in told.items() if one not in {None, ENGLISH}}
    mostly_foreign = 2 * own[ENGLISH] < own.total() or (not own and languages[0] != ENGLISH)
    return Spoken({index: one for index, one in foreign.items() if one}, languages, mostly_foreign)


def _parts(text: str, told: str | None) -> Iterator[tuple[str, str]]:
    """Returns a text with its language, or, where it mixes some, its sentences with theirs."""
    if told is not None:
        yield text, told
        return
    for part in _SENTENCE_END.split(text[:LONGEST_READ]):
        one = language(part)
        if one is not None:
            yield part, one


@lru_cache(maxsize=4096)
def language(text: str) -> str | None:
    """Returns the language of a turn; None where it says too little to tell."""
    read = text[:LONGEST_READ]
    if _size(read) < FEWEST_WORDS or sum(one.isalpha() for one in read) < FEWEST_LETTERS:
        return None
    found, certain = _identifier().classify(read)
    return found if certain >= LEAST_CERTAIN else None


def _size(text: str) -> int:
    """Counts words; in a script without spaces four letters stand for one."""
    solid = sum("\u3040" <= one <= "\u30ff" or "\u3400" <= one <= "\u9fff" for one in text)
    return len(text.split()) + solid // 4


@cache
def _identifier() -> _Identifies:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # a second, and not before a call is scored

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(NAMES))
    known: _Identifies = identifier
    return known
