"""Turns drawings into stills and stills with a voice into a clip."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from infra.demonstration.drawings.picture import WIDTH
from scripts.commands.clip_sound import Spoken, loudness_filter

FONTS: Final = ("/usr/share/fonts/truetype/dejavu/DejaVuSansCondensed-Bold.ttf",)
"""The only faces that pictures are set in, so that they look the same on every machine."""

FFMPEG: Final = ("ffmpeg", "-y", "-hide_banner", "-loglevel", "error")

POSTER_WIDTH: Final = 216
"""Pixels: a phone shows it a third as wide as its screen."""
FRAMES_A_SECOND: Final = 5
"""Nothing moves but from sentence to sentence; more frames would only be more bytes."""


def pictures_to(drawings: Sequence[str], folder: Path) -> list[Path]:
    """Writes drawings as PNG files into a folder and returns them in order."""
    import resvg_py

    folder.mkdir(parents=True, exist_ok=True)
    stills = []
    for place, svg in enumerate(drawings):
        png = resvg_py.svg_to_bytes(svg_string=svg, width=WIDTH, font_files=list(FONTS), skip_system_fonts=True)
        stills.append(folder / f"{place:02d}.png")
        stills[-1].write_bytes(bytes(png))
    return stills


def encode(stills: Sequence[Path], spoken: Spoken, voice: Path, video: Path) -> None:
    """Writes the clip: H.264 and AAC in an MP4 that begins to play before it has arrived whole."""
    changes = [0.0, *(start - 0.15 for start in spoken.starts[1:])]
    frames = [round(change * FRAMES_A_SECOND) for change in [*changes, spoken.seconds]]
    lines = ["ffconcat version 1.0"]
    for still, first, next_first in zip(stills, frames[:-1], frames[1:], strict=True):
        lines += [f"file '{still}'", f"duration {(next_first - first) / FRAMES_A_SECOND:.1f}"]
    sequence = stills[0].parent / "sequence.txt"
    sequence.write_text("\n".join([*lines, f"file '{stills[-1]}'"]) + "\n", encoding="utf-8")
    picture = [
        "-vf",
        f"fps={FRAMES_A_SECOND}",
        "-c:v",
        "libx264",
        "-preset",
        "slow",
        "-tune",
        "stillimage",
        "-crf",
        "35",
        "-pix_fmt",
        "yuv420p",
    ]
    picture += ["-profile:v", "main", "-threads", "1", "-g", str(30 * FRAMES_A_SECOND), "-sc_threshold", "0"]
    sound = ["-c:a", "aac", "-b:a", "28k", "-ac", "1", "-ar", "22050", "-af", loudness_filter(voice)]
    exact = ["-t", f"{spoken.seconds:.2f}", "-movflags", "+faststart"]
    exact += ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"]
    inputs = ["-f", "concat", "-safe", "0", "-i", str(sequence), "-i", str(voice)]
    subprocess.run([*FFMPEG, *inputs, *picture, *sound, *exact, str(video)], check=True)


def poster_of(video: Path, poster: Path) -> None:
    """Writes a film's first picture as a small JPEG, which stands where the film will play."""
    exact = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"]
    look = ["-frames:v", "1", "-vf", f"scale={POSTER_WIDTH}:-1", "-q:v", "7"]
    subprocess.run([*FFMPEG, "-i", str(video), *look, *exact, str(poster)], check=True)


def sheet_of(stills: Sequence[Path], path: Path) -> None:
    """Puts stills side by side, five in a row, to be looked at."""
    rows = -(-len(stills) // 5)
    tiled = f"scale=270:-1,tile=5x{rows}:padding=6:color=white"
    subprocess.run(
        [*FFMPEG, "-i", str(stills[0].parent / "%02d.png"), "-vf", tiled, "-frames:v", "1", str(path)], check=True
    )
