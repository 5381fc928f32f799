"""Anonymises an excerpt of a conversation: labels stand in place of people and companies.

What is replaced: the names of all parties (whole, and each of their words), their e-mail addresses and the companies in
them, the account's name and its distinctive words, every e-mail address, URL and telephone number, and every number of
five digits or more; names without their accents as well, with a possessive or plural s, and those of two letters where
they are written large. Speakers become Seller 1, Customer 1 and so on, in the order in which they first speak.

What this cannot do: find a person or company that is neither party nor account and is only spoken of, a nickname or a
misspelling of the transcription, digits that are spelled out, or what makes a story recognisable to somebody who was
there. So an excerpt is short, comes from calls that are some days old, and never from a small group.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from unicodedata import combining, normalize

from shared.conversations.domain.conversation import Affiliation, Conversation, Party

_LABELS = {Affiliation.INTERNAL: "Seller", Affiliation.EXTERNAL: "Customer", Affiliation.UNKNOWN: "Speaker"}
NOBODY = "Somebody"
"""Who spoke when the recording could not tell."""
COMPANY, ADDRESS, LINK, NUMBER, NAME = "[company]", "[e-mail address]", "[link]", "[number]", "[name]"

# A run of letters is read from its beginning only, and never given back, so that a long one takes no longer than its
# length (tests/attacks).
_PATTERNS = (
    (
        re.compile(
            r"\b(?:https?://|www\.)\S+"
            r"|(?<![\w-])[\w-]++(?:\.[\w-]++){0,30}\.(?:com|net|org|io|ai|dev|co|eu|de|uk)\b(?:/\S*)?",
            re.I,
        ),
        LINK,
    ),
    (re.compile(r"(?<!\w)\+?\(?\d(?:(?:[ ()./:-]{0,2}|,(?=\d))\d){4,}"), NUMBER),
)
_EMAIL = re.compile(
    r"(?<![\w.+%-])[\w.+%-]++@[\w-]++(?:\.[\w-]++)+"
    r"|(?<![\w.+-])[\w.+-]++ (?:at|\(at\)) [\w-]++(?: (?:dot|\(dot\)) [a-z]{2,})+\b",
    re.I,
)
_ORDINARY = frozenset(
    re.findall(
        r"\w+",
        """and the of for group holding holdings health care corp corporation company inc incorporated llc ltd limited
        gmbh plc bank insurance systems software solutions services technologies technology partners industries
        international global national united first new data labs medical motors airlines energy media networks
        retail""",
    )
)
"""Words of companies' names that say nothing about which."""
_PUBLIC_MAIL = frozenset(
    {"gmail", "googlemail", "outlook", "hotmail", "yahoo", "icloud", "proton", "protonmail", "gmx"}
)
LEAST_NAME = 3
"""Letters of a single name below which it would be found in too many other words' places (jo, al): only as it is
written, with a capital."""
SHORTEST_NAME = 2
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "ß": "ss", "æ": "ae"})
_APOSTROPHES = re.compile("[’‘ʼ`´]")


@dataclass(frozen=True, slots=True)
class AnonymousTurn:
    """One turn. speaker: a label"""

    speaker: str
    text: str


def anonymised(
    conversation: Conversation, companies: Collection[str] = (), turns: range | None = None
) -> tuple[AnonymousTurn, ...]:
    """Returns some turns of a conversation (all unless given), with labels for people and companies.

    companies: the account's names as the CRM or the call's details say them
    """
    labels = _labels(conversation)
    words = _dictionary(conversation, companies, labels)
    pattern = _pattern(words)
    chosen = range(len(conversation.turns)) if turns is None else turns
    found = []
    for index in chosen:
        turn = conversation.turns[index]
        speaker = labels.get(turn.speaker_id or "", NOBODY)
        found.append(AnonymousTurn(speaker, _clean(turn.text, words, pattern)))
    return tuple(found)


def _labels(conversation: Conversation) -> dict[str, str]:
    """Returns speaker id to label; those who never speak have one as well, since others may name them."""
    labels: dict[str, str] = {}
    counts: dict[str, int] = {}
    speaking = [turn.speaker_id for turn in conversation.turns if turn.speaker_id is not None]
    silent = [party.speaker_id for party in conversation.parties if party.speaker_id is not None]
    for speaker_id in [*speaking, *silent]:
        if speaker_id in labels:
            continue
        party = conversation.party(speaker_id) or Party(speaker_id=speaker_id)
        word = _LABELS[party.affiliation]
        counts[word] = counts.get(word, 0) + 1
        labels[speaker_id] = f"{word} {counts[word]}"
    return labels


