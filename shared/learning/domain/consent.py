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
}
CURRENT: Final = max(TEXTS)
