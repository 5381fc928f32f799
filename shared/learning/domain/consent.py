"""Holds what a learner agrees to before anything of their learning is kept, every version of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TEXTS: Final[Mapping[int, str]] = {
    1: (
        "While you learn here, we keep which lessons you open, your answers to the questions, what your mentor sees "
        "you do and what your employer says of your work. You, your mentor, your manager, your employer and those "
        "who run the training see how far you have come. It serves to teach you and to show what you can do, and "
        "nothing else. No machine signs off what you do at work. You may withdraw at any time: nothing new is kept "
        "from then on, and you may have all of it erased."
    ),
    2: (
        "While you learn here, we keep your answers to the questions, the photos, voice notes and notes that you send "
        "or your mentor takes of your work, what your mentor observes of it and what your employer says of your "
        "conduct. You, your mentor, your manager, your employer and those who run the training see how far you have "
        "come; photos, voice notes and observations are for you, your mentor, your employer and administrators alone. "
        "It serves to teach you and to show what you can do, and nothing else. No machine signs off what you do at "
        "work. You may withdraw at any time: from then on nothing new of these is taken in, from you or about you. "
        "What was kept before stays until you have it erased, which you may ask for at any time."
    ),
}
CURRENT: Final = max(TEXTS)
