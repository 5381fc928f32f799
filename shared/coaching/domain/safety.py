"""Decides whether a message is stopped or asked back about: before all else, whatever the conversation is about.

It knows things (a cable, a limb), what is done to them and what is felt, and combines them by rules; the words and the
rules are data, each with its reason. No language model takes part: the same message always gets the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple, get_args

from shared.coaching.domain.weighing import Signs, Weights, parts_of, signs_of
from shared.coaching.domain.wording import ASKED, END, Spelling, pattern_of, tokens_of

StopKind = Literal["self_harm", "injury", "near_miss", "live_work"]
KINDS: Final[tuple[StopKind, ...]] = get_args(StopKind)
"""The one that needs a person most first: of two that hold, it decides what is answered."""


Decides = Literal["stop", "ask", "sign", "nothing", "calm"]


@dataclass(frozen=True, slots=True)
class Stop:
    """Says that a conversation ends and a person is told. kind: why; rule: what decided"""

    kind: StopKind
    rule: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """Says that a message may tell of danger, and that somebody has to be asked. kind: of which, most likely"""

    kind: StopKind


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
    decides: stop and ask: it does so alone; sign: it speaks for its outcome; nothing: it is weighed only; calm: it is
    not even weighed, and where it holds weights alone stop nothing
    """

    name: str
    outcome: str
    every: tuple[str, ...]
    without: tuple[str, ...]
    sentence: bool
    why: str
    decides: Decides = "stop"


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
        return next(iter(self.held(self.words_of(text))[1]), None)

    def words_of(self, text: str) -> tuple[str, ...]:
        """Returns the words of a text, in one spelling and mended."""
        return tuple(self._spelling.mended(one) for one in tokens_of(text, self._pictures))

    def held(self, words: Sequence[str]) -> tuple[frozenset[str], tuple[Rule, ...]]:
        """Returns the names of the groups with a word among words, and the rules that hold, in their order."""
        spaced = f" {' '.join(words)} "
        whole = spaced if self._everyday is None else self._everyday.sub(" _", spaced)
        parts = [self._found(one) for one in _sentences(whole)]
        found = frozenset().union(*parts)
        rules = (
            one for one in self._rules if any(_holds(one, place) for place in (parts if one.sentence else [found]))
        )
        return found, tuple(rules)

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


_NOT_SERVED: Final = frozenset({"hand_over", "talk_to_mentor", "other"})


class Weighed(NamedTuple):
    """Holds what is found in words. shares: how likely each outcome is, in all 1; rules: those of danger that hold"""

    shares: dict[str, float]
    rules: tuple[Rule, ...]


class Weigher:
    """Weighs messages by what the readers of danger and of intents find in them (see `weighing`)."""

    def __init__(self, danger: Reader, intents: Reader, weights: Weights) -> None:
        self._danger = danger
        self._intents = intents
        self._weights = weights

    def words_of(self, text: str) -> tuple[str, ...]:
        """Returns the words of a text, in one spelling and mended."""
        return self._danger.words_of(text)

    def signs(self, words: Sequence[str]) -> Signs:
        """Returns the signs of words with their values."""
        return self._signs(words)[0]

    def weighed(self, words: Sequence[str]) -> Weighed:
        """Returns how likely each outcome of words is, and the rules of danger that hold for them."""
        signs, rules = self._signs(words)
        return Weighed(self._weights.shares(signs), rules)

    def _signs(self, words: Sequence[str]) -> tuple[Signs, tuple[Rule, ...]]:
        groups, rules = self._danger.held(words)
        _, meant = self._intents.held(words)
        held = {
            "group": groups,
            "rule": frozenset(one.name for one in rules if one.decides != "calm"),
            "meant": frozenset(one.name for one in meant),
        }
        return signs_of(words, held), rules

    def means(self, words: Sequence[str]) -> bool:
        """Tells whether a rule knows an intent of words that the coach serves itself."""
        return any(one.outcome not in _NOT_SERVED and ":" not in one.outcome for one in self._intents.held(words)[1])

    def shares(self, words: Sequence[str]) -> dict[str, float]:
        """Returns how likely each outcome of words is, in all 1."""
        return self._weights.shares(self.signs(words))

    def because(self, words: Sequence[str], name: str) -> tuple[tuple[str, float], ...]:
        """Returns the signs that speak most for an outcome, each with what it adds."""
        return self._weights.weightiest(self.signs(words), name)


Tone = Literal["named", "told", "short", "plain"]
"""How much a message says. named: words of danger that a rule joins; told: more than a few words without such; short:
a few; plain: a few whose intent is known, or that sound like self-harm without a word of it (`and me?`)."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Holds from which share of danger on a message is stopped, and from which on somebody is asked, by its tone.

    Of one part, of which less is known since it is torn out, twice the share is needed to ask.
    """

    certain_whole: float
    certain_part: float
    named: float
    told: float
    short: float
    plain: float

    def unsure(self, tone: Tone) -> float:
        """Returns from which share of the whole on somebody is asked."""
        return {"named": self.named, "told": self.told, "short": self.short, "plain": self.plain}[tone]


