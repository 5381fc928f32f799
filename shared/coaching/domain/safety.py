"""Decides whether a message is stopped: before anything else reads it, whatever the conversation is about.

It knows things (a cable, a limb), what is done to them and what is felt, and combines them by rules; the words and the
rules are data, each with its reason. No language model takes part: the same message always gets the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from shared.coaching.domain.wording import ASKED, END, Spelling, pattern_of, tokens_of

StopKind = Literal["self_harm", "injury", "near_miss", "live_work"]
KINDS: Final[tuple[StopKind, ...]] = get_args(StopKind)
"""The one that needs a person most first: of two that hold, it decides what is answered."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Says that a conversation ends and a person is told. kind: why; rule: what decided; reply: the words to answer"""

    kind: StopKind
    rule: str

    @property
    def reply(self) -> str:
        """Returns the name of the words to answer with."""
        return f"stop_{self.kind}"


@dataclass(frozen=True, slots=True)
class Group:
    """Words that mean one thing. why: what they are here for"""

    why: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """Says which groups together lead to an outcome.

    every: groups that must be found, `a/b` being either; without: groups that must not
    sentence: all in one sentence, otherwise anywhere in the message
    """

    name: str
    outcome: str
    every: tuple[str, ...]
    without: tuple[str, ...]
    sentence: bool
    why: str


class Reader:
    """Finds the first rule that holds for a text.

    everyday: figures of speech, which are taken out before anything is looked for; pictures: words for emoji
    misspelt: words that are also known with a wrong letter; ordinary: words that are not one of those misspelt
    """

    def __init__(
        self,
        groups: Mapping[str, Group],
        rules: Sequence[Rule],
        everyday: Sequence[str] = (),
        pictures: Mapping[str, str] | None = None,
        ordinary: Sequence[str] = (),
        misspelt: Sequence[str] = (),
    ) -> None:
        for rule in rules:
            unknown = {name for one in (*rule.every, *rule.without) for name in one.split("/")} - groups.keys()
            if unknown or not rule.every:
                raise ValueError(f"rule {rule.name}: groups {sorted(unknown)} are not known, or it names none")
        self._rules = tuple(rules)
        self._pictures = dict(pictures or {})
        self._everyday = pattern_of(everyday) if everyday else None
        self._patterns = {name: pattern_of(group.terms) for name, group in groups.items()}
        words = {word for group in groups.values() for term in group.terms for word in term.split()}
        named = {word for term in everyday for word in term.split()}
        self._spelling = Spelling(misspelt, words | named | set(ordinary))

    def first(self, text: str) -> Rule | None:
        """Returns the first rule that holds, in the order in which they are given; None where none does."""
        whole = self._prepared(text)
        parts = [self._found(one) for one in _sentences(whole)]
        found = frozenset().union(*parts)
        for rule in self._rules:
            places = parts if rule.sentence else [found]
            if any(_holds(rule, one) for one in places):
                return rule
        return None

    def groups_in(self, text: str) -> frozenset[str]:
        """Returns the names of all groups with a word in a text."""
        return self._found(self._prepared(text))

    def _prepared(self, text: str) -> str:
        words = [self._spelling.mended(one) for one in tokens_of(text, self._pictures)]
        spaced = f" {' '.join(words)} "
        return spaced if self._everyday is None else self._everyday.sub(" _", spaced)

    def _found(self, spaced: str) -> frozenset[str]:
        return frozenset(name for name, pattern in self._patterns.items() if pattern.search(spaced))


def _holds(rule: Rule, found: frozenset[str]) -> bool:
    return all(any(name in found for name in one.split("/")) for one in rule.every) and not any(
        name in found for one in rule.without for name in one.split("/")
    )


_SENTENCE: Final = re.compile(rf"[^{END}{ASKED}]+[{ASKED}]?")


def _sentences(spaced: str) -> Iterator[str]:
    for one in _SENTENCE.findall(spaced):
        if one.strip():
            yield f" {one.strip()} "


class Safety:
    """Stops what sounds like live work, an injury, a near miss or self-harm."""

    def __init__(self, reader: Reader, kinds: Mapping[str, StopKind]) -> None:
        self._reader = reader
        self._kinds = dict(kinds)

    def stop(self, text: str) -> Stop | None:
        """Returns why a message is stopped; None where it is not. text: of any length and content"""
        rule = self._reader.first(text)
        return None if rule is None else Stop(self._kinds[rule.name], rule.name)


def safety_of(reader: Reader, rules: Sequence[Rule]) -> Safety:
    """Returns what stops messages. Raises ValueError for a rule with an outcome that is not one of KINDS."""
    kinds: dict[str, StopKind] = {}
    for rule in rules:
        kind = next((one for one in KINDS if one == rule.outcome), None)
        if kind is None:
            raise ValueError(f"rule {rule.name}: outcome {rule.outcome!r} is none of {', '.join(KINDS)}")
        kinds[rule.name] = kind
    return Safety(reader, kinds)
