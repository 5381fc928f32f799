"""Questions in speech: what is one, and of which kind, with and without punctuation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.analysts.lexical.questions import questions
from shared.analysts.lexical.speech import Kind, read
from shared.conversations.domain.conversation import Turn


def found(text: str) -> list[tuple[str, str]]:
    return [(str(one.kind), text[one.start : one.end]) for one in questions(read(0, Turn("s", 0, 1, text)))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # without punctuation
        ("okay so what are you using today", [("open", "what are you using today")]),
        ("what challenges are you seeing", [("open", "what challenges are you seeing")]),
        ("what happens when a scan fails", [("open", "what happens when a scan fails")]),
        ("can you walk me through that", [("open", "can you walk me through that")]),
        ("uh which card would you like to replace", [("closed", "which card would you like to replace")]),
        ("and how many builds do you run", [("closed", "how many builds do you run")]),
        ("when do you need it", [("closed", "when do you need it")]),
        ("my name is robert how can i help you today", [("courtesy", "how can i help you today")]),
        ("is there anything else i can help you with", [("courtesy", "is there anything else i can help you with")]),
        (
            "do you have a budget for this and what would success look like",
            [("closed", "do you have a budget for this and"), ("open", "what would success look like")],
        ),
        # statements with a question's words
        ("what we do is scan it", []),
        ("what matters is that it works", []),
        ("how we do it is simple", []),
        ("which means it is slower", []),
        ("i have ordered it should you need anything call me", []),
        ("this is how it works", []),
        # with punctuation
        ("When a build fails, what happens?", [("open", "When a build fails, what happens?")]),
        ("So you use Jenkins, right?", [("closed", "So you use Jenkins, right?")]),
        ("Why now?", [("open", "Why now?")]),
        ("We saw that. What does one audit cost you?", [("open", "What does one audit cost you?")]),
        ("Tell me about your releases.", [("open", "Tell me about your releases.")]),
        ("Hi, how are you?", [("courtesy", "Hi, how are you?")]),
        ("It costs 3.5 percent. That is all.", []),
    ],
)
def test_questions(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("[noise]", Kind.NOISE),
        ("<unk> [noise]", Kind.NOISE),
        ("uh um", Kind.NOISE),
        ("...", Kind.NOISE),
        ("mm hmm", Kind.ACKNOWLEDGEMENT),
        ("uh-huh", Kind.ACKNOWLEDGEMENT),
        ("Yeah, I see.", Kind.ACKNOWLEDGEMENT),
        ("okay so we scan", Kind.TALK),
        ("bye", Kind.TALK),
    ],
)
def test_what_a_turn_does(text: str, kind: Kind) -> None:
    assert read(0, Turn("s", 0, 1, text)).kind is kind


@given(st.text(alphabet="whatdoyuse [<noi>]’?.,\nİß🙂", max_size=80))
def test_places_are_places_in_the_turn_s_own_text(text: str) -> None:
    utterance = read(0, Turn("s", 0, 1, text))
    assert len(utterance.text) == len(text)
    for start, end in [(one.start, one.end) for one in questions(utterance)] + list(utterance.sentences):
        assert 0 <= start < end <= len(text)
        assert text[start:end].strip() == text[start:end]