BOUNDS: Final = Bounds(0.97, 0.985, 0.07, 0.08, 0.12, 0.15)
"""Found with each writer left out in turn; `./scripts/prove coach_messages` prints what others lead to."""
CAUTION: Final = 0.3
"""How much what is refused or handed over counts against a danger: a stop too many is only caution there."""
WEIGHED: Final = "weighed"
"""Stands for a rule where the weights decided."""


@dataclass(frozen=True, slots=True)
class Look:
    """Says what is found in a message.

    certain: by a rule; asks: of what a rule has it asked about; whole, part: the shares of danger; sure_whole,
    sure_part: of those for which a rule speaks, too, and none for a lesson or a home; kind: the likeliest
    """

    certain: Stop | None
    asks: StopKind | None = None
    whole: float = 0.0
    part: float = 0.0
    sure_whole: float = 0.0
    sure_part: float = 0.0
    kind: StopKind = "live_work"
    tone: Tone = "told"

    def judged(self, by: Bounds = BOUNDS) -> Stop | Unsure | None:
        """Returns what follows by given bounds."""
        if self.certain is not None:
            return self.certain
        if self.sure_whole >= by.certain_whole or self.sure_part >= by.certain_part:
            return Stop(self.kind, WEIGHED)
        if self.asks is not None:
            return Unsure(self.asks)
        return Unsure(self.kind) if max(self.whole, self.part / 2) >= by.unsure(self.tone) else None


class Safety:
    """Stops what sounds like live work, an injury, a near miss or self-harm, and says of what it is not sure.

    A rule that is certain decides alone. Otherwise the whole is weighed, and each of its parts.
    """

    def __init__(self, reader: Reader, kinds: Mapping[str, StopKind], weigher: Weigher | None = None) -> None:
        self._reader = reader
        self._kinds = dict(kinds)
        self._weigher = weigher

    def judged(self, text: str) -> Stop | Unsure | None:
        """Returns why a message is stopped, or of what it may tell; None for one that tells of no danger.

        text: of any length and content
        """
        return self.look(text).judged()

    def look(self, text: str) -> Look:
        """Returns what is found in a message."""
        words = self._reader.words_of(text)
        _, rules = self._reader.held(words)
        certain = next((one for one in rules if one.decides == "stop" or self._weigher is None), None)
        if certain is not None:
            return Look(Stop(self._kinds[certain.name], certain.name))
        if self._weigher is None:
            return Look(None)
        found = _weighed(self._weigher, words)
        asks = next((self._kinds[one.name] for one in rules if one.decides == "ask"), None)
        return replace(found, asks=asks, tone=self._tone(self._weigher, words, rules, found.kind))

    def _tone(self, weigher: Weigher, words: Sequence[str], rules: Sequence[Rule], kind: StopKind) -> Tone:
        few, meant = len(words) <= FEW_WORDS, weigher.means(words)
        if any(one.decides == "sign" for one in rules):
            return "short" if few and meant else "named"
        if meant or (few and kind == "self_harm"):
            return "plain"
        return "short" if few else "told"


FEW_WORDS: Final = 8
"""Words and signs of a message that says one thing."""


def _weighed(weigher: Weigher, words: Sequence[str]) -> Look:
    """Returns the shares of danger in a message and in its worst part, and the kind of whichever has more."""
    found = Look(None)
    for part in parts_of(words):
        shares, rules = weigher.weighed(part)
        danger = _danger_in(shares)
        likeliest = _kind_in(shares, rules)
        sure = danger if _speaks(rules, likeliest) else 0.0
        kind = likeliest if danger > max(found.whole, found.part) else found.kind
        if part == words:
            found = replace(found, whole=danger, sure_whole=sure, kind=kind)
        else:
            found = replace(found, part=max(found.part, danger), sure_part=max(found.sure_part, sure), kind=kind)
    return found


def _speaks(rules: Sequence[Rule], kind: StopKind) -> bool:
    """Tells whether a rule speaks for danger, and of work none for what is learned, at home or played."""
    decide = {one.decides for one in rules}
    calm = "calm" in decide and kind in ("live_work", "near_miss")
    return "sign" in decide and not calm


def _kind_in(shares: Mapping[str, float], rules: Sequence[Rule]) -> StopKind:
    """Returns the likeliest kind; self-harm without a word of it only where there are no words of another kind."""
    spoken = {one.outcome for one in rules if one.decides in ("sign", "ask")}
    other = spoken and "self_harm" not in spoken and shares["self_harm"] < MOSTLY
    return max([one for one in KINDS if not (other and one == "self_harm")], key=shares.__getitem__)


MOSTLY: Final = 0.5


def _danger_in(shares: Mapping[str, float]) -> float:
    danger = sum(shares[one] for one in KINDS)
    declined = sum(share for one, share in shares.items() if one == "hand_over" or one.startswith("refuse:"))
    return danger / (1 - (1 - CAUTION) * declined)


def safety_of(reader: Reader, rules: Sequence[Rule], weigher: Weigher | None = None) -> Safety:
    """Returns what stops messages. Raises ValueError for a rule with an outcome that is not one of KINDS."""
    kinds: dict[str, StopKind] = {}
    for rule in rules:
        kind = next((one for one in KINDS if one == rule.outcome), None)
        if kind is None:
            raise ValueError(f"rule {rule.name}: outcome {rule.outcome!r} is none of {', '.join(KINDS)}")
        kinds[rule.name] = kind
    return Safety(reader, kinds, weigher)