def _dictionary(conversation: Conversation, companies: Collection[str], labels: dict[str, str]) -> dict[str, str]:
    """Returns what stands in the place of which words, in lower case with single spaces; the first label stands."""
    words: dict[str, str] = {}
    for party in conversation.parties:
        label = labels.get(party.speaker_id or "", _LABELS[party.affiliation])
        for form in (*_names(party.name or ""), *_addressed(party.email or "")):
            words.setdefault(form, label)
        for form in _employer(party.email or ""):
            words.setdefault(form, COMPANY)
    for company in companies:
        for form in _companies(company):
            words.setdefault(form, COMPANY)
    for form, label in list(words.items()):
        for spelled in _as_heard(form):
            words.setdefault(spelled, label)
    return words


def _addressed(email: str) -> Iterator[str]:
    """Yields the names in the local part of an address."""
    local = email.casefold().partition("@")[0]
    yield from (part for part in re.split(r"[._+-]|\d+", local) if len(part) >= LEAST_NAME)


def _employer(email: str) -> Iterator[str]:
    """Yields the company in an address, as it may be written; none for a public mail provider."""
    domain = email.casefold().partition("@")[2]
    company = domain.split(".")[-2] if domain.count(".") else ""
    if len(company) >= LEAST_NAME and company not in _PUBLIC_MAIL:
        yield from (company, company.replace("-", " "), company.replace("-", ""))


def _as_heard(form: str) -> Iterator[str]:
    """Yields how a transcription that knows no accents spells a word."""
    yield _straight(form.translate(_UMLAUTS))
    yield _straight("".join(one for one in normalize("NFKD", form) if not combining(one)))


def _straight(text: str) -> str:
    return _APOSTROPHES.sub("'", text)


def _names(name: str) -> Iterator[str]:
    """Yields a name and its words; of "Low, Sam" also the other way round."""
    if "@" in name:
        return
    words = [word.strip(".,()\"'") for word in name.split()]
    words = [word for word in words if word]
    yield from (" ".join(order).casefold() for order in (words, words[::-1]) if len(words) > 1)
    for word in words:
        for part in {word, *word.split("-")}:
            if len(part) >= LEAST_NAME:
                yield part.casefold()
            elif len(part) >= SHORTEST_NAME and part.isalpha():
                # In lower case it is some other word.
                yield part.capitalize()


def _companies(company: str) -> Iterator[str]:
    words = [word.strip(".,()&\"'") for word in company.split()]
    words = [word for word in words if word]
    if words:
        yield " ".join(words).casefold()
        yield company.strip().casefold()
    if len(words) > 1:
        yield "".join(words).casefold()
    for word in words:
        if len(word) >= LEAST_NAME and word.casefold() not in _ORDINARY:
            yield word.casefold()


def _pattern(forms: Collection[str]) -> re.Pattern[str] | None:
    """Returns a pattern of some words, the longest first, so that a whole name goes before its parts."""
    if not forms:
        return None
    longest = sorted(forms, key=lambda form: (-len(form), form))
    alternatives = "|".join(_alternative(form) for form in longest)
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)")


def _alternative(form: str) -> str:
    """Returns the pattern of one word: two letters as they are written; more in any case, with the s of a plural."""
    words = r"\s+".join(re.escape(word).replace("'", "['’‘ʼ`´]") for word in form.split())
    return words if form != form.casefold() else f"(?i:{words})(?i:s?)"


def _clean(text: str, words: dict[str, str], pattern: re.Pattern[str] | None) -> str:
    # Addresses first: a name within one would leave half of it.
    text = _EMAIL.sub(ADDRESS, text)
    for shape, label in _PATTERNS:
        text = shape.sub(label, text)
    if pattern is None:
        return text
    # In one pass: a label is not read again.
    return pattern.sub(lambda found: _label(found.group(), words), text)


def _label(found: str, words: dict[str, str]) -> str:
    written = " ".join(_straight(found).split())
    forms = (written, written.casefold(), written.casefold().removesuffix("s"))
    return next((words[form] for form in forms if form in words), NAME)
