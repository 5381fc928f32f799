"""Renders the demonstration's lessons: a picture for each sentence, a voice, captions, one small clip, its poster.

    ./scripts/render_lessons                    every lesson whose clip is missing or out of date
    ./scripts/render_lessons proved_dead        one
    ./scripts/render_lessons --again            all of them
    ./scripts/render_lessons --look build/look  pictures and sheets to look at as well; with --no-clips nothing else

What a clip says and shows is `infra/demonstration/lessons`; the command writes the clip, its captions and the lesson's
`clip:` line. The same machine gives the same bytes: the voice's noise has a fixed seed, the encoders one thread.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from infra.demonstration.lesson_files import CLIPS, LessonFile, drawings, lesson_paths, read_lesson, script_digest
from scripts.commands.clip_sound import VOICE_PACKAGES, captions_of, speak
from scripts.commands.clip_video import FONTS, encode, pictures_to, poster_of, sheet_of

MOST_BYTES: Final = 600_000
"""What a clip may weigh: a minute and a half that a cheap phone fetches on a poor connection."""


def main(argv: Sequence[str]) -> int:
    """Returns 0, 1 where something is missing that rendering needs, 2 for an unknown lesson."""
    arguments = _arguments(argv)
    absent = _absent()
    if absent:
        print("scripts/render_lessons: rendering needs\n  " + "\n  ".join(absent), file=sys.stderr)
        return 1
    paths = {path.stem: path for path in lesson_paths()}
    unknown = [name for name in arguments.lessons if name not in paths]
    if unknown:
        print(f"scripts/render_lessons: no lesson {unknown[0]!r}; there are {', '.join(paths)}", file=sys.stderr)
        return 2
    for path in [paths[name] for name in arguments.lessons or paths]:
        lesson = read_lesson(path)
        if arguments.look:
            stills = pictures_to(drawings(lesson), arguments.look / lesson.lesson_id)
            sheet_of(stills, arguments.look / f"{lesson.lesson_id}.png")
        if not arguments.no_clips and (arguments.again or not is_current(lesson)):
            print(_render(lesson, path), flush=True)
    return 0


def is_current(lesson: LessonFile) -> bool:
    """Returns whether a lesson's clip was rendered from the script and the drawings as they are now."""
    return lesson.clip is not None and lesson.clip.script_sha256 == script_digest(lesson)


def _render(lesson: LessonFile, path: Path) -> str:
    """Makes a lesson's clip and captions, and returns a line about them."""
    video, captions = CLIPS / f"{lesson.lesson_id}.mp4", CLIPS / f"{lesson.lesson_id}.vtt"
    with TemporaryDirectory() as folder:
        spoken = speak([sentence.say for sentence in lesson.script], Path(folder) / "voice.wav")
        stills = pictures_to(drawings(lesson), Path(folder))
        encode(stills, spoken, Path(folder) / "voice.wav", video)
    captions.write_text(captions_of([sentence.say for sentence in lesson.script], spoken), encoding="utf-8")
    size = video.stat().st_size
    poster_of(video, video.with_suffix(".jpg"))
    _write_clip(lesson, path, round(spoken.seconds), video, captions)
    heavy = f"  MORE THAN {MOST_BYTES} BYTES" if size > MOST_BYTES else ""
    pace = 60 * lesson.words() / spoken.seconds
    return f"{lesson.lesson_id}: {spoken.seconds:.1f} s, {size} bytes, {pace:.0f} words a minute{heavy}"


def _write_clip(lesson: LessonFile, path: Path, seconds: int, video: Path, captions: Path) -> None:
    """Puts the `clip:` line, always a lesson's last, into its file."""
    kept = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("clip:")]
    clip = {
        "video": video.name,
        "captions": captions.name,
        "seconds": seconds,
        "bytes": video.stat().st_size,
        "sha256": hashlib.sha256(video.read_bytes()).hexdigest(),
        "script_sha256": script_digest(lesson),
        "captions_sha256": hashlib.sha256(captions.read_bytes()).hexdigest(),
        "poster_sha256": hashlib.sha256(video.with_suffix(".jpg").read_bytes()).hexdigest(),
    }
    path.write_text("\n".join([*kept, f"clip: {json.dumps(clip)}"]) + "\n", encoding="utf-8")


def _absent() -> list[str]:
    """Returns what has to be installed, a line each."""
    missing = [
        f"{tool} (Debian: apt-get install ffmpeg)" for tool in ("ffmpeg", "ffprobe") if shutil.which(tool) is None
    ]
    missing += [f"{font} (Debian: apt-get install fonts-dejavu)" for font in FONTS if not Path(font).exists()]
    packages = [name for module, name in (*VOICE_PACKAGES, ("resvg_py", "resvg-py")) if find_spec(module) is None]
    if packages:
        venv = "python3 -m venv build/render; build/render/bin/pip install -r scripts/commands/render_lessons.txt"
        missing.append(f"{', '.join(packages)} ({venv})")
    return missing


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/render_lessons", description="Renders the lessons' clips.")
    parser.add_argument("lessons", nargs="*", help="lesson ids; none for all")
    parser.add_argument("--again", action="store_true", help="also what is up to date")
    parser.add_argument("--look", type=Path, help="a folder for the pictures and a sheet of each lesson")
    parser.add_argument("--no-clips", action="store_true", help="only the pictures of --look")
    return parser.parse_args(argv)
